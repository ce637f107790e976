"""Files of sittings, of who sits where, and of who came: read, looked over, and written once they are confirmed.

Reading asks the database in a number of queries that grows with hundreds of lines, not with each; what is wrong is said
by line, and what is right waits for a day under a token that only who read it in knows. Confirming leaves an errand that
writes line by line, each in a transaction with its place in the list: whatever interrupts it, no line is written twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import edx_platform
from discussion_ext.attendance import meetings, roll
from discussion_ext.data import (
    AttendanceState,
    MeetingMode,
    MeetingPlanData,
    SeatSource,
    SessionData,
    SittingData,
)
from discussion_ext.exceptions import CaseError
from discussion_ext.models import SittingImport
from people import api as people

from . import placing
from .exceptions import TableExpiredError
from .keys import SessionErrand, target_of
from .lessons import get_session
from .owner import SittingOwner
from .sittings import add_sitting, change_sitting, get_sitting, list_sittings
from .standing import has_attended, own_sittings
from .tables import Line, read_table

KEEP: Final = timedelta(days=1)
_BATCH: Final = 500
_MOST_FAULTS: Final = 2000


class ImportKind(StrEnum):
    """What a file says."""

    SITTINGS = "sittings"
    SEATS = "seats"
    ATTENDANCE = "attendance"


#: Per kind the columns that a file must have, and those that it may have as well.
COLUMNS: Final[Mapping[ImportKind, tuple[Sequence[str], Sequence[str]]]] = {
    ImportKind.SITTINGS: (
        ("title", "mode", "start", "zone"),
        ("sitting", "minutes", "capacity", "place", "link", "host", "which_hour"),
    ),
    ImportKind.SEATS: (("learner", "sitting"), ()),
    ImportKind.ATTENDANCE: (("learner", "attendance"), ()),
}


@dataclass(frozen=True, kw_only=True)
class ImportData:
    """A file that was looked over. ``faults`` and ``left_out`` are pairs of a line number and a sentence.

    ``valid`` lines can be written, or were: ``done`` says how many have been dealt with. ``warnings`` are sentences
    about the whole. ``sample`` are the first valid lines in words.
    """

    token: str
    kind: ImportKind
    session_id: int
    sitting_id: int | None
    valid: int
    faults: Sequence[tuple[int, str]]
    expires_at: datetime
    is_confirmed: bool
    is_finished: bool
    done: int
    left_out: Sequence[tuple[int, str]]
    warnings: Sequence[str] = ()
    sample: Sequence[tuple[int, str]] = ()


Fault = tuple[int, str]
Written = list[Any]


# -- reading -----------------------------------------------------------------------------------------------------------


def read_file(
    *, kind: ImportKind, session_id: int, data: bytes, actor_id: int, sitting_id: int | None = None
) -> ImportData:
    """Look a file over and keep what is right in it for a day; nothing is written.

    ``sitting_id`` is the sitting whose attendance a file says. Raises TableError for what is no table, and
    SessionNotFoundError or SittingNotFoundError.
    """
    session = get_session(session_id)
    needed, allowed = COLUMNS[kind]
    lines = read_table(data, needed=needed, known=(*needed, *allowed))
    good, faults = _CHECKS[kind](session, lines, sitting_id)
    row = SittingImport.objects.create(
        token=secrets.token_urlsafe(32),
        session_id=session_id,
        sitting_id=sitting_id,
        kind=kind.value,
        actor_id=actor_id,
        lines=good,
        faults=sorted(faults)[:_MOST_FAULTS],
        total=len(good),
        expires_at=timezone.now() + KEEP,
    )
    return _to_data(row)


def find_file(*, token: str, actor_id: int, session_id: int) -> ImportData:
    """Return what was found in a file. Raises TableExpiredError, for somebody else's too."""
    return _to_data(_get(token, actor_id, session_id))


