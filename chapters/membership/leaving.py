"""Going: by oneself in one click, or removed by an organizer; and why people go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import organizers
from chapters.data import EndReason, LeaveReason, LeavingSummaryData, MembershipData, MembershipState
from chapters.exceptions import InvalidValueError
from chapters.models import Membership
from people import api as people

from . import news, rows
from .joining import close_request
from .reading import read_locked

LONGEST_NOTE: Final = 500
_MOST_DAYS: Final = 366
_MOST_WORDS: Final = 20


@transaction.atomic
def leave(*, chapter_id: int, user_id: int, reason: str = "", note: str = "") -> MembershipData:
    """Let a member go; ``reason`` is a LeaveReason or empty. Leaving twice adds at most the reason.

    An open request is taken back. Raises LastOrganizerError, InvalidValueError ("reason", "note") and NotFoundError.
    """
    why = _read_reason(reason)
    said = rows.read_text(note, field="note", most=LONGEST_NOTE, is_needed=False)
    rows.lock_chapter(chapter_id)
    row = rows.lock_membership(chapter_id=chapter_id, user_id=user_id)
    if row.state == MembershipState.REQUESTED:
        close_request(row)
    elif row.state == MembershipState.MEMBER:
        organizers.end_all_terms(chapter_id=chapter_id, user_id=user_id, reason=EndReason.LEFT, actor_id=user_id)
        rows.depart(row, state=MembershipState.LEFT, reason=why, note=said)
    elif row.state == MembershipState.LEFT and not (row.leave_reason or row.leave_note):
        Membership.objects.filter(pk=row.pk).update(leave_reason=why, leave_note=said)
    return read_locked(row.pk)


@transaction.atomic
def remove_member(*, chapter_id: int, user_id: int, actor_id: int, reason: str) -> MembershipData:
    """Remove a member, with a reason that they are told. Raises LastOrganizerError and NotFoundError."""
    why = rows.read_text(reason, field="reason", most=LONGEST_NOTE)
    rows.lock_chapter(chapter_id)
    row = rows.lock_member(chapter_id=chapter_id, user_id=user_id)
    take_out(row, actor_id=actor_id, reason=why)
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.member.remove",
        target=f"membership:{row.pk}",
        context_key=f"chapter:{chapter_id}",
        reason=why,
        data={"user": user_id},
    )
    news.tell_removed(row, reason=why)
    return read_locked(row.pk)


def take_out(row: Membership, *, actor_id: int, reason: str) -> None:
    """Remove a member with their roles; the caller holds both locks. Raises LastOrganizerError."""
    organizers.end_all_terms(
        chapter_id=row.chapter_id, user_id=row.user_id, reason=EndReason.REMOVED, actor_id=actor_id
    )
    rows.depart(row, state=MembershipState.REMOVED, decided_by=actor_id)
    Membership.objects.filter(pk=row.pk).update(decision_note=reason)


def summarize_leaving(chapter_id: int | None, *, days: int = 90) -> LeavingSummaryData:
    """Return why people left within ``days`` (1 to 366) and did not come back; of all chapters together for None.

    Reasons given by fewer than ``CHAPTERS_LEAVING_LEAST`` people are one number, and what those people wrote is left
    out: among a few, words name who wrote them.
    """
    days = min(max(days, 1), _MOST_DAYS)
    since = timezone.now() - timedelta(days=days)
    gone = Membership.objects.filter(left_at__gte=since, state=MembershipState.LEFT)
    if chapter_id is not None:
        gone = gone.filter(chapter_id=chapter_id)
    counted = dict(gone.values_list("leave_reason").annotate(times=Count("pk")).order_by())
    given = {LeaveReason(reason): times for reason, times in counted.items() if reason}
    least = settings.CHAPTERS_LEAVING_LEAST
    shown = sorted(((each, times) for each, times in given.items() if times >= least), key=lambda pair: -pair[1])
    return LeavingSummaryData(
        days=days,
        left=sum(counted.values()),
        asked=sum(given.values()),
        by_reason=tuple(shown),
        fewer=sum(times for times in given.values() if times < least),
        words=_list_words(gone, [reason for reason, _times in shown], least),
    )


def _list_words(gone: QuerySet[Membership], reasons: Collection[LeaveReason], least: int) -> tuple[str, ...]:
    """Return what people wrote, in an order that does not say when; nothing where too few wrote something."""
    written = gone.filter(leave_reason__in=reasons).exclude(leave_note="").order_by("-left_at", "-pk")
    notes = sorted(written.values_list("leave_note", flat=True)[:_MOST_WORDS])
    return tuple(notes) if len(notes) >= least else ()


def _read_reason(reason: str) -> str:
    if not reason:
        return ""
    try:
        return LeaveReason(reason).value
    except ValueError as error:
        raise InvalidValueError(_("Choose one of the reasons, or none."), field="reason") from error
