"""Many at once, on a server database and at both isolation levels. Each race has a twin that shows it is real."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from discussion_ext.api import attendance as api
from discussion_ext.attendance import records, seats
from discussion_ext.attendance.seats import find_miscounted
from discussion_ext.data import AttendanceSource, AttendanceState, SeatSource, TickData
from discussion_ext.models import Attendance, AttendanceChange, Meeting, Seat
from tests.attendance.conftest import AMARA, HOST, START, seat

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

ROUNDS = 12
CROWD = 8
#: Seconds.
PATIENCE = 20


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.DISCUSSION_EXT_CHECK_IN_LIMIT = settings.DISCUSSION_EXT_WRONG_CODES_LIMIT = ""


class Meet:
    """A point at which those who race wait for each other, but not forever: a lock may keep one of them away.

    They wait so many ``seconds``: ``PATIENCE`` where nothing keeps anybody away, so that a slow machine is in time.
    """

    def __init__(self, people: int, seconds: float = 1.5) -> None:
        self._barrier = threading.Barrier(people)
        self._seconds = seconds

    def wait(self) -> None:
        """Wait until all are here, or long enough to know that they are kept away."""
        try:
            self._barrier.wait(timeout=self._seconds)
        except threading.BrokenBarrierError:
            self._barrier.reset()


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own (one transaction that has read before); a refusal is a result."""
    start = threading.Barrier(len(acts), timeout=PATIENCE)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                Meeting.objects.count()  # a request has read something before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def count(outcomes: list[Any], kind: type) -> int:
    return sum(isinstance(each, kind) for each in outcomes)


def seats_at(meeting: Any) -> tuple[int, int]:
    """Return how many seats there are and how many are counted."""
    return Seat.objects.filter(meeting_id=meeting.id).count(), api.count_seats([meeting.id])[meeting.id]


