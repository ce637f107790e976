"""Several change one series at once, on a server database at both isolation levels. A twin shows that the race is real.

Requests have read before they come to us, so that at REPEATABLE READ a plain look shows what was there before the wait.
Where it matters who is first, an order is forced; where threads run free, each outcome that is right is allowed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from chapters.api import events
from chapters.api import series as api
from chapters.data import ChapterData, EventData, SeriesData
from chapters.events import series_changes, series_making
from chapters.exceptions import EventChangedError, StateError
from chapters.models import Event, EventSeries
from discussion_ext.models import Meeting
from tests.events.series.makers import make_plan, make_rule, wall

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = 8


@pytest.fixture
def start(chapter: ChapterData, lead: int) -> Callable[[], SeriesData]:
    """Return a function that makes a published series of three dates."""

    def make() -> SeriesData:
        plan = make_plan(host_ids=(lead,))
        made = api.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=make_rule(count=3))
        return api.publish_series(series_id=made.id, actor_id=lead)

    return make


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own; a refusal is a result."""
    begin = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                read_before()
                begin.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def read_before() -> None:
    """Read what a request has read before it comes to us: who may do what."""
    for model in (Event, EventSeries, Meeting):
        list(model._default_manager.all())


def meanwhile(act: Callable[[], Any]) -> Any:
    """Do something from beginning to end as another request, while this one waits for it; a refusal is raised."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(20)


def dates_of(series: SeriesData) -> list[EventData]:
    return [card.event for card in api.get_series(series.id, has_drafts=True).dates]


def test_two_who_extend_make_each_date_once(start: Callable[[], SeriesData], lead: int) -> None:
    """One after the other, whoever is first."""
    for _ in range(ROUNDS):
        made = start()
        outcomes = race(*[_extend(made, lead)] * 2)
        assert [each for each in outcomes if isinstance(each, Exception)] == []
        days = [each.occurrence for each in dates_of(made)]
        assert len(days) == len(set(days)) == 7


def test_a_double_click_extends_once(start: Callable[[], SeriesData], lead: int) -> None:
    """The form carries the end that was seen."""
    for _ in range(ROUNDS):
        made = start()
        outcomes = race(*[_extend(made, lead, end=made.rule.end)] * 2)
        assert sum(isinstance(each, StateError) for each in outcomes) == 1
        assert len(dates_of(made)) == 5


def test_without_the_lock_both_make_the_same_dates(
    start: Callable[[], SeriesData], lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the lock is for: the twin stops at the first failure it shows."""
    monkeypatch.setattr(series_making, "lock_series", lambda pk: EventSeries.objects.get(pk=pk))
    for _ in range(10 * ROUNDS):
        made = start()
        outcomes = race(*[_extend(made, lead)] * 2)
        if any(isinstance(each, IntegrityError | OperationalError) for each in outcomes):
            return
    pytest.fail("the race never showed")


def test_of_two_who_saw_the_same_one_changes(start: Callable[[], SeriesData], lead: int) -> None:
    """The other is asked to look again; nothing of theirs is half-written."""
    for _ in range(ROUNDS):
        made = start()
        first = dates_of(made)[0]
        plan = events.get_plan(first.id)
        plans = (replace(plan, title="Lab"), replace(plan, place="Dam 1"))
        acts = [_change(first, each, lead) for each in plans]
        outcomes = race(*acts)
        assert sum(isinstance(each, EventChangedError) for each in outcomes) == 1, outcomes
        now = dates_of(made)
        assert {(each.title, each.place) for each in now} in (
            {("Lab", "Westerstraat 100")},
            {("Case evening", "Dam 1")},
        )


