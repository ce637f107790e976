"""Files of sittings, of who sits where, and of who came: read, looked over, and written once they are confirmed.

What is wrong in a file is said by line, and what is right waits for a day under a token that only who read it in knows.
Confirming leaves an errand that writes line by line, each in a transaction with its place in the list: whatever
interrupts it, no line is written twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from discussion_ext.attendance import roll
from discussion_ext.data import AttendanceState, MeetingMode, MeetingPlanData, SeatSource, SessionData
from discussion_ext.exceptions import CaseError
from discussion_ext.models import SittingImport
from people import api as people

from . import placing
from .exceptions import TableExpiredError
from .import_checks import Writable, check_lines
from .import_kinds import COLUMNS, ImportData, ImportKind
from .keys import SessionErrand, target_of
from .lessons import get_session
from .owner import SittingOwner
from .sittings import add_sitting, change_sitting, get_sitting
from .tables import read_table

KEEP: Final = timedelta(days=1)


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
    good, faults = check_lines(kind, session, lines, sitting_id=sitting_id)
    row = SittingImport.objects.create(
        token=secrets.token_urlsafe(32),
        session_id=session_id,
        sitting_id=sitting_id,
        kind=kind.value,
        actor_id=actor_id,
        lines=good,
        faults=faults,
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
    import_id: int, place: int, session: SessionData, kind: ImportKind, line: Writable, row: SittingImport
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


def _write_sitting(session: SessionData, line: Writable, row: SittingImport) -> str:
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


def _write_seat(session: SessionData, line: Writable, row: SittingImport) -> str:
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


def _write_attendance(session: SessionData, line: Writable, row: SittingImport) -> str:
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


_WRITES: Final[Mapping[ImportKind, Callable[[SessionData, Writable, SittingImport], str]]] = {
    ImportKind.SITTINGS: _write_sitting,
    ImportKind.SEATS: _write_seat,
    ImportKind.ATTENDANCE: _write_attendance,
}


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
