"""A new event at the desk: from scratch, from a template, as a copy, as a series; what is wrong names its field."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events
from chapters.data import EventOpenTo, EventState, QuestionKind
from chapters.models import Event, EventSeries, EventTemplate
from discussion_ext.data import MeetingMode
from tests.chapters.desk_town import read
from tests.events import factories

from .conftest import EventDesk

pytestmark = pytest.mark.django_db

SCRIPT = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def next_day(days: int = 10) -> date:
    """Return a day to come."""
    return (timezone.now() + timedelta(days=days)).date()


def sent(**changes: Any) -> dict[str, Any]:
    """Return what the form sends for an evening in ten days."""
    values = {
        "title": "Giving feedback upwards",
        "day": next_day().isoformat(),
        "time": "18:30",
        "ends": "20:30",
        "mode": "offline",
        "place": "Riverside Campus, room B2",
        "zone": "Africa/Nairobi",
        "open_to": "members",
        "guests_most": "0",
        "closes_minutes": "0",
        "link_minutes": "15",
        "act": "draft",
    }
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def errors_of(response: Any) -> dict[str, str]:
    """Return what the summary of a form says is wrong, by the label of the field."""
    page = html.unescape(response.content.decode())
    found = re.findall(r'<a href="#id_[^"]+">([^<]+)</a>:\s*([^<]+?)\s*</li>', page)
    return dict(found)


def form_key(response: Any) -> str:
    """Return the one-time key of the form on a page."""
    found = re.search(r'name="form_key" value="([0-9a-f]{32})"', response.content.decode())
    assert found is not None
    return found[1]


def test_a_title_a_day_and_a_place_make_a_draft(desk: EventDesk) -> None:
    """Which leads to its own page, and nobody but the team knows of it."""
    response = desk.post(desk.host, "desk_event_new", **sent())
    draft = Event.objects.get()
    assert response.url == desk.url("desk_event", draft.pk) + "?done=made"
    event = events.get_event(draft.pk)
    assert (event.state, event.title, event.minutes) == (EventState.DRAFT, "Giving feedback upwards", 120)
    assert event.starts_local.isoformat() == f"{next_day().isoformat()}T18:30:00"
    assert "The draft is made" in read(desk.sign_in(desk.host).get(response.url))
    assert desk.sign_in(desk.member).get(desk.url("event", draft.pk)).status_code == 404


@pytest.mark.parametrize("act", ["draft", "publish"])
def test_a_second_press_leads_to_what_the_first_one_made(desk: EventDesk, act: str) -> None:
    """The form that is shown has a key; filled in otherwise it is another form, as it is for somebody else."""
    values = sent(act=act, form_key=form_key(desk.get(desk.lead, "desk_event_new")))
    first, second = (desk.post(desk.lead, "desk_event_new", **values) for _press in range(2))
    assert first.status_code == 302
    assert second.url == first.url
    assert Event.objects.count() == 1
    assert desk.post(desk.lead, "desk_event_new", **{**values, "title": "Saying no"}).status_code == 302
    assert desk.post(desk.host, "desk_event_new", **{**values, "act": "draft"}).url != first.url
    assert Event.objects.count() == 3


def test_the_same_form_opened_again_makes_another_event(desk: EventDesk) -> None:
    for _time in range(2):
        desk.post(desk.lead, "desk_event_new", **sent(form_key=form_key(desk.get(desk.lead, "desk_event_new"))))
    assert Event.objects.count() == 2


def test_an_organizer_publishes_at_once_and_a_host_cannot(desk: EventDesk) -> None:
    """Neither by the button, which a host does not see, nor by sending it."""
    desk.post(desk.lead, "desk_event_new", **sent(act="publish"))
    assert [row.state for row in Event.objects.all()] == [EventState.PUBLISHED]
    assert 'value="publish"' in desk.get(desk.lead, "desk_event_new").content.decode()
    assert 'value="publish"' not in desk.get(desk.host, "desk_event_new").content.decode()
    assert desk.post(desk.host, "desk_event_new", **sent(act="publish")).status_code == 403
    assert Event.objects.count() == 1


def test_what_cannot_be_published_is_not_drafted_either(desk: EventDesk) -> None:
    """The form stands there with what was typed, and says which field is missing."""
    response = desk.post(desk.lead, "desk_event_new", **sent(act="publish", place=""))
    assert response.status_code == 400
    assert list(errors_of(response)) == ["Place"]
    assert 'value="Giving feedback upwards"' in response.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("changes", "label", "said"),
    [
        ({"title": ""}, "Title", "Give the event a title"),
        ({"title": "x" * 256}, "Title", "255"),
        ({"day": ""}, "Day", "Choose the day"),
        ({"day": "03/12/2026"}, "Day", "2026-12-03"),
        ({"day": "2020-01-01"}, "Day", "has passed"),
        ({"day": "9999-12-31", "ends_on": "9999-12-31", "ends": "23:59"}, "Day", "year"),
        ({"ends": "18:30"}, "Until", "18:30 is before it begins, at 18:30"),
        ({"ends": "17:00"}, "Until", "17:00 is before it begins"),
        ({"zone": "Mars/Olympus"}, "Time zone", "No time zone has this name"),
        ({"room_capacity": "-1"}, "Seats in the room", "greater than or equal to 1"),
        ({"room_capacity": "0"}, "Seats in the room", "greater than or equal to 1"),
        ({"room_capacity": "many"}, "Seats in the room", "whole number"),
        ({"room_capacity": "100001"}, "Seats in the room", "100000."),
        ({"mode": "online", "link": "javascript:alert(1)"}, "Link to the video call", "http"),
        ({"host": "nobody-at-all"}, "Somebody else as host", "Nobody has this username"),
        ({"open_to": "alumni-of-mars"}, "Who may come", "alumni-of-mars"),
        ({"guests_most": "9"}, "Guests that each may bring", "9"),
    ],
)
def test_what_is_wrong_names_its_field_and_nothing_is_made(
    desk: EventDesk, changes: dict[str, str], label: str, said: str
) -> None:
    """In words about this value; what was typed stands in the form."""
    response = desk.post(desk.lead, "desk_event_new", **sent(**changes))
    assert response.status_code in {400, 422}
    errors = errors_of(response)
    assert label in errors
    assert said in errors[label]
    assert not Event.objects.exists()


def test_an_evening_that_goes_on_past_midnight_names_the_day_of_its_end(desk: EventDesk) -> None:
    """Three hours, from 23:00 on."""
    desk.post(desk.lead, "desk_event_new", **sent(time="23:00", ends="02:00", ends_on=next_day(11).isoformat()))
    assert events.get_event(Event.objects.get().pk).minutes == 180


def test_an_hour_that_the_clock_skips_is_asked_about(desk: EventDesk) -> None:
    """The form offers the time before and after the gap; the answer is taken as it is chosen."""
    year = next_day().year + 1
    spring = next(
        date(year, 3, 31) - timedelta(days=back)
        for back in range(7)
        if (31 - back, year) and (date(year, 3, 31) - timedelta(days=back)).weekday() == 6
    )
    values = sent(day=spring.isoformat(), time="02:30", ends="05:00", zone="Europe/Amsterdam")
    response = desk.post(desk.lead, "desk_event_new", **values)
    assert response.status_code == 422
    offered = re.findall(r'name="clock"\s+value="([^"]+)"', response.content.decode())
    assert offered == [f"{spring}T01:30", f"{spring}T03:30"]
    desk.post(desk.lead, "desk_event_new", **values, clock=offered[1])
    event = events.get_event(Event.objects.get().pk)
    assert (event.starts_local.hour, event.minutes) == (3, 90)


def test_of_an_hour_that_comes_twice_the_chosen_one_is_taken(desk: EventDesk) -> None:
    """The second one lies an hour after the first."""
    year = next_day().year + 1
    autumn = next(day for day in (date(year, 10, 31) - timedelta(days=back) for back in range(7)) if day.weekday() == 6)
    values = sent(day=autumn.isoformat(), time="02:30", ends="05:00", zone="Europe/Amsterdam")
    assert desk.post(desk.lead, "desk_event_new", **values).status_code == 422
    for clock in ("first", "second"):
        assert desk.post(desk.lead, "desk_event_new", **values, clock=clock).status_code == 302
    first, second = (events.get_event(row.pk) for row in Event.objects.order_by("pk"))
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    assert (first.minutes, second.minutes) == (210, 150)


def test_questions_and_units_are_kept_as_they_were_typed(desk: EventDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit by the address in the browser; rows that stay empty are none."""
    key = "block-v1:Meridian+LT1+2026+type@vertical+block@before"
    monkeypatch.setattr("chapters.edx_platform.units.find_unit_title", lambda _key: "Before you speak")
    values = sent(
        **{
            "question-0-text": "What case do you bring?",
            "question-0-kind": "text",
            "question-1-text": "Food?",
            "question-1-kind": "choice",
            "question-1-choices": "Everything\n\nVegetarian",
            "question-1-needed": "on",
            "question-2-text": " ",
            "unit-0-address": f"https://apps.example.org/learning/course/course-v1:Meridian+LT1+2026/{key}",
            "unit-0-minutes": "20",
        }
    )
    desk.post(desk.lead, "desk_event_new", **values)
    plan = events.get_plan(Event.objects.get().pk)
    assert [(each.text, each.kind, each.choices, each.is_needed) for each in plan.questions] == [
        ("What case do you bring?", QuestionKind.TEXT, (), False),
        ("Food?", QuestionKind.CHOICE, ("Everything", "Vegetarian"), True),
    ]
    assert [(each.usage_key, each.title, each.minutes) for each in plan.units] == [(key, "Before you speak", 20)]


