"""Many at once, on a server database and at both isolation levels. Each race has a twin that shows it is real.

How often each race is run is ``EVENT_RACE_ROUNDS``; a twin is run until it fails for the first time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from chapters.api import events, membership
from chapters.api import rsvps as api
from chapters.data import ChapterData, EventOpenTo, RsvpState
from chapters.events import line, rsvp_rows, seats
from chapters.events.news_kinds import EventNews
from chapters.events.seats import find_miscounted
from chapters.exceptions import ChapterError, StateError
from chapters.models import Event, Rsvp
from people import api as people
from people.models import NewsItem
from tests.chapters.factories import make_chapter, make_member
from tests.events.seats.evenings import assert_right, come, fill_up, make_event, seated, state, states

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = int(os.environ.get("EVENT_RACE_ROUNDS", "8"))
#: A twin that has not failed by then never will.
MOST_ROUNDS = 20
#: Seconds.
PATIENCE = 20
CROWD = 8
GOING, LINE, OFFERED = RsvpState.GOING, RsvpState.WAITLISTED, RsvpState.OFFERED


class Meet:
    """A point at which those who race wait for each other, but not forever: a lock may keep one of them away.

    They wait so many ``seconds``: ``PATIENCE`` where nothing keeps anybody away, so that a slow machine is in time.
    """

    def __init__(self, people_count: int, seconds: float = 1.5) -> None:
        self._barrier = threading.Barrier(people_count)
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
                Rsvp.objects.count()  # a request has read something before it comes to us
                start.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def broken(outcomes: list[Any]) -> list[Any]:
    """Return what went wrong beside refusals: deadlocks, above all."""
    return [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, ChapterError)]


def leave(event: Event, user_id: int) -> Callable[[], Any]:
    return lambda: api.decline(event_id=event.pk, user_id=user_id)


def enter(event: Event, user_id: int, **draft: Any) -> Callable[[], Any]:
    return lambda: come(event, user_id, **draft)


def offers_told(event: Event) -> list[int]:
    """Return who was told of an offer, once for each time."""
    found = NewsItem.objects.filter(kind=EventNews.OFFER, context__event_id=event.pk)
    return sorted(found.values_list("user_id", flat=True))


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter."""
    return make_chapter()


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every lock of a row away."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)


@contextmanager
def reading_first(*, walks_together: bool = False) -> Iterator[None]:
    """Take the locks away, and decide by what was read, as whoever reads first and writes then does.

    ``walks_together`` lets two who fill seats from a line look along it at the same moment.
    """
    walked, both = line._walk, Meet(2)

    def count_here(event: Event, before: seats.Hold, after: seats.Hold, *, is_forced: bool = False) -> bool:
        if after.seats > before.seats and not (is_forced or seats.has_room(event, after.mode, after.seats)):
            return False
        event.room_taken += after.seats - before.seats
        event.waiting += after.waits - before.waits
        return True

    def walk(event: Event) -> Any:
        found = list(walked(event))
        both.wait()
        return iter(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, **_options: self)
        patch.setattr(rsvp_rows, "exchange", count_here)
        if walks_together:
            patch.setattr(line, "_walk", walk)
        yield


def until_it_fails(attempt: Callable[[], bool]) -> int:
    """Run a twin until it shows what goes wrong, and return in which round; fail where it never does."""
    for number in range(1, MOST_ROUNDS + 1):
        if not attempt():
            return number
    pytest.fail(f"the twin was right {MOST_ROUNDS} times: it shows nothing")


Twin = Callable[[], AbstractContextManager[Any]]
TOGETHER: Twin = partial(reading_first, walks_together=True)


