"""What is new to somebody, and what they follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.data import BoardData
from discussion_ext.models import Topic, TopicReader

pytestmark = pytest.mark.django_db


def _new(board: BoardData, user_id: int) -> int:
    return boards.count_new(board_keys=[board.key], user_id=user_id)[board.key]


def test_what_others_wrote_is_new_until_it_was_seen(
    board: BoardData, author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    first, second = start(author), start(author)
    assert (_new(board, author), _new(board, reader)) == (0, 2)
    boards.mark_seen(topic_id=first, user_id=reader)
    assert _new(board, reader) == 1
    boards.mark_board_read(board_key=board.key, user_id=reader)
    assert _new(board, reader) == 0
    answer(second, author)
    assert _new(board, reader) == 1
    page = boards.list_topics(board_keys=[board.key], user_id=reader)
    assert [(topic.id, topic.is_new) for topic in page.topics] == [(second, True), (first, False)]
    posts = boards.read_topic(topic_id=second, user_id=reader)
    assert (posts.first.is_new, posts.replies[0].is_new) == (False, True)
    answer(second, reader)  # who writes has seen what stands there
    assert (_new(board, reader), _new(board, author)) == (0, 1)


def test_what_is_old_is_new_to_nobody(
    board: BoardData, reader: int, author: int, start: Callable[..., int], settings: Any
) -> None:
    start(author)
    Topic.objects.update(last_post_at=timezone.now() - timedelta(days=settings.DISCUSSION_EXT_NEW_DAYS, minutes=1))
    assert _new(board, reader) == 0


def test_boards_are_counted_in_three_queries_and_not_beyond_99(
    make_board: Callable[[int], BoardData], author: int, reader: int, start: Callable[..., int],
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keys = [make_board(number).key for number in range(1, 6)]
    for key in (keys[0], keys[0], keys[0], keys[2]):
        start(author, key=key)
    monkeypatch.setattr("discussion_ext.boards.attention.MOST_NEW", 2)
    for asked in (keys[:1], keys):
        with django_assert_num_queries(3):
            counted = boards.count_new(board_keys=asked, user_id=reader)
        assert counted == {key: {keys[0]: 2, keys[2]: 1}.get(key, 0) for key in asked}


def test_removed_and_archived_topics_are_not_new(
    board: BoardData, author: int, reader: int, start: Callable[..., int], committed: Any
) -> None:
    topic_id = start(author)
    with committed():
        boards.withdraw_post(post_id=boards.locate_topic(topic_id).post_id, author_id=author)
    assert _new(board, reader) == 0


def test_who_writes_follows_until_they_say_no(
    author: int, reader: int, start: Callable[..., int], answer: Callable[..., int]
) -> None:
    topic_id = start(author)
    boards.mark_seen(topic_id=topic_id, user_id=reader)
    assert TopicReader.objects.get(user_id=reader).is_followed is None
    answer(topic_id, reader)
    assert TopicReader.objects.get(user_id=reader).is_followed is True
    boards.follow(topic_id=topic_id, user_id=reader, is_on=False)
    answer(topic_id, reader)
    assert TopicReader.objects.get(user_id=reader).is_followed is False
    boards.follow(topic_id=topic_id, user_id=reader, is_on=True)
    assert boards.read_topic(topic_id=topic_id, user_id=reader).topic.is_followed
