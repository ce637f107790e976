"""Who may not be in a chapter, for how long, and what they say to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.cursors import read_cursor, write_cursor
from chapters.data import BanData, BanPage, DecisionData, MembershipState
from chapters.events.awaiting import await_release
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.models import Ban, Membership
from chapters.records import bans_in_force, to_ban
from people import api as people

from . import news, rows
from .joining import close_request
from .leaving import take_out
from .listing import name_members
from .reading import page_size

LONGEST_REASON: Final = 500
LONGEST_APPEAL: Final = 1000
LONGEST_ANSWER: Final = 500
_MOST_APPEALS: Final = 100


@transaction.atomic
def ban(*, chapter_id: int, user_id: int, actor_id: int, reason: str, expires_at: datetime | None = None) -> BanData:
    """Keep somebody out and remove them if they are in. An earlier ban in force is replaced.

    ``expires_at`` is aware and to come; None is until somebody lifts it. Raises InvalidValueError ("reason",
    "expires_at"), LastOrganizerError and NotFoundError (no chapter).
    """
    why = rows.read_text(reason, field="reason", most=LONGEST_REASON)
    now = timezone.now()
    if expires_at is not None and (not timezone.is_aware(expires_at) or expires_at <= now):
        raise InvalidValueError(_("Choose a moment to come."), field="expires_at")
    rows.lock_chapter(chapter_id)
    # Written first, before anything is looked for with a lock: what is not there is a gap, into which others write.
    row = Ban.objects.create(
        chapter_id=chapter_id, user_id=user_id, reason=why, banned_by=actor_id, expires_at=expires_at
    )
    older = [pk for pk in rows.lock_bans(chapter_id=chapter_id, user_id=user_id) if pk != row.pk]
    for pk in older:  # one by one: for a list of keys the server may walk the whole table
        Ban.objects.filter(pk=pk).update(lifted_at=now, lifted_by=actor_id)
    mine = Membership.objects.select_for_update().filter(chapter_id=chapter_id, user_id=user_id).first()
    if mine is not None and mine.state == MembershipState.REQUESTED:
        close_request(mine)
    elif mine is not None and mine.state == MembershipState.MEMBER:
        take_out(mine, actor_id=actor_id, reason=why)
    await_release(user_id=user_id, chapter_id=chapter_id, keeps_open=False)
    until = expires_at.isoformat() if expires_at else ""
    _record(row, actor_id, "chapter.ban", reason=why, until=until)
    news.tell_banned(row)
    return _name([row])[0]


@transaction.atomic
def lift_ban(*, ban_id: int, actor_id: int, reason: str = "") -> BanData:
    """Let somebody come in again. Raises StateError where it is over already, NotFoundError."""
    why = rows.read_text(reason, field="reason", most=LONGEST_REASON, is_needed=False)
    row = _lock(ban_id)
    _lift(row, actor_id)
    _record(row, actor_id, "chapter.ban.lift", reason=why)
    news.tell_ban_over(row, answer="")
    return _name([row])[0]


@transaction.atomic
def appeal(*, ban_id: int, user_id: int, text: str) -> BanData:
    """Say once why a ban is wrong. Raises NotFoundError for any ban but one's own, StateError, InvalidValueError."""
    said = rows.read_text(text, field="text", most=LONGEST_APPEAL)
    row = _lock(ban_id, user_id=user_id)
    if row.appealed_at is not None:
        raise StateError(_("You have said what you think of this ban."))
    row.appeal, row.appealed_at = said, timezone.now()
    row.save(update_fields=["appeal", "appealed_at"])
    news.tell_appealed(row)
    return to_ban(row)


