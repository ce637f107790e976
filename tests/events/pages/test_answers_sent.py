"""Answers as they are sent from pages: what each comes to, sent twice, with mistakes, and by those who may not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone

from chapters.api import events, rsvps, series
from chapters.data import (
    ChapterData,
    EventData,
    EventOpenTo,
    EventQuestionData,
    QuestionKind,
    RsvpState,
    SeriesData,
    SeriesFrequency,
    SeriesRuleData,
)
from chapters.models import Event, Rsvp
from discussion_ext.data import MeetingMode
from tests.chapters.factories import make_account
from tests.chapters.page_visits import SCRIPT, browser, markup_of, send, visit, words_of
from tests.events.factories import make_draft, make_event, make_past_event, make_plan, make_rsvp, put_start

ACTS = ["event_answer", "event_decline", "event_offer", "event_keep", "event_series"]


def state_of(event: EventData, user_id: int) -> RsvpState | None:
    """Return what somebody's answer has come to, None where there is none."""
    found = rsvps.find_rsvp(event.id, user_id)
    return found.state if found is not None else None


def get_counts(event: EventData) -> tuple[int, int, int]:
    """Return how many seats are taken in the room and online, and how many people wait."""
    row = Event.objects.get(pk=event.id)
    return row.room_taken, row.online_taken, row.waiting


@pytest.fixture
def five_dates(chapter: ChapterData, lead: int) -> SeriesData:
    """Return a published series of five weekly dates."""
    plan = make_plan(room_capacity=5)
    rule = SeriesRuleData(
        frequency=SeriesFrequency.WEEKLY, starts_on=plan.starts_local.date(), at=plan.starts_local.time(), count=5
    )
    made = series.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=rule)
    return series.publish_series(series_id=made.id, actor_id=lead)


# -- coming ------------------------------------------------------------------------------------------------------------


def test_saying_that_one_comes_leads_back_to_the_seat(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=2, guests_most=2)
    sent = send(
        member,
        "event_answer",
        chapter.slug,
        event.id,
        come="offline",
        guests="1",
        needs_step_free="on",
        needs_note="A seat near the door",
    )
    assert sent.status_code == 302
    assert sent["Location"] == f"/chapters/{chapter.slug}/events/{event.id}/#seat"
    found = rsvps.find_rsvp(event.id, member)
    assert found is not None
    assert (found.state, found.guests, found.needs_step_free) == (RsvpState.GOING, 1, True)
    assert found.needs_note == "A seat near the door"
    assert get_counts(event) == (2, 0, 0)
    page = visit(member, "event", chapter.slug, event.id)
    assert "A seat near the door" in markup_of(page)
    assert "You have a seat, and so has your guest." in words_of(page)


def test_a_double_click_takes_one_seat(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=5)
    for _click in range(2):
        assert send(member, "event_answer", chapter.slug, event.id, come="offline").status_code == 302
    assert get_counts(event) == (1, 0, 0)
    for _click in range(2):
        assert send(member, "event_answer", chapter.slug, event.id, come="no").status_code == 302
    assert get_counts(event) == (0, 0, 0)
    assert state_of(event, member) is RsvpState.CANCELLED
    assert Rsvp.objects.filter(event_id=event.id).count() == 1


def test_going_online_instead_frees_the_seat_in_the_room(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, mode=MeetingMode.HYBRID, link="https://meet.example.org/x", room_capacity=1)
    make_rsvp(event, member)
    other = make_rsvp(event, state=RsvpState.WAITLISTED)
    send(member, "event_answer", chapter.slug, event.id, come="online")
    assert get_counts(event) == (1, 1, 0)
    assert state_of(event, other.user_id) is RsvpState.OFFERED


def test_somebody_who_is_no_member_comes_to_an_open_event(chapter: ChapterData, outsider: int) -> None:
    event = make_event(chapter, open_to=EventOpenTo.ANYONE)
    assert send(outsider, "event_answer", chapter.slug, event.id, come="offline").status_code == 302
    assert state_of(event, outsider) is RsvpState.GOING