class TestLastSeat:
    def crowd(self, meeting: Any) -> list[Any]:
        return race(*[lambda each=each: seat(meeting, each) for each in range(1, CROWD + 1)])

    def test_exactly_one_wins(self, make_meeting: Any) -> None:
        for _ in range(ROUNDS):
            Seat.objects.all().delete()
            meeting = make_meeting(capacity=1)
            outcomes = self.crowd(meeting)
            assert count(outcomes, api.MeetingFullError) == CROWD - 1, outcomes
            assert seats_at(meeting) == (1, 1)

    def test_as_many_as_there_are(self, make_meeting: Any) -> None:
        meeting = make_meeting(capacity=3)
        outcomes = self.crowd(meeting)
        assert count(outcomes, api.MeetingFullError) == CROWD - 3, outcomes
        assert seats_at(meeting) == (3, 3)

    def test_looking_before_taking_oversells(self, make_meeting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: without the lock, and with the condition asked before the change."""
        meeting = make_meeting(capacity=1)
        for each in range(1, CROWD + 1):  # rows that are there already: new ones would let each other wait
            seat(meeting, each, is_forced=True)
            api.free_seat(slot=f"test:{each}")
        looked = Meet(CROWD, PATIENCE)

        def look_then_enter(row: Meeting, *, is_forced: bool) -> None:
            is_free = Meeting.objects.get(pk=row.pk).seats_taken < row.capacity
            looked.wait()
            if not is_free:
                raise api.MeetingFullError
            Meeting.objects.filter(pk=row.pk).update(seats_taken=F("seats_taken") + 1)

        monkeypatch.setattr(seats, "lock_meetings", lambda ids: list(Meeting.objects.filter(pk__in=ids)))
        monkeypatch.setattr(seats, "_enter", look_then_enter)
        outcomes = self.crowd(meeting)
        assert seats_at(meeting)[0] > 1, outcomes

    def test_with_the_condition_alone_it_holds_too(self, make_meeting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seats, "lock_meetings", lambda ids: list(Meeting.objects.filter(pk__in=ids)))
        meeting = make_meeting(capacity=1)
        outcomes = self.crowd(meeting)
        assert seats_at(meeting) == (1, 1), outcomes


def test_a_double_click_takes_one_seat(make_meeting: Any) -> None:
    for _ in range(ROUNDS):
        Seat.objects.all().delete()
        meeting = make_meeting(capacity=1)
        outcomes = race(*[lambda meeting=meeting: seat(meeting, AMARA)] * 4)
        assert len({repr(each) for each in outcomes}) == 1, outcomes
        assert seats_at(meeting) == (1, 1)


def test_one_slot_claimed_at_several_meetings_is_seated_once(make_meeting: Any) -> None:
    for _ in range(ROUNDS):
        Seat.objects.all().delete()
        meetings = [make_meeting() for _ in range(4)]
        outcomes = race(*[lambda each=each: seat(each, AMARA) for each in meetings])
        assert count(outcomes, api.SeatTakenError) == 3, outcomes
        assert sorted(seats_at(each) for each in meetings) == [(0, 0)] * 3 + [(1, 1)]


class TestSwap:
    def swap(self, first: Any, second: Any) -> list[Any]:
        return race(
            lambda: api.move_seat(slot="test:1", meeting_id=second.id, source=SeatSource.CHOICE),
            lambda: api.move_seat(slot="test:2", meeting_id=first.id, source=SeatSource.CHOICE),
        )

    def test_two_who_swap_do_not_wait_for_each_other_for_ever(self, make_meeting: Any) -> None:
        first, second = make_meeting(), make_meeting()
        seat(first, 1)
        seat(second, 2)
        for number in range(ROUNDS):
            pair = (first, second) if number % 2 == 0 else (second, first)
            outcomes = self.swap(*pair)
            assert count(outcomes, Exception) == 0, outcomes
            assert [seats_at(each) for each in (first, second)] == [(1, 1)] * 2

    def test_at_full_meetings_nobody_loses_a_seat(self, make_meeting: Any) -> None:
        first, second = make_meeting(capacity=1), make_meeting(capacity=1)
        seat(first, 1)
        seat(second, 2)
        outcomes = self.swap(first, second)
        assert count(outcomes, api.MeetingFullError) == 2, outcomes
        assert [seats_at(each) for each in (first, second)] == [(1, 1)] * 2

    def test_locked_in_the_order_of_the_move_they_deadlock(
        self, make_meeting: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The twin: each locks the meeting it leaves first."""
        first, second = make_meeting(), make_meeting()
        seat(first, 1)
        seat(second, 2)
        both = Meet(2, PATIENCE)

        def lock_in_order(ids: Any) -> list[Meeting]:
            one, other = ids
            rows = [Meeting.objects.select_for_update().get(pk=one)]
            both.wait()
            return [*rows, Meeting.objects.select_for_update().get(pk=other)]

        monkeypatch.setattr(seats, "lock_meetings", lock_in_order)
        outcomes = self.swap(first, second)
        assert count(outcomes, OperationalError) == 1, outcomes


def test_everything_at_once_keeps_counts_and_capacity(make_meeting: Any) -> None:
    meetings = [make_meeting(capacity=3), make_meeting(capacity=2)]
    fine = (api.MeetingFullError, api.SeatTakenError, api.SeatChangedError, api.MeetingError)
    for number in range(ROUNDS):
        acts: list[Callable[[], Any]] = []
        for user_id in range(1, 5):
            here, there = meetings[(user_id + number) % 2], meetings[(user_id + number + 1) % 2]
            acts += [
                lambda user_id=user_id, here=here: seat(here, user_id),
                lambda user_id=user_id, there=there: api.move_seat(
                    slot=f"test:{user_id}", meeting_id=there.id, source=SeatSource.CHOICE
                ),
                lambda user_id=user_id: api.free_seat(slot=f"test:{user_id}"),
            ]
        outcomes = race(*acts)
        assert not [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, fine)], outcomes
        assert not find_miscounted().exists()
        assert seats_at(meetings[0])[0] <= 3
        assert seats_at(meetings[1])[0] <= 2


def test_a_recount_among_claims_changes_nothing_that_is_right(make_meeting: Any) -> None:
    for number in range(ROUNDS):
        meeting = make_meeting()
        start = threading.Barrier(6, timeout=PATIENCE)

        def alone(act: Callable[[], Any], start: threading.Barrier = start) -> Any:
            try:
                start.wait()
                return act()
            finally:
                connection.close()

        acts = [lambda meeting=meeting, each=each: seat(meeting, each) for each in range(10 * number, 10 * number + 4)]
        acts += [lambda meeting=meeting: seats._recount(meeting.id)] * 2
        with ThreadPoolExecutor(len(acts)) as pool:
            found = list(pool.map(alone, acts))
        assert found[4:] == [False, False]
        assert seats_at(meeting) == (4, 4)


