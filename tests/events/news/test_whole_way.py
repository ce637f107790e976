"""From what organizers and members do to what lands in whose mailbox, through the apis that pages use."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.core import mail

from chapters.api import events, rsvps, series
from chapters.data import RsvpDraftData, RsvpState, SeriesFrequency, SeriesRuleData
from chapters.models import Event, Rsvp
from people import api as people
from tests.chapters.factories import make_account, make_member, make_organizer
from tests.events.factories import make_draft, make_event, make_plan
from tests.events.news.conftest import DAY, EVENING, HOUR, carry, letters, remind

NAME = "Nairobi evening chapter"
LOCAL = EVENING.replace(tzinfo=None) + 3 * HOUR  # 19:00 on the wall


@pytest.fixture
def lead(chapter):
    """Return the organizer."""
    return make_organizer(chapter)


@pytest.fixture
def evening(chapter, lead):
    """Return an evening with one seat, published."""
    return make_event(chapter, actor_id=lead, title="Ask first", starts_local=LOCAL, room_capacity=1)


@pytest.fixture
def people_of(chapter):
    """Return a way to make members."""

    def make(count):
        ids = [make_member(chapter, make_account("Amina Yusuf")).user_id for _ in range(count)]
        for user_id in ids:
            people.set_preferences(user_id=user_id, zone="Africa/Nairobi")
        return ids

    return make


def say_yes(event, user_id):
    """Let somebody answer that they come."""
    return rsvps.answer(event_id=event.id, user_id=user_id, draft=RsvpDraftData())


def said(user_id):
    """Return what somebody was told, without the chapter's name."""
    return [each.removeprefix(f"{NAME}: ") for each in letters(user_id)]


def test_seat_line_offer_and_calling_off(clock, evening, lead, people_of):
    first, second, third = people_of(3)
    for user_id in (first, second, third):
        say_yes(evening, user_id)
    carry()
    assert said(first) == ["You have a seat at “Ask first”."]
    assert said(second) == said(third) == ["You are in line for “Ask first”."]
    rsvps.decline(event_id=evening.id, user_id=first)
    carry()
    assert said(second)[1:] == ["A seat at “Ask first” is kept for you."]
    assert len(said(third)) == 1
    clock.set(clock.now + 49 * HOUR)
    people.run_job("chapters.tend_events")
    carry()
    assert said(second)[2:] == ["The seat at “Ask first” that was kept for you went to the next in line."]
    assert said(third)[1:] == ["A seat at “Ask first” is kept for you."]
    fourth = people_of(1)[0]
    say_yes(evening, fourth)
    events.cancel_event(event_id=evening.id, actor_id=lead, reason="The room is flooded")
    carry()
    carry()
    off = "“Ask first” is called off."
    assert said(third)[2:] == [off]
    assert said(fourth) == [off]  # the mail of the line was not worth sending any more
    assert off not in said(first) + said(second)
    clock.set(EVENING - DAY)
    remind()
    clock.set(EVENING - 2 * HOUR)
    remind()
    assert [len(said(each)) for each in (first, second, third, fourth)] == [1, 3, 3, 1]


def test_restored_on_the_same_day(clock, evening, lead, people_of):
    (mine,) = people_of(1)
    say_yes(evening, mine)
    carry()
    events.cancel_event(event_id=evening.id, actor_id=lead, reason="A mistake")
    carry()
    clock.set(clock.now + HOUR)
    events.restore_event(event_id=evening.id, actor_id=lead)
    carry()
    assert said(mine)[1:] == ["“Ask first” is called off.", "“Ask first” takes place after all."]
    clock.set(EVENING - DAY)
    remind()
    assert len(said(mine)) == 4


@pytest.mark.parametrize(("minutes", "count"), [(10, 0), (60, 1)])
def test_moved_by_the_organizer_and_reminded_of_the_new_start(clock, evening, lead, people_of, minutes, count):
    (mine,) = people_of(1)
    say_yes(evening, mine)
    carry()
    clock.set(EVENING - DAY)
    remind()
    plan = replace(events.get_plan(evening.id), starts_local=LOCAL + timedelta(minutes=minutes))
    clock.set(EVENING - DAY + HOUR)
    now = events.change_event(
        event_id=evening.id, actor_id=lead, plan=plan, revision=events.get_event(evening.id).revision
    )
    for _ in range(2):
        remind()
    assert said(mine)[2:] == ["“Ask first” has another time."] * count
    clock.set(now.starts_at - 2 * HOUR)
    remind()
    assert len(said(mine)) == 3 + count


