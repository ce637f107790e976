"""Who leaves takes their words, pictures and reading along; what others wrote stays, and so do the topics."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from forum.models import Comment, CommentThread, EditHistory

from discussion_ext import api
from discussion_ext.api import boards
from discussion_ext.data import BoardData
from discussion_ext.models import BoardReader, BoardWord, Contribution, Picture, Report, Topic, TopicReader
from people import api as people

pytestmark = pytest.mark.django_db


def test_words_pictures_and_reading_go_and_topics_stay(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int],
    upload: Callable[..., str], committed: Any, tmp_path: Path,
) -> None:  # fmt: skip
    mine, orphan, theirs = upload(author), upload(author), upload(reader)
    topic_id = start(author, "Violins", "Violins are mine.", picture_uids=[mine])
    answer(topic_id, reader, "Trumpets are mine.", picture_uids=[theirs])
    own_reply = answer(topic_id, author, "Cellos.")
    with committed():
        boards.edit_post(post_id=own_reply, author_id=author, body="Cellos and violas.")
    other = start(reader, "Drums", "Drums.")
    boards.mark_seen(topic_id=other, user_id=author)
    boards.report_post(post_id=boards.locate_topic(other).post_id, user_id=author, reason="Loud.")
    for _ in range(2):
        api.retire_person(author)
    assert not Contribution.objects.filter(author_id=author).exclude(title="", body="").exists()
    assert set(BoardWord.objects.values_list("contribution__author_id", flat=True)) == {reader}
    assert [picture.uid for picture in Picture.objects.all()] == [theirs]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    assert not TopicReader.objects.filter(user_id=author).exists()
    assert not BoardReader.objects.filter(user_id=author).exists()
    assert Report.objects.get().reason == ""
    own = [each.objects.filter(author_id=author) for each in (CommentThread, Comment)]
    assert {post.body for posts in own for post in posts} == {"[deleted]"}
    assert not EditHistory.objects.exists()
    page = boards.read_topic(topic_id=topic_id, user_id=reader)
    assert "Violins" not in page.topic.title + page.first.html
    assert page.first.text == ""
    assert page.replies[0].text == "Trumpets are mine."
    topics = boards.list_topics(board_keys=[board.key], user_id=reader).topics
    assert {topic.id for topic in topics} == {topic_id, other}
    assert orphan


def test_nobody_finds_them_again_after_a_sweep(
    board: BoardData, author: int, reader: int, start: Callable[..., int], committed: Any
) -> None:
    start(author, "Violins", "Violins.")
    with committed():
        api.retire_person(author)
    Contribution.objects.update(fold_due=1)
    api.sweep()
    assert not BoardWord.objects.exists()
    assert Topic.objects.count() == 1


def test_texts_taken_away_go_after_their_time_with_words_and_pictures(
    author: int, moderator: int, start: Callable[..., int], upload: Callable[..., str], settings: Any, committed: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    settings.DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS = 30
    topic_id = start(author, "Violins", "Violins.", picture_uids=[upload(author)])
    kept = start(author, "Drums", "Drums.", picture_uids=[upload(author)])
    post_id = boards.locate_topic(topic_id).post_id
    with committed():
        boards.remove_post(post_id=post_id, actor_id=moderator, reason="An advertisement.")
    Contribution.objects.filter(pk=post_id).update(state_at=timezone.now() - timedelta(days=31))
    list(people.purge_expired())
    assert Contribution.objects.get(pk=post_id).body == ""
    assert Contribution.objects.get(pk=post_id).state_reason == "An advertisement."
    assert Picture.objects.get().contribution.topic.pk == kept
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    with pytest.raises(boards.BoardError):
        boards.restore_post(post_id=post_id, actor_id=moderator)


def test_a_post_that_appears_after_its_author_left_has_no_words(
    board: BoardData, author: int, reader: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from discussion_ext import edx_platform

    monkeypatch.setattr("discussion_ext.edx_platform.list_retired", set)
    with monkeypatch.context() as broken:
        broken.setattr("discussion_ext.api.record_post", lambda *_args, **_kwargs: 1 / 0)
        edx_platform.create_thread(
            course_id=board.course_id, topic_id=board.topic_id, author_id=author, title="Violins", body="Violins.",
            is_held=True,
        )  # fmt: skip
    people.run_errands(kind="discussion.post")
    contribution = Contribution.objects.get()
    assert (contribution.title, contribution.body, contribution.is_erased) == ("", "", True)
    assert not BoardWord.objects.exists()
    assert not TopicReader.objects.exists()
    assert boards.list_topics(board_keys=[board.key], user_id=reader).topics[0].title == "Topic without a title"


def test_an_export_holds_what_is_kept_about_a_person(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int],
    upload: Callable[..., str],
) -> None:  # fmt: skip
    topic_id = start(author, "Violins", "Violins are mine.", picture_uids=[upload(author, alt="A violin")])
    answer(topic_id, reader, "Trumpets are not.")
    document = json.loads("".join(people.export_person(author, actor_id=None)))
    told = {section["name"].removeprefix("discussion_ext."): section["rows"] for section in document["sections"]}
    assert (told["topics"][0]["board"], told["topics"][0]["replies"]) == (board.key, 1)
    assert told["pictures"][0]["alt"] == "A violin"
    assert told["topic_readers"][0]["is_followed"] is True
    assert told["board_readers"][0]["last_at"]
    assert told["contributions"][0]["body"] == "Violins are mine."
    assert "Trumpets" not in str(told)
