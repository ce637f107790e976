"""Meetings: made, changed, cancelled and restored; each change is told to the meeting's owner."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pyotp
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import MeetingData, MeetingMode, MeetingPlanData
from discussion_ext.models import Meeting
from people import api as people

from .exceptions import CapacityError, MeetingError, MeetingExistsError, MeetingNotFoundError, WallClockError
from .owners import owner_of
from .wall_clocks import find_zone, shift_days, to_instant

MOST_MINUTES: Final = 2880
MOST_SEATS: Final = 1_000_000
LONGEST_REASON: Final = 500

_LONGEST: Final = {"title": 255, "place": 500, "link": 1000}
_YEARS: Final = (2000, 2200)
#: What tells people's calendars that something about time or place is new.
_SCHEDULE: Final = ("mode", "place", "link", "zone", "starts_local", "fold", "minutes", "starts_at")


def create_meeting(*, key: str, plan: MeetingPlanData, actor_id: int | None) -> MeetingData:
    """Make a meeting that belongs to ``key`` ("sitting:12", at most 100 characters).

    Raises MeetingError, which names the field, and MeetingExistsError where the key has one.
    """
    row = Meeting(key=key, uid=uuid.uuid4().hex, secret=pyotp.random_base32(), **_read(plan))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _record(row, "create", actor_id)
    except IntegrityError as error:
        raise MeetingExistsError(_("There is a meeting of this name already."), field="key") from error
    return to_data(row)


@transaction.atomic
def change_meeting(*, meeting_id: int, plan: MeetingPlanData, actor_id: int | None) -> MeetingData:
    """Give a meeting a new plan; calendars see a new sequence where time or place changed.

    Raises MeetingError, CapacityError (fewer places than seats taken) and MeetingNotFoundError.
    """
    row, values = lock_meeting(meeting_id), _read(plan)
    if values["capacity"] and values["capacity"] < row.seats_taken:
        raise CapacityError(
            _("%(seats)d people have a seat. Make it at least as many places, or move some of them first.")
            % {"seats": row.seats_taken},
            field="capacity",
        )
    before = to_data(row)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return before
    for name in changed:
        setattr(row, name, values[name])
    if any(name in _SCHEDULE for name in changed):
        row.sequence += 1
    row.save(update_fields=[*changed, "sequence"])
    _record(row, "change", actor_id, changed=sorted(changed))
    return _tell(before, row)


@transaction.atomic
def cancel_meeting(*, meeting_id: int, actor_id: int | None, reason: str) -> MeetingData:
    """Call a meeting off. Seats are kept, so that it can be restored; ``reason`` (1 to 500 characters) is shown.

    Doing so again changes nothing.
    """
    row, said = lock_meeting(meeting_id), read_reason(reason)
    if row.is_cancelled:
        return to_data(row)
    before = to_data(row)
    row.is_cancelled, row.cancelled_at, row.cancelled_by, row.cancel_reason = True, timezone.now(), actor_id, said
    return _save_state(before, row, "cancel", actor_id)


@transaction.atomic
def restore_meeting(*, meeting_id: int, actor_id: int | None) -> MeetingData:
    """Let a meeting that was called off take place after all, with the seats it had. Safe to repeat."""
    row = lock_meeting(meeting_id)
    if not row.is_cancelled:
        return to_data(row)
    before = to_data(row)
    row.is_cancelled, row.cancelled_at, row.cancelled_by, row.cancel_reason = False, None, None, ""
    return _save_state(before, row, "restore", actor_id)


@transaction.atomic
def delete_meeting(*, meeting_id: int, actor_id: int | None) -> None:
    """Delete a meeting that was never announced. Raises CapacityError where somebody has a seat or was there."""
    row = lock_meeting(meeting_id)
    if row.seats.exists() or row.attendances.exists():
        raise CapacityError(_("People know of this meeting. Call it off instead."))
    _record(row, "delete", actor_id)
    row.delete()


def get_meetings(meeting_ids: Iterable[int]) -> dict[int, MeetingData]:
    """Return the meetings that exist, by id, in one query."""
    return {row.pk: to_data(row) for row in Meeting.objects.filter(pk__in=list(meeting_ids))}


def get_meeting(meeting_id: int, *, is_locked: bool = False) -> MeetingData:
    """Return a meeting; ``is_locked`` as it is now, its row kept until the open transaction ends.

    Raises MeetingNotFoundError.
    """
    return to_data(lock_meeting(meeting_id) if is_locked else get_row(meeting_id))


def ending_after(moment: datetime) -> QuerySet[Any]:
    """Return the ids of meetings that end later than a moment, as a query for an owner's rows."""
    return Meeting.objects.filter(ends_at__gt=moment).values("pk")


