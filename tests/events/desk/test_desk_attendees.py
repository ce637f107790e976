"""Who comes, at the desk: the list and its search, approvals, adding, removing, paper, file, and who says they came."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chapters.api import events, rsvps
from chapters.data import EventOpenTo, EventQuestionData, RsvpState
from chapters.models import EventAnswer, EventQuestion, PresenceRequest, Rsvp
from people.models import AuditEntry
from tests.chapters.desk_town import read
from tests.chapters.factories import make_ban
from tests.events import factories

from .conftest import EventDesk

pytestmark = pytest.mark.django_db


def state_of(row: Rsvp) -> str:
    """Return what an answer has come to."""
    return Rsvp.objects.get(pk=row.pk).state


def username(user_id: int) -> str:
    """Return what somebody signs in with."""
    return User.objects.get(pk=user_id).username


def test_the_list_shows_needs_and_answers_and_no_address(desk: EventDesk) -> None:
    """Hosts read them; mail addresses and account names stand on no page."""
    event = factories.make_event(
        desk.chapter, actor_id=desk.lead, host_ids=(desk.guest_host,), questions=(EventQuestionData(text="Food?"),)
    )
    row = factories.make_rsvp(event, desk.member, needs_step_free=True, needs_note="A chair", guests=0)
    EventAnswer.objects.create(rsvp=row, question=EventQuestion.objects.get(), text="<b>Vegetarian</b>")
    page = desk.get(desk.guest_host, "desk_attendees", event.id)
    text = read(page)
    for said in ("Amina Yusuf", "Needs a step-free way", "A chair", "Food?", "&lt;b&gt;Vegetarian"):
        assert said in text
    person = User.objects.get(pk=desk.member)
    for each in (page, desk.get(desk.lead, "desk_attendees_print", event.id)):
        assert person.email not in each.content.decode()
        assert person.username not in each.content.decode()


def test_people_are_found_by_name_and_by_what_they_answered(desk: EventDesk) -> None:
    """Groups show how many they hold."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, room_capacity=1)
    factories.make_rsvp(event, desk.join("Brian Mutua"))
    factories.make_rsvp(event, desk.join("Chen Wei"), state=RsvpState.WAITLISTED)
    assert "Brian Mutua" in read(desk.get(desk.lead, "desk_attendees", event.id, q="brian"))
    assert "Nobody found" in read(desk.get(desk.lead, "desk_attendees", event.id, q="zzz"))
    waiting = read(desk.get(desk.lead, "desk_attendees", event.id, show="waiting"))
    assert "Chen Wei" in waiting
    assert "Brian Mutua" not in waiting
    assert "In line 1" in waiting


@pytest.mark.parametrize(("act", "state"), [("approve", RsvpState.GOING), ("refuse", RsvpState.DECLINED)])
def test_somebody_who_asks_is_answered(desk: EventDesk, act: str, state: RsvpState) -> None:
    """By one press, or with a line; the answer is in the log."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, needs_approval=True)
    row = factories.make_rsvp(event, desk.member, state=RsvpState.PENDING)
    assert "Amina Yusuf" in read(desk.get(desk.lead, "desk_event", event.id))
    desk.post(desk.lead, "desk_attendee", event.id, row.pk, act=act, note="Next time")
    assert state_of(row) == state
    assert AuditEntry.objects.filter(verb=f"chapter.event.{act}", actor_id=desk.lead).count() == 1


def test_an_answer_that_is_too_late_is_said_to_be(desk: EventDesk) -> None:
    """Two answer the same person at once: the second hears of it."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, needs_approval=True)
    row = factories.make_rsvp(event, desk.member, state=RsvpState.PENDING)
    desk.post(desk.lead, "desk_attendee", event.id, row.pk, act="approve")
    response = desk.post(desk.second, "desk_attendee", event.id, row.pk, act="refuse", note="")
    assert response.status_code == 409
    assert "does not ask to come any more" in read(response)
    assert state_of(row) == RsvpState.GOING


