"""Changing an event at the desk: what is kept, what is refused, and two who change it at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chapters.api import events, series
from chapters.data import (
    AccessFact,
    EventData,
    EventOpenTo,
    EventQuestionData,
    EventState,
    QuestionKind,
    SeriesFrequency,
    SeriesRuleData,
)
from chapters.forms_desk.events import EventForm, initial_of
from chapters.models import Event
from discussion_ext.data import MeetingMode, TopicKind
from people.models import AuditEntry
from tests.chapters.desk_town import read
from tests.events import factories

from .conftest import EventDesk

pytestmark = pytest.mark.django_db


def fill(desk: EventDesk, event: EventData, **changes: Any) -> dict[str, Any]:
    """Return what the form of an event sends when nothing but ``changes`` is typed."""
    plan = events.get_plan(event.id)
    names = [(user_id, "Somebody") for user_id in plan.host_ids]
    form = EventForm(chapter=desk.chapter, hosts=names, plan=plan)
    values: dict[str, Any] = {"revision": event.revision, "scope": "this"}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            value = "on"
        if value not in (None, "", False):
            values[name] = value if isinstance(value, list) else form.fields[name].widget.format_value(value) or value
    for place, question in enumerate(plan.questions):
        values |= {
            f"question-{place}-id": question.id,
            f"question-{place}-text": question.text,
            f"question-{place}-kind": question.kind.value,
            f"question-{place}-choices": "\n".join(question.choices),
            **({f"question-{place}-needed": "on"} if question.is_needed else {}),
        }
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def make_rich(desk: EventDesk) -> EventData:
    """Return an event in whose plan nothing is as it is by default."""
    return factories.make_event(
        desk.chapter,
        actor_id=desk.lead,
        mode=MeetingMode.HYBRID,
        open_to=EventOpenTo.ANYONE,
        kind=TopicKind.PROBLEM,
        languages=("en", "sw"),
        summary="Three cases",
        description="# Cases\r\n\r\nand **more**",
        agenda="18:30, arrive.\n20:00, what we keep.",
        place_hint="Opposite the stop",
        is_place_hidden=True,
        link="https://meet.example.org/x",
        link_minutes=30,
        access_facts=frozenset({AccessFact.LIFT, AccessFact.CAPTIONS}),
        access_note="No parking",
        host_ids=(desk.lead, desk.guest_host),
        room_capacity=24,
        online_capacity=40,
        guests_most=2,
        needs_approval=True,
        has_waitlist=False,
        offer_hours=12,
        opens_days=14,
        closes_minutes=180,
        questions=(
            EventQuestionData(text="Food?", kind=QuestionKind.CHOICE, choices=("All", "Vegetarian"), is_needed=True),
        ),
    )


def test_a_form_that_is_sent_as_it_was_opened_changes_nothing(desk: EventDesk) -> None:
    """Whatever the event has: every field goes out and comes back."""
    event = make_rich(desk)
    before, recorded = events.get_plan(event.id), AuditEntry.objects.count()
    response = desk.post(desk.lead, "desk_event_edit", event.id, **fill(desk, event))
    assert response.url == desk.url("desk_event", event.id) + "?done=saved"
    assert events.get_plan(event.id) == before
    assert events.get_event(event.id).revision == event.revision
    assert AuditEntry.objects.count() == recorded


def test_every_part_of_a_plan_has_a_place_in_the_form() -> None:
    """A new field of the plan is missed here until somebody can fill it in."""
    shown = {"starts_local": "day", "minutes": "ends", "fold": "clock", "host_ids": "hosts"}
    rows = {"questions", "units"}
    asked = set(EventForm.base_fields)
    for name in factories.make_plan().__dataclass_fields__:
        assert name in rows or shown.get(name, name) in asked, name
    assert set(initial_of(factories.make_plan())) <= asked


def test_fewer_seats_than_are_taken_are_refused_in_words(desk: EventDesk) -> None:
    """At the field, with what was typed."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, room_capacity=5)
    for _each in range(3):
        factories.make_rsvp(event)
    response = desk.post(desk.lead, "desk_event_edit", event.id, **fill(desk, event, room_capacity="2"))
    assert response.status_code in {400, 409}
    assert re.search(r'name="room_capacity"[^>]*aria-invalid="true"', response.content.decode())
    assert events.get_event(event.id).seats[0].capacity == 5