def test_a_full_event_leads_into_the_line_and_out_of_it(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1)
    make_rsvp(event)
    send(member, "event_answer", chapter.slug, event.id, come="offline")
    assert state_of(event, member) is RsvpState.WAITLISTED
    left = send(member, "event_decline", chapter.slug, event.id)
    assert left["Location"].endswith("?done=left#seat")
    assert state_of(event, member) is RsvpState.NOT_COMING
    assert get_counts(event) == (1, 0, 0)
    assert "You left the line." in words_of(browser(member).get(left["Location"]))


def test_a_full_event_without_a_line_refuses_in_words_and_keeps_the_input(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1, has_waitlist=False)
    make_rsvp(event)
    page = send(member, "event_answer", chapter.slug, event.id, come="offline", needs_note="Near the door")
    assert page.status_code == 409
    assert "All seats are taken." in words_of(page)
    assert 'role="alert"' in markup_of(page)
    assert 'value="Near the door"' in markup_of(page)
    assert state_of(event, member) is None


def test_with_approval_one_asks_and_takes_it_back(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, needs_approval=True)
    send(member, "event_answer", chapter.slug, event.id, come="offline")
    assert state_of(event, member) is RsvpState.PENDING
    back = send(member, "event_decline", chapter.slug, event.id)
    assert back["Location"].endswith("?done=withdrawn#seat")
    assert state_of(event, member) is RsvpState.NOT_COMING


# -- what is asked -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asking(chapter: ChapterData) -> EventData:
    """Return an event that asks two questions, one of which is needed, and takes two guests each."""
    questions = (
        EventQuestionData(kind=QuestionKind.CHOICE, text="Do you bring a case?", choices=("Yes", "No"), is_needed=True),
        EventQuestionData(kind=QuestionKind.TEXT, text="What do you hope for?"),
    )
    return make_event(chapter, guests_most=2, questions=questions)


def test_mistakes_are_named_together_and_the_input_stays(chapter: ChapterData, member: int, asking: EventData) -> None:
    needed, free = events.list_questions(asking.id)
    fields = {"come": "offline", "guests": "9", "needs_note": "x" * 301, f"answer-{free.id}": "Courage"}
    page = send(member, "event_answer", chapter.slug, asking.id, **fields)
    words = words_of(page)
    assert page.status_code == 400
    assert "3 things have to be put right." in words
    assert "Guests you bring : You cannot bring so many people to this event." in words
    assert "Do you bring a case? : Answer this question." in words
    assert "Courage" in markup_of(page)
    assert re.search(r'value="offline"[^>]*checked', markup_of(page))
    for target in re.findall(r'<a href="#([^"]+)">', markup_of(page).partition('id="errors"')[2].partition("</ul>")[0]):
        assert f'id="{target}"' in markup_of(page), target
    assert markup_of(page).count('id="errors"') == 1
    assert state_of(asking, member) is None
    assert needed.is_needed


def test_answers_to_questions_are_kept_and_shown_again_to_who_gave_them(
    chapter: ChapterData, member: int, asking: EventData
) -> None:
    needed, free = events.list_questions(asking.id)
    send(
        member,
        "event_answer",
        chapter.slug,
        asking.id,
        come="offline",
        **{f"answer-{needed.id}": "Yes", f"answer-{free.id}": SCRIPT},
    )
    assert rsvps.list_own_answers(asking.id, member) == {needed.id: "Yes", free.id: SCRIPT}
    page = markup_of(visit(member, "event", chapter.slug, asking.id))
    assert re.search(r'value="Yes"[^>]*checked', page)
    assert "&lt;/script&gt;" in page
    assert "<script>alert" not in page
    other = markup_of(visit(make_rsvp(asking).user_id, "event", chapter.slug, asking.id))
    assert "alert(1)" not in other


def test_who_cannot_come_is_asked_nothing(chapter: ChapterData, member: int, asking: EventData) -> None:
    sent = send(member, "event_answer", chapter.slug, asking.id, come="no")
    assert sent.status_code == 302
    assert state_of(asking, member) is RsvpState.NOT_COMING


@pytest.mark.parametrize("come", ["", "hybrid", "online", "offline\x00", SCRIPT])
def test_what_is_no_way_to_come_is_refused(chapter: ChapterData, member: int, event: EventData, come: str) -> None:
    page = send(member, "event_answer", chapter.slug, event.id, come=come)
    assert page.status_code == 400
    assert "One thing has to be put right." in words_of(page)
    assert "<script>alert" not in markup_of(page)
    assert state_of(event, member) is None