def test_a_row_that_is_wrong_says_so_where_it_stands(desk: EventDesk) -> None:
    """A choice of one, minutes that are none, and an address that leads to no unit; what was typed stays."""
    question = {"question-0-text": "Food?", "question-0-kind": "choice", "question-0-choices": "Everything"}
    unit = {"unit-0-address": "https://example.org/", "unit-0-minutes": "soon"}
    for values, place, status in (
        (question, "question-0-choices", 422),
        (unit, "unit-0-minutes", 422),
        ({**unit, "unit-0-minutes": "20"}, "unit-0-address", 400),
    ):
        response = desk.post(desk.lead, "desk_event_new", **sent(**values))
        page = response.content.decode()
        assert response.status_code == status
        assert f'aria-describedby="{place}-error"' in page
        assert 'value="https://example.org/"' in page or 'value="Food?"' in page
    assert not Event.objects.exists()


def test_script_in_every_text_stays_text(desk: EventDesk) -> None:
    """On the page of the event, in the form, and in the lists."""
    texts = ("title", "summary", "description", "agenda", "place", "place_hint", "access_note")
    values = sent(**dict.fromkeys(texts, SCRIPT), **{"question-0-text": SCRIPT, "question-0-kind": "line"})
    desk.post(desk.lead, "desk_event_new", **values)
    pk = Event.objects.get().pk
    for page in (
        desk.get(desk.lead, "desk_event", pk),
        desk.get(desk.lead, "desk_event_edit", pk),
        desk.get(desk.lead, "desk_events", show="drafts"),
        desk.get(desk.lead, "desk_event_copy", pk),
    ):
        assert page.status_code == 200
        assert "alert(1)</script>" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()