class TestLastSeat:
    def crowd(self, chapter: ChapterData, capacity: int) -> tuple[Event, list[Any]]:
        event = make_event(chapter, room_capacity=capacity)
        return event, race(*[enter(event, user_id) for user_id in range(1, CROWD + 1)])

    @pytest.mark.parametrize("capacity", [1, 3])
    def test_as_many_have_a_seat_as_there_are(self, chapter: ChapterData, capacity: int) -> None:
        for _ in range(ROUNDS):
            event, outcomes = self.crowd(chapter, capacity)
            assert not broken(outcomes), outcomes
            found = list(states(event).values())
            assert (found.count(GOING), found.count(LINE)) == (capacity, CROWD - capacity)
            assert_right(event)

    def test_looking_before_taking_oversells(
        self, chapter: ChapterData, monkeypatch: pytest.MonkeyPatch, unlocked: None
    ) -> None:
        """The twin: without the lock, and with the condition asked before the change."""
        looked = Meet(CROWD, PATIENCE)

        def look_then_take(event: Event, before: Any, after: Any, *, is_forced: bool = False) -> bool:
            is_free = Event.objects.get(pk=event.pk).room_taken < event.room_capacity
            looked.wait()
            if after.seats and not is_free:
                return False
            Event.objects.filter(pk=event.pk).update(room_taken=F("room_taken") + after.seats)
            return True

        monkeypatch.setattr(rsvp_rows, "exchange", look_then_take)
        assert until_it_fails(lambda: len(seated(self.crowd(chapter, 1)[0])) <= 1) == 1

    def test_with_the_condition_alone_it_holds_too(self, chapter: ChapterData, unlocked: None) -> None:
        for _ in range(ROUNDS):
            event, outcomes = self.crowd(chapter, 1)
            assert len(seated(event)) <= 1, outcomes


class TestTwoLeave:
    def two_leave(self, chapter: ChapterData, twin: Twin = nullcontext) -> tuple[Event, list[Any]]:
        event = make_event(chapter, room_capacity=2)
        fill_up(event, 1, 2, 3, 4, 5)
        with twin():
            return event, race(leave(event, 1), leave(event, 2))

    def test_two_different_people_are_next(self, chapter: ChapterData) -> None:
        for _ in range(ROUNDS):
            event, outcomes = self.two_leave(chapter)
            assert not broken(outcomes), outcomes
            assert [state(event, each) for each in (3, 4, 5)] == [OFFERED, OFFERED, LINE]
            assert offers_told(event) == [3, 4]
            assert_right(event)

    def test_without_the_lock_both_offer_to_the_same_person(self, chapter: ChapterData) -> None:
        """The twin: each sees the line as it was, and a seat stays empty."""
        found: list[list[int]] = []

        def attempt() -> bool:
            found.append(seated(self.two_leave(chapter, TOGETHER)[0]))
            return found[-1] == [3, 4]

        until_it_fails(attempt)
        assert found[-1] == [3]


class TestLapseAgainstClaim:
    def meet(self, chapter: ChapterData, *, seconds: float) -> tuple[Event, list[Any]]:
        """Let somebody take an offer while the sweep runs, so many seconds before or after its deadline."""
        event = make_event(chapter, room_capacity=1)
        fill_up(event, 1, 2, 3)
        api.decline(event_id=event.pk, user_id=1)
        deadline = timezone.now() + timedelta(seconds=seconds)
        Rsvp.objects.filter(event=event, user_id=2).update(offer_until=deadline)
        return event, race(
            lambda: api.take_offer(event_id=event.pk, user_id=2),
            lambda: api.promote(event.pk),
            lambda: api.promote(event.pk),
        )

    def test_the_seat_is_theirs_or_goes_on_and_never_both(self, chapter: ChapterData) -> None:
        seen = set()
        for number in range(ROUNDS):
            event, outcomes = self.meet(chapter, seconds=0.02 + 0.004 * (number % 8 - 4))
            assert not broken(outcomes), outcomes
            if isinstance(outcomes[0], StateError):
                # A refused request is undone with what it let lapse; where both sweeps came too early the next does it.
                api.promote(event.pk)
            found = (state(event, 2), state(event, 3))
            seen.add(found)
            assert found in ((GOING, LINE), (RsvpState.LAPSED, OFFERED)), outcomes
            assert offers_told(event) == ([2] if found[1] is LINE else [2, 3])
            assert_right(event)
        assert seen <= {(GOING, LINE), (RsvpState.LAPSED, OFFERED)}

    def test_in_time_it_is_theirs_and_late_it_is_not(self, chapter: ChapterData) -> None:
        event, _outcomes = self.meet(chapter, seconds=60)
        assert states(event) == {1: RsvpState.CANCELLED, 2: GOING, 3: LINE}
        event, outcomes = self.meet(chapter, seconds=-1)
        assert isinstance(outcomes[0], StateError)
        assert states(event) == {1: RsvpState.CANCELLED, 2: RsvpState.LAPSED, 3: OFFERED}

    def test_without_the_lock_one_seat_has_two_people(self, chapter: ChapterData) -> None:
        """The twin: who claims looks in time, who sweeps looks after the deadline, and both go on from there."""
        is_overdue = line.is_overdue

        def attempt() -> bool:
            event = make_event(chapter, room_capacity=1)
            fill_up(event, 1, 2, 3)
            api.decline(event_id=event.pk, user_id=1)
            deadline = timezone.now() + timedelta(minutes=1)
            Rsvp.objects.filter(event=event, user_id=2).update(offer_until=deadline)
            both = Meet(2, PATIENCE)

            def look_together(row: Rsvp, now: Any) -> bool:
                found = is_overdue(row, now)
                both.wait()
                return found

            def sweep() -> Any:
                return line.fill(Event.objects.get(pk=event.pk), deadline + timedelta(seconds=1))

            with reading_first(), pytest.MonkeyPatch.context() as patch:
                patch.setattr(line, "is_overdue", look_together)
                outcomes = race(lambda: api.take_offer(event_id=event.pk, user_id=2), sweep)
            was_given = not isinstance(outcomes[0], Exception)
            return not (was_given and state(event, 3) is OFFERED)

        until_it_fails(attempt)