# -- offers, moves -----------------------------------------------------------------------------------------------------


def test_an_offer_is_taken_once(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1)
    make_rsvp(event, member, state=RsvpState.OFFERED)
    for _click in range(2):
        assert send(member, "event_offer", chapter.slug, event.id, act="take").status_code == 302
    assert state_of(event, member) is RsvpState.GOING
    assert get_counts(event) == (1, 0, 0)


def test_a_passed_offer_goes_to_the_next(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1)
    make_rsvp(event, member, state=RsvpState.OFFERED)
    following = make_rsvp(event, state=RsvpState.WAITLISTED)
    sent = send(member, "event_offer", chapter.slug, event.id, act="pass")
    assert sent["Location"].endswith("?done=passed#seat")
    assert state_of(event, member) is RsvpState.PASSED
    assert state_of(event, following.user_id) is RsvpState.OFFERED


def test_a_lapsed_offer_is_not_taken(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1)
    make_rsvp(event, member, state=RsvpState.OFFERED, offer_until=timezone.now() - timedelta(minutes=1))
    page = send(member, "event_offer", chapter.slug, event.id, act="take")
    assert page.status_code == 409
    assert "This offer has lapsed" in words_of(page)
    assert state_of(event, member) is not RsvpState.GOING


def test_who_waits_may_come_online_instead(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, mode=MeetingMode.HYBRID, link="https://meet.example.org/x", room_capacity=1)
    make_rsvp(event)
    make_rsvp(event, member, state=RsvpState.WAITLISTED)
    assert send(member, "event_offer", chapter.slug, event.id, act="online").status_code == 302
    assert get_counts(event) == (1, 1, 0)


def test_an_offer_cannot_be_taken_by_who_was_offered_none(chapter: ChapterData, member: int, event: EventData) -> None:
    page = send(member, "event_offer", chapter.slug, event.id, act="take")
    assert page.status_code == 409
    assert "No seat is kept for you here." in words_of(page)
    assert state_of(event, member) in (None, RsvpState.NOT_COMING)


@pytest.fixture
def moved(chapter: ChapterData, lead: int, member: int, event: EventData) -> EventData:
    """Return an event that was moved by a week after the member took a seat."""
    make_rsvp(event, member)
    plan = events.get_plan(event.id)
    plan = replace(plan, starts_local=plan.starts_local + timedelta(days=7))
    events.change_event(event_id=event.id, actor_id=lead, plan=plan, revision=event.revision)
    return events.get_event(event.id)


def test_looking_at_a_move_answers_nothing(chapter: ChapterData, member: int, moved: EventData) -> None:
    for name in ("event", "event_keep"):
        visit(member, name, chapter.slug, moved.id)
    found = rsvps.find_rsvp(moved.id, member)
    assert found is not None
    assert found.must_answer


def test_a_seat_is_kept_at_the_new_time(chapter: ChapterData, member: int, moved: EventData) -> None:
    sent = send(member, "event_keep", chapter.slug, moved.id, act="keep")
    assert sent["Location"].endswith("?done=kept#seat")
    found = rsvps.find_rsvp(moved.id, member)
    assert found is not None
    assert not found.must_answer
    assert found.has_seat
    assert "You have a seat" in words_of(visit(member, "event", chapter.slug, moved.id))


def test_who_cannot_come_then_says_so_from_the_link_of_a_mail(
    chapter: ChapterData, member: int, moved: EventData
) -> None:
    assert send(member, "event_keep", chapter.slug, moved.id, act="decline").status_code == 302
    assert state_of(moved, member) is RsvpState.CANCELLED
    assert visit(member, "event_keep", chapter.slug, moved.id).status_code == 302


def test_a_reminder_leads_to_a_page_where_one_can_give_the_seat_back(
    chapter: ChapterData, member: int, event: EventData
) -> None:
    make_rsvp(event, member)
    page = visit(member, "event_keep", chapter.slug, event.id)
    assert "I cannot come" in words_of(page)
    assert "Keep my seat" not in words_of(page)


# -- series ------------------------------------------------------------------------------------------------------------