def test_removing_asks_for_a_reason_and_the_next_one_moves_up(desk: EventDesk) -> None:
    """The seat is offered to who is first in line."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, room_capacity=1)
    row = factories.make_rsvp(event, desk.member)
    waits = factories.make_rsvp(event, state=RsvpState.WAITLISTED)
    refused = desk.post(desk.lead, "desk_attendee", event.id, row.pk, act="remove", note="")
    assert refused.status_code == 422
    assert "Say why" in read(refused)
    desk.post(desk.lead, "desk_attendee", event.id, row.pk, act="remove", note="Was rude last time")
    assert (state_of(row), state_of(waits)) == (RsvpState.REMOVED, RsvpState.OFFERED)


def test_an_answer_to_another_event_is_none_of_this_one(desk: EventDesk) -> None:
    """Also where the reader may answer there."""
    event, other = (factories.make_event(desk.chapter, actor_id=desk.lead) for _each in range(2))
    row = factories.make_rsvp(other, desk.member)
    assert desk.post(desk.lead, "desk_attendee", event.id, row.pk, act="remove", note="x").status_code == 404
    assert state_of(row) == RsvpState.GOING


def test_of_somebody_who_gave_the_seat_back_nobody_says_that_they_come(desk: EventDesk) -> None:
    """Neither alone nor with others."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    pages = {
        state: read(desk.get(desk.lead, "desk_attendee", event.id, factories.make_rsvp(event, state=state).pk))
        for state in (RsvpState.GOING, RsvpState.CANCELLED)
    }
    assert "Comes alone" in pages[RsvpState.GOING]
    assert "Comes alone" not in pages[RsvpState.CANCELLED]


def test_somebody_is_added_by_their_username_and_over_the_seats_only_if_it_is_meant(desk: EventDesk) -> None:
    """The field that is wrong is named, and what was typed stays."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, room_capacity=1)
    assert "Nobody has this username" in read(
        desk.post(desk.lead, "desk_attendees", event.id, username="nobody", mode="offline")
    )
    desk.post(desk.lead, "desk_attendees", event.id, username=username(desk.member), mode="offline")
    full = desk.post(desk.lead, "desk_attendees", event.id, username=username(desk.second), mode="offline")
    assert full.status_code == 409
    assert f'value="{username(desk.second)}"' in full.content.decode()
    assert not rsvps.is_seated(event.id, desk.second)
    forced = {"username": username(desk.second), "mode": "offline", "is_forced": "on"}
    desk.post(desk.lead, "desk_attendees", event.id, **forced)
    assert rsvps.is_seated(event.id, desk.second)
    assert "more than there are" in read(desk.get(desk.lead, "desk_event", event.id))


def test_nobody_is_added_who_is_kept_out_or_is_no_member(desk: EventDesk) -> None:
    """The field says why; to an event that is open to anyone an account is enough, but not a banned one."""
    closed = factories.make_event(desk.chapter, actor_id=desk.lead)
    public = factories.make_event(desk.chapter, actor_id=desk.lead, open_to=EventOpenTo.ANYONE)
    make_ban(desk.chapter, desk.member, days=20, banned_by=desk.lead)

    def add(event_id: int, user_id: int) -> Any:
        return desk.post(desk.lead, "desk_attendees", event_id, username=username(user_id), mode="offline")

    assert "no member of the chapter" in read(add(closed.id, desk.outsider))
    assert "The chapter keeps this person out" in read(add(public.id, desk.member))
    assert not Rsvp.objects.exists()
    assert add(public.id, desk.outsider).status_code == 302
    assert rsvps.is_seated(public.id, desk.outsider)


def test_the_file_is_safe_for_spreadsheets_and_on_record(desk: EventDesk) -> None:
    """It asks what it is for, and the log keeps that with the number of people."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    factories.make_rsvp(event, desk.member, needs_note="=HYPERLINK(1)")
    factories.make_rsvp(event, desk.join("Brian Mutua"))
    assert desk.post(desk.lead, "desk_attendees_csv", event.id, reason="").status_code == 422
    assert not AuditEntry.objects.filter(verb="chapter.event.attendees_exported").exists()
    response = desk.post(desk.lead, "desk_attendees_csv", event.id, reason="Name tags")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3
    assert any("'=HYPERLINK(1)" in cell for row in rows for cell in row)
    assert User.objects.get(pk=desk.member).email not in text
    entry = AuditEntry.objects.get(verb="chapter.event.attendees_exported")
    assert (entry.reason, entry.data["people"], entry.actor_id) == ("Name tags", 2, desk.lead)
    assert "Took a list of 2 attendees" in read(desk.get(desk.lead, "desk_audit"))


