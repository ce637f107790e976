"""What moderators do with a post, wherever it stands: take it away with a reason, put it back, decide its reports.

A *ground* says what is special about the place: a task whose author is evaluated again, or a board.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from people import api as people

from . import counts, edx_platform
from .contributions import now, take_away
from .data import ContributionState
from .exceptions import ContributionNotFoundError, NotAllowedError
from .intents import Intent
from .models import Contribution, Report
from .posting import call_forum, silent_forum
from .targets import name_post

REMOVE: Final = "contribution.remove"
RESTORE: Final = "contribution.restore"


class Ground(ABC):
    """Where a post stands. ``course_id`` is the key under which the forum keeps it, ``context_key`` what the audit log
    calls the place, with ``details``.
    """

    course_id: str
    context_key: str
    details: Mapping[str, Any]

    @abstractmethod
    def lock(self, contribution_id: int) -> Contribution:
        """Lock a post of this place with those above it, or raise ContributionNotFoundError."""

    @abstractmethod
    def find_thread(self, contribution: Contribution) -> Mapping[str, Any]:
        """Return ``topic_id``, ``title`` and ``is_held`` of a thread that is posted again."""

    @abstractmethod
    def follow(self, author_id: int) -> None:
        """Do what follows at once for the author of a post that went or came back."""


def take_down(ground: Ground, contribution_id: int, *, actor_id: int, reason: str) -> int:
    """Take a live post away and return its author, who reads the reason. Open reports of it are upheld."""
    reason = reason.strip()[:500]
    with transaction.atomic():
        contribution = ground.lock(contribution_id)
        if contribution.state != ContributionState.LIVE:
            raise ContributionNotFoundError(_("This post is no longer there."))
        _check_seen([contribution, *counts.lock_beneath(contribution)])
        intent = Intent(actor_id=actor_id, state=ContributionState.REMOVED, reason=reason)
        key = contribution.forum_key or ""
        if key in edx_platform.existing_keys([key]):
            call_forum(lambda: edx_platform.delete_post(key, course_id=ground.course_id), intent)
        else:
            take_away(contribution, state=ContributionState.REMOVED, actor_id=actor_id, reason=reason)
        _settle(contribution_id, actor_id=actor_id, state=Report.UPHELD, reason=reason)
        _audit(ground, REMOVE, contribution_id, actor_id, reason)
        ground.follow(contribution.author_id)
    return contribution.author_id


def put_back(ground: Ground, contribution_id: int, *, actor_id: int, reason: str) -> int:
    """Post a removed or withdrawn text again from its snapshot, with what went down with it; return its author."""
    with transaction.atomic():
        contribution = ground.lock(contribution_id)
        if contribution.state == ContributionState.LIVE:
            raise NotAllowedError(_("This post is there already."))
        if contribution.is_erased:
            raise NotAllowedError(_("The text of this post is no longer kept."))
        if contribution.parent is not None and contribution.parent.state != ContributionState.LIVE:
            raise NotAllowedError(_("Restore the post that it answers first."))
        beneath = counts.lock_beneath(contribution)
        _repost(ground, contribution, actor_id, reason)
        for reply in beneath:
            if reply.state != ContributionState.GONE or reply.is_erased:
                continue
            # Read again: it may have been posted again a moment ago.
            reply.parent = Contribution.objects.select_for_update().filter(pk=reply.parent_id or 0).first()
            if reply.parent is not None and reply.parent.state == ContributionState.LIVE:
                _repost(ground, reply, actor_id, reason)
        _audit(ground, RESTORE, contribution_id, actor_id, reason)
        ground.follow(contribution.author_id)
    return contribution.author_id


def decide_reports(ground: Ground, contribution: Contribution, *, actor_id: int, is_upheld: bool, reason: str) -> None:
    """Decide all open reports of a post: it goes, or it stays."""
    if is_upheld and contribution.state == ContributionState.LIVE:
        take_down(ground, contribution.pk, actor_id=actor_id, reason=reason)
        return
    with transaction.atomic():
        key = contribution.forum_key or ""
        if contribution.state == ContributionState.LIVE:
            # After the forum, as where somebody reports elsewhere: our rows are locked after its own.
            course_id = ground.course_id
            call_forum(
                lambda: edx_platform.unflag_post(key, course_id=course_id, user_id=actor_id), Intent(actor_id=actor_id)
            )
        state = Report.UPHELD if is_upheld else Report.DISMISSED
        _settle(contribution.pk, actor_id=actor_id, state=state, reason=reason)
        _audit(ground, "report.uphold" if is_upheld else "report.dismiss", contribution.pk, actor_id, reason)


def count_reports(posts: Iterable[Contribution]) -> dict[int, int]:
    """Return how many open reports each of these posts has."""
    found = Report.objects.filter(contribution__in=[post.pk for post in posts], state=Report.OPEN)
    return dict(found.values_list("contribution_id").annotate(Count("pk")))


def find_reason(contribution_id: int) -> str:
    """Return the reason that was given when this post was taken away or put back, empty if none was."""
    page = people.list_audit(target=name_post(contribution_id))
    return next((entry.reason for entry in page.entries if entry.verb in {REMOVE, RESTORE}), "")


def _repost(ground: Ground, contribution: Contribution, actor_id: int, reason: str) -> None:
    intent = Intent(restores=contribution.pk, actor_id=actor_id, reason=reason)
    if contribution.parent is None:
        call_forum(
            lambda: edx_platform.create_thread(
                course_id=ground.course_id,
                author_id=contribution.author_id,
                body=contribution.body,
                is_anonymous=contribution.is_anonymous,
                group_id=contribution.group_id or None,
                **ground.find_thread(contribution),
            ),
            intent,
        )
    else:
        parent_key = contribution.parent.forum_key or ""
        call_forum(
            lambda: edx_platform.create_comment(
                parent_key=parent_key,
                course_id=ground.course_id,
                author_id=contribution.author_id,
                body=contribution.body,
                is_anonymous=contribution.is_anonymous,
            ),
            intent,
        )


def _check_seen(locked: Sequence[Contribution]) -> None:
    """Raise ForumRefusedError where posts came or changed since the transaction first read.

    At repeatable read the forum, whose reads take no locks, would not find them: a post would go without what stands
    beneath it, or stay where its record goes. Who asks again, in a transaction that begins now, sees them.
    """
    seen = Contribution.objects.in_bulk([row.pk for row in locked])
    if any(row.pk not in seen or seen[row.pk].forum_key != row.forum_key for row in locked):
        raise silent_forum()


def _settle(contribution_id: int, *, actor_id: int, state: str, reason: str) -> None:
    Report.objects.filter(contribution_id=contribution_id, state=Report.OPEN).update(
        state=state, resolved_by=actor_id, resolved_at=now(), resolution=reason[:500]
    )


def _audit(ground: Ground, verb: str, contribution_id: int, actor_id: int, reason: str) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=name_post(contribution_id),
        context_key=ground.context_key,
        reason=reason,
        data=ground.details,
    )
