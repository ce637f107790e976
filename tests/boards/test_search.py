"""Topics are found by all the words of one post, live ones only, in bounded work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from discussion_ext.api import boards
from discussion_ext.boards import search
from discussion_ext.data import BoardData, TopicState
from discussion_ext.models import BoardWord

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(board: BoardData) -> Callable[..., list[int]]:
    """Return a short way to search, which gives ids of topics."""

    def ask(text: str, *, keys: tuple[str, ...] = (board.key,), cursor: str = "") -> list[int]:
        return [topic.id for topic in boards.search_topics(board_keys=keys, user_id=1, text=text, cursor=cursor).topics]

    return ask


def test_titles_texts_and_replies_are_found_by_all_words(
    author: int, start: Callable[..., int], answer: Callable[..., int], find: Callable[..., list[int]]
) -> None:
    keys = start(author, "Who has the keys", "The blue door stays locked.")
    chairs = start(author, "Chairs", "We need forty chairs, blue ones.")
    answer(chairs, author, "The caretaker has a storeroom.")
    assert find("BLUE") == [chairs, keys]
    assert find("locked keys") == [keys]
    assert find("caretaker") == [chairs]
    assert find("caretaker blue") == []  # in two posts
    assert find("storeroom caretaker") == [chairs]
    assert find("lock") == []  # words, not their beginnings
    assert find("") == find("!") == find("a") == []


def test_chinese_is_found_within_a_sentence(
    author: int, start: Callable[..., int], find: Callable[..., list[int]]
) -> None:
    topic_id = start(author, "学习", "我们在社区里一起学习。")
    assert find("社区") == find("一起学习") == [topic_id]
    assert find("区社") == []


def test_other_boards_are_not_searched(
    make_board: Callable[[int], BoardData], board: BoardData, author: int, start: Callable[..., int],
    find: Callable[..., list[int]],
) -> None:  # fmt: skip
    other = make_board(2)
    here, there = start(author, "Violins"), start(author, "Violins too", key=other.key)
    assert find("violins") == [here]
    assert find("violins", keys=(board.key, other.key)) == [there, here]


def test_what_was_taken_away_is_not_found_and_the_archive_is(
    author: int, moderator: int, start: Callable[..., int], answer: Callable[..., int], committed: Any,
    find: Callable[..., list[int]],
) -> None:  # fmt: skip
    topic_id = start(author, "Violins")
    post_id = answer(topic_id, author, "Trumpets as well.")
    boards.set_topic_state(topic_id=topic_id, actor_id=moderator, state=TopicState.ARCHIVED)
    assert find("trumpets") == [topic_id]
    with committed():
        boards.remove_post(post_id=post_id, actor_id=moderator)
    assert find("trumpets") == []
    assert not BoardWord.objects.filter(word="trumpets").exists()
    with committed():
        boards.restore_post(post_id=post_id, actor_id=moderator)
    assert find("trumpets") == [topic_id]
    boards.remove_post(post_id=boards.locate_topic(topic_id).post_id, actor_id=moderator)  # its words are still there
    assert BoardWord.objects.filter(word="violins").exists()
    assert find("violins") == []


def test_an_edit_changes_the_words(
    author: int, start: Callable[..., int], answer: Callable[..., int], committed: Any, find: Callable[..., list[int]]
) -> None:
    topic_id = start(author)
    post_id = answer(topic_id, author, "Violins.")
    with committed():
        boards.edit_post(post_id=post_id, author_id=author, body="Trumpets.")
    assert (find("violins"), find("trumpets")) == ([], [topic_id])


def test_pages_follow_each_other_also_where_looking_stops_early(
    board: BoardData, author: int, start: Callable[..., int], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DISCUSSION_EXT_TOPICS_ON_PAGE = 2
    monkeypatch.setattr(search, "_LOOKED_AT", (1, 2))
    rare = [start(author, f"Violins and trumpets {number}") for number in range(5)]
    for _ in range(4):
        start(author, "Violins alone, trumpet missing")
    found, cursor = [], ""
    for _ in range(20):
        page = boards.search_topics(board_keys=[board.key], user_id=1, text="violins trumpets", cursor=cursor)
        found += [topic.id for topic in page.topics]
        cursor = page.cursor
        if not cursor:
            break
    assert found == rare[::-1]


def test_a_topic_stands_once_on_a_page(
    author: int, start: Callable[..., int], answer: Callable[..., int], find: Callable[..., list[int]]
) -> None:
    topic_id = start(author, "Violins")
    for number in range(4):
        answer(topic_id, author, f"Violins number {number}.")
    assert find("violins") == [topic_id]


def test_a_search_costs_the_same_however_much_was_written(
    board: BoardData, author: int, start: Callable[..., int], django_assert_max_num_queries: Any
) -> None:
    def ask() -> int:
        with django_assert_max_num_queries(12) as captured:
            boards.search_topics(board_keys=[board.key], user_id=author, text="violins and trumpets")
        return len(captured)

    start(author, "Violins and trumpets")
    few = ask()
    for number in range(10):
        start(author, f"Violins and trumpets {number}")
    assert ask() == few


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "\x00", "a" * 10_000, "\ud800", "word " * 3000])
def test_hostile_questions_find_nothing_and_break_nothing(
    author: int, start: Callable[..., int], find: Callable[..., list[int]], text: str
) -> None:
    start(author, "Keys", "The hall is locked.")
    assert find(text) == []
