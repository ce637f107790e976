"""What happens at once, on a database server: the last seat, and a room that shrinks while it is taken."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from discussion_ext.api import attendance, sessions
from discussion_ext.data import SessionData
from discussion_ext.models import Seat

from .conftest import COURSE, plan_of

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]


def _at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment, each on a connection of its own; return results and errors in order."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=30)
            return act()
        except Exception as error:  # noqa: BLE001 - an answer like another
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _choose(session: SessionData, sitting: Any, user_id: int) -> Callable[[], Any]:
    return lambda: sessions.choose_sitting(session_id=session.id, user_id=user_id, sitting_id=sitting.id)


def _count(sitting: Any) -> tuple[int, int]:
    rows = Seat.objects.filter(meeting_id=sitting.meeting.id).count()
    return rows, attendance.get_meeting(sitting.meeting.id).seats_taken


def test_the_last_seat_goes_to_one(session: SessionData, add: Any, enrol: Any) -> None:
    """Eight want three seats: three get one, five hear that it is full."""
    sitting, ids = add(capacity=3), [enrol() for _ in range(8)]
    found = _at_once(*(_choose(session, sitting, user_id) for user_id in ids))
    refused = [each for each in found if isinstance(each, sessions.SeatRefusedError)]
    assert len(refused) == 5, found
    assert {each.code for each in refused} == {"full"}
    assert _count(sitting) == (3, 3)


def test_a_room_that_shrinks_while_the_last_seat_is_taken(session: SessionData, add: Any, enrol: Any) -> None:
    """Either the room is small and full, or the seat is taken and the room stays as it was: never more than fit in."""
    for _round in range(5):
        sitting, (first, second) = add(title=f"R{_round}", capacity=2), (enrol(), enrol())
        sessions.choose_sitting(session_id=session.id, user_id=first, sitting_id=sitting.id)
        smaller = plan_of(title=sitting.meeting.title, starts_local=sitting.meeting.starts_local, capacity=1)
        _at_once(
            _choose(session, sitting, second),
            lambda: sessions.change_sitting(sitting_id=sitting.id, plan=smaller, actor_id=None),  # noqa: B023
        )
        meeting = attendance.get_meeting(sitting.meeting.id)
        assert meeting.seats_taken <= meeting.capacity
        assert _count(sitting) == (meeting.seats_taken, meeting.seats_taken)


def test_two_clicks_of_one_learner_give_one_seat(session: SessionData, add: Any, enrol: Any) -> None:
    """In two sittings at once: one seat in the end, counted where it is."""
    sittings, learner = [add(capacity=5), add(title="Other", capacity=5)], enrol()
    _at_once(*(_choose(session, sitting, learner) for sitting in sittings))
    assert sum(_count(sitting)[0] for sitting in sittings) == 1
    assert all(rows == taken for rows, taken in map(_count, sittings))


def test_a_session_is_made_once(course_key: Any) -> None:
    """Two publishes at once find the same one."""
    found = _at_once(*[lambda: sessions.ensure_session(course_key=COURSE, block_id="b", title="T")] * 4)
    assert len({each.id for each in found}) == 1


def test_a_file_is_taken_over_once(session: SessionData, add: Any, enrol: Any, course_key: Any) -> None:
    """Two workers write the same file: every line once."""
    from discussion_ext.models import SittingImport
    from discussion_ext.sessions import imports

    data = b"title,mode,start,zone\n" + b"".join(b"S%d,online,2027-01-0%d 10:00,UTC\n" % (n, n) for n in range(1, 8))
    found = sessions.read_file(kind=sessions.ImportKind.SITTINGS, session_id=session.id, data=data, actor_id=1)
    sessions.confirm_file(token=found.token, actor_id=1, session_id=session.id)
    row = SittingImport.objects.get()
    _at_once(*[lambda: imports.run_import({"import": row.pk})] * 3)
    assert sorted(each.meeting.title for each in sessions.list_sittings(session.id)) == [f"S{n}" for n in range(1, 8)]
