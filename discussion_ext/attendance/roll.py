"""The roll as its host calls it, sheets that are imported, corrections with a reason, and replays that were watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import (
    AttendanceData,
    AttendanceSource,
    AttendanceState,
    MeetingData,
    TickData,
    TickResultData,
)
from discussion_ext.exceptions import CaseError
from discussion_ext.models import Attendance, AttendanceChange

from .exceptions import CheckInClosedError, MeetingCancelledError, NoPlaceError, NotHostError, WrongTicketError
from .meetings import get_meeting, read_reason
from .owners import owner_of
from .records import keep, lock_attendance, to_data
from .tickets import read_ticket

MOST_TICKS: Final = 500
LONGEST_KEY: Final = 40

SAVED: Final = "saved"
KNOWN: Final = "known"
OLDER: Final = "older"
ALREADY: Final = "already"
REFUSED: Final = "refused"


def record_roll(*, meeting_id: int, actor_id: int, ticks: Sequence[TickData]) -> list[TickResultData]:
    """Take over ticks of a roll call, perhaps made long before without network; return what became of each, in order.

    Of one person's ticks the one made last holds. A device's clock may be wrong: what it says is never before check-in
    opens and never after now. A tick that was sent before is ``known``, one that a later truth outdates ``older``,
    and one about somebody who cannot have a seat ``refused``; the others are saved all the same. At most 500.
    A ticket lets in who has a place, and nobody else: a host who wants them in ticks the person.

    Raises NotHostError (somebody else, or the host after ``correct_until``), CheckInClosedError before check-in opens
    and MeetingCancelledError.
    """
    meeting, now = get_meeting(meeting_id), timezone.now()
    check_host(meeting, actor_id, now=now)
    if len(ticks) > MOST_TICKS:
        raise CaseError(_("Send at most %(most)d ticks at once.") % {"most": MOST_TICKS}, field="ticks")
    results: dict[int, TickResultData] = {}
    known = _read_tickets(meeting, ticks, results)
    with transaction.atomic():
        refusals = _seat_walk_ins(meeting, list(known.values()))
        # The order in which everybody locks attendances: by person.
        for place, tick in sorted(known.items(), key=lambda item: (item[1].user_id, item[1].made_at, item[0])):
            refusal = refusals.get(tick.user_id) or _find_fault(tick)
            if refusal:
                results[place] = _refuse(tick, refusal)
            else:
                results[place] = _tick(meeting, tick, actor_id=actor_id, now=now)
    return [results[place] for place in range(len(ticks))]


def check_in_ticket(
    *, meeting_id: int, token: str, actor_id: int, request_key: str, is_walk_in: bool = False
) -> TickResultData:
    """Let in whose ticket a host has scanned; scanned again, they are ``already`` in, which changes nothing.

    ``is_walk_in`` lets somebody in who has given their place back, if the owner takes them.

    Raises WrongTicketError, NoPlaceError (has none any more), what ``record_roll`` raises, and CaseError for who cannot
    be let in.
    """
    meeting = get_meeting(meeting_id)
    check_host(meeting, actor_id, now=timezone.now())
    user_id = read_ticket(meeting, token)
    if not is_walk_in and not owner_of(meeting).has_place(meeting, user_id):
        raise NoPlaceError
    tick = TickData(
        request_key=request_key,
        user_id=user_id,
        state=AttendanceState.PRESENT,
        made_at=timezone.now(),
        ticket="" if is_walk_in else token,
    )
    (result,) = record_roll(meeting_id=meeting_id, actor_id=actor_id, ticks=[tick])
    if result.outcome == REFUSED:
        raise CaseError(result.message, field="ticket")
    return result


def import_attendance(
    *, meeting_id: int, actor_id: int | None, states: Mapping[int, AttendanceState]
) -> dict[str, int]:
    """Take over a sheet of who was there, by user id; return how many were ``saved`` and how many were so ``known``.

    The people need no seat. A replay that somebody watched still counts where the sheet says that they were absent.
    """
    meeting, now, counts = get_meeting(meeting_id), timezone.now(), {SAVED: 0, KNOWN: 0}
    with transaction.atomic():
        for user_id in sorted(states):
            row = lock_attendance(meeting_id, user_id)
            if row.state == states[user_id] or _is_made_good(row, states[user_id]):
                counts[KNOWN] += 1
                continue
            keep(
                meeting,
                row,
                state=AttendanceState(states[user_id]),
                source=AttendanceSource.IMPORT,
                as_of=now,
                actor_id=actor_id,
            )
            counts[SAVED] += 1
    return counts


@transaction.atomic
def correct_attendance(
    *, meeting_id: int, user_id: int, state: AttendanceState, actor_id: int, reason: str
) -> AttendanceData:
    """Decide what holds for one person, with a reason of 1 to 500 characters that they read.

    Raises MeetingError("reason") and NotHostError, as ``record_roll`` does.
    """
    meeting, now = get_meeting(meeting_id), timezone.now()
    check_host(meeting, actor_id, now=now)
    said = read_reason(reason)
    row = lock_attendance(meeting_id, user_id)
    keep(
        meeting,
        row,
        state=AttendanceState(state),
        source=AttendanceSource.CORRECTION,
        as_of=now,
        actor_id=actor_id,
        reason=said,
    )
    return to_data(row)


@transaction.atomic
def mark_replay(*, meeting_id: int, user_id: int, at: datetime) -> AttendanceData:
    """Let somebody who was not there count as present, because they watched the recording at ``at``.

    Whoever was present or excused stays so; a correction stands against what was watched before it. Safe to repeat.
    """
    meeting = get_meeting(meeting_id)
    row = lock_attendance(meeting_id, user_id)
    is_settled = row.state in (AttendanceState.PRESENT, AttendanceState.EXCUSED)
    is_decided = row.source == AttendanceSource.CORRECTION and row.recorded_at is not None and at <= row.recorded_at
    if not (is_settled or is_decided):
        keep(
            meeting,
            row,
            state=AttendanceState.PRESENT,
            source=AttendanceSource.REPLAY,
            as_of=min(at, timezone.now()),
            actor_id=None,
        )
    return to_data(row)


def check_host(meeting: MeetingData, actor_id: int, *, now: datetime) -> None:
    """Let those pass who may call the roll now: the host until ``correct_until``, the team always.

    Raises NotHostError, CheckInClosedError before check-in opens, MeetingCancelledError.
    """
    owner = owner_of(meeting)
    if not owner.may_correct(meeting, actor_id):
        if not owner.may_host(meeting, actor_id):
            raise NotHostError(_("Only the host and the team of this meeting can say who was there."))
        if now > meeting.correct_until:
            raise NotHostError(_("The time for this has passed. Ask the team to correct who was there."))
    if meeting.is_cancelled:
        raise MeetingCancelledError
    if now < meeting.check_in_from:
        raise CheckInClosedError(_("The roll opens together with check-in."), opens_at=meeting.check_in_from)


def _read_tickets(
    meeting: MeetingData, ticks: Sequence[TickData], results: dict[int, TickResultData]
) -> dict[int, TickData]:
    """Return the ticks by their places, with who it is where a ticket says so; what became of no tickets is added."""
    known = {}
    for place, tick in enumerate(ticks):
        try:
            known[place] = replace(tick, user_id=read_ticket(meeting, tick.ticket)) if tick.ticket else tick
        except WrongTicketError as refusal:
            results[place] = TickResultData(
                request_key=tick.request_key, outcome=REFUSED, message=refusal.message, user_id=None
            )
    return known


def _seat_walk_ins(meeting: MeetingData, ticks: Sequence[TickData]) -> dict[int, str]:
    """Let the owner seat those who came without a seat; return by person why there is nothing to be said of them.

    Whoever did not come is given no seat, and whoever only showed a ticket neither: a host decides that. Called before
    any attendance is locked.
    """
    ids, refusals = {tick.user_id for tick in ticks}, {}
    shown = {tick.user_id for tick in ticks if tick.ticket}
    came = {tick.user_id for tick in ticks if tick.state is AttendanceState.PRESENT and not tick.ticket}
    owner = owner_of(meeting)
    unseated = ids - owner.find_expected(meeting, ids)
    known = Attendance.objects.filter(meeting_id=meeting.id, user_id__in=unseated - came).exclude(state="")
    for user_id in unseated.difference(came, known.values_list("user_id", flat=True)):
        refusals[user_id] = NoPlaceError().message if user_id in shown else _("This person has no seat here.")
    for user_id in sorted(unseated & came):
        try:
            with transaction.atomic():
                owner.accept_walk_in(meeting, user_id, is_forced=True)
        except CaseError as refusal:
            refusals[user_id] = refusal.message
    return refusals


def _refuse(tick: TickData, message: str) -> TickResultData:
    return TickResultData(request_key=tick.request_key, outcome=REFUSED, message=message, user_id=tick.user_id)


def _find_fault(tick: TickData) -> str:
    if not 0 < len(tick.request_key) <= LONGEST_KEY:
        return _("A tick is known by a text of 1 to %(most)d characters.") % {"most": LONGEST_KEY}
    return ""


def _tick(meeting: MeetingData, tick: TickData, *, actor_id: int, now: datetime) -> TickResultData:
    def result(outcome: str) -> TickResultData:
        attendance = to_data(row) if row.state else None
        return TickResultData(
            request_key=tick.request_key, outcome=outcome, attendance=attendance, user_id=tick.user_id
        )

    row = lock_attendance(meeting.id, tick.user_id)
    key = f"{meeting.id}:{tick.user_id}:{tick.request_key}"
    if AttendanceChange.objects.filter(request_key=key).exists():
        return result(KNOWN)
    as_of = min(max(tick.made_at, meeting.check_in_from), now)
    if row.as_of is not None and as_of < row.as_of:
        return result(OLDER)
    if row.state == tick.state or _is_made_good(row, tick.state):
        # Nothing new, but said again: ticks from before it are older now.
        row.as_of = as_of
        row.save(update_fields=["as_of"])
        return result(ALREADY if tick.ticket else SAVED)
    is_new = keep(
        meeting,
        row,
        state=AttendanceState(tick.state),
        source=AttendanceSource.TICKET if tick.ticket else AttendanceSource.ROLL,
        as_of=as_of,
        actor_id=actor_id,
        request_key=key,
    )
    return result(SAVED if is_new else KNOWN)


def _is_made_good(row: Attendance, state: AttendanceState) -> bool:
    """Tell whether somebody who was not in the room has watched the replay, which still counts."""
    is_replay = row.state == AttendanceState.PRESENT and row.source == AttendanceSource.REPLAY
    return is_replay and state == AttendanceState.ABSENT