class TestOneDateChangedApart:
    """A change of *this and following* from the first date on, and a change of the third date alone."""

    @pytest.fixture
    def made(self, start: Callable[[], SeriesData]) -> SeriesData:
        return start()

    def acts(self, made: SeriesData, lead: int) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return the sending of both forms, opened now: all an hour and a day later, and the third's new title."""
        first, _second, third = dates_of(made)
        following = replace(events.get_plan(first.id), starts_local=wall("2027-01-19 20:00"))
        apart = replace(events.get_plan(third.id), title="Guest lecture")
        return (
            _change(first, following, lead),
            partial(events.change_event, event_id=third.id, actor_id=lead, plan=apart, revision=third.revision),
        )

    def found(self, made: SeriesData) -> tuple[str, str, str]:
        """Return when the first date is, and when the third and how it is called."""
        first, _second, third = dates_of(made)
        return f"{first.starts_local:%d %H}", f"{third.starts_local:%d %H}", third.title

    def test_whoever_comes_first_no_change_is_lost(
        self, start: Callable[[], SeriesData], lead: int, isolation: str
    ) -> None:
        """One is asked to look again, but for a batch that begins to look when the change of one date has ended."""
        right = {
            (False, True): ("19 20", "02 20", "Case evening"),
            (True, False): ("18 19", "01 19", "Guest lecture"),
        }
        if isolation == "read committed":
            right[False, False] = ("19 20", "01 19", "Guest lecture")
        for _ in range(ROUNDS):
            made = start()
            outcomes = race(*self.acts(made, lead))
            is_refused = tuple(isinstance(each, EventChangedError) for each in outcomes)
            assert is_refused in right, outcomes
            assert not any(isinstance(each, Exception) and not isinstance(each, EventChangedError) for each in outcomes)
            assert self.found(made) == right[is_refused]

    def test_a_batch_that_looks_after_it_leaves_it_alone(self, made: SeriesData, lead: int, isolation: str) -> None:
        """At REPEATABLE READ its request still sees the date as it was, and is asked to look again."""
        following, apart = self.acts(made, lead)
        with transaction.atomic():
            read_before()
            assert meanwhile(apart).is_changed_apart
            if isolation == "repeatable read":
                with pytest.raises(EventChangedError):
                    following()
            else:
                assert [each.title for each in following().left_alone] == ["Guest lecture"]
        moved = "18 19" if isolation == "repeatable read" else "19 20"
        assert self.found(made) == (moved, "01 19", "Guest lecture")

    def test_a_batch_that_looked_before_it_looks_again(
        self, made: SeriesData, lead: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The change of one date ends after the batch chose its dates, and before it has their locks."""
        following, apart = self.acts(made, lead)
        lock_events = series_changes.lock_events

        def lock_later(event_ids: Any) -> list[Event]:
            meanwhile(apart)
            return lock_events(event_ids)

        monkeypatch.setattr(series_changes, "lock_events", lock_later)
        with pytest.raises(EventChangedError):
            following()
        assert self.found(made) == ("18 19", "01 19", "Guest lecture")

    def test_who_changes_one_after_the_batch_began_looks_again(
        self, made: SeriesData, lead: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        following, apart = self.acts(made, lead)
        lock_events, has_locks = series_changes.lock_events, threading.Event()

        def lock_and_say(event_ids: Any) -> list[Event]:
            rows = lock_events(event_ids)
            has_locks.set()
            return rows

        def come_second() -> Any:
            assert has_locks.wait(20)
            return apart()

        monkeypatch.setattr(series_changes, "lock_events", lock_and_say)
        batch, single = race(following, come_second)
        assert len(batch.changed) == 3, batch
        assert isinstance(single, EventChangedError), single
        assert self.found(made) == ("19 20", "02 20", "Case evening")


def test_two_batches_over_the_same_dates_do_not_write_back_each_other(
    start: Callable[[], SeriesData], lead: int
) -> None:
    """One from the first date and one from the second: whoever waited looks again."""
    for _ in range(ROUNDS):
        made = start()
        first, second, _third = dates_of(made)
        outcomes = race(
            _change(first, replace(events.get_plan(first.id), place="Dam 1"), lead),
            _change(second, replace(events.get_plan(second.id), title="Lab"), lead),
        )
        is_refused = [isinstance(each, EventChangedError) for each in outcomes]
        assert sum(is_refused) <= 1, outcomes
        assert not any(isinstance(each, Exception) and not isinstance(each, EventChangedError) for each in outcomes)
        now = dates_of(made)
        assert {each.place for each in now} == {"Westerstraat 100" if is_refused[0] else "Dam 1"}
        assert {each.title for each in now[1:]} == {"Case evening" if is_refused[1] else "Lab"}


def _change(event: EventData, plan: Any, lead: int) -> Callable[[], Any]:
    return lambda: api.change_following(event_id=event.id, actor_id=lead, plan=plan, revision=event.revision)


def _extend(series: SeriesData, lead: int, *, end: str = "") -> Callable[[], Any]:
    return lambda: api.extend_series(series_id=series.id, actor_id=lead, more=2, end=end)