class TestDoubleClick:
    @pytest.mark.parametrize("capacity", [1, 0])
    def test_it_takes_one_seat_and_tells_once(self, chapter: ChapterData, capacity: int) -> None:
        for number in range(ROUNDS):
            event = make_event(chapter, room_capacity=capacity)
            outcomes = race(*[enter(event, 1)] * 4)
            assert not broken(outcomes), outcomes
            assert states(event) == {1: GOING}
            assert NewsItem.objects.filter(user_id=1).count() == number + 1
            assert_right(event)

    def test_taking_an_offer_twice_and_passing_it_on(self, chapter: ChapterData) -> None:
        for _ in range(ROUNDS):
            event = make_event(chapter, room_capacity=1)
            fill_up(event, 1, 2, 3)
            api.decline(event_id=event.pk, user_id=1)
            outcomes = race(
                lambda event=event: api.take_offer(event_id=event.pk, user_id=2),
                lambda event=event: api.take_offer(event_id=event.pk, user_id=2),
                leave(event, 2),
            )
            assert not broken(outcomes), outcomes
            gave_back = state(event, 2) in (RsvpState.CANCELLED, RsvpState.PASSED)
            assert gave_back or state(event, 2) is GOING
            assert seated(event) == ([3] if gave_back else [2])
            assert_right(event)

    def test_without_the_lock_one_person_is_counted_twice(
        self, chapter: ChapterData, unlocked: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The twin: each sees that there is no answer yet, and takes a seat."""
        both, found = Meet(2), rsvp_rows.lock_or_create

        def look_together(event: Event, user_id: int) -> Rsvp:
            row = Rsvp.objects.filter(event_id=event.pk, user_id=user_id).first() or found(event, user_id)
            both.wait()
            return row

        monkeypatch.setattr("chapters.events.answers.lock_or_create", look_together)

        def attempt() -> bool:
            event = make_event(chapter, room_capacity=4)
            Rsvp.objects.create(event=event, user_id=1)
            race(enter(event, 1), enter(event, 1))
            return not find_miscounted().filter(pk=event.pk).exists()

        until_it_fails(attempt)


class TestRaisedWhileLeaving:
    def meet(self, chapter: ChapterData, host: int, twin: Twin = nullcontext) -> tuple[Event, list[Any]]:
        event = make_event(chapter, room_capacity=1)
        event.hosts.create(user_id=host)
        fill_up(event, 1, 2, 3, 4)
        plan = replace(events.get_plan(event.pk), room_capacity=2, place="Library")
        revision = events.get_event(event.pk).revision
        with twin():
            return event, race(
                leave(event, 1),
                lambda: events.change_event(event_id=event.pk, actor_id=host, plan=plan, revision=revision),
                enter(event, 5),
            )

    def test_no_seat_stays_empty_and_none_is_given_twice(self, chapter: ChapterData) -> None:
        host = make_member(chapter).user_id
        for _ in range(ROUNDS):
            event, outcomes = self.meet(chapter, host)
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert [state(event, each) for each in (2, 3, 4, 5)] == [OFFERED, OFFERED, LINE, LINE]
            assert offers_told(event) == [2, 3]
            assert_right(event)

    def test_without_the_lock_both_offer_to_the_same_person(self, chapter: ChapterData) -> None:
        """The twin: who leaves and who raises walk along the same line."""
        host, found = make_member(chapter).user_id, []

        def attempt() -> bool:
            found.append(seated(self.meet(chapter, host, TOGETHER)[0]))
            return found[-1] == [2, 3]

        until_it_fails(attempt)
        assert found[-1] == [2]


def test_joining_the_line_while_the_last_seat_is_given_back_leaves_no_seat_empty(chapter: ChapterData) -> None:
    for _ in range(ROUNDS):
        event = make_event(chapter, room_capacity=1)
        come(event, 1)
        outcomes = race(leave(event, 1), enter(event, 2), enter(event, 3))
        assert not broken(outcomes), outcomes
        assert len(seated(event)) == 1, (states(event), outcomes)
        assert_right(event)


def test_a_line_read_as_of_before_leaves_a_seat_empty(
    chapter: ChapterData, monkeypatch: pytest.MonkeyPatch, isolation: str
) -> None:
    """The twin of reading the line under lock: at repeatable read a plain look does not see who has just queued."""
    if isolation != "repeatable read":
        pytest.skip("a plain look sees what was committed")
    monkeypatch.setattr(line, "_walk", lambda event: Rsvp.objects.filter(event=event, state=LINE))

    def attempt() -> bool:
        event = make_event(chapter, room_capacity=1)
        come(event, 1)
        queued = threading.Event()

        def queue() -> None:
            come(event, 2)
            queued.set()

        def leave_after() -> Any:
            assert queued.wait(PATIENCE)
            return api.decline(event_id=event.pk, user_id=1)

        race(leave_after, queue)
        return len(seated(event)) == 1

    until_it_fails(attempt)


def test_who_is_banned_while_answering_has_no_seat(chapter: ChapterData) -> None:
    for _ in range(ROUNDS):
        member = make_member(chapter).user_id
        event = make_event(chapter, open_to=EventOpenTo.MEMBERS, room_capacity=1)
        outcomes = race(
            enter(event, member),
            lambda member=member: membership.ban(chapter_id=chapter.id, user_id=member, actor_id=9, reason="Rude"),
        )
        assert not broken(outcomes), outcomes
        people.run_errands()
        assert not seated(event), (states(event), outcomes)
        assert_right(event)


def test_events_side_by_side_do_not_wait_for_each_other_in_a_circle(chapter: ChapterData) -> None:
    """Lines of neighbours share gaps of an index: filling them at once must not end in a deadlock."""
    for _ in range(ROUNDS):
        evenings = [make_event(chapter, room_capacity=1, guests_most=1) for _ in range(4)]
        for event in evenings:
            fill_up(event, 1, 2, 3)
        acts = [leave(event, 1) for event in evenings] + [enter(event, 9, guests=1) for event in evenings]
        outcomes = race(*acts)
        assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
        for event in evenings:
            assert seated(event) == [2]
        assert_right(*evenings)


def test_everything_at_once_keeps_counts_and_capacity(chapter: ChapterData) -> None:
    event = make_event(chapter, room_capacity=4, guests_most=2)
    for number in range(ROUNDS):
        acts: list[Callable[[], Any]] = []
        for user_id in range(1, 6):
            acts += [
                enter(event, user_id, guests=(user_id + number) % 3),
                lambda user_id=user_id: api.take_offer(event_id=event.pk, user_id=user_id),
                leave(event, (user_id + 2) % 6),
            ]
        outcomes = race(*acts, lambda: api.promote(event.pk))
        assert not broken(outcomes), outcomes
        assert_right(event)
        row = Event.objects.get(pk=event.pk)
        fits = row.room_capacity - row.room_taken
        waiting = Rsvp.objects.filter(event=event, state=LINE, guests__lt=fits)
        assert not waiting.exists(), "a seat is empty, and somebody waits who fits in"


def test_a_recount_among_answers_changes_nothing_that_is_right(chapter: ChapterData) -> None:
    for number in range(ROUNDS):
        event = make_event(chapter, room_capacity=2)
        start = threading.Barrier(6, timeout=PATIENCE)

        def alone(act: Callable[[], Any], start: threading.Barrier = start) -> Any:
            try:
                start.wait()
                return act()
            finally:
                connection.close()

        acts = [enter(event, each) for each in range(10 * number, 10 * number + 4)]
        acts += [lambda event=event: seats._recount(event.pk)] * 2
        with ThreadPoolExecutor(len(acts)) as pool:
            found = list(pool.map(alone, acts))
        assert found[4:] == [False, False]
        assert_right(event)