@transaction.atomic
def answer_appeal(*, ban_id: int, actor_id: int, answer: str, is_lifted: bool) -> BanData:
    """Answer an appeal once, and lift the ban or leave it.

    Who banned answers only where no other organizer could: else NotAllowedError. Raises StateError where there is no
    appeal that waits, InvalidValueError ("answer") and NotFoundError.
    """
    said = rows.read_text(answer, field="answer", most=LONGEST_ANSWER)
    row = _lock(ban_id)
    if row.appealed_at is None or row.appeal_answered_at is not None:
        raise StateError(_("No appeal waits for an answer here."))
    if row.banned_by == actor_id and set(news.list_organizers(row.chapter_id)) - {actor_id}:
        raise NotAllowedError(
            DecisionData(
                code="own_decision",
                reason=_("You decided this yourself, so somebody else answers the appeal."),
                next_step=_("Another organizer or the community team answers it."),
            )
        )
    row.appeal_answer, row.appeal_answered_at, row.appeal_answered_by = said, timezone.now(), actor_id
    row.save(update_fields=["appeal_answer", "appeal_answered_at", "appeal_answered_by"])
    if is_lifted:
        _lift(row, actor_id)
        news.tell_ban_over(row, answer=said)
    else:
        news.tell_appeal_refused(row)
    _record(row, actor_id, "chapter.appeal.answer", reason=said, lifted=is_lifted)
    return _name([row])[0]


def find_ban(*, chapter_id: int, user_id: int) -> BanData | None:
    """Return the ban in force, None where there is none; one query."""
    row = bans_in_force().filter(chapter_id=chapter_id, user_id=user_id).order_by("-pk").first()
    return None if row is None else to_ban(row)


def get_ban(ban_id: int) -> BanData:
    """Return a ban by number, or raise NotFoundError."""
    row = Ban.objects.filter(pk=ban_id).first()
    if row is None:
        raise NotFoundError(_("There is no such ban."))
    return _name([row])[0]


def list_bans(*, chapter_id: int, cursor: str = "", limit: int | None = None) -> BanPage:
    """Return bans of a chapter, newest first, those that are over included; a fixed number of queries."""
    size = page_size(limit)
    found = Ban.objects.filter(chapter_id=chapter_id)
    if before := read_cursor(cursor, (int,)):
        found = found.filter(pk__lt=before[0])
    page = list(found.order_by("-pk")[: size + 1])
    more = write_cursor(page[size - 1].pk) if len(page) > size else ""
    return BanPage(bans=tuple(_name(page[:size])), cursor=more)


def list_appeals(*, chapter_id: int) -> list[BanData]:
    """Return bans in force whose appeal waits for an answer, the oldest first, at most 100."""
    waiting = bans_in_force().filter(chapter_id=chapter_id, appealed_at__isnull=False, appeal_answered_at__isnull=True)
    return _name(list(waiting.order_by("appealed_at", "pk")[:_MOST_APPEALS]))


def _lock(ban_id: int, *, user_id: int | None = None) -> Ban:
    """Return a ban in force under the locks of its chapter and itself."""
    known = Ban.objects.filter(pk=ban_id).values_list("chapter_id", "user_id").first()
    if known is None or user_id not in (None, known[1]):
        raise NotFoundError(_("There is no such ban."))
    rows.lock_chapter(known[0])
    row = Ban.objects.select_for_update().get(pk=ban_id)
    if row.lifted_at is not None or (row.expires_at is not None and row.expires_at <= timezone.now()):
        raise StateError(_("This ban is over."))
    return row


def _lift(row: Ban, actor_id: int) -> None:
    row.lifted_at, row.lifted_by = timezone.now(), actor_id
    row.save(update_fields=["lifted_at", "lifted_by"])


def _record(row: Ban, actor_id: int, verb: str, *, reason: str, **data: str | bool) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=f"ban:{row.pk}",
        context_key=f"chapter:{row.chapter_id}",
        reason=reason,
        data={"user": row.user_id, **data},
    )


def _name(page: Sequence[Ban]) -> list[BanData]:
    """Return bans with the names of those banned, as they are shown in the chapter."""
    if not page:
        return []
    names = name_members(page[0].chapter_id, [row.user_id for row in page])
    return [replace(to_ban(row), user_name=names[row.user_id].text) for row in page]