def test_one_press_answers_all_dates_and_another_stops(
    chapter: ChapterData, member: int, five_dates: SeriesData
) -> None:
    first = five_dates.dates[0].event
    page = visit(member, "event", chapter.slug, first.id)
    assert "Series, 1 of 5" in words_of(page)
    assert "Come to all that are left" in words_of(page)
    assert words_of(page).count("Nairobi time · 5 seats left") == 4  # of the other dates
    sent = send(member, "event_series", chapter.slug, first.id, act="come", come="offline")
    assert sent["Location"].endswith("?done=series#series")
    assert {state_of(card.event, member) for card in five_dates.dates} == {RsvpState.GOING}
    page = words_of(visit(member, "event", chapter.slug, first.id))
    assert page.count("You have a seat") == 6  # the card, and each of the five dates
    assert "I cannot come to any that are left" in page
    send(member, "event_series", chapter.slug, first.id, act="stop")
    assert {state_of(card.event, member) for card in five_dates.dates} == {RsvpState.CANCELLED}


def test_one_date_of_a_series_is_answered_by_itself(chapter: ChapterData, member: int, five_dates: SeriesData) -> None:
    third = five_dates.dates[2].event
    page = markup_of(visit(member, "event", chapter.slug, five_dates.dates[0].event.id))
    assert f"/events/{third.id}/answer/" in page
    send(member, "event_answer", chapter.slug, third.id, come="offline")
    assert [state_of(card.event, member) for card in five_dates.dates] == [None, None, RsvpState.GOING, None, None]


def test_all_dates_are_answered_as_the_one_before_one(chapter: ChapterData, lead: int, member: int) -> None:
    question = EventQuestionData(kind=QuestionKind.LINE, text="What is your case?", is_needed=True)
    plan = make_plan(questions=(question,), guests_most=1)
    rule = SeriesRuleData(
        frequency=SeriesFrequency.WEEKLY, starts_on=plan.starts_local.date(), at=plan.starts_local.time(), count=3
    )
    made = series.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=rule)
    dates = [card.event for card in series.publish_series(series_id=made.id, actor_id=lead).dates]
    second = dates[1]
    page = send(member, "event_series", chapter.slug, second.id, act="come", come="offline")
    assert page.status_code == 400
    assert "Answer it for one date, and then come to all." in words_of(page)
    assert {state_of(date, member) for date in dates} == {None}
    (asked,) = events.list_questions(second.id)
    said = {f"answer-{asked.id}": "A silent team", "guests": "1", "needs_step_free": "on"}
    assert send(member, "event_answer", chapter.slug, second.id, come="offline", **said).status_code == 302
    assert send(member, "event_series", chapter.slug, second.id, act="come", come="offline").status_code == 302
    for date in dates:
        found = rsvps.find_rsvp(date.id, member)
        assert found is not None
        assert (found.state, found.guests, found.needs_step_free) == (RsvpState.GOING, 1, True)
        assert list(rsvps.list_own_answers(date.id, member).values()) == ["A silent team"]


def test_a_series_is_not_entered_by_way_of_its_one_open_date(
    chapter: ChapterData, outsider: int, five_dates: SeriesData
) -> None:
    first = five_dates.dates[0].event
    Event.objects.filter(pk=first.id).update(open_to=EventOpenTo.ANYONE)
    page = visit(outsider, "event", chapter.slug, first.id)
    assert "Come to all that are left" not in words_of(page)
    sent = send(outsider, "event_series", chapter.slug, first.id, act="come", come="offline")
    assert sent.status_code == 403
    assert {state_of(card.event, outsider) for card in five_dates.dates} == {None}


# -- who, and how ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTS)
def test_get_changes_nothing(chapter: ChapterData, member: int, moved: EventData, name: str) -> None:
    before = list(Rsvp.objects.values().order_by("pk")), list(Event.objects.values().order_by("pk"))
    for query in ({}, {"act": "decline", "come": "no"}, {"act": "stop"}):
        assert visit(member, name, chapter.slug, moved.id, **query).status_code in (200, 405)
    assert (list(Rsvp.objects.values().order_by("pk")), list(Event.objects.values().order_by("pk"))) == before