def test_a_template_gives_everything_but_the_day(desk: EventDesk) -> None:
    """Kept from an event by its page; deleted, it is offered no more."""
    event = factories.make_event(
        desk.chapter,
        actor_id=desk.lead,
        mode=MeetingMode.HYBRID,
        room_capacity=24,
        link="https://meet.example.org/b2",
        open_to=EventOpenTo.ANYONE,
    )
    desk.post(desk.lead, "desk_event", event.id, act="template", name="Evening in B2")
    template = EventTemplate.objects.get()
    assert "Evening in B2" in read(desk.get(desk.host, "desk_event_new"))
    page = desk.get(desk.host, "desk_event_new", template=template.pk).content.decode()
    assert 'value="https://meet.example.org/b2"' in page
    assert re.search(r'name="day"(?![^>]*value=)', page)
    assert re.search(r'name="room_capacity"[^>]*value="24"|value="24"[^>]*name="room_capacity"', page)
    assert desk.post(desk.other_lead, "desk_event_templates", act="delete", template=template.pk).status_code == 403
    desk.post(desk.second, "desk_event_templates", act="delete", template=template.pk)
    assert not EventTemplate.objects.exists()


def test_a_copy_asks_only_when_it_takes_place(desk: EventDesk) -> None:
    """And is a draft with a day of its own."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead, room_capacity=12)
    refused = desk.post(desk.host, "desk_event_copy", event.id, day="2020-01-01", time="19:00")
    assert refused.status_code == 400
    assert "Day" in errors_of(refused)
    key = form_key(desk.get(desk.host, "desk_event_copy", event.id))
    values = {"day": next_day(20).isoformat(), "time": "19:00", "form_key": key}
    response, again = (desk.post(desk.host, "desk_event_copy", event.id, **values) for _press in range(2))
    assert again.url == response.url
    copied = events.get_event(Event.objects.exclude(pk=event.id).get().pk)
    assert response.url == desk.url("desk_event", copied.id) + "?done=made"
    assert (copied.state, copied.title, copied.starts_local.hour) == (EventState.DRAFT, event.title, 19)
    assert copied.seats[0].capacity == 12


# -- series ------------------------------------------------------------------------------------------------------------


def test_the_dates_of_a_series_are_seen_before_any_is_made(desk: EventDesk) -> None:
    """Only the dates that were shown are made; a change of the day in between shows them anew."""
    values = sent(repeat="two_weekly", repeat_count="4")
    shown = desk.post(desk.lead, "desk_event_new", **{**values, "act": "draft"})
    assert shown.status_code == 200
    assert "4 dates would be made" in read(shown)
    assert not Event.objects.exists()
    seen = re.search(r'name="seen"\s+value="([0-9a-f]+)"', shown.content.decode())
    assert seen
    other = {**values, "act": "series", "seen": seen[1], "day": next_day(11).isoformat()}
    assert "4 dates would be made" in read(desk.post(desk.lead, "desk_event_new", **other))
    assert not Event.objects.exists()
    chosen = {**values, "act": "series", "seen": seen[1], "form_key": form_key(shown)}
    made, again = (desk.post(desk.lead, "desk_event_new", **chosen) for _press in range(2))
    series = EventSeries.objects.get()
    assert made.url == again.url == desk.url("desk_series", series.pk) + "?done=made"
    starts = [events.get_event(row.pk).starts_local for row in Event.objects.order_by("starts_at")]
    assert [each.date() for each in starts] == [next_day() + timedelta(weeks=2 * number) for number in range(4)]
    assert {(each.hour, each.minute) for each in starts} == {(18, 30)}


def test_dates_of_what_does_not_come_back_are_not_shown_and_nothing_is_made(desk: EventDesk) -> None:
    """The button asks how it comes back; the enter key in a field saves a draft."""
    response = desk.post(desk.lead, "desk_event_new", **sent(act="preview"))
    assert response.status_code == 422
    assert list(errors_of(response)) == ["It comes back"]
    assert not Event.objects.exists()
    first = re.search(r'<button type="submit"[^>]*value="([a-z]+)"', response.content.decode().partition("<main")[2])
    assert first
    assert first[1] == "draft"


def test_a_change_of_clocks_is_noted_among_the_dates(desk: EventDesk) -> None:
    """A date at an hour that the clock skips is said to begin later."""
    year = next_day().year + 1
    spring = next(day for day in (date(year, 3, 31) - timedelta(days=back) for back in range(7)) if day.weekday() == 6)
    first = spring - timedelta(weeks=1)
    values = sent(
        day=first.isoformat(), time="02:30", ends="04:00", zone="Europe/Amsterdam", repeat="weekly", repeat_count="3"
    )
    assert "skip 02:30" in read(desk.post(desk.lead, "desk_event_new", **values))


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"repeat_count": "", "repeat_until": ""}, "How many dates"),
        ({"repeat_count": "1"}, "How many dates"),
        ({"repeat_count": "61"}, "How many dates"),
        ({"repeat_count": "3", "repeat_until": "2030-01-01"}, "Or until which day"),
        ({"repeat_count": "", "repeat_until": "2199-01-01"}, "Or until which day"),
        ({"repeat": "hourly"}, "It comes back"),
    ],
)
def test_a_series_that_cannot_be_names_its_field(desk: EventDesk, changes: dict[str, str], label: str) -> None:
    """Endless ones, ones of a single date, and rules that there are not."""
    response = desk.post(desk.lead, "desk_event_new", **sent(**{"repeat": "weekly", "repeat_count": "4", **changes}))
    assert response.status_code in {400, 422}
    assert label in errors_of(response)
    assert not Event.objects.exists()


def test_two_forms_that_are_sent_together_have_one_list_of_mistakes(desk: EventDesk) -> None:
    """It stands on top, takes the focus, and counts those of both."""
    response = desk.post(desk.lead, "desk_event_new", **sent(title=None, repeat="weekly", repeat_count="1"))
    page = response.content.decode()
    assert (page.count('id="errors"'), page.count('role="alert"')) == (1, 1)
    assert "2 things have to be put right." in read(response)
    assert {"Title", "How many dates"} <= set(errors_of(response))


def test_a_series_is_published_together_extended_and_loses_a_date(desk: EventDesk) -> None:
    """By its page; the extension that is sent twice is made once."""
    values = sent(repeat="weekly", repeat_count="3")
    seen = re.search(
        r'name="seen"\s+value="([0-9a-f]+)"', desk.post(desk.lead, "desk_event_new", **values).content.decode()
    )
    assert seen
    desk.post(desk.lead, "desk_event_new", **{**values, "act": "series", "seen": seen[1]})
    series = EventSeries.objects.get()
    assert desk.post(desk.host, "desk_series", series.pk, act="publish").status_code == 403
    desk.post(desk.lead, "desk_series", series.pk, act="publish")
    assert {row.state for row in Event.objects.all()} == {EventState.PUBLISHED}
    page = desk.get(desk.lead, "desk_series", series.pk).content.decode()
    end = re.search(r'name="end"\s+value="([^"]*)"', page)
    assert end
    more = {"act": "extend", "repeat_count": "2", "publishes": "on", "end": end[1]}
    assert desk.post(desk.lead, "desk_series", series.pk, **more).status_code == 302
    assert desk.post(desk.lead, "desk_series", series.pk, **more).status_code == 409
    assert Event.objects.filter(state=EventState.PUBLISHED).count() == 5
    second = Event.objects.order_by("starts_at")[1]
    assert desk.post(desk.lead, "desk_event_skip", second.pk, reason="").status_code == 422
    desk.post(desk.lead, "desk_event_skip", second.pk, reason="The campus is closed")
    assert events.get_event(second.pk).state is EventState.CANCELLED
    assert "Left out" in read(desk.get(desk.lead, "desk_series", series.pk))