def test_who_saves_second_reads_what_the_first_one_wrote_and_decides(desk: EventDesk) -> None:
    """Nothing of either is lost: theirs is shown where it differs, and saving again puts the other in its place."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, summary="Old")
    mine = fill(desk, event, summary="Mine")
    desk.post(desk.second, "desk_event_edit", event.id, **fill(desk, event, summary="Theirs", room_capacity="30"))
    response = desk.post(desk.lead, "desk_event_edit", event.id, **mine)
    assert response.status_code == 409
    text = read(response)
    assert "Somebody else changed this event while you wrote." in text
    assert "In a sentence or two Theirs" in text
    assert "Seats in the room 30" in text
    assert ">Mine</textarea>" in response.content.decode().replace("\n", "")
    assert events.get_plan(event.id).summary == "Theirs"
    revision = re.search(r'name="revision"\s+value="(\d+)"', response.content.decode())
    assert revision
    desk.post(desk.lead, "desk_event_edit", event.id, **{**mine, "revision": revision[1]})
    assert events.get_plan(event.id).summary == "Mine"


def test_a_time_that_the_form_sends_after_it_has_begun_is_refused(desk: EventDesk) -> None:
    """An event that was held is not moved; what is said of it can still be put right."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    moved = fill(desk, event, time="03:17", ends="05:17", ends_on=None)
    assert desk.post(desk.lead, "desk_event_edit", event.id, **moved).status_code == 400
    desk.post(desk.lead, "desk_event_edit", event.id, **fill(desk, event, summary="It was good"))
    assert events.get_plan(event.id).summary == "It was good"


def make_series(desk: EventDesk, count: int = 4) -> list[int]:
    """Return the ids of the dates of a published weekly series."""
    start = factories.in_days()
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=start.date(), at=start.time(), count=count)
    plan = factories.make_plan(starts_local=start)
    made = series.create_series(chapter_id=desk.chapter.id, actor_id=desk.lead, plan=plan, rule=rule)
    published = series.publish_series(series_id=made.id, actor_id=desk.lead)
    return [card.event.id for card in published.dates]


def test_a_change_of_a_series_asks_which_dates_it_is_for(desk: EventDesk) -> None:
    """This one alone, or this and all that follow; a date that stands apart is named and left alone."""
    first, second, third, fourth = make_series(desk)
    event = events.get_event(third)
    desk.post(desk.lead, "desk_event_edit", third, **fill(desk, event, title="A guest comes"))
    assert "Left alone" in read(desk.get(desk.lead, "desk_event_edit", second))
    changed = fill(desk, events.get_event(second), place="Room C", scope="following")
    response = desk.post(desk.lead, "desk_event_edit", second, **changed)
    assert response.url.endswith("?done=saved_all")
    places = {pk: events.get_event(pk).place for pk in (first, second, third, fourth)}
    assert places[second] == places[fourth] == "Room C"
    assert places[first] == places[third] == event.place


def test_a_single_event_is_not_asked_about_other_dates(desk: EventDesk) -> None:
    """And a scope that is sent all the same is of no account."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    assert 'name="scope"' not in desk.get(desk.lead, "desk_event_edit", event.id).content.decode()
    desk.post(desk.lead, "desk_event_edit", event.id, **fill(desk, event, title="New", scope="following"))
    assert events.get_event(event.id).title == "New"


def test_a_series_is_called_off_from_a_date_on(desk: EventDesk) -> None:
    """With a reason; the dates before stay."""
    first, second, third, _fourth = make_series(desk)
    assert desk.post(desk.lead, "desk_event_cancel", second, scope="following", reason=" ").status_code == 422
    desk.post(desk.lead, "desk_event_cancel", second, scope="following", reason="The campus closes")
    assert events.get_event(first).state is EventState.PUBLISHED
    assert events.get_event(third).cancel_reason == "The campus closes"
    assert Event.objects.filter(state=EventState.CANCELLED).count() == 3


def test_an_event_is_called_off_with_a_reason_and_held_after_all(desk: EventDesk) -> None:
    """The page says how many are told; within a day a press brings it back."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    for _each in range(2):
        factories.make_rsvp(event)
    assert "2 people are told once" in read(desk.get(desk.lead, "desk_event_cancel", event.id))
    response = desk.post(desk.lead, "desk_event_cancel", event.id, reason="Flood <b>here</b>")
    page = desk.sign_in(desk.lead).get(response.url)
    assert "It is called off." in read(page)
    assert "Flood &lt;b&gt;here&lt;/b&gt;" in page.content.decode()
    assert desk.post(desk.lead, "desk_event_cancel", event.id, reason="Again").status_code == 403
    desk.post(desk.lead, "desk_event", event.id, act="restore")
    assert events.get_event(event.id).state is EventState.PUBLISHED