@pytest.mark.parametrize("name", ACTS)
def test_answers_need_a_token_of_our_own_form(chapter: ChapterData, member: int, event: EventData, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(member).cookies
    sent = client.post(f"/chapters/{chapter.slug}/events/{event.id}/{name.partition('_')[2]}/", {"come": "offline"})
    assert sent.status_code == 403
    assert state_of(event, member) is None


def test_an_answer_may_be_as_long_here_as_elsewhere(chapter: ChapterData, member: int) -> None:
    question = EventQuestionData(kind=QuestionKind.LINE, text="What is your case?")
    event = make_event(chapter, questions=(question,))
    (asked,) = events.list_questions(event.id)
    values = {"come": "offline", f"answer-{asked.id}": "x" * 300}
    assert send(member, "event_answer", chapter.slug, event.id, **values).status_code == 302
    values[f"answer-{asked.id}"] += "x"
    assert send(member, "event_answer", chapter.slug, event.id, **values).status_code == 400


@pytest.mark.parametrize("name", ACTS)
def test_answers_ask_to_sign_in(chapter: ChapterData, event: EventData, name: str) -> None:
    sent = send(None, name, chapter.slug, event.id, come="offline")
    assert sent.status_code == 302
    assert sent["Location"].startswith("/login?next=")
    person = browser(make_account())
    assert person.get(unquote(sent["Location"].partition("next=")[2])).status_code != 405


@pytest.mark.parametrize("name", ACTS)
def test_strangers_answer_nothing_for_members(chapter: ChapterData, event: EventData, name: str) -> None:
    stranger = make_account()
    sent = send(stranger, name, chapter.slug, event.id, come="offline", act="take")
    assert sent.status_code == 403
    assert not Rsvp.objects.filter(user_id=stranger).exists()


@pytest.mark.parametrize("name", ["event_offer", "event_keep"])
def test_an_unknown_act_is_refused(chapter: ChapterData, member: int, event: EventData, name: str) -> None:
    make_rsvp(event, member)
    assert send(member, name, chapter.slug, event.id, act=SCRIPT).status_code == 400
    assert state_of(event, member) is RsvpState.GOING


def test_nobody_answers_what_is_over_or_not_published(chapter: ChapterData, lead: int, member: int) -> None:
    over, draft = make_past_event(chapter), make_draft(chapter, actor_id=lead)
    assert send(member, "event_answer", chapter.slug, over.id, come="offline").status_code == 403
    assert send(member, "event_answer", chapter.slug, draft.id, come="offline").status_code == 404
    assert send(lead, "event_answer", chapter.slug, draft.id, come="offline").status_code == 403
    assert not Rsvp.objects.exists()


def test_answers_are_limited_in_number(chapter: ChapterData, member: int, event: EventData, settings: Any) -> None:
    settings.CHAPTERS_ACT_LIMITS = {"attend": "2/h"}
    sent = [send(member, "event_answer", chapter.slug, event.id, come="offline").status_code for _each in range(3)]
    assert sent == [302, 302, 429]


def test_a_seat_is_given_back_after_answers_closed(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, closes_minutes=600)
    put_start(event, timezone.now() + timedelta(hours=5))
    make_rsvp(event, member)
    assert send(member, "event_decline", chapter.slug, event.id).status_code == 302
    assert state_of(event, member) is RsvpState.CANCELLED


def test_an_offer_is_taken_after_answers_closed(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, room_capacity=1, closes_minutes=2880)
    other = make_rsvp(event)
    make_rsvp(event, member, state=RsvpState.WAITLISTED)
    put_start(event, timezone.now() + timedelta(hours=30))
    rsvps.decline(event_id=event.id, user_id=other.user_id)
    assert state_of(event, member) is RsvpState.OFFERED
    assert "Take the seat" in words_of(visit(member, "event", chapter.slug, event.id))
    assert send(member, "event_offer", chapter.slug, event.id, act="take").status_code == 302
    assert state_of(event, member) is RsvpState.GOING


def test_a_change_is_acknowledged(chapter: ChapterData, member: int) -> None:
    event = make_event(chapter, guests_most=1)
    send(member, "event_answer", chapter.slug, event.id, come="offline")
    sent = send(member, "event_answer", chapter.slug, event.id, come="offline", guests="1")
    assert sent["Location"].endswith("?done=changed#seat")
    assert "Saved." in words_of(browser(member).get(sent["Location"]))
