"""What is right and what is wrong in a file, line by line: nothing is written.

The people of a file are looked up together, and where they sit, some hundreds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext import edx_platform
from discussion_ext.attendance import meetings
from discussion_ext.data import AttendanceState, MeetingMode, MeetingPlanData, SessionData, SittingData
from discussion_ext.exceptions import CaseError

from .import_kinds import ImportKind, parts_of
from .sittings import get_sitting, list_sittings
from .standing import has_attended, own_sittings
from .tables import Line

#: The number of a line, and what is wrong there. What names a person is never repeated: the file has it.
Fault = tuple[int, str]
#: The number of a line and what is to be written, as JSON keeps it.
Writable = list[Any]


def check_lines(
    kind: ImportKind, session: SessionData, lines: Sequence[Line], *, sitting_id: int | None
) -> tuple[list[Writable], list[Fault]]:
    """Return what can be written, in the order of the lines, and the faults."""
    good, faults = _CHECKS[kind](session, lines, sitting_id)
    return good, sorted(faults)


def _check_sittings(
    session: SessionData, lines: Sequence[Line], sitting_id: int | None
) -> tuple[list[Writable], list[Fault]]:
    del sitting_id
    hosts = edx_platform.identify_hosts(session.course_key, {line.get("host") for line in lines if line.get("host")})
    present = list_sittings(session.id)
    seen: dict[Any, int] = {}
    good: list[Writable] = []
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
) -> tuple[list[Writable], list[Fault]]:
    del sitting_id
    present = list_sittings(session.id)
    wanted: list[tuple[Line, int, SittingData]] = []
    faults: list[Fault] = []
    for line, user_id in _identified(session, lines, faults):
        try:
            wanted.append((line, user_id, _find_wanted(line.get("sitting"), present)))
        except CaseError as fault:
            faults.append((line.number, _at("sitting", fault.message)))
    good: list[Writable] = []
    for part in parts_of(wanted):
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
) -> tuple[list[Writable], list[Fault]]:
    sitting = get_sitting(sitting_id or 0)
    states = {state.value for state in AttendanceState}
    good: list[Writable] = []
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


def _column_of(field: str) -> str:
    """Return the column of a plan's field."""
    return {"starts_local": "start", "fold": "which_hour"}.get(field, field)


def _at(column: str, message: str) -> str:
    return f"{column}: {message}" if column else message


_CHECKS: Final[
    Mapping[ImportKind, Callable[[SessionData, Sequence[Line], int | None], tuple[list[Writable], list[Fault]]]]
] = {
    ImportKind.SITTINGS: _check_sittings,
    ImportKind.SEATS: _check_seats,
    ImportKind.ATTENDANCE: _check_attendance,
}
