"""Topics pinned, closed and archived, by people and by the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.data import BoardData, TopicState
from discussion_ext.exceptions import ContributionNotFoundError, PinnedEnoughError
from discussion_ext.models import Board, Topic
from people import api as people

pytestmark = pytest.mark.django_db


def _pin(topic_id: int, *, is_pinned: bool = True) -> None:
    boards.set_pinned(topic_id=topic_id, actor_id=1, is_pinned=is_pinned)


def test_three_topics_are_pinned_and_no_more(
    board: BoardData, make_board: Callable[[int], BoardData], author: int, start: Callable[..., int]
) -> None:
    topics = [start(author) for _ in range(4)]
    for topic_id in (*topics[:3], topics[0]):
        _pin(topic_id)
    with pytest.raises(PinnedEnoughError):
        _pin(topics[3])
    _pin(start(author, key=make_board(2).key))  # another board has room of its own
    _pin(topics[1], is_pinned=False)
    _pin(topics[1], is_pinned=False)
    _pin(topics[3])
    assert Board.objects.get(key=board.key).pinned == 3
    assert Topic.objects.filter(board_id=board.id, pinned_at__isnull=False).count() == 3


@pytest.mark.parametrize("way", ["archive", "remove"])
def test_what_leaves_the_list_gives_its_pin_back(
    author: int, moderator: int, start: Callable[..., int], committed: Any, way: str
) -> None:
    topic_id = start(author)
    _pin(topic_id)
    with committed():
        if way == "archive":
            boards.set_topic_state(topic_id=topic_id, actor_id=moderator, state=TopicState.ARCHIVED)
        else:
            boards.remove_post(post_id=boards.locate_topic(topic_id).post_id, actor_id=moderator)
    assert Board.objects.get().pinned == 0
    with pytest.raises(ContributionNotFoundError):
        _pin(topic_id)


def test_states_are_on_record_once(author: int, moderator: int, start: Callable[..., int]) -> None:
    topic_id = start(author)
    for state in (TopicState.CLOSED, TopicState.CLOSED, TopicState.ARCHIVED, TopicState.OPEN):
        boards.set_topic_state(topic_id=topic_id, actor_id=moderator, state=state)
    _pin(topic_id)
    entries = people.list_audit(context_key="club:1").entries
    assert [entry.verb for entry in entries][::-1] == ["topic.close", "topic.archive", "topic.open", "topic.pin"]
    assert {entry.data["topic"] for entry in entries} == {topic_id}
    assert Board.objects.get().listed == 1


def test_the_job_closes_what_is_due(author: int, start: Callable[..., int]) -> None:
    later = timezone.now() + timedelta(hours=1)
    due, other, never = start(author, closes_at=later), start(author, closes_at=later), start(author)
    Topic.objects.filter(pk=due).update(closes_at=timezone.now() - timedelta(seconds=1))
    call_command("tend_boards")
    states = {topic.pk: (topic.state, topic.closes_at) for topic in Topic.objects.all()}
    assert states[due] == (TopicState.CLOSED, None)
    assert states[other] == (TopicState.OPEN, later)
    assert states[never] == (TopicState.OPEN, None)


def test_opening_a_topic_lets_its_date_go_when_it_has_passed(author: int, start: Callable[..., int]) -> None:
    topic_id = start(author, closes_at=timezone.now() + timedelta(hours=1))
    Topic.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    boards.set_topic_state(topic_id=topic_id, actor_id=1, state=TopicState.OPEN)
    assert Topic.objects.get().closes_at is None
    call_command("tend_boards")
    assert boards.locate_topic(topic_id).topic_state is TopicState.OPEN
