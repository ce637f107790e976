"""Several work on one event at once, on a server database at both isolation levels: one after the other, none undone.

A request has read before it comes to us, so that at REPEATABLE READ a plain look shows what was there before the wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from chapters.api import events, rsvps, series
from chapters.data import ChapterData, EventData, EventState, RsvpDraftData, RsvpState
from chapters.events import changing, points
from chapters.exceptions import EventChangedError, InvalidValueError, SentAgainError
from chapters.models import Chapter, Event, EventCredit, EventSeries, Membership, Rsvp
from discussion_ext.data import MeetingMode
from discussion_ext.models import Attendance, Meeting
from gamification import api as gamification
from gamification.models import Entry
from people.models import AuditEntry
from tests.events.factories import make_draft, make_event, make_past_event, make_rsvp
from tests.events.series.makers import make_plan as make_series_plan
from tests.events.series.makers import make_rule

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db(transaction=True)]

ROUNDS = 10
READ_BEFORE = (Chapter, Membership, Event, Meeting, EventCredit, Attendance)


def race(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once, each as a request of its own; a refusal is a result."""
    begin = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], Any]) -> Any:
        try:
            with transaction.atomic():
                for model in READ_BEFORE:
                    list(model.objects.all())  # type: ignore[attr-defined]
                begin.wait()
                return act()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def in_thread(act: Callable[[], Any]) -> Any:
    """Do something in another thread, which has a connection of its own, and close that."""
    try:
        return act()
    finally:
        connection.close()


def change(event: EventData, lead: int, **values: Any) -> Callable[[], EventData]:
    """Return the sending of a form that was opened now."""
    plan = replace(events.get_plan(event.id), **values)
    return partial(events.change_event, event_id=event.id, actor_id=lead, plan=plan, revision=event.revision)


def test_a_form_that_is_sent_several_times_at_once_makes_one_event(chapter: ChapterData, lead: int) -> None:
    """A single one, and a series with its first date; whoever comes too late is told which one there is."""
    plan, rule = make_series_plan(host_ids=(lead,)), make_rule(count=2)
    for number in range(ROUNDS):
        own: dict[str, Any] = {"chapter_id": chapter.id, "actor_id": lead, "plan": plan, "request_key": f"form{number}"}
        make = partial(events.create_event, **own) if number % 2 else partial(series.create_series, **own, rule=rule)
        outcomes = race(make, make, make)
        (made,) = (each for each in outcomes if not isinstance(each, Exception))
        late = [each for each in outcomes if isinstance(each, SentAgainError)]
        assert len(late) == 2, outcomes
        assert {each.event_id if number % 2 else each.series_id for each in late} == {made.id}
        assert Event.objects.filter(request_key=f"form{number}").count() == 1
    assert EventSeries.objects.count() == ROUNDS // 2


def test_of_two_forms_one_is_told_of_the_other(chapter: ChapterData, lead: int) -> None:
    for number in range(ROUNDS):
        event = make_event(chapter, actor_id=lead, title=f"Evening {number}")
        outcomes = race(change(event, lead, summary="Mine"), change(event, lead, place="Their hall"))
        refused = [each for each in outcomes if isinstance(each, Exception)]
        assert [type(each) for each in refused] == [EventChangedError]
        now = events.get_event(event.id)
        assert (now.summary, now.place) in {("Mine", event.place), ("", "Their hall")}


def test_without_the_revision_one_undoes_the_other(
    chapter: ChapterData, lead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what was sent last holds, and the other one's words are lost without anybody hearing of it."""
    monkeypatch.setattr(changing, "check_revision", lambda row, revision: None)
    event = make_event(chapter, actor_id=lead)
    outcomes = race(change(event, lead, summary="Mine"), change(event, lead, place="Their hall"))
    assert not any(isinstance(each, Exception) for each in outcomes)
    now = events.get_event(event.id)
    assert (now.summary, now.place) != ("Mine", "Their hall")


def test_drafts_are_made_at_once(chapter: ChapterData, lead: int) -> None:
    """Looking with a lock for hosts that a new event has not yet locks the gap into which the others write theirs."""
    for _round in range(ROUNDS):
        outcomes = race(*[partial(make_draft, chapter, actor_id=lead)] * 4)
        assert not any(isinstance(each, Exception) for each in outcomes), outcomes


def test_a_way_to_come_stays_for_who_took_it_a_moment_ago(chapter: ChapterData, lead: int, member: int) -> None:
    event = make_event(chapter, actor_id=lead, mode=MeetingMode.HYBRID, link="https://meet.example.org/1")
    act = change(event, lead, mode=MeetingMode.OFFLINE, link="")
    draft = RsvpDraftData(mode=MeetingMode.ONLINE)
    with transaction.atomic():
        list(Rsvp.objects.all())
        with ThreadPoolExecutor(1) as pool:
            taken = pool.submit(in_thread, partial(rsvps.answer, event_id=event.id, user_id=member, draft=draft))
            assert taken.result(20).state is RsvpState.GOING
        with pytest.raises(InvalidValueError) as refused:
            act()
    assert refused.value.field == "mode"


def test_publishing_twice_at_once_is_once(chapter: ChapterData, lead: int) -> None:
    for _round in range(ROUNDS):
        draft = make_draft(chapter, actor_id=lead)
        outcomes = race(*[partial(events.publish_event, event_id=draft.id, actor_id=lead)] * 3)
        assert not any(isinstance(each, Exception) for each in outcomes), outcomes
        said = AuditEntry.objects.filter(verb="chapter.event.publish", target=f"event:{draft.id}")
        assert said.count() == 1


def test_calling_off_and_changing_leave_it_called_off(chapter: ChapterData, lead: int) -> None:
    for _round in range(ROUNDS):
        event = make_event(chapter, actor_id=lead)
        off = partial(events.cancel_event, event_id=event.id, actor_id=lead, reason="Flood")
        race(off, change(event, lead, place="Their hall"))
        now = events.get_event(event.id)
        assert (now.state, now.cancel_reason) == (EventState.CANCELLED, "Flood")


def test_points_told_by_two_workers_count_once(chapter: ChapterData, lead: int) -> None:
    gamification.set_on(points.course_key(), True, actor_id=None)
    for _round in range(ROUNDS):
        event = make_past_event(chapter, actor_id=lead)
        came = make_rsvp(event).user_id
        Attendance.objects.create(
            meeting_id=event.meeting_id,
            user_id=came,
            state="present",
            source="roll",
            arrived_at=event.starts_at,
            recorded_at=event.starts_at,
        )
        facts = {"event": event.id, "user": came}
        outcomes = race(*[partial(points.run_attended, facts)] * 3)
        assert not any(isinstance(each, Exception) for each in outcomes), outcomes
        assert Entry.objects.filter(user_id=came, kind="attend").count() == 1
        assert EventCredit.objects.get(event_id=event.id, user_id=came).revision == 1