@transaction.atomic
def confirm_file(*, token: str, actor_id: int, session_id: int) -> ImportData:
    """Have the valid lines of a file written after the commit. Confirming again changes nothing.

    Raises TableExpiredError.
    """
    row = SittingImport.objects.select_for_update().get(pk=_get(token, actor_id, session_id).pk)
    if row.confirmed_at is None:
        row.confirmed_at = timezone.now()
        row.save(update_fields=["confirmed_at"])
        session = get_session(row.session_id)
        people.record_audit(
            actor_id=actor_id,
            verb=f"session.import_{row.kind}",
            target=target_of(row.session_id),
            context_key=str(session.course_key),
            data={"lines": row.total, "faults": len(row.faults), "sitting": row.sitting_id},
        )
        leave_import(row.pk)
    return _to_data(row)


def discard_file(*, token: str, actor_id: int, session_id: int) -> None:
    """Throw a file away that was not confirmed; one that was stays. Raises TableExpiredError."""
    SittingImport.objects.filter(pk=_get(token, actor_id, session_id).pk, confirmed_at__isnull=True).delete()


def leave_import(import_id: int) -> None:
    """Leave a confirmed file to be written."""
    people.add_errand(
        kind=SessionErrand.IMPORT_CONFIRMED, key=str(import_id), facts={"import": import_id}, run_after_commit=True
    )


def forget_expired(*, now: datetime | None = None) -> int:
    """Delete files that are older than a day and are not being written; return how many."""
    moment = now or timezone.now()
    expired = SittingImport.objects.filter(expires_at__lt=moment)
    busy = expired.filter(confirmed_at__isnull=False, finished_at__isnull=True)
    return expired.exclude(pk__in=list(busy.values_list("pk", flat=True))).delete()[0]


# -- writing -----------------------------------------------------------------------------------------------------------


def run_import(facts: Mapping[str, Any]) -> None:
    """Write what is left of a confirmed file, line by line. Safe to repeat and to run beside itself."""
    row = SittingImport.objects.filter(pk=facts["import"], confirmed_at__isnull=False).first()
    if row is None:
        return
    kind, session = ImportKind(row.kind), get_session(row.session_id)
    for place in range(row.done, row.total):
        _write_line(row.pk, place, session, kind, row.lines[place], row)
    SittingImport.objects.filter(pk=row.pk, finished_at__isnull=True).update(finished_at=timezone.now())


def _write_line(
    import_id: int, place: int, session: SessionData, kind: ImportKind, line: Written, row: SittingImport
) -> None:
    with transaction.atomic():
        present = SittingImport.objects.select_for_update().defer("lines", "faults").get(pk=import_id)
        if present.done != place:  # another runner was faster
            return
        refusal = _WRITES[kind](session, line, row)
        present.done = place + 1
        if refusal:
            present.left_out = [*present.left_out, [line[0], refusal]]
        present.save(update_fields=["done", "left_out"])


def _write_sitting(session: SessionData, line: Written, row: SittingImport) -> str:
    _number, sitting_id, values = line
    plan = MeetingPlanData(
        **{
            **values,
            "mode": MeetingMode(values["mode"]),
            "starts_local": datetime.fromisoformat(values["starts_local"]),
        }
    )
    try:
        with transaction.atomic():
            if sitting_id is None:
                add_sitting(session_id=session.id, plan=plan, actor_id=row.actor_id)
            else:
                change_sitting(sitting_id=sitting_id, plan=plan, actor_id=row.actor_id)
    except CaseError as refusal:
        return refusal.message
    return ""


def _write_seat(session: SessionData, line: Written, row: SittingImport) -> str:
    _number, user_id, sitting_id = line
    try:
        refused = placing.assign(
            session_id=session.id,
            user_ids=[user_id],
            sitting_id=sitting_id,
            actor_id=row.actor_id,
            source=SeatSource.IMPORT,
        )
    except CaseError as refusal:
        return refusal.message
    return refused.get(user_id, "")


def _write_attendance(session: SessionData, line: Written, row: SittingImport) -> str:
    _number, user_id, state = line
    try:
        sitting = get_sitting(row.sitting_id or 0)
        if state == AttendanceState.PRESENT:
            with transaction.atomic():
                SittingOwner().accept_walk_in(sitting.meeting, user_id, is_forced=True)
        roll.import_attendance(
            meeting_id=sitting.meeting.id, actor_id=row.actor_id, states={user_id: AttendanceState(state)}
        )
    except CaseError as refusal:
        return refusal.message
    return ""


