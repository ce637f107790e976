"""Lists are pages from an index: nothing is missed or shown twice, and their cost does not grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.data import BoardData, BoardTopicPage, TopicKind, TopicOrder, TopicState
from discussion_ext.exceptions import InvalidValueError
from discussion_ext.models import Topic

pytestmark = pytest.mark.django_db


def _ids(page: BoardTopicPage) -> list[int]:
    return [topic.id for topic in page.topics]


def _all_pages(**wanted: Any) -> list[int]:
    found: list[int] = []
    cursor = ""
    for _ in range(50):
        page = boards.list_topics(user_id=1, cursor=cursor, limit=2, **wanted)
        found += _ids(page)
        cursor = page.cursor
        if not cursor:
            return found
    raise AssertionError


@pytest.mark.parametrize("order", TopicOrder)
def test_pages_follow_each_other_without_gap_or_repetition(
    board: BoardData, author: int, start: Callable[..., int], order: TopicOrder
) -> None:
    topics = [start(author) for _ in range(7)]
    Topic.objects.filter(pk__in=topics[2:5]).update(last_post_at=timezone.now())  # at the very same moment
    expected = list(
        Topic.objects.order_by(*(("-last_post_at", "-pk") if order == TopicOrder.RECENT else ("-pk",))).values_list(
            "pk", flat=True
        )
    )
    assert _all_pages(board_keys=[board.key], order=order) == expected


@pytest.mark.parametrize("order", TopicOrder)
def test_several_boards_are_one_list(
    make_board: Callable[[int], BoardData], author: int, start: Callable[..., int], order: TopicOrder
) -> None:
    keys = [make_board(number).key for number in (1, 2, 3)]
    topics = [start(author, key=keys[number % 3]) for number in range(8)]
    assert _all_pages(board_keys=keys, order=order) == topics[::-1]
    assert _all_pages(board_keys=keys[:1], order=order) == topics[::3][::-1]


def test_kinds_are_shown_apart(board: BoardData, author: int, start: Callable[..., int]) -> None:
    kinds = [TopicKind.PROBLEM, TopicKind.LIGHT, TopicKind.EXPERIENCE, TopicKind.LIGHT]
    topics = [start(author, kind=kind) for kind in kinds]
    for order in TopicOrder:
        assert _all_pages(board_keys=[board.key], kind=TopicKind.LIGHT, order=order) == [topics[3], topics[1]]


def test_pinned_topics_come_first_and_once(
    board: BoardData, author: int, moderator: int, start: Callable[..., int]
) -> None:
    topics = [start(author) for _ in range(5)]
    for topic_id in (topics[0], topics[2]):
        boards.set_pinned(topic_id=topic_id, actor_id=moderator, is_pinned=True)
    assert _all_pages(board_keys=[board.key]) == [topics[2], topics[0], topics[4], topics[3], topics[1]]
    page = boards.list_topics(board_keys=[board.key], user_id=author)
    assert [topic.is_pinned for topic in page.topics] == [True, True, False, False, False]


def test_the_archive_is_a_list_of_its_own(
    board: BoardData, author: int, moderator: int, start: Callable[..., int], committed: Any
) -> None:
    kept, filed, removed = start(author), start(author), start(author)
    boards.set_topic_state(topic_id=filed, actor_id=moderator, state=TopicState.ARCHIVED)
    boards.set_topic_state(topic_id=removed, actor_id=moderator, state=TopicState.ARCHIVED)
    with committed():
        boards.remove_post(post_id=boards.locate_topic(removed).post_id, actor_id=moderator)
    assert _all_pages(board_keys=[board.key]) == [kept]
    assert _all_pages(board_keys=[board.key], is_archived=True) == [filed]
    assert boards.count_topics([board.key]) == 1


def test_a_removed_topic_is_not_listed_even_before_its_shelf_follows(
    board: BoardData, author: int, moderator: int, start: Callable[..., int]
) -> None:
    topic_id = start(author)
    boards.remove_post(post_id=boards.locate_topic(topic_id).post_id, actor_id=moderator)
    assert Topic.objects.get().shelf == "list"  # nothing after the commit has run
    assert _all_pages(board_keys=[board.key]) == []


def test_only_what_one_follows(board: BoardData, author: int, reader: int, start: Callable[..., int]) -> None:
    topics = [start(author) for _ in range(4)]
    for topic_id in (topics[0], topics[3]):
        boards.follow(topic_id=topic_id, user_id=reader, is_on=True)
    boards.follow(topic_id=topics[3], user_id=reader, is_on=False)
    page = boards.list_topics(board_keys=[board.key], user_id=reader, is_followed=True)
    assert _ids(page) == [topics[0]]
    assert _ids(boards.list_topics(board_keys=[board.key], user_id=author, is_followed=True)) == topics[::-1]


def test_an_unknown_board_is_an_empty_list(club: Any, author: int, db: None) -> None:
    assert boards.list_topics(board_keys=["club:9:all"], user_id=author) == BoardTopicPage(topics=())
    assert boards.list_topics(board_keys=[], user_id=author).topics == ()
    assert boards.count_topics(["club:9:all"]) == 0
    assert boards.count_new(board_keys=["club:9:all"], user_id=author) == {"club:9:all": 0}
    assert boards.list_latest(board_keys=["club:9:all"], since=timezone.now(), limit=5) == ()
    assert boards.find_cadence(board_key="club:9:all", author_id=author).open_now == 0
    assert boards.search_topics(board_keys=["club:9:all"], user_id=author, text="words").topics == ()
    boards.mark_board_read(board_key="club:9:all", user_id=author)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_page_has_bounds(board: BoardData, author: int, limit: int) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        boards.list_topics(board_keys=[board.key], user_id=author, limit=limit)
    assert refusal.value.field == "limit"


def test_a_forged_cursor_is_refused(board: BoardData, author: int) -> None:
    with pytest.raises(InvalidValueError):
        boards.list_topics(board_keys=[board.key], user_id=author, cursor="1; DROP TABLE")


def test_a_page_costs_the_same_however_many_topics_there_are(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    def read(page: int) -> int:
        with django_assert_max_num_queries(8) as captured:
            assert len(boards.list_topics(board_keys=[board.key], user_id=reader, limit=page).topics) == page
        return len(captured)

    answer(start(author), reader)
    few = read(1)
    for _ in range(11):
        answer(start(author), reader)
    assert read(12) == few


def test_digests_are_told_of_what_was_written_since(
    board: BoardData, author: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topics = [start(author) for _ in range(3)]
    Topic.objects.update(last_post_at=timezone.now() - timedelta(days=8))
    answer(topics[1], author)
    since = timezone.now() - timedelta(days=7)
    (latest,) = boards.list_latest(board_keys=[board.key], since=since, limit=5)
    assert (latest.id, latest.is_mine, latest.is_followed) == (topics[1], False, False)
    assert len(boards.list_latest(board_keys=[board.key], since=since - timedelta(days=7), limit=2)) == 2


def test_cadence_counts_ones_own_topics_of_today_and_open_ones(
    board: BoardData, make_board: Callable[[int], BoardData], author: int, reader: int, moderator: int,
    start: Callable[..., int],
) -> None:  # fmt: skip
    old, closed, gone, fresh = (start(author) for _ in range(4))
    start(reader)
    start(author, key=make_board(2).key)
    boards.set_topic_state(topic_id=closed, actor_id=moderator, state=TopicState.CLOSED)
    boards.withdraw_post(post_id=boards.locate_topic(gone).post_id, author_id=author)
    from discussion_ext.models import Contribution

    Contribution.objects.filter(topic__pk=old).update(created_at=timezone.now() - timedelta(days=3))
    cadence = boards.find_cadence(board_key=board.key, author_id=author)
    assert (cadence.started_today, cadence.open_now) == (3, 2)
    assert fresh