def test_a_draft_is_deleted_and_a_published_event_is_not(desk: EventDesk) -> None:
    """Whatever is sent: what people know of is called off."""
    draft, event = (make(desk.chapter, actor_id=desk.lead) for make in (factories.make_draft, factories.make_event))
    desk.post(desk.lead, "desk_event", draft.id, act="delete")
    assert desk.post(desk.lead, "desk_event", event.id, act="delete").status_code == 403
    assert [row.pk for row in Event.objects.all()] == [event.id]
    assert desk.post(desk.lead, "desk_event", event.id, act="explode").status_code == 400


def test_looking_changes_nothing(desk: EventDesk) -> None:
    """No page of an event writes while it is only opened."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    before = list(Event.objects.values())
    recorded = AuditEntry.objects.count()
    for page in ("desk_event", "desk_event_edit", "desk_event_result", "desk_attendees", "desk_event_mail"):
        desk.get(desk.lead, page, event.id, act="publish", reason="x", text="x")
    assert list(Event.objects.values()) == before
    assert AuditEntry.objects.count() == recorded
    assert timedelta(0) < events.get_event(event.id).ends_at - event.starts_at


def test_what_was_planned_elsewhere_is_saved_here_too(desk: EventDesk) -> None:
    """The form takes texts and numbers of the sizes that a plan has."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, agenda="x" * 3000, room_capacity=100_000)
    assert desk.post(desk.lead, "desk_event_edit", event.id, **fill(desk, event, title="New")).status_code == 302
    assert events.get_event(event.id).title == "New"


# -- a button that is pressed twice ------------------------------------------------------------------------------------


def test_the_second_press_leads_where_the_first_one_led(desk: EventDesk) -> None:
    """Published, called off, restored: the page says that it is done; to anybody else it says how things stand."""
    event = factories.make_draft(desk.chapter, actor_id=desk.lead)
    presses = [
        ("desk_event", {"act": "publish"}, "publish"),
        ("desk_event_cancel", {"reason": "Flood"}, "cancel"),
        ("desk_event", {"act": "restore"}, "restore"),
    ]
    for page, values, done in presses:
        for _press in range(2):
            response = desk.post(desk.lead, page, event.id, **values)
            assert (response.status_code, response.url) == (302, desk.url("desk_event", event.id) + f"?done={done}")
        assert desk.post(desk.second, page, event.id, **values).status_code == 403
    verbs = AuditEntry.objects.filter(target=f"event:{event.id}").order_by("pk").values_list("verb", flat=True)
    assert [verb.rpartition(".")[2] for verb in verbs] == ["create", "publish", "cancel", "restore"]


def test_an_event_that_was_called_off_is_not_so_for_another_reason(desk: EventDesk) -> None:
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    desk.post(desk.lead, "desk_event_cancel", event.id, reason="Flood")
    assert desk.post(desk.lead, "desk_event_cancel", event.id, reason="Strike").status_code == 403


def test_a_date_is_left_out_once_however_often_that_is_sent(desk: EventDesk) -> None:
    second = make_series(desk)[1]
    urls = [desk.post(desk.lead, "desk_event_skip", second, reason="Holiday").url for _press in range(2)]
    assert urls == [desk.url("desk_series", events.get_event(second).series_id) + "?done=skip"] * 2
    assert AuditEntry.objects.filter(verb="series.skip").count() == 1


@pytest.mark.parametrize("scope", ["this", "following"])
def test_ones_own_change_that_is_sent_twice_is_no_conflict(desk: EventDesk, scope: str) -> None:
    """With a new question too, which has a number of its own by then."""
    date = events.get_event(make_series(desk)[1])
    asked = {"question-0-text": "Which case?", "question-0-kind": "line"}
    values = fill(desk, date, title="A guest comes", scope=scope, **asked)
    first, second = (desk.post(desk.lead, "desk_event_edit", date.id, **values) for _press in range(2))
    assert first.status_code == 302
    assert second.url == first.url
    assert desk.post(desk.second, "desk_event_edit", date.id, **values).status_code == 409