_WRITES: Final[Mapping[ImportKind, Callable[[SessionData, Written, SittingImport], str]]] = {
    ImportKind.SITTINGS: _write_sitting,
    ImportKind.SEATS: _write_seat,
    ImportKind.ATTENDANCE: _write_attendance,
}


# -- looking over ------------------------------------------------------------------------------------------------------


def _check_sittings(
    session: SessionData, lines: Sequence[Line], sitting_id: int | None
) -> tuple[list[Written], list[Fault]]:
    del sitting_id
    hosts = edx_platform.identify_hosts(session.course_key, {line.get("host") for line in lines if line.get("host")})
    present = list_sittings(session.id)
    seen: dict[Any, int] = {}
    good: list[Written] = []
    faults: list[Fault] = []
    for line in lines:
        try:
            own = _find_own(line, present)
            plan = _read_plan(line, hosts, own)
            meetings.check_plan(plan)
            _check_twice(line, plan, own, present, seen)
        except CaseError as fault:
            faults.append((line.number, _at(_column_of(fault.field), fault.message)))
        else:
            good.append([line.number, own.id if own else None, _dump(plan)])
    return good, faults


def _find_own(line: Line, present: Sequence[SittingData]) -> SittingData | None:
    """Return the sitting that a line changes; None for a new one."""
    text = line.get("sitting")
    if not text:
        return None
    found = next((each for each in present if str(each.id) == text), None)
    if found is None:
        message = _("There is no sitting %(text)s in this session. Leave the cell empty to add one.")
        raise CaseError(message % {"text": text}, field="sitting")
    return found


def _read_plan(line: Line, hosts: Mapping[str, int], own: SittingData | None) -> MeetingPlanData:
    host = line.get("host")
    if host and host not in hosts:
        raise CaseError(_("Nobody of this course has this username or e-mail address."), field="host")
    return MeetingPlanData(
        title=line.get("title"),
        mode=_read_mode(line.get("mode")),
        starts_local=_read_start(line.get("start")),
        zone=line.get("zone"),
        minutes=_read_number("minutes", line.get("minutes"), own.meeting.minutes if own else 60),
        fold=_read_fold(line.get("which_hour")),
        place=line.get("place"),
        link=line.get("link"),
        host_id=hosts[host] if host else None,
        capacity=_read_number("capacity", line.get("capacity"), own.meeting.capacity if own else 0),
    )


def _read_mode(text: str) -> MeetingMode:
    try:
        return MeetingMode(text.casefold())
    except ValueError as error:
        raise CaseError(_("Write offline, online or hybrid."), field="mode") from error


def _read_start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        message = _("Write the local time as 2026-12-03 19:00.")
        raise CaseError(message, field="start") from error
    if start.tzinfo is not None or len(text) <= len("2026-12-03"):
        message = _("Write the local time as 2026-12-03 19:00, without an offset: the zone has a column of its own.")
        raise CaseError(message, field="start")
    return start.replace(second=0, microsecond=0)


def _read_number(column: str, text: str, missing: int) -> int:
    if not text:
        return missing
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CaseError(_("Write a whole number, or leave the cell empty."), field=column)
    return int(text)


def _read_fold(text: str) -> int | None:
    if not text:
        return None
    folds = {"first": 0, "second": 1}
    if text.casefold() not in folds:
        message = _("Write first or second where the clock shows the time twice, or leave the cell empty.")
        raise CaseError(message, field="which_hour")
    return folds[text.casefold()]


def _check_twice(
    line: Line,
    plan: MeetingPlanData,
    own: SittingData | None,
    present: Sequence[SittingData],
    seen: dict[Any, int],
) -> None:
    marks: list[Any] = [(plan.title.casefold(), plan.starts_local, plan.zone, plan.fold or 0)]
    if own is not None:
        marks.append(own.id)
    for mark in marks:
        if mark in seen:
            raise CaseError(_("This is the sitting of line %(number)d again.") % {"number": seen[mark]}, field="")
        seen[mark] = line.number
    same = (plan.title.casefold(), plan.starts_local, plan.zone)
    if own is None and any(
        (each.meeting.title.casefold(), each.meeting.starts_local.replace(fold=0), each.meeting.zone.key) == same
        for each in present
    ):
        raise CaseError(_("There is a sitting of this title and time already."), field="title")


