"""The page of an event: what it tells whom, and the card "Will you come?" in every situation."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from chapters.api import events, rsvps
from chapters.data import (
    AccessFact,
    ChapterData,
    ChapterRole,
    EventData,
    EventOpenTo,
    EventQuestionData,
    EventState,
    EventUnitData,
    MembershipState,
    QuestionKind,
    RsvpDraftData,
    RsvpState,
)
from chapters.models import Event, EventUnit, Term
from discussion_ext.data import MeetingMode, TopicKind
from people import api as people
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_organizer
from tests.chapters.page_visits import SCRIPT, markup_of, send, visit, words_of
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_rsvp, put_start

LINK = "https://meet.example.org/secret-room"


def page_of(user_id: int | None, event: EventData, chapter: ChapterData) -> Any:
    """Return the page of an event as somebody gets it."""
    return visit(user_id, "event", chapter.slug, event.id)


# -- facts -------------------------------------------------------------------------------------------------------------


def test_an_open_event_is_read_without_signing_in(chapter: ChapterData, lead: int) -> None:
    event = make_event(
        chapter,
        actor_id=lead,
        open_to=EventOpenTo.ANYONE,
        kind=TopicKind.PROBLEM,
        languages=("en", "sw"),
        summary="Three of us bring a sentence.",
        agenda="18:30, arrive. Tea and name tags.\n\n20:00: what we keep",
        place_hint="Opposite the bus stop Chiromo.",
        access_facts=frozenset({AccessFact.STEP_FREE, AccessFact.HEARING_LOOP}),
        access_note="Quiet room next door.",
        room_capacity=24,
    )
    page = page_of(None, event, chapter)
    words = words_of(page)
    assert page.status_code == 200
    assert "public" in page["Cache-Control"]
    for said in (
        "Evening of hard talks",
        "English, Kiswahili",
        "Problem",
        "Three of us bring a sentence.",
        "18:30–20:30, Nairobi time",
        "Library, Kenyatta Avenue 1",
        "Opposite the bus stop Chiromo.",
        "Step-free, hearing loop. Quiet room next door.",
        "18:30, arrive. Tea and name tags.",
        "24 of 24 seats left",
        "Sign in to say that you come.",
    ):
        assert said in words, said
    assert "where you are" not in words
    assert f"/login?next=/chapters/{chapter.slug}/events/{event.id}/" in markup_of(page).replace("%2F", "/")


def test_hosts_are_named_to_members_and_to_others_only_where_they_agreed(chapter: ChapterData, lead: int) -> None:
    event = make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
    member = make_member(chapter).user_id
    assert "Hosted by Wanjiru Kamau" in words_of(page_of(member, event, chapter))
    for person in (None, make_account()):
        assert "Wanjiru" not in markup_of(page_of(person, event, chapter))
    Term.objects.filter(user_id=lead).update(is_named_in_public=True)
    assert "Hosted by Wanjiru Kamau" in words_of(page_of(None, event, chapter))


def test_the_readers_own_clock_stands_below_where_it_differs(chapter: ChapterData, member: int) -> None:
    event = put_start(
        make_event(chapter), timezone.now().replace(hour=15, minute=30, second=0, microsecond=0) + timedelta(days=9)
    )
    assert "where you are" not in words_of(page_of(member, event, chapter))
    people.set_preferences(user_id=member, zone="Asia/Tokyo")
    assert "00:30–02:30 where you are (Tokyo)" in words_of(page_of(member, event, chapter)).replace(
        people.say_stretch(event.starts_at, event.ends_at, ZoneInfo("Asia/Tokyo")), "00:30–02:30"
    )
    people.set_preferences(user_id=member, zone="Africa/Kampala")
    assert "where you are" not in words_of(page_of(member, event, chapter))


def test_a_hidden_place_is_shown_to_who_has_a_seat(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, is_place_hidden=True, place_hint="Near Chiromo", open_to=EventOpenTo.ANYONE)
    for person in (None, member):
        page = page_of(person, event, chapter)
        assert "Kenyatta Avenue" not in markup_of(page)
        assert "Near Chiromo" in words_of(page)
        assert "Kenyatta Avenue" not in markup_of(visit(person, "events", chapter.slug))
        assert "Kenyatta Avenue" not in markup_of(visit(person, "chapter", chapter.slug))
    make_rsvp(event, member)
    assert "Kenyatta Avenue 1" in words_of(page_of(member, event, chapter))


@pytest.mark.parametrize(
    ("minutes_before", "mode", "state", "is_shown"),
    [
        (14, MeetingMode.ONLINE, RsvpState.GOING, True),
        (16, MeetingMode.ONLINE, RsvpState.GOING, False),
        (14, MeetingMode.OFFLINE, RsvpState.GOING, False),
        (14, MeetingMode.ONLINE, RsvpState.WAITLISTED, False),
        (-30, MeetingMode.ONLINE, RsvpState.GOING, True),
        (-121, MeetingMode.ONLINE, RsvpState.GOING, False),
    ],
)
def test_the_link_is_shown_shortly_before_to_who_comes_online(
    chapter: ChapterData, member: int, minutes_before: int, mode: MeetingMode, state: RsvpState, is_shown: bool
) -> None:
    event = make_event(chapter, mode=MeetingMode.HYBRID, link=LINK, open_to=EventOpenTo.ANYONE)
    make_rsvp(event, member, mode=mode, state=state)
    put_start(event, timezone.now() + timedelta(minutes=minutes_before))
    assert (LINK in markup_of(page_of(member, event, chapter))) is is_shown
    assert LINK not in markup_of(page_of(None, event, chapter))


def test_units_to_prepare_with_say_when_they_were_finished(
    chapter: ChapterData, member: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(chapter)
    key = "block-v1:Meridian+Lead+1+type@vertical+block@speak"
    EventUnit.objects.create(event_id=event.id, usage_key=key, title="Before you speak", minutes=20)
    assert events.list_units(event.id) == (EventUnitData(usage_key=key, title="Before you speak", minutes=20),)
    page = page_of(member, event, chapter)
    assert "Optional, about 20 minutes: Before you speak ." in words_of(page)
    assert "You finished it" not in words_of(page)
    assert "/jump_to/" in markup_of(page)
    done = timezone.now().replace(year=2026, month=11, day=2, hour=12)
    monkeypatch.setattr(
        "discussion_ext.api.units.units_done",
        lambda **asked: {(each, user): done for each in asked["unit_ids"] for user in asked["user_ids"]},
    )
    assert "You finished it on Mon 2 Nov" in words_of(page_of(member, event, chapter))
    assert "You finished it" not in words_of(page_of(member, make_event(chapter), chapter))


def test_what_machines_read_of_an_open_event_names_no_person(chapter: ChapterData, lead: int) -> None:
    event = make_event(
        chapter, actor_id=lead, open_to=EventOpenTo.ANYONE, mode=MeetingMode.HYBRID, link=LINK, is_place_hidden=True
    )
    page = markup_of(page_of(None, event, chapter))
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    said = json.loads(found.group(1))
    assert said["@type"] == "Event"
    assert said["eventStatus"].endswith("EventScheduled")
    assert said["eventAttendanceMode"].endswith("MixedEventAttendanceMode")
    for secret in (LINK, "Wanjiru", "Kenyatta Avenue"):
        assert secret not in page
    events.cancel_event(event_id=event.id, actor_id=lead, reason="No power")
    assert "EventCancelled" in markup_of(page_of(None, event, chapter))


def test_events_for_members_are_no_matter_of_search_engines(
    chapter: ChapterData, member: int, event: EventData
) -> None:
    page = markup_of(page_of(member, event, chapter))
    assert 'name="robots" content="noindex"' in page
    assert "application/ld+json" not in page


# -- who is let in -----------------------------------------------------------------------------------------------------


def test_outside_no_event_looks_like_one_for_members(chapter: ChapterData, event: EventData) -> None:
    draft = make_draft(chapter)
    stranger = make_account()
    pages = [visit(stranger, "event", chapter.slug, each) for each in (event.id, draft.id, event.id + 1000)]
    assert {page.status_code for page in pages} == {403}
    assert len({words_of(page) for page in pages}) == 1
    assert "Join the chapter" in words_of(pages[0])
    for each in (event.id, draft.id, event.id + 1000):
        page = visit(None, "event", chapter.slug, each)
        assert page.status_code == 302
        assert page["Location"].startswith("/login?next=")


def test_a_draft_is_seen_by_who_plans_it(chapter: ChapterData, lead: int, member: int) -> None:
    draft = make_draft(chapter, actor_id=lead)
    assert page_of(member, draft, chapter).status_code == 404
    page = page_of(lead, draft, chapter)
    assert "This is a draft" in words_of(page)
    assert "In your calendar" not in words_of(page)


def test_an_event_of_another_chapter_is_none_of_this(chapter: ChapterData, member: int) -> None:
    other = make_event(make_chapter("Utrecht circle"), open_to=EventOpenTo.ANYONE)
    assert visit(member, "event", chapter.slug, other.id).status_code == 404


# -- the card ----------------------------------------------------------------------------------------------------------


def test_a_member_without_an_answer_is_asked(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, mode=MeetingMode.HYBRID, link=LINK, room_capacity=24, online_capacity=40, guests_most=2)
    make_rsvp(event)
    words = words_of(page_of(member, event, chapter))
    for said in (
        "Will you come?",
        "In the room 23 of 24 seats left",
        "Online 40 places left",
        "I cannot come",
        "Guests you bring",
        "I need step-free access Only the hosts see this.",
        "Save my answer",
    ):
        assert said in words, said
    assert " checked" not in markup_of(page_of(member, event, chapter))


def test_who_has_a_seat_sees_it_with_ticket_and_calendars(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=24)
    make_rsvp(event, member)
    page = page_of(member, event, chapter)
    assert "You have a seat. A reminder comes the day before at 19:00." in words_of(page)
    for said in ("Show my ticket", "This event", "All events of the chapter", "Make a new one", "Change my answer"):
        assert said in words_of(page), said
    assert re.search(r'value="offline"[^>]*checked', markup_of(page))


def test_guests_have_their_seats_said(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, guests_most=3)
    make_rsvp(event, member, guests=2)
    assert "You have 3 seats: yours and 2 for guests." in words_of(page_of(member, event, chapter))


def test_no_reminder_is_promised_that_does_not_come(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter)
    make_rsvp(event, member)
    put_start(event, timezone.now() + timedelta(hours=3))
    assert "A reminder comes" not in words_of(page_of(member, event, chapter))


def test_a_site_without_a_reminder_on_the_day_before_promises_none(
    chapter: ChapterData, member: int, settings: Any
) -> None:
    settings.CHAPTERS_REMIND_AT = ""
    event = make_event(chapter)
    make_rsvp(event, member)
    page = page_of(member, event, chapter)
    assert page.status_code == 200
    assert "A reminder comes" not in words_of(page)


def test_an_offer_says_until_when_it_holds(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1)
    until = timezone.now() + timedelta(hours=26, minutes=10)
    row = make_rsvp(event, member, state=RsvpState.OFFERED, offer_until=until)
    page = page_of(member, event, chapter)
    words = words_of(page)
    assert "A seat is yours, if you want it" in words
    assert "26 hours left" in words
    assert people.format_moment(until, zone=event.zone) in words
    assert "Take the seat" in words
    assert "Pass it on" in words
    row.offer_until = timezone.now() - timedelta(minutes=1)
    row.save()
    late = words_of(page_of(member, event, chapter))
    assert "Take the seat" not in late
    assert "until its time was over" in late


def test_who_waits_sees_place_reason_and_ways_out(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, mode=MeetingMode.HYBRID, link=LINK, room_capacity=1, online_capacity=40)
    make_rsvp(event)
    now = timezone.now()
    make_rsvp(event, state=RsvpState.WAITLISTED, queued_at=now - timedelta(hours=2))
    make_rsvp(event, member, state=RsvpState.WAITLISTED, queued_at=now)
    words = words_of(page_of(member, event, chapter))
    for said in (
        "You are in line",
        "1 of 1 seats are taken",
        "You are number 2 in line. All seats in the room are taken.",
        "you then have 48 hours",
        "Come online instead",
        "Leave the line",
    ):
        assert said in words, said
    Event.objects.filter(pk=event.id).update(online_taken=40)
    assert "Come online instead" not in words_of(page_of(member, event, chapter))


def test_a_request_waits_for_the_hosts(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, needs_approval=True)
    words = words_of(page_of(member, event, chapter))
    assert "Send my answer" in words
    assert "The hosts read each request" in words
    make_rsvp(event, member, state=RsvpState.PENDING)
    words = words_of(page_of(member, event, chapter))
    assert "You asked to come. You have no seat yet." in words
    assert "You have a seat" not in words


@pytest.mark.parametrize(
    ("state", "said", "may_answer"),
    [
        (RsvpState.DECLINED, "The hosts could not say yes to your request. Only for mentors", False),
        (RsvpState.REMOVED, "The hosts took you off the list. You may ask them again. Only for mentors", True),
        (RsvpState.CANCELLED, "You gave your seat back.", True),
        (RsvpState.NOT_COMING, "You said that you cannot come.", True),
        (RsvpState.PASSED, "You passed the seat on.", True),
        (RsvpState.LAPSED, "until its time was over", True),
    ],
)
def test_what_became_of_an_answer_is_said_with_its_reason(
    chapter: ChapterData, member: int, event: EventData, state: RsvpState, said: str, may_answer: bool
) -> None:
    make_rsvp(event, member, state=state, note="Only for mentors")
    words = words_of(page_of(member, event, chapter))
    assert said in words
    assert ("Save my answer" in words) is may_answer


def test_a_called_off_event_says_why(chapter: ChapterData, lead: int, member: int, event: EventData) -> None:
    make_rsvp(event, member)
    events.cancel_event(event_id=event.id, actor_id=lead, reason="The campus has no power.")
    page = page_of(member, event, chapter)
    assert "The campus has no power." in words_of(page)
    assert "Called off on" in words_of(page)
    assert "Save my answer" not in words_of(page)


def test_a_moved_event_asks_whether_one_comes_then(
    chapter: ChapterData, lead: int, member: int, event: EventData
) -> None:
    make_rsvp(event, member)
    plan = events.get_plan(event.id)
    moved = replace(plan, starts_local=plan.starts_local + timedelta(days=7))
    events.change_event(event_id=event.id, actor_id=lead, plan=moved, revision=event.revision)
    for name in ("event", "event_keep"):
        words = words_of(visit(member, name, chapter.slug, event.id))
        assert "The event was moved" in words, name
        assert people.format_moment(event.starts_at, zone=event.zone) in words
        assert "Keep my seat" in words
        assert "I cannot come then" in words


def test_before_answers_are_taken_the_page_says_from_when_on(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, starts_local=in_days(40), opens_days=7)
    assert event.opens_at is not None
    words = words_of(page_of(member, event, chapter))
    assert people.say_moment(event.opens_at, event.zone) in words
    assert "Save my answer" not in words


def test_after_answers_are_closed_one_can_still_give_a_seat_back(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, closes_minutes=600)
    put_start(event, timezone.now() + timedelta(hours=5))
    assert "Answers are not taken any more." in words_of(page_of(member, event, chapter))
    make_rsvp(event, member)
    words = words_of(page_of(member, event, chapter))
    assert "You have a seat." in words
    assert "I cannot come" in words
    assert "Change my answer" not in words


def test_a_full_event_without_a_line_says_so(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1, has_waitlist=False)
    make_rsvp(event)
    assert "Full: the only seat is taken" in words_of(page_of(member, event, chapter))


def test_over_it_says_what_was(chapter: ChapterData, member: int) -> None:
    event = make_past_event(chapter)
    make_rsvp(event, member)
    words = words_of(page_of(member, event, chapter))
    assert "This event is over" in words
    assert "Will you come?" not in words
    assert "This event" in words


def test_who_is_no_member_is_led_to_join(chapter: ChapterData, outsider: int) -> None:
    event = make_event(chapter, open_to=EventOpenTo.ANYONE)
    Event.objects.filter(pk=event.id).update(open_to=EventOpenTo.MEMBERS)
    make_rsvp(event, outsider, state=RsvpState.WAITLISTED)
    left = make_account()
    make_member(chapter, left, state=MembershipState.LEFT)
    make_rsvp(event, left, state=RsvpState.GOING)
    assert page_of(left, event, chapter).status_code == 200
    assert "You have a seat." in words_of(page_of(left, event, chapter))


def test_the_young_come_online_and_not_into_rooms(chapter: ChapterData) -> None:
    young = make_account(year_of_birth=timezone.now().year - 12)
    make_member(chapter, young)
    hybrid = make_event(chapter, mode=MeetingMode.HYBRID, link=LINK)
    words = words_of(page_of(young, hybrid, chapter))
    assert "In the room By the year of birth in your profile you are too young for this." in words
    assert "Save my answer" in words
    assert "too young" in words_of(page_of(young, make_event(chapter), chapter))
    sent = send(young, "event_answer", chapter.slug, hybrid.id, come="offline")
    assert sent.status_code == 403
    assert rsvps.find_rsvp(hybrid.id, young) is None


def test_a_banned_person_is_told_by_the_chapter(chapter: ChapterData) -> None:
    event = make_event(chapter, open_to=EventOpenTo.ANYONE)
    banned = make_account()
    make_ban(chapter, banned)
    words = words_of(page_of(banned, event, chapter))
    assert "keep you out for now" in words
    assert "Save my answer" not in words


def test_hosts_are_led_to_their_page(chapter: ChapterData, lead: int, member: int, event: EventData) -> None:
    assert f"/desk/events/{event.id}/" in markup_of(page_of(lead, event, chapter))
    assert "/desk/events/" not in markup_of(page_of(member, event, chapter))
    helper = make_organizer(chapter, role=ChapterRole.HOST)
    assert f"/desk/events/{event.id}/" in markup_of(page_of(helper, event, chapter))


# -- hostile texts -----------------------------------------------------------------------------------------------------


def test_script_in_every_text_is_text(chapter: ChapterData, member: int, lead: int) -> None:
    event = make_event(
        chapter,
        actor_id=lead,
        open_to=EventOpenTo.ANYONE,
        title=SCRIPT[:80],
        summary=SCRIPT,
        description=SCRIPT,
        agenda=f"18:30. {SCRIPT}",
        place=SCRIPT,
        place_hint=SCRIPT,
        access_note=SCRIPT,
        questions=(EventQuestionData(kind=QuestionKind.CHOICE, text=SCRIPT, choices=(SCRIPT, "No")),),
    )
    rsvps.answer(event_id=event.id, user_id=member, draft=RsvpDraftData(needs_note=SCRIPT))
    for person in (None, member):
        for page in (
            page_of(person, event, chapter),
            visit(person, "events", chapter.slug),
            visit(person, "chapter", chapter.slug),
        ):
            assert "<script>alert" not in markup_of(page)
            assert "<img src=x" not in markup_of(page)
    assert event.state is EventState.PUBLISHED
