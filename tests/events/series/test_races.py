"""Several change one series at once, on a server database at both isolation levels. A twin shows that the race is real.

Requests have read before they come to us, so that at REPEATABLE READ a plain look shows what was there before the wait.
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
from chapters.events import series_making
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
                for model in (Event, EventSeries, Meeting):
                    list(model._default_manager.all())  # a request has asked who may do what before it comes to us
                begin.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


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


def test_a_date_that_is_changed_apart_meanwhile_keeps_what_it_got(start: Callable[[], SeriesData], lead: int) -> None:
    """Whoever comes first: one of them is asked to look again, and no change is lost."""
    for _ in range(ROUNDS):
        made = start()
        first, _second, third = dates_of(made)
        following = replace(events.get_plan(first.id), starts_local=wall("2027-01-19 20:00"))
        apart = replace(events.get_plan(third.id), title="Guest lecture")
        outcomes = race(
            _change(first, following, lead),
            partial(events.change_event, event_id=third.id, actor_id=lead, plan=apart, revision=third.revision),
        )
        now = dates_of(made)
        is_refused = [isinstance(each, EventChangedError) for each in outcomes]
        assert sum(is_refused) == 1, outcomes
        moved, title = ("19 20", "Case evening") if is_refused[1] else ("18 19", "Guest lecture")
        assert f"{now[0].starts_local:%d %H}" == moved
        assert now[2].title == title


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