def _dump(plan: MeetingPlanData) -> dict[str, Any]:
    return {
        "title": plan.title,
        "mode": plan.mode.value,
        "starts_local": plan.starts_local.isoformat(),
        "zone": plan.zone,
        "minutes": plan.minutes,
        "fold": plan.fold,
        "place": plan.place,
        "link": plan.link,
        "host_id": plan.host_id,
        "capacity": plan.capacity,
    }


def _check_seats(
    session: SessionData, lines: Sequence[Line], sitting_id: int | None
) -> tuple[list[Written], list[Fault]]:
    del sitting_id
    present = list_sittings(session.id)
    wanted: list[tuple[Line, int, SittingData]] = []
    faults: list[Fault] = []
    for line, user_id in _identified(session, lines, faults):
        try:
            wanted.append((line, user_id, _find_wanted(line.get("sitting"), present)))
        except CaseError as fault:
            faults.append((line.number, _at("sitting", fault.message)))
    good: list[Written] = []
    for part in _parts(wanted):
        owned = own_sittings(session, present, [user_id for _line, user_id, _sitting in part])
        for line, user_id, sitting in part:
            own = owned[user_id]
            if own.sitting is not None and own.sitting.id != sitting.id and has_attended(own):
                message = _("Was present at %(sitting)s. Correct the attendance there first.")
                faults.append((line.number, _at("sitting", message % {"sitting": own.sitting.meeting.title})))
            else:
                good.append([line.number, user_id, sitting.id])
    return good, faults


def _find_wanted(text: str, present: Sequence[SittingData]) -> SittingData:
    """Return the sitting that a cell names by number or by title."""
    found = [each for each in present if str(each.id) == text] or [
        each for each in present if each.meeting.title.casefold() == text.casefold()
    ]
    if not text or not found:
        raise CaseError(_("No sitting of this session has this number or title."))
    if len(found) > 1:
        raise CaseError(_("Several sittings have this title. Write the number of the one that is meant."))
    if found[0].meeting.is_cancelled:
        raise CaseError(_("This sitting was cancelled. Choose another one, or restore it first."))
    return found[0]


def _check_attendance(
    session: SessionData, lines: Sequence[Line], sitting_id: int | None
) -> tuple[list[Written], list[Fault]]:
    sitting = get_sitting(sitting_id or 0)
    states = {state.value for state in AttendanceState}
    good: list[Written] = []
    faults: list[Fault] = []
    for line, user_id in _identified(session, lines, faults):
        text = line.get("attendance").casefold()
        if text not in states:
            faults.append((line.number, _at("attendance", _("Write present, absent or excused."))))
        elif sitting.meeting.check_in_from > timezone.now():
            faults.append((line.number, _at("attendance", _("This sitting has not begun yet."))))
        else:
            good.append([line.number, user_id, text])
    return good, faults


def _identified(session: SessionData, lines: Sequence[Line], faults: list[Fault]) -> Iterator[tuple[Line, int]]:
    """Yield the lines whose learner is known, each learner once; note the others as faults."""
    known = edx_platform.identify_learners(session.course_key, {line.get("learner") for line in lines})
    seen: dict[int, int] = {}
    for line in lines:
        user_id = known.get(line.get("learner"))
        if not line.get("learner"):
            faults.append((line.number, _at("learner", _("Write an e-mail address or a username."))))
        elif user_id is None:
            message = _("Nobody who is enrolled has this username or e-mail address.")
            faults.append((line.number, _at("learner", message)))
        elif user_id in seen:
            message = _("This is the learner of line %(number)d again.") % {"number": seen[user_id]}
            faults.append((line.number, _at("learner", message)))
        else:
            seen[user_id] = line.number
            yield line, user_id


