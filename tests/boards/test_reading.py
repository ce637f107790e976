"""A topic in pages: oldest responses first, each with its comments, and only what a reader may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from discussion_ext.api import boards
from discussion_ext.boards import reading
from discussion_ext.data import ContributionState
from discussion_ext.exceptions import ContributionNotFoundError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)


def _read_all(topic_id: int, user_id: int, **more: Any) -> list[int]:
    found: list[int] = []
    cursor = ""
    for _ in range(30):
        page = boards.read_topic(topic_id=topic_id, user_id=user_id, cursor=cursor, **more)
        assert len(page.replies) <= 3
        found += [post.id for post in page.replies]
        cursor = page.cursor
        if not cursor:
            return found
    raise AssertionError


@pytest.mark.parametrize("beneath", [(0,), (0, 0, 0), (2, 0, 1), (7,), (3, 3), (0, 5, 0), (1, 1, 1, 1), (2, 2, 2)])
def test_pages_hold_every_post_once_in_order(
    author: int, start: Callable[..., int], answer: Callable[..., int], beneath: tuple[int, ...]
) -> None:
    topic_id = start(author)
    responses = [answer(topic_id, author) for _ in beneath]
    expected = []
    for response, comments in zip(responses, beneath, strict=True):
        expected += [response, *(answer(topic_id, author, parent_id=response) for _ in range(comments))]
    assert _read_all(topic_id, author) == expected


def test_removed_posts_are_for_their_author_and_moderators_and_have_no_words(
    author: int, reader: int, moderator: int, make_member: Callable[[], int], start: Callable[..., int],
    answer: Callable[..., int], committed: Any,
) -> None:  # fmt: skip
    topic_id = start(author)
    removed, withdrawn, live = (answer(topic_id, reader) for _ in range(3))
    beneath = answer(topic_id, author, parent_id=removed)
    with committed():
        boards.remove_post(post_id=removed, actor_id=moderator, reason="Off the subject.")
        boards.withdraw_post(post_id=withdrawn, author_id=reader)
    assert _read_all(topic_id, make_member()) == [live]
    assert _read_all(topic_id, author) == [live]
    assert _read_all(topic_id, reader) == [removed, live]
    assert _read_all(topic_id, moderator, is_moderator=True) == [removed, withdrawn, live]
    assert boards.locate_post(beneath).state is ContributionState.GONE
    own = boards.read_topic(topic_id=topic_id, user_id=reader).replies[0]
    assert (own.text, own.removed_reason, own.state) == ("", "Off the subject.", ContributionState.REMOVED)
    assert "caretaker" not in own.html


def test_a_removed_topic_is_there_for_its_author_and_moderators(
    author: int, reader: int, moderator: int, start: Callable[..., int], answer: Callable[..., int], committed: Any
) -> None:
    topic_id = start(author, "Secret title", "Secret words.")
    answer(topic_id, reader)
    with committed():
        boards.remove_post(
            post_id=boards.locate_topic(topic_id).post_id, actor_id=moderator, reason="An advertisement."
        )
    with pytest.raises(ContributionNotFoundError):
        boards.read_topic(topic_id=topic_id, user_id=reader)
    for user_id, is_moderator in ((author, False), (moderator, True)):
        page = boards.read_topic(topic_id=topic_id, user_id=user_id, is_moderator=is_moderator)
        assert (page.first.removed_reason, page.first.text, page.replies) == ("An advertisement.", "", ())
        assert "Secret" not in page.topic.title + page.first.html


def test_reasons_and_reports_are_not_for_everybody(
    author: int, reader: int, moderator: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author)
    post_id = answer(topic_id, author)
    boards.report_post(post_id=post_id, user_id=reader, reason="Rude.")
    seen = boards.read_topic(topic_id=topic_id, user_id=reader).replies[0]
    assert (seen.reports, seen.is_reported) == (0, True)
    seen = boards.read_topic(topic_id=topic_id, user_id=author).replies[0]
    assert (seen.reports, seen.is_reported) == (0, False)
    seen = boards.read_topic(topic_id=topic_id, user_id=moderator, is_moderator=True).replies[0]
    assert (seen.reports, seen.is_reported) == (1, False)


def test_a_page_costs_the_same_however_long_the_topic(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int],
    django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(reading, "PAGE", 30)

    def read() -> int:
        with django_assert_max_num_queries(11) as captured:
            boards.read_topic(topic_id=topic_id, user_id=reader, is_moderator=True)
        return len(captured)

    topic_id = start(author)
    answer(topic_id, author, parent_id=answer(topic_id, reader))
    few = read()
    for _ in range(8):
        answer(topic_id, author, parent_id=answer(topic_id, reader))
    assert read() == few
