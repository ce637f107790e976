"""What people write on a board stands in the forum and in our records alike, once, and only while it may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discussion_ext import edx_platform
from discussion_ext.api import boards
from discussion_ext.data import (
    BoardData,
    ContributionState,
    TopicDraftData,
    TopicKind,
    TopicOrder,
    TopicState,
)
from discussion_ext.exceptions import (
    CaseError,
    CaseNotOpenError,
    ContributionNotFoundError,
    ForumRefusedError,
    InvalidTextError,
    InvalidValueError,
    NotAllowedError,
)
from discussion_ext.models import Board, Contribution, Picture, Topic
from gamification.models import Entry

from .conftest import COURSE_ID, Club

pytestmark = pytest.mark.django_db


def _listed(board: BoardData, user_id: int = 0) -> list[Any]:
    return list(boards.list_topics(board_keys=[board.key], user_id=user_id).topics)


def test_a_topic_is_a_standalone_thread_under_the_key_without_a_course(
    board: BoardData, author: int, start: Callable[..., int], club: Club
) -> None:
    from forum.models import CommentThread

    topic_id = start(author, "Who keeps the keys?", "The hall is **locked**.", kind=TopicKind.LIGHT)
    thread = CommentThread.objects.get()
    assert (thread.course_id, thread.commentable_id, thread.context) == (COURSE_ID, board.topic_id, "standalone")
    contribution = Contribution.objects.get()
    assert (contribution.course_id, contribution.task_id, contribution.kind) == (COURSE_ID, None, "thread")
    (topic,) = _listed(board, author)
    assert (topic.id, topic.kind, topic.title) == (topic_id, TopicKind.LIGHT, "Who keeps the keys?")
    assert (topic.replies, topic.is_mine, topic.is_new, topic.is_followed) == (0, True, False, True)
    assert Board.objects.get().listed == 1
    (fact,) = club.facts
    assert (fact.board_key, fact.topic_id, fact.post_id, fact.is_topic) == (board.key, topic_id, contribution.pk, True)
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    assert page.first.html == "<p>The hall is <strong>locked</strong>.</p>"
    assert page.first.parent_id is None


def test_nothing_on_a_board_earns_points(settings: Any, author: int, reader: int, start: Any, answer: Any) -> None:
    settings.GAMIFICATION_ON_BY_DEFAULT = True
    answer(start(author), reader, " ".join(f"word{number}" for number in range(40)))
    assert not Entry.objects.exists()


def test_replies_are_counted_and_bring_a_topic_up(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    first, second = start(author), start(author)
    assert [topic.id for topic in _listed(board)] == [second, first]
    post_id = answer(first, reader)
    answer(first, author, parent_id=post_id)
    up, down = _listed(board, author)
    assert (up.id, up.replies, up.last_author.user_id) == (first, 2, author)
    assert (down.id, down.replies, down.last_author) == (second, 0, None)
    by_age = boards.list_topics(board_keys=[board.key], user_id=author, order=TopicOrder.NEW)
    assert [topic.id for topic in by_age.topics] == [second, first]


def test_what_answers_a_comment_stands_beside_it(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author)
    response = answer(topic_id, reader)
    comment = answer(topic_id, author, parent_id=response)
    deeper = answer(topic_id, reader, parent_id=comment)
    replies = boards.read_topic(topic_id=topic_id, user_id=reader).replies
    assert [(post.id, post.parent_id) for post in replies][1:] == [(comment, response), (deeper, response)]


def test_what_is_sent_twice_is_posted_once(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author, "The same", "The same words.")
    assert start(author, "The same", "The same words.") == topic_id
    post_id = answer(topic_id, reader, "Twice.")
    assert answer(topic_id, reader, "Twice.") == post_id
    assert Contribution.objects.count() == 2
    assert start(reader, "The same", "The same words.") != topic_id  # somebody else means it
    boards.withdraw_post(post_id=post_id, author_id=reader)
    assert answer(topic_id, reader, "Twice.") != post_id  # who took it back and writes it again means it


def test_who_says_the_same_later_means_it(
    reader: int, author: int, start: Callable[..., int], answer: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    topic_id = start(author)
    post_id = answer(topic_id, reader, "Again.")
    moment = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr("discussion_ext.boards.writing.timezone.now", lambda: moment)
    assert answer(topic_id, reader, "Again.") != post_id


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [
        ("", "Words.", "title"),
        ("  \n ", "Words.", "title"),
        ("\x00", "Words.", "title"),
        ("a" * 151, "Words.", "title"),
        ("a" * 10_000, "Words.", "title"),
        ("Title", "", "body"),
        (None, "Words.", "title"),
        ("Title", None, "body"),
        ("Title", " \n\x00 ", "body"),
        ("Title", "a" * 10_001, "body"),
    ],
)
def test_texts_have_limits_and_a_refusal_names_the_field(
    board: BoardData, author: int, title: str, body: str, field: str
) -> None:
    draft = TopicDraftData(kind=TopicKind.LIGHT, title=title, body=body)
    with pytest.raises(InvalidTextError) as refusal:
        boards.start_topic(board_key=board.key, author_id=author, draft=draft)
    assert refusal.value.field == field
    assert not Contribution.objects.exists()


def test_texts_at_the_limit_are_taken(author: int, start: Callable[..., int]) -> None:
    topic_id = start(author, "a" * 150, "b" * 10_000)
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    assert (len(page.topic.title), len(page.first.text)) == (150, 10_000)


def test_half_characters_and_null_characters_are_stored_as_something(author: int, start: Callable[..., int]) -> None:
    topic_id = start(author, "Keys \ud800\x00", "Words \udfff \x00 \U0001f600.")
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    assert (page.topic.title, page.first.text) == ("Keys ?", "Words ?  \U0001f600.")


def test_script_is_shown_as_text(board: BoardData, author: int, start: Callable[..., int]) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) <a href="data:x">y</a>'
    topic_id = start(author, "<script>alert(1)</script> keys", hostile)
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    for word in ("<script", "<img", "onerror", "javascript:", "data:"):
        assert word not in page.first.html
        assert word not in boards.preview(hostile)
    assert page.topic.title == "<script>alert(1)</script> keys"  # a text, which pages escape
    assert page.first.text == hostile


def test_a_closed_topic_takes_no_words_but_can_be_read_and_left(
    author: int, reader: int, moderator: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author)
    post_id = answer(topic_id, reader)
    boards.set_topic_state(topic_id=topic_id, actor_id=moderator, state=TopicState.CLOSED)
    with pytest.raises(CaseNotOpenError):
        answer(topic_id, reader)
    with pytest.raises(CaseNotOpenError):
        boards.edit_post(post_id=post_id, author_id=reader, body="Other words.")
    assert boards.read_topic(topic_id=topic_id, user_id=reader).topic.state is TopicState.CLOSED
    boards.withdraw_post(post_id=post_id, author_id=reader)
    boards.set_topic_state(topic_id=topic_id, actor_id=moderator, state=TopicState.OPEN)
    assert answer(topic_id, reader)


def test_a_topic_is_closed_from_its_date_on_whether_or_not_the_job_came_by(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author, closes_at=timezone.now() + timedelta(hours=1))
    assert answer(topic_id, reader)
    Topic.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(CaseNotOpenError):
        answer(topic_id, reader)
    assert boards.read_topic(topic_id=topic_id, user_id=reader).topic.state is TopicState.CLOSED


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_closing_date_lies_in_the_coming_year(board: BoardData, author: int, days: int) -> None:
    draft = TopicDraftData(
        kind=TopicKind.LIGHT, title="Keys", body="Words.", closes_at=timezone.now() + timedelta(days=days)
    )
    with pytest.raises(InvalidValueError) as refusal:
        boards.start_topic(board_key=board.key, author_id=author, draft=draft)
    assert refusal.value.field == "closes_at"


def test_title_and_text_of_a_topic_can_be_changed_by_its_author(
    board: BoardData, author: int, reader: int, start: Callable[..., int], committed: Any
) -> None:
    from forum.models import CommentThread

    topic_id = start(author, "Keys", "The hall is locked.")
    post_id = boards.locate_topic(topic_id).post_id
    with pytest.raises(NotAllowedError):
        boards.edit_post(post_id=post_id, author_id=reader, body="Mine.", title="Mine")
    with committed():
        boards.edit_post(post_id=post_id, author_id=author, body="The hall is locked.", title="Windows")
    (topic,) = _listed(board)
    assert topic.title == CommentThread.objects.get().title == "Windows"
    assert [found.id for found in boards.search_topics(board_keys=[board.key], user_id=author, text="windows").topics]
    assert not boards.search_topics(board_keys=[board.key], user_id=author, text="keys").topics
    with committed():
        boards.edit_post(post_id=post_id, author_id=author, body="Open now.")
    page = boards.read_topic(topic_id=topic_id, user_id=author)
    assert (page.topic.title, page.first.text) == ("Windows", "Open now.")
    assert page.first.edited_at is not None


def test_taking_a_reply_back_takes_it_out_of_the_count(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int], committed: Any
) -> None:
    topic_id = start(author)
    before = _listed(board)[0].last_post_at
    post_id = answer(topic_id, reader)
    with pytest.raises(NotAllowedError):
        boards.withdraw_post(post_id=post_id, author_id=author)
    with committed():
        boards.withdraw_post(post_id=post_id, author_id=reader)
    (topic,) = _listed(board)
    assert (topic.replies, topic.last_post_at, topic.last_author) == (0, before, None)
    with pytest.raises(ContributionNotFoundError):
        boards.withdraw_post(post_id=post_id, author_id=reader)
    with pytest.raises(ContributionNotFoundError):
        answer(topic_id, author, parent_id=post_id)


def test_taking_a_topic_back_takes_it_from_the_list_and_leaves_the_others_their_credit(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int], committed: Any
) -> None:
    topic_id = start(author)
    post_id = answer(topic_id, reader)
    with committed():
        boards.withdraw_post(post_id=boards.locate_topic(topic_id).post_id, author_id=author)
    assert _listed(board) == []
    assert Board.objects.get().listed == 0
    assert boards.locate_post(post_id).state is ContributionState.GONE
    with pytest.raises(ContributionNotFoundError):
        boards.read_topic(topic_id=topic_id, user_id=reader)


def test_marks_are_counted_once_and_nobody_marks_themselves(
    author: int, reader: int, start: Callable[..., int], committed: Any
) -> None:
    topic_id = start(author)
    post_id = boards.locate_topic(topic_id).post_id
    for _ in range(2):
        with committed():
            assert boards.set_helpful(post_id=post_id, user_id=reader, is_helpful=True) == 1
    page = boards.read_topic(topic_id=topic_id, user_id=reader)
    assert (page.first.helpful, page.first.is_helpful) == (1, True)
    with committed():
        assert boards.set_helpful(post_id=post_id, user_id=reader, is_helpful=False) == 0
    assert boards.read_topic(topic_id=topic_id, user_id=reader).first.helpful == 0
    with pytest.raises(NotAllowedError):
        boards.set_helpful(post_id=post_id, user_id=author, is_helpful=True)


def test_pictures_belong_to_who_uploaded_them_and_go_when_left_out(
    author: int, reader: int, start: Callable[..., int], upload: Callable[..., str], committed: Any
) -> None:
    mine, other, foreign = upload(author, alt="A red door"), upload(author), upload(reader)
    with pytest.raises(InvalidValueError) as refusal:
        start(author, picture_uids=[mine, foreign])
    assert refusal.value.field == "picture_uids"
    topic_id = start(author, picture_uids=[mine, other])
    page = boards.read_topic(topic_id=topic_id, user_id=reader)
    assert [(each.uid, each.alt) for each in page.first.pictures] == [(mine, "A red door"), (other, "")]
    with pytest.raises(InvalidValueError):
        start(author, picture_uids=[mine])  # another post has it
    with committed():
        boards.edit_post(post_id=page.first.id, author_id=author, body="Words.", picture_uids=[other])
    assert set(Picture.objects.values_list("uid", flat=True)) == {other, foreign}
    with pytest.raises(InvalidValueError):
        start(author, picture_uids=[upload(author) for _ in range(5)])


def test_a_refused_change_costs_no_picture(
    author: int, start: Callable[..., int], upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError

    uid = upload(author)
    post_id = boards.locate_topic(start(author, picture_uids=[uid])).post_id or 0
    with monkeypatch.context() as patch:
        patch.setattr(edx_platform, "update_post", fail)
        with pytest.raises(ForumRefusedError):
            boards.edit_post(post_id=post_id, author_id=author, body="Words.", picture_uids=[])
    _data, file, _type = boards.open_picture(uid)
    with file:
        assert file.read(4) == b"RIFF"


def test_a_picture_that_was_left_out_is_gone_with_its_file(
    author: int, start: Callable[..., int], upload: Callable[..., str], committed: Any, tmp_path: Any
) -> None:
    post_id = boards.locate_topic(start(author, picture_uids=[upload(author)])).post_id or 0
    assert len(list(tmp_path.rglob("*.webp"))) == 1
    with committed():
        boards.edit_post(post_id=post_id, author_id=author, body="Words.", picture_uids=[])
    assert not Picture.objects.exists()
    assert not list(tmp_path.rglob("*.webp"))


def test_a_post_whose_record_fails_is_refused_as_a_whole(
    board: BoardData, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forum.models import CommentThread

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("discussion_ext.api.record_post", fail)
    with pytest.raises(CaseError) as refusal:
        boards.start_topic(
            board_key=board.key, author_id=author, draft=TopicDraftData(kind=TopicKind.LIGHT, title="T 1", body="B.")
        )
    assert refusal.value.status == 503
    assert not CommentThread.objects.exists()


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**40, 999_999])
def test_numbers_that_lead_nowhere_are_not_found(board: BoardData, author: int, number: int) -> None:
    with pytest.raises(ContributionNotFoundError):
        boards.reply(topic_id=number, author_id=author, body="Words.")
    with pytest.raises(ContributionNotFoundError):
        boards.locate_post(number)
    with pytest.raises(ContributionNotFoundError):
        boards.locate_picture(str(number))


def test_a_post_of_another_topic_is_not_answered_here(
    author: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    here, there = start(author), start(author)
    elsewhere = answer(there, author)
    with pytest.raises(ContributionNotFoundError):
        answer(here, author, parent_id=elsewhere)