_CHECKS: Final[
    Mapping[ImportKind, Callable[[SessionData, Sequence[Line], int | None], tuple[list[Written], list[Fault]]]]
] = {
    ImportKind.SITTINGS: _check_sittings,
    ImportKind.SEATS: _check_seats,
    ImportKind.ATTENDANCE: _check_attendance,
}


# -- in words ----------------------------------------------------------------------------------------------------------


def describe(found: ImportData) -> ImportData:
    """Return the same with its first valid lines in words, and what should be known before it is confirmed."""
    row = SittingImport.objects.get(token=found.token)
    lines = row.lines[:_SHOWN]
    sittings = {each.id: each for each in list_sittings(row.session_id)}
    if found.kind is ImportKind.SITTINGS:
        sample = [(number, _say_sitting(own, values)) for number, own, values in lines]
        return replace(found, sample=sample)
    names = people.real_names([line[1] for line in lines])
    if found.kind is ImportKind.ATTENDANCE:
        return replace(found, sample=[(line[0], f"{names[line[1]]}: {say_state(line[2])}") for line in lines])
    titles = {key: each.meeting.title for key, each in sittings.items()}
    sample = [(line[0], f"{names[line[1]]}: {titles.get(line[2], '')}") for line in lines]
    return replace(found, sample=sample, warnings=_warn_of_seats(row, sittings) if not found.is_confirmed else ())


def say_state(state: str) -> str:
    """Return an attendance in one word."""
    return {"present": _("present"), "absent": _("absent"), "excused": _("excused")}[state]


def _say_sitting(own_id: int | None, values: Mapping[str, Any]) -> str:
    start = datetime.fromisoformat(values["starts_local"])
    what = {
        "title": values["title"],
        "day": people.say_day(start.date()),
        "time": f"{start:%H:%M}",
        "zone": values["zone"],
    }
    if own_id is None:
        return _("New: %(title)s, %(day)s, %(time)s, %(zone)s") % what
    return _("Changed: %(title)s, %(day)s, %(time)s, %(zone)s") % what


def _warn_of_seats(row: SittingImport, sittings: Mapping[int, SittingData]) -> list[str]:
    """Return for which sittings more people are named than there are seats left."""
    wanted: dict[int, int] = {}
    session = get_session(row.session_id)
    for part in _parts(row.lines):
        owned = own_sittings(session, list(sittings.values()), [line[1] for line in part])
        for _number, user_id, sitting_id in part:
            own = owned[user_id].sitting
            if own is None or own.id != sitting_id:
                wanted[sitting_id] = wanted.get(sitting_id, 0) + 1
    return [
        _("%(sitting)s has %(left)d seats left for %(wanted)d people. The last of them will be left out.")
        % {"sitting": sittings[sitting_id].meeting.title, "left": left, "wanted": number}
        for sitting_id, number in wanted.items()
        if sitting_id in sittings and (left := sittings[sitting_id].meeting.seats_left) is not None and left < number
    ]


_SHOWN: Final = 10


def _get(token: str, actor_id: int, session_id: int) -> SittingImport:
    row = SittingImport.objects.filter(token=token, actor_id=actor_id, session_id=session_id).first()
    if row is None or (row.expires_at <= timezone.now() and row.confirmed_at is None):
        raise TableExpiredError
    return row


def _to_data(row: SittingImport) -> ImportData:
    return ImportData(
        token=row.token,
        kind=ImportKind(row.kind),
        session_id=row.session_id,
        sitting_id=row.sitting_id,
        valid=row.total,
        faults=[(number, said) for number, said in row.faults],
        expires_at=row.expires_at,
        is_confirmed=row.confirmed_at is not None,
        is_finished=row.finished_at is not None,
        done=row.done,
        left_out=[(number, said) for number, said in row.left_out],
    )


def _column_of(field: str) -> str:
    """Return the column of a plan's field."""
    return {"starts_local": "start", "fold": "which_hour"}.get(field, field)


def _at(column: str, message: str) -> str:
    return f"{column}: {message}" if column else message


def _parts(rows: Sequence[Any] | Collection[Any]) -> Iterator[list[Any]]:
    whole = list(rows)
    for start in range(0, len(whole), _BATCH):
        yield whole[start : start + _BATCH]