def test_small_moves_add_up(clock, evening, lead, people_of):
    (mine,) = people_of(1)
    say_yes(evening, mine)
    carry()
    for minutes in (8, 16):
        plan = replace(events.get_plan(evening.id), starts_local=LOCAL + timedelta(minutes=minutes))
        revision = events.get_event(evening.id).revision
        events.change_event(event_id=evening.id, actor_id=lead, plan=plan, revision=revision)
        carry()
    assert said(mine)[1:] == ["“Ask first” has another time."]
    assert "It was planned for Thu 3 Dec, 19:00, Nairobi time" in mail.outbox[-1].body


def test_published_into_the_window(clock, chapter, lead, people_of):
    """On the evening before at 20:00: no reminder at once, and one two hours ahead."""
    (mine,) = people_of(1)
    draft = make_draft(chapter, actor_id=lead, title="Ask first", starts_local=LOCAL)
    clock.set(EVENING - DAY + HOUR)
    event = events.publish_event(event_id=draft.id, actor_id=lead)
    say_yes(event, mine)
    remind()
    assert said(mine) == ["You have a seat at “Ask first”."]
    clock.set(EVENING - 2 * HOUR)
    remind()
    assert len(said(mine)) == 2


def test_who_left_the_chapter_gets_nothing(clock, evening, people_of):
    (mine,) = people_of(1)
    say_yes(evening, mine)
    carry()
    rsvps.release_person(mine)
    clock.set(EVENING - DAY)
    remind()
    assert len(said(mine)) == 1


@pytest.fixture
def evenings(chapter, lead):
    """Return a published series of three Thursdays."""
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=LOCAL.date(), at=time(19), count=3)
    made = series.create_series(
        chapter_id=chapter.id, actor_id=lead, plan=make_plan(title="Ask first", starts_local=LOCAL), rule=rule
    )
    return series.publish_series(series_id=made.id, actor_id=lead)


def test_a_series_is_one_mail_for_the_answer_and_one_for_each_change(clock, evenings, lead, people_of):
    whole, once = people_of(2)
    states = rsvps.answer_series(series_id=evenings.id, user_id=whole, draft=RsvpDraftData())
    assert set(states.values()) == {RsvpState.GOING}
    last = evenings.dates[2].event
    say_yes(last, once)
    carry()
    assert said(whole) == ["You answered 3 dates of “Ask first”."]
    second = evenings.dates[1].event
    plan = replace(events.get_plan(second.id), starts_local=second.starts_local + HOUR)
    revision = events.get_event(second.id).revision
    series.change_following(event_id=second.id, actor_id=lead, plan=plan, revision=revision)
    carry()
    assert said(whole)[1:] == ["2 dates of “Ask first” have another time or place."]
    assert said(once)[1:] == ["1 date of “Ask first” has another time or place."]
    series.cancel_following(event_id=second.id, actor_id=lead, reason="Holidays")
    carry()
    assert said(whole)[2:] == ["2 dates of “Ask first” are called off."]
    assert said(once)[2:] == ["1 date of “Ask first” is called off."]
    assert Event.objects.filter(state="cancelled").count() == 2
    assert Rsvp.objects.filter(user_id=whole, state=RsvpState.GOING).count() == 3


def test_clocks_that_change_within_a_series(clock, chapter, lead, people_of, settings):
    """Thursdays at 19:00 in Amsterdam over the change of 28 March 2027: the evening before at 19:00 on that wall."""
    start = LOCAL.replace(year=2027, month=3, day=25)
    clock.set(EVENING.replace(year=2027, month=3, day=20))
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=start.date(), at=time(19), count=2)
    made = series.create_series(
        chapter_id=chapter.id,
        actor_id=lead,
        plan=make_plan(title="Ask first", starts_local=start, zone="Europe/Amsterdam"),
        rule=rule,
    )
    dates = [each.event for each in series.publish_series(series_id=made.id, actor_id=lead).dates]
    (mine,) = people_of(1)
    people.set_preferences(user_id=mine, zone="Europe/Amsterdam")
    rsvps.answer_series(series_id=made.id, user_id=mine, draft=RsvpDraftData())
    carry()
    assert [f"{each.starts_at:%d %H:%M}" for each in dates] == ["25 18:00", "01 17:00"]
    for event in dates:
        before = len(said(mine))
        due = event.starts_at - DAY  # both days have 24 hours; what changed is the instant
        for now, count in ((due - HOUR / 60, 0), (due, 1)):
            clock.set(now)
            remind()
            assert len(said(mine)) == before + count
        assert "19:00, Amsterdam time" in said(mine)[-1]
        clock.set(event.starts_at - 2 * HOUR)
        remind()