class TestRoll:
    @pytest.fixture
    def seated(self, make_meeting: Any, clock: Any) -> Any:
        meeting = make_meeting()
        for user_id in range(1, 7):
            seat(meeting, user_id)
        clock(START + timedelta(minutes=5))
        return meeting

    def ticks(self, user_ids: Any) -> list[TickData]:
        made_at = START + timedelta(minutes=1)
        return [
            TickData(request_key=f"k{each}", user_id=each, state=AttendanceState.PRESENT, made_at=made_at)
            for each in user_ids
        ]

    def test_ticks_that_are_sent_twice_at_once_are_saved_once(self, seated: Any, owner: Any) -> None:
        for _ in range(ROUNDS):
            Attendance.objects.all().delete()
            AttendanceChange.objects.all().delete()
            owner.told.clear()
            orders = [range(1, 7), range(6, 0, -1), [3, 1, 2, 6, 5, 4]]
            outcomes = race(
                *[
                    lambda order=order: api.record_roll(meeting_id=seated.id, actor_id=HOST, ticks=self.ticks(order))
                    for order in orders
                ]
            )
            assert count(outcomes, Exception) == 0, outcomes
            # Who reads as of before the other's commit finds it said already and calls that saved; nothing is doubled.
            assert {each.outcome for each in itertools.chain(*outcomes)} <= {"saved", "known"}
            assert sorted(owner.told) == list(range(1, 7))
            assert AttendanceChange.objects.count() == 6

    def test_the_unique_key_is_what_knows_them(self, seated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The twin: with a key of its own each sending is new, and without the lock on the row both are written."""
        both = Meet(2, PATIENCE)
        numbers = itertools.count()

        def look(meeting_id: int, user_id: int) -> Attendance:
            row = Attendance(meeting_id=meeting_id, user_id=user_id)
            both.wait()
            return row

        monkeypatch.setattr("discussion_ext.attendance.roll.lock_attendance", look)
        monkeypatch.setattr(
            records.Attendance, "save", lambda self, **_options: None
        )  # the row itself is not what is looked at
        acts = [
            lambda: api.record_roll(
                meeting_id=seated.id,
                actor_id=HOST,
                ticks=[
                    TickData(request_key=f"n{next(numbers)}", user_id=1, state=AttendanceState.PRESENT, made_at=START)
                ],
            )
        ] * 2
        outcomes = race(*acts)
        assert AttendanceChange.objects.filter(user_id=1).count() == 2, outcomes

    def test_a_double_press_on_check_in_is_told_once(self, seated: Any, owner: Any) -> None:
        code = api.current_code(seated.id).code

        def press() -> Any:
            return api.check_in(meeting_id=seated.id, user_id=1, code=code, source=AttendanceSource.CODE)

        for _ in range(ROUNDS):
            Attendance.objects.all().delete()
            owner.told.clear()
            outcomes = race(*[press] * 4)
            assert count(outcomes, Exception) == 0, outcomes
            assert owner.told == [1]

    def test_hosts_who_scan_one_ticket_let_in_once(self, seated: Any, owner: Any) -> None:
        token = api.make_ticket(seated.id, 1)
        keys = map(str, itertools.count())

        def scan() -> Any:
            return api.check_in_ticket(meeting_id=seated.id, token=token, actor_id=HOST, request_key=next(keys))

        for _ in range(ROUNDS):
            Attendance.objects.all().delete()
            AttendanceChange.objects.all().delete()
            owner.told.clear()
            outcomes = race(*[scan] * 4)
            assert count(outcomes, Exception) == 0, outcomes
            # One whose transaction began before another's end may find the row as newer than its own scan.
            assert [each.outcome for each in outcomes].count("saved") == 1, outcomes
            assert {each.outcome for each in outcomes} <= {"saved", "already", "older"}
            assert (owner.told, AttendanceChange.objects.count()) == ([1], 1)

    def test_code_tick_correction_and_walk_in_at_once(self, seated: Any, owner: Any) -> None:
        code = api.current_code(seated.id).code
        for number in range(ROUNDS):
            newcomer = 100 + number
            owner.visitors.add(newcomer)
            outcomes = race(
                lambda: api.check_in(meeting_id=seated.id, user_id=1, code=code, source=AttendanceSource.CODE),
                lambda newcomer=newcomer: api.check_in(
                    meeting_id=seated.id, user_id=newcomer, code=code, source=AttendanceSource.CODE
                ),
                lambda newcomer=newcomer: api.record_roll(
                    meeting_id=seated.id, actor_id=HOST, ticks=self.ticks([newcomer, 2, 1])
                ),
                lambda: api.correct_attendance(
                    meeting_id=seated.id, user_id=2, state=AttendanceState.EXCUSED, actor_id=HOST, reason="Ill"
                ),
            )
            assert count(outcomes, Exception) == 0, outcomes
            assert not find_miscounted().exists()
            assert api.find_attendance([seated.id], [newcomer])
