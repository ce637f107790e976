"""Whatever way a post takes, its record, topic and counts are the same in the end; what was missed is repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.signals import post_delete, post_save

from discussion_ext import edx_platform
from discussion_ext.api import boards
from discussion_ext.data import BoardData, ContributionState, TopicDraftData, TopicKind
from discussion_ext.models import Board, Contribution, Topic, TopicReader
from people import api as people
from people.models import Errand

from .conftest import COURSE_ID, Club

pytestmark = pytest.mark.django_db


def _say(board: BoardData, author_id: int, title: str = "Keys", body: str = "Who has them?") -> str:
    return edx_platform.create_thread(
        course_id=COURSE_ID, topic_id=board.topic_id, author_id=author_id, title=title, body=body, is_held=True
    )


def _respond(key: str, author_id: int, body: str = "I do.") -> str:
    return edx_platform.create_comment(parent_key=key, course_id=COURSE_ID, author_id=author_id, body=body)


def test_a_post_that_comes_another_way_is_a_topic_too(
    board: BoardData, author: int, reader: int, committed: Any
) -> None:
    with committed():
        _respond(_say(board, author), reader)
    (topic,) = boards.list_topics(board_keys=[board.key], user_id=author).topics
    assert (topic.title, topic.kind, topic.replies) == ("Keys", TopicKind.EXPERIENCE, 1)
    assert TopicReader.objects.get(user_id=reader).is_followed


def test_a_post_under_the_key_on_no_board_is_nothing(board: BoardData, author: int) -> None:
    edx_platform.create_thread(
        course_id=COURSE_ID, topic_id="somewhere", author_id=author, title="T", body="B", is_held=True
    )
    assert not Contribution.objects.exists()


def test_a_board_s_commentable_in_a_course_is_no_board(board: BoardData, author: int) -> None:
    edx_platform.create_thread(
        course_id="course-v1:Meridian+LEAD+2026", topic_id=board.topic_id, author_id=author, title="T", body="B",
        is_held=True,
    )  # fmt: skip
    assert not Topic.objects.exists()


def test_what_the_receiver_missed_is_recorded_as_it_was_meant(
    board: BoardData, author: int, reader: int, upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from discussion_ext.intents import Intent, acting

    uid = upload(author)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("discussion_ext.api.record_post", fail)
        with acting(Intent(topic_kind=TopicKind.LIGHT, picture_uids=(uid,))):
            key = _say(board, author)
        _respond(key, reader)
    assert not Contribution.objects.exists()
    errands = list(Errand.objects.filter(kind="discussion.post").order_by("-pk").values_list("pk", flat=True))
    for _ in range(2):
        for errand_id in errands:  # the reply first: it waits for its topic
            people.run_errand(errand_id)
        Errand.objects.update(due_at="2026-01-01T00:00Z")
    assert not Errand.objects.filter(kind="discussion.post").exists()
    (topic,) = boards.list_topics(board_keys=[board.key], user_id=reader).topics
    assert (topic.kind, topic.replies, topic.is_followed) == (TopicKind.LIGHT, 1, True)
    page = boards.read_topic(topic_id=topic.id, user_id=reader)
    assert [picture.uid for picture in page.first.pictures] == [uid]


def test_the_nightly_repair_finds_what_left_no_trace(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    from forum.models import Comment, CommentThread

    topic_id = start(author, "Known")
    known = answer(topic_id, reader)
    saved, gone = post_save.receivers, post_delete.receivers
    post_save.receivers, post_delete.receivers = [], []
    post_save.sender_receivers_cache.clear()
    post_delete.sender_receivers_cache.clear()
    try:
        key = _say(board, author, "Unknown")
        _respond(key, reader)
        CommentThread.objects.filter(title="Known").update(title="Renamed")
        Comment.objects.filter(pk=int(Contribution.objects.get(pk=known).forum_key.partition(":")[2])).delete()
    finally:
        post_save.receivers, post_delete.receivers = saved, gone
        post_save.sender_receivers_cache.clear()
        post_delete.sender_receivers_cache.clear()
    call_command("repair_contributions")
    call_command("repair_contributions")
    topics = boards.list_topics(board_keys=[board.key], user_id=author).topics
    assert {topic.title: topic.replies for topic in topics} == {"Unknown": 1, "Renamed": 0}
    assert boards.locate_post(known).state is ContributionState.REMOVED
    assert Board.objects.get().listed == 2


def test_what_was_interrupted_after_the_commit_is_swept(
    board: BoardData, author: int, reader: int, start: Callable[..., int]
) -> None:
    topic_id = start(author)
    boards.reply(topic_id=topic_id, author_id=reader, body="Violins.")  # nothing after the commit has run
    assert Topic.objects.get().replies == 0
    for _ in range(2):
        call_command("sweep_discussions")
        assert Topic.objects.get().replies == 1
        assert [t.id for t in boards.search_topics(board_keys=[board.key], user_id=1, text="violins").topics] == [
            topic_id
        ]


def test_folding_twice_changes_nothing(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    from discussion_ext import counts

    topic_id = start(author)
    answer(topic_id, reader)
    for contribution in Contribution.objects.all():
        Contribution.objects.filter(pk=contribution.pk).update(fold_due=1)
        counts.fold_contribution(contribution.pk)
    assert Topic.objects.get().replies == 1
    assert Board.objects.get().listed == 1


def test_the_owner_hears_every_revision(
    author: int, reader: int, moderator: int, club: Club, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    post_id = answer(start(author), reader)
    club.facts.clear()
    boards.edit_post(post_id=post_id, author_id=reader, body="Other words.")
    boards.remove_post(post_id=post_id, actor_id=moderator)
    boards.restore_post(post_id=post_id, actor_id=moderator)
    heard = [(fact.post_id, fact.revision, fact.state, fact.is_topic) for fact in club.facts]
    live, removed = ContributionState.LIVE, ContributionState.REMOVED
    assert heard == [(post_id, 2, live, False), (post_id, 3, removed, False), (post_id, 4, live, False)]


def test_an_owner_that_fails_leaves_the_post_to_an_errand(
    board: BoardData, author: int, club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_fact: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(club, "on_post", fail)
        _say(board, author)
    assert not Contribution.objects.exists()
    people.run_errands(kind="discussion.post")
    assert Topic.objects.count() == 1


def test_boards_of_an_app_that_is_gone_show_nothing(
    board: BoardData, author: int, start: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from discussion_ext.boards import owners

    topic_id = start(author)
    monkeypatch.setattr(owners, "_owners", {})
    assert owners.owner_of(board.key).list_readers(board.key, [author]) == set()
    assert owners.owner_of(board.key).topic_url(board.key, topic_id) == ""
    draft = TopicDraftData(kind=TopicKind.LIGHT, title="T 1", body="B")
    with pytest.raises(boards.BoardError):
        boards.start_topic(board_key=board.key, author_id=author, draft=draft)