def test_the_list_for_the_door_is_in_the_order_of_names(desk: EventDesk) -> None:
    """With those alone who have a seat."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    for name in ("zora Neale", "Abel Tesfaye"):
        factories.make_rsvp(event, desk.join(name))
    factories.make_rsvp(event, desk.join("Wanda Waits"), state=RsvpState.WAITLISTED)
    text = read(desk.get(desk.lead, "desk_attendees_print", event.id))
    assert text.index("Abel Tesfaye") < text.index("zora Neale")
    assert "Wanda Waits" not in text


def test_who_says_that_they_were_there_is_answered_by_who_held_it(desk: EventDesk) -> None:
    """A yes is one press; a no needs a line. A host without a role does it on the event's own page."""
    event = factories.make_past_event(desk.chapter, days=0.2, actor_id=desk.lead, host_ids=(desk.guest_host,))
    factories.make_rsvp(event, desk.member)
    asked = PresenceRequest.objects.create(event_id=event.id, user_id=desk.member, text="I sat in the back")
    assert "I sat in the back" in read(desk.get(desk.guest_host, "desk_event", event.id))
    assert "I sat in the back" in read(desk.get(desk.lead, "desk_presences"))
    bare = desk.post(desk.guest_host, "desk_event_presences", event.id, user=desk.member, act="keep")
    assert bare.status_code == 400
    assert "Say why" in read(bare)
    named = set(re.findall(r'id="([^"]*)"', bare.content.decode()))
    assert set(re.findall(r'href="#([^"]+)"', bare.content.decode())) <= named, "each mistake links to its field"
    described = re.search(r'<textarea[^>]*aria-describedby="([^"]*)"', bare.content.decode())
    assert described is not None
    assert set(described[1].split()) <= named
    desk.post(desk.guest_host, "desk_event_presences", event.id, user=desk.member, act="accept")
    asked.refresh_from_db()
    assert (asked.is_accepted, asked.answered_by) == (True, desk.guest_host)
    late = desk.post(desk.lead, "desk_event_presences", event.id, user=desk.member, act="keep", answer="No")
    assert late.status_code == 409


def test_a_page_costs_the_same_whatever_the_crowd(desk: EventDesk) -> None:
    """Of the event, its attendees and the list for the door: the same queries with 3 people and with 60."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, needs_approval=True)
    client = desk.sign_in(desk.lead)
    pages = [
        desk.url("desk_event", event.id),
        desk.url("desk_attendees", event.id),
        desk.url("desk_attendees", event.id) + "?show=pending",
        desk.url("desk_attendees_print", event.id),
        desk.url("desk_events"),
        desk.url("desk"),
    ]

    def fill(count: int) -> None:
        for _each in range(count):
            factories.make_rsvp(event)
            factories.make_rsvp(event, state=RsvpState.PENDING)

    def weigh() -> list[int]:
        weights = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(page).status_code == 200
            weights.append(len(caught))
        return weights

    fill(3)
    few = weigh()
    fill(30)
    assert weigh() == few
    assert "Show more" in read(client.get(pages[1]))


def test_a_forged_cursor_is_refused_in_words(desk: EventDesk) -> None:
    """Not a fault of the server."""
    event: Any = factories.make_event(desk.chapter, actor_id=desk.lead)
    for page, args in (("desk_attendees", [event.id]), ("desk_events", [])):
        assert desk.get(desk.lead, page, *args, cursor="forged").status_code == 400
    assert events.get_event(event.id)