def title_of(meeting_id: Any) -> Subquery:
    """Return the title of a meeting (an id, or an ``OuterRef`` to one) as a part of an owner's query."""
    return Subquery(Meeting.objects.filter(pk=meeting_id).values("title")[:1])


def find_meeting(key: str) -> MeetingData | None:
    """Return the meeting of a key, or None."""
    row = Meeting.objects.filter(key=key).first()
    return to_data(row) if row else None


def find_meeting_by_uid(uid: str) -> MeetingData | None:
    """Return the meeting of an address, or None."""
    row = Meeting.objects.filter(uid=uid).first()
    return to_data(row) if row else None


def get_row(meeting_id: int) -> Meeting:
    """Return a meeting's row as it is seen. Raises MeetingNotFoundError."""
    row = Meeting.objects.filter(pk=meeting_id).first()
    if row is None:
        raise MeetingNotFoundError
    return row


def lock_meeting(meeting_id: int) -> Meeting:
    """Lock and return a meeting's row. Raises MeetingNotFoundError."""
    (row,) = lock_meetings([meeting_id])
    return row


def lock_meetings(meeting_ids: Iterable[int]) -> list[Meeting]:
    """Lock meetings in the order of their ids, one statement each, and return their rows in that order."""
    rows = [Meeting.objects.select_for_update().filter(pk=each).first() for each in sorted(set(meeting_ids))]
    if None in rows:
        raise MeetingNotFoundError
    return [row for row in rows if row is not None]


def to_data(row: Meeting) -> MeetingData:
    """Return what callers see of a row: all but its secret."""
    zone = ZoneInfo(row.zone)
    return MeetingData(
        id=row.pk,
        key=row.key,
        title=row.title,
        mode=MeetingMode(row.mode),
        place=row.place,
        link=row.link,
        host_id=row.host_id,
        zone=zone,
        starts_local=datetime.fromisoformat(row.starts_local),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        minutes=row.minutes,
        capacity=row.capacity,
        seats_taken=row.seats_taken,
        is_cancelled=row.is_cancelled,
        cancel_reason=row.cancel_reason,
        cancelled_at=row.cancelled_at,
        uid=row.uid,
        sequence=row.sequence,
        check_in_from=row.starts_at - timedelta(minutes=settings.DISCUSSION_EXT_CHECK_IN_BEFORE_MINUTES),
        check_in_until=row.starts_at + timedelta(minutes=settings.DISCUSSION_EXT_CHECK_IN_AFTER_MINUTES),
        correct_until=shift_days(row.ends_at, zone, settings.DISCUSSION_EXT_ROLL_DAYS),
    )


@transaction.atomic
def retime_meeting(meeting_id: int) -> bool:
    """Put a meeting at the instant that its wall clock means by today's rules of its zone; tell whether it moved.

    Countries change their clocks, and what was agreed is the time on the wall.
    """
    row = lock_meeting(meeting_id)
    starts_at = _now_meant(row)
    if starts_at == row.starts_at:
        return False
    before = to_data(row)
    row.starts_at, row.ends_at = starts_at, starts_at + timedelta(minutes=row.minutes)
    row.sequence += 1
    row.save(update_fields=["starts_at", "ends_at", "sequence"])
    _record(row, "retime", None)
    _tell(before, row)
    return True


def list_out_of_time(*, after: int = 0, limit: int = 500) -> tuple[int, list[int]]:
    """Return the last id (0 for none) and those out of ``limit`` coming meetings whose wall clock means another time.

    They are looked at in the order of their ids, from beyond ``after``.
    """
    rows = Meeting.objects.filter(pk__gt=after, ends_at__gt=timezone.now()).order_by("pk")[:limit]
    found = list(rows)
    return (found[-1].pk if found else 0), [row.pk for row in found if _now_meant(row) != row.starts_at]


