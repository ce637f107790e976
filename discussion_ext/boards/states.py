"""Topics pinned, closed and archived, by people and by the clock.

Rows are locked in one order: the topic's own post, the topic, its board.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext import counts
from discussion_ext.data import ContributionState, TopicShelf, TopicState
from discussion_ext.exceptions import ContributionNotFoundError, PinnedEnoughError
from discussion_ext.models import Board, Topic
from discussion_ext.targets import name_post
from people import api as people

from .folding import MOST_PINNED, settle_topic
from .owners import owner_of
from .places import get_topic


def set_pinned(*, topic_id: int, actor_id: int, is_pinned: bool) -> None:
    """Keep a listed topic at the top of its board, or let it go.

    Raises PinnedEnoughError where 3 are there already, ContributionNotFoundError for one that is not in the list.
    """
    with transaction.atomic():
        topic = _lock(topic_id)
        if (topic.pinned_at is not None) == is_pinned:
            return
        if topic.shelf != TopicShelf.LIST or topic.contribution.state != ContributionState.LIVE:
            raise ContributionNotFoundError(_("This topic is not in the list."))
        # One statement asks and takes the place: two who pin at once do not both find the last one free.
        boards = Board.objects.filter(pk=topic.board_id)
        if is_pinned and not boards.filter(pinned__lt=MOST_PINNED).update(pinned=F("pinned") + 1):
            message = ngettext(
                "A board has at most %(most)d pinned topic. Unpin it first.",
                "A board has at most %(most)d pinned topics. Unpin one first.",
                MOST_PINNED,
            )
            raise PinnedEnoughError(message % {"most": MOST_PINNED})
        if not is_pinned:
            boards.update(pinned=F("pinned") - 1)
        topic.pinned_at = timezone.now() if is_pinned else None
        topic.save(update_fields=["pinned_at"])
        _audit(topic, "topic.pin" if is_pinned else "topic.unpin", actor_id)


def set_topic_state(*, topic_id: int, actor_id: int, state: TopicState) -> None:
    """Open, close or archive a topic; an archived one is unpinned. Only an open one has a date on which it closes."""
    with transaction.atomic():
        topic = _lock(topic_id)
        moment = timezone.now()
        has_passed = topic.closes_at is not None and topic.closes_at <= moment
        if topic.state == state and not (state == TopicState.OPEN and has_passed):
            return
        topic.state = TopicState(state)
        if state != TopicState.OPEN or has_passed:
            topic.closes_at = None
        topic.save(update_fields=["state", "closes_at"])
        settle_topic(topic, is_live=topic.contribution.state == ContributionState.LIVE)
        _audit(topic, f"topic.{_VERBS[topic.state]}", actor_id)


def close_due(*, limit: int) -> int:
    """Close topics whose date has passed, at most ``limit``; return how many."""
    due = Topic.objects.filter(closes_at__lte=timezone.now(), state=TopicState.OPEN).order_by("closes_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_close(topic_id) for topic_id in ids)


def count_due() -> int:
    """Return how many topics are to be closed."""
    return Topic.objects.filter(closes_at__lte=timezone.now(), state=TopicState.OPEN).count()


def _close(topic_id: int) -> bool:
    """Close a topic unless somebody has set it otherwise meanwhile."""
    with transaction.atomic():
        # By its key alone: to find it by state or date would lock an index before the row, and who changes it does not.
        topic = Topic.objects.select_for_update().filter(pk=topic_id).first()
        is_due = topic is not None and topic.closes_at is not None and topic.closes_at <= timezone.now()
        if topic is None or not is_due or topic.state != TopicState.OPEN:
            return False
        Topic.objects.filter(pk=topic_id).update(state=TopicState.CLOSED, closes_at=None)
    return True


def _lock(topic_id: int) -> Topic:
    topic = get_topic(topic_id)
    post = counts.lock_with_above(topic.contribution_id)[topic.contribution_id]
    locked = Topic.objects.select_for_update().get(pk=topic.pk)
    locked.board, locked.contribution = topic.board, post
    return locked


def _audit(topic: Topic, verb: str, actor_id: int) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=name_post(topic.contribution_id),
        context_key=owner_of(topic.board.key).context_key(topic.board.key),
        data={"board": topic.board.key, "topic": topic.pk},
    )


_VERBS: Final = {TopicState.OPEN: "open", TopicState.CLOSED: "close", TopicState.ARCHIVED: "archive"}
