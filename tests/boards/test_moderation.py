"""Posts reported, taken away, put back with what went down with them, and all of it on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from discussion_ext.api import boards
from discussion_ext.data import BoardData, ContributionState
from discussion_ext.exceptions import ContributionNotFoundError, InvalidTextError, InvalidValueError, NotAllowedError
from discussion_ext.models import Board, Contribution, Report, Topic
from people import api as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic_id(author: int, start: Callable[..., int]) -> int:
    return start(author, "Who keeps the keys?", "The hall is locked.")


@pytest.fixture
def first_id(topic_id: int) -> int:
    return boards.locate_topic(topic_id).post_id or 0


def _verbs() -> list[str]:
    return [entry.verb for entry in people.list_audit(context_key="club:1").entries][::-1]


def test_a_removed_reply_and_what_stood_beneath_it_come_back(
    topic_id: int, author: int, reader: int, moderator: int, answer: Callable[..., int], committed: Any
) -> None:
    response = answer(topic_id, reader)
    comment = answer(topic_id, author, parent_id=response)
    with committed():
        assert boards.remove_post(post_id=response, actor_id=moderator, reason="Off the subject.") == reader
    states = dict(Contribution.objects.values_list("pk", "state"))
    assert (states[response], states[comment]) == (ContributionState.REMOVED, ContributionState.GONE)
    assert Topic.objects.get().replies == 0
    with pytest.raises(NotAllowedError):
        boards.restore_post(post_id=comment, actor_id=moderator)  # what it answers is not there
    with committed():
        assert boards.restore_post(post_id=response, actor_id=moderator, reason="A mistake.") == reader
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    assert [(post.id, post.parent_id) for post in page.replies][1:] == [(comment, response)]
    assert page.topic.replies == 2
    with pytest.raises(NotAllowedError):
        boards.restore_post(post_id=response, actor_id=moderator)
    assert _verbs() == ["contribution.remove", "contribution.restore"]


def test_a_removed_topic_comes_back_as_it_was(
    topic_id: int, first_id: int, board: BoardData, author: int, reader: int, moderator: int,
    answer: Callable[..., int], committed: Any,
) -> None:  # fmt: skip
    from forum.models import CommentThread

    answer(topic_id, author, parent_id=answer(topic_id, reader))
    with committed():
        boards.remove_post(post_id=first_id, actor_id=moderator)
    assert not CommentThread.objects.exists()
    assert boards.list_topics(board_keys=[board.key], user_id=author).topics == ()
    assert Board.objects.get().listed == 0
    with committed():
        boards.restore_post(post_id=first_id, actor_id=moderator)
    thread = CommentThread.objects.get()
    assert (thread.course_id, thread.commentable_id, thread.context) == (board.course_id, board.topic_id, "standalone")
    (topic,) = boards.list_topics(board_keys=[board.key], user_id=author).topics
    assert (topic.id, topic.title, topic.replies) == (topic_id, "Who keeps the keys?", 2)
    assert Board.objects.get().listed == 1


def test_what_an_author_took_back_stays_away(
    topic_id: int, reader: int, moderator: int, answer: Callable[..., int], committed: Any
) -> None:
    post_id = answer(topic_id, reader)
    with committed():
        boards.withdraw_post(post_id=post_id, author_id=reader)
    with pytest.raises(ContributionNotFoundError):
        boards.restore_post(post_id=post_id, actor_id=moderator)
    assert boards.locate_post(post_id).state is ContributionState.WITHDRAWN


def test_answers_of_who_removes_a_topic_come_back_with_it(
    topic_id: int, first_id: int, moderator: int, answer: Callable[..., int], committed: Any
) -> None:
    mine = answer(topic_id, moderator)
    with committed():
        boards.remove_post(post_id=first_id, actor_id=moderator)
    assert boards.locate_post(mine).state is ContributionState.GONE
    with committed():
        boards.restore_post(post_id=first_id, actor_id=moderator)
    assert boards.locate_post(mine).state is ContributionState.LIVE


def test_nobody_decides_about_their_own_posts(
    topic_id: int, board: BoardData, reader: int, moderator: int, make_member: Callable[[], int],
    answer: Callable[..., int],
) -> None:  # fmt: skip
    post_id, other = answer(topic_id, moderator), make_member()
    boards.report_post(post_id=post_id, user_id=reader, reason="Rude.")
    assert boards.list_reports(board_keys=[board.key], actor_id=moderator).reports == ()
    for act in (
        lambda: boards.settle_reports(post_id=post_id, actor_id=moderator, is_upheld=False),
        lambda: boards.remove_post(post_id=post_id, actor_id=moderator),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert len(boards.list_reports(board_keys=[board.key], actor_id=other).reports) == 1
    boards.settle_reports(post_id=post_id, actor_id=other, is_upheld=True, reason="Rude.")
    with pytest.raises(NotAllowedError):
        boards.restore_post(post_id=post_id, actor_id=moderator)


def test_what_was_changed_since_can_be_reported_again(
    first_id: int, board: BoardData, author: int, reader: int, moderator: int
) -> None:
    def waiting() -> list[tuple[str, ...]]:
        return [each.reasons for each in boards.list_reports(board_keys=[board.key], actor_id=moderator).reports]

    boards.report_post(post_id=first_id, user_id=reader, reason="Rude.")
    boards.settle_reports(post_id=first_id, actor_id=moderator, is_upheld=False)
    boards.report_post(post_id=first_id, user_id=reader, reason="Rude!")
    assert waiting() == []
    boards.edit_post(post_id=first_id, author_id=author, body="Something much worse.")
    boards.report_post(post_id=first_id, user_id=reader, reason="Now it is.")
    assert waiting() == [("Now it is.",)]


def test_reports_come_once_and_reporters_are_not_told(
    topic_id: int, first_id: int, board: BoardData, author: int, reader: int, moderator: int,
    make_member: Callable[[], int],
) -> None:  # fmt: skip
    for user_id, reason in ((reader, "Rude."), (make_member(), "Spam."), (reader, "Rude again."), (make_member(), "")):
        boards.report_post(post_id=first_id, user_id=user_id, reason=reason)
    (report,) = boards.list_reports(board_keys=[board.key], actor_id=moderator).reports
    assert (report.post.id, report.topic_title, report.board_key) == (first_id, "Who keeps the keys?", board.key)
    assert (report.reasons, report.post.reports) == (("Rude.", "Spam."), 3)
    assert not hasattr(report, "reporter_id")
    with pytest.raises(NotAllowedError):
        boards.report_post(post_id=first_id, user_id=author)


def test_reports_are_settled_once(
    topic_id: int, first_id: int, board: BoardData, author: int, reader: int, moderator: int, answer: Callable[..., int]
) -> None:
    from forum.models import AbuseFlagger

    post_id = answer(topic_id, author)
    for reported in (first_id, post_id):
        boards.report_post(post_id=reported, user_id=reader)
    boards.settle_reports(post_id=first_id, actor_id=moderator, is_upheld=False, reason="It is fine.")
    boards.settle_reports(post_id=post_id, actor_id=moderator, is_upheld=True, reason="It is not.")
    assert boards.list_reports(board_keys=[board.key], actor_id=moderator).reports == ()
    assert boards.locate_post(first_id).state is ContributionState.LIVE
    assert boards.locate_post(post_id).state is ContributionState.REMOVED
    assert not AbuseFlagger.objects.filter(content_type__model="commentthread").exists()
    states = dict(Report.objects.values_list("contribution_id", "state"))
    assert states == {first_id: Report.DISMISSED, post_id: Report.UPHELD}
    with pytest.raises(InvalidValueError):
        boards.settle_reports(post_id=first_id, actor_id=moderator, is_upheld=True)
    assert _verbs() == ["report.dismiss", "contribution.remove"]


def test_reports_of_other_boards_are_other_moderators(
    make_board: Callable[[int], BoardData], board: BoardData, author: int, reader: int, moderator: int,
    start: Callable[..., int],
) -> None:  # fmt: skip
    other = make_board(2)
    for key in (board.key, other.key):
        boards.report_post(post_id=boards.locate_topic(start(author, key=key)).post_id, user_id=reader)
    for key in (board.key, other.key):
        (report,) = boards.list_reports(board_keys=[key], actor_id=moderator).reports
        assert report.board_key == key
    both = boards.list_reports(board_keys=[board.key, other.key], actor_id=moderator).reports
    assert [report.board_key for report in both] == [board.key, other.key]


def test_reports_come_in_pages_at_the_same_cost(
    board: BoardData, author: int, reader: int, moderator: int, start: Callable[..., int], settings: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    posts = [boards.locate_topic(start(author)).post_id or 0 for _ in range(5)]
    for post_id in posts:
        boards.report_post(post_id=post_id, user_id=reader)

    def read(size: int) -> tuple[list[int], int]:
        settings.DISCUSSION_EXT_TOPICS_ON_PAGE = size
        found, cursor, most = [], "", 0
        for _ in range(9):
            with django_assert_max_num_queries(10) as captured:
                page = boards.list_reports(board_keys=[board.key], actor_id=moderator, cursor=cursor)
            most = max(most, len(captured))
            found += [report.post.id for report in page.reports]
            cursor = page.cursor
            if not cursor:
                break
        return found, most

    assert read(1) == read(2) == read(5)
    assert read(2)[0] == posts


def test_what_is_gone_is_neither_reported_nor_removed(
    first_id: int, author: int, reader: int, moderator: int, committed: Any
) -> None:
    with committed():
        boards.withdraw_post(post_id=first_id, author_id=author)
    with pytest.raises(ContributionNotFoundError):
        boards.report_post(post_id=first_id, user_id=reader)
    with pytest.raises(ContributionNotFoundError):
        boards.remove_post(post_id=first_id, actor_id=moderator)


def test_reasons_have_a_limit(first_id: int, reader: int, moderator: int) -> None:
    for act in (
        lambda: boards.report_post(post_id=first_id, user_id=reader, reason="a" * 501),
        lambda: boards.remove_post(post_id=first_id, actor_id=moderator, reason="a" * 10_000),
    ):
        with pytest.raises(InvalidTextError) as refusal:
            act()
        assert refusal.value.field == "reason"


def test_reports_of_a_board_are_none_of_a_course_teams(first_id: int, reader: int) -> None:
    boards.report_post(post_id=first_id, user_id=reader)
    report = Report.objects.get()
    assert (report.task_id, report.board.key) == (None, "club:1:all")