def _now_meant(row: Meeting) -> datetime:
    """Return the instant of a wall clock; one that has come to be skipped moves forward."""
    try:
        return to_instant(datetime.fromisoformat(row.starts_local), row.zone, fold=row.fold)
    except WallClockError:
        return datetime.fromisoformat(row.starts_local).replace(tzinfo=find_zone(row.zone)).astimezone(UTC)


def check_plan(plan: MeetingPlanData) -> None:
    """Raise MeetingError, which names the field, for a plan that no meeting can have."""
    _read(plan)


def read_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises MeetingError for none and for one that is too long."""
    said = _clean(reason)
    if not said:
        raise MeetingError(_("Say why: the people concerned will read it."), field="reason")
    if len(said) > LONGEST_REASON:
        raise MeetingError(_("The reason may have %(most)d characters.") % {"most": LONGEST_REASON}, field="reason")
    return said


def _read(plan: MeetingPlanData) -> dict[str, Any]:
    """Return the columns of a plan. Raises MeetingError, naming the field."""
    texts = {name: _read_text(name, getattr(plan, name)) for name in _LONGEST}
    if not any(unicodedata.category(each)[0] in "LNPS" for each in texts["title"]):  # else nobody sees it
        raise MeetingError(_("Give the meeting a title."), field="title")
    _check_link(texts["link"])
    try:
        mode = MeetingMode(plan.mode)
    except ValueError as error:
        raise MeetingError(_("Choose in a room, online, or both."), field="mode") from error
    _check_whole("minutes", plan.minutes, 1, MOST_MINUTES)
    _check_whole("capacity", plan.capacity, 0, MOST_SEATS)
    local = plan.starts_local.replace(second=0, microsecond=0)
    if local.tzinfo is not None or not _YEARS[0] <= local.year < _YEARS[1]:
        raise MeetingError(_("Give a date and a time of day between the years 2000 and 2199."), field="starts_local")
    zone = find_zone(plan.zone)
    starts_at = to_instant(local.replace(fold=0), zone, fold=plan.fold)
    return {
        **texts,
        "mode": mode.value,
        "host_id": plan.host_id,
        "zone": zone.key,
        "starts_local": f"{local:%Y-%m-%dT%H:%M}",
        "fold": starts_at.astimezone(zone).fold,
        "minutes": plan.minutes,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=plan.minutes),
        "capacity": plan.capacity,
    }


def _read_text(field: str, value: str) -> str:
    text = _clean(value)
    if len(text) > _LONGEST[field]:
        raise MeetingError(_("This may have %(most)d characters.") % {"most": _LONGEST[field]}, field=field)
    return text


def _clean(value: str) -> str:
    """Return one line: without control characters, halves of characters, and marks that turn the direction of text."""
    kept = "".join(" " if each in "\t\n\r" else each for each in value if _is_text(each))
    return " ".join(kept.split())


def _is_text(character: str) -> bool:
    turns = "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"
    return character in "\t\n\r" or not (turns or unicodedata.category(character) in ("Cc", "Cs"))


def _check_link(link: str) -> None:
    if not link:
        return
    try:
        parts = urlsplit(link)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(link) & set(' <>"\\')
        is_fine = is_fine and parts.username is None
    except ValueError:
        is_fine = False
    if not is_fine:
        raise MeetingError(_("Give a whole address that begins with https:// or http://."), field="link")


def _check_whole(field: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        message = _("This is a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
        raise MeetingError(message, field=field)


def _save_state(before: MeetingData, row: Meeting, verb: str, actor_id: int | None) -> MeetingData:
    row.sequence += 1
    row.save(update_fields=["is_cancelled", "cancelled_at", "cancelled_by", "cancel_reason", "sequence"])
    _record(row, verb, actor_id, reason=row.cancel_reason)
    return _tell(before, row)


def _tell(before: MeetingData, row: Meeting) -> MeetingData:
    after = to_data(row)
    owner_of(after).on_meeting_changed(before, after)
    return after


def _record(row: Meeting, verb: str, actor_id: int | None, *, reason: str = "", **facts: object) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=f"meeting.{verb}",
        target=f"meeting:{row.pk}",
        context_key=row.key,
        reason=reason,
        data={"starts_at": row.starts_at.isoformat(), **facts},
    )
