"""Who comes is reminded of the start as it is: once, not too late, and not of what they have just read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from chapters.data import EventState, RsvpState
from chapters.events import crowds, reminders
from chapters.events.reminders import list_reminders
from chapters.models import Event, EventNotice, EventUnit, Rsvp
from people import api as people
from people.models import Errand, NewsItem
from tests.events.news.conftest import (
    DAY,
    EVENING,
    HOUR,
    answer,
    call_off,
    carry,
    letters,
    move_event,
    plan_event,
    remind,
)

BEFORE = EVENING - DAY  # 19:00 on the day before, in Nairobi
SOON = EVENING - 2 * HOUR
SAID = "Nairobi evening chapter: “Ask first” begins on Thu 3 Dec, 19:00, Nairobi time."


def test_on_the_evening_before_and_two_hours_ahead(clock, amina):
    seen = []
    for now in (BEFORE - HOUR / 60, BEFORE, SOON - HOUR / 60, SOON, EVENING, EVENING + HOUR):
        clock.set(now)
        remind()
        seen.append(len(letters(amina.user_id)))
    assert seen == [0, 1, 1, 2, 2, 2]
    assert letters(amina.user_id) == [SAID, SAID]


def test_a_run_that_is_repeated_reminds_once(clock, amina):
    clock.set(BEFORE)
    for _ in range(3):
        remind()
    assert len(letters(amina.user_id)) == 1


def test_a_run_that_dies_after_the_notice_reminds_once(clock, amina, monkeypatch):
    """The notice and its errand stand in one transaction; the errand that died half-way is begun again."""
    clock.set(BEFORE)
    people.run_job("chapters.remind_of_events")
    facts = Errand.objects.get(kind="chapters.tell_attendees").facts

    crowds.tell_crowd(facts)  # done, but the runner dies before it can say so
    people.run_job("chapters.remind_of_events")
    remind()
    assert len(letters(amina.user_id)) == 1
    assert NewsItem.objects.filter(kind="event_reminder").count() == 1


def test_a_run_that_dies_before_its_errand_leaves_no_notice(clock, amina, monkeypatch):
    clock.set(BEFORE)

    def die(*_args, **_facts):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(people, "add_errand", die)
        with pytest.raises(KeyboardInterrupt):
            people.run_job("chapters.remind_of_events")
    assert not EventNotice.objects.exists()
    remind()
    assert len(letters(amina.user_id)) == 1


def test_two_runs_at_once_leave_one_notice(clock, amina, monkeypatch):
    """Both have seen that nothing was begun: the row that is there refuses the second."""
    clock.set(BEFORE)
    (batch,) = [each for each in reminders._iterate_due(clock.now) if each]
    assert [reminders._begin(due) for due in (*batch, *batch)] == [True, False]
    carry()
    assert len(letters(amina.user_id)) == 1


@pytest.mark.parametrize(("back_at", "expected"), [(SOON - HOUR / 60, 1), (SOON + HOUR, 1), (EVENING, 0)])
def test_after_an_outage_one_reminder_and_none_after_the_start(clock, amina, back_at, expected):
    clock.set(back_at)
    remind()
    assert len(letters(amina.user_id)) == expected


def test_a_worker_that_was_down_until_the_start_sends_nothing(clock, amina):
    clock.set(SOON)
    people.run_job("chapters.remind_of_events")
    people.run_errands()
    people.compose_news(now=clock.now)
    clock.set(EVENING + HOUR / 60)
    people.process_deliveries(now=clock.now)
    assert not mail.outbox


def test_a_moved_event_reminds_anew(clock, event, amina):
    clock.set(BEFORE)
    remind()
    clock.set(BEFORE + HOUR)
    move_event(event, EVENING + 7 * DAY)
    clock.set(BEFORE + 7 * DAY)
    remind()
    assert letters(amina.user_id) == [SAID, SAID.replace("3 Dec", "10 Dec")]


def test_a_reminder_that_waits_when_the_event_is_moved_is_not_sent(clock, event, amina):
    clock.set(BEFORE)
    people.run_job("chapters.remind_of_events")
    people.run_errands()
    people.compose_news(now=clock.now)
    move_event(event, EVENING + DAY)
    people.process_deliveries(now=clock.now)
    assert not mail.outbox


def test_who_comes_late_is_reminded(clock, event, amina):
    """After the evening before has been reminded of, somebody says yes: they are reminded two hours ahead."""
    clock.set(BEFORE)
    remind()
    clock.set(BEFORE + HOUR)
    late = answer(event)
    remind()
    assert letters(late.user_id) == []
    clock.set(SOON)
    remind()
    assert (len(letters(late.user_id)), len(letters(amina.user_id))) == (1, 2)


def test_who_came_in_during_an_outage_has_just_read_when_it_is(clock, event, amina):
    """The reminder of 19:00 goes out at 21:00; who said yes at 20:00 has the confirmation, and the later reminder."""
    clock.set(BEFORE + HOUR)
    late = answer(event)
    clock.set(BEFORE + 2 * HOUR)
    remind()
    assert (letters(amina.user_id), letters(late.user_id)) == ([SAID], [])
    clock.set(SOON)
    remind()
    assert letters(late.user_id) == [SAID]


@pytest.mark.parametrize("step", ["publish", "move", "restore"])
def test_what_comes_into_the_window_reminds_nobody_at_once(clock, chapter, step):
    into = BEFORE + 3 * HOUR
    if step == "publish":
        event = plan_event(chapter, published_at=into, timed_at=into)
    else:
        event = plan_event(chapter, EVENING + (9 * DAY if step == "move" else timedelta()))
    mine = answer(event)
    clock.set(into)
    if step == "move":
        move_event(event, EVENING)
    if step == "restore":
        Event.objects.update(timed_at=into)
    remind()
    assert letters(mine.user_id) == []
    clock.set(SOON)
    remind()
    assert letters(mine.user_id) == [SAID]


@pytest.mark.parametrize("state", [state for state in RsvpState if state is not RsvpState.GOING])
def test_only_who_has_a_seat_is_reminded(clock, event, state):
    mine = answer(event, state=state)
    for now in (BEFORE, SOON):
        clock.set(now)
        remind()
    assert letters(mine.user_id) == []


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CANCELLED])
def test_what_does_not_take_place_is_not_reminded_of(clock, event, amina, state):
    Event.objects.update(state=state)
    clock.set(BEFORE)
    remind()
    assert not mail.outbox


@pytest.mark.parametrize("change", ["gives back", "called off"])
def test_who_cannot_come_any_more_gets_nothing_though_it_waits(clock, event, amina, change):
    clock.set(BEFORE)
    people.run_job("chapters.remind_of_events")
    people.run_errands()
    people.compose_news(now=clock.now)
    if change == "gives back":
        Rsvp.objects.update(state=RsvpState.CANCELLED)
    else:
        call_off(event)
    people.process_deliveries(now=clock.now)
    assert not mail.outbox


ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 3, 29), date(2027, 10, 31), date(2027, 11, 1)])
def test_seven_on_the_evening_before_over_both_changes_of_the_clock(settings, day):
    """Clocks go forward on 28 March 2027 and back on 31 October: 19:00 is 19:00."""
    settings.CHAPTERS_REMIND_HOURS = 2
    starts_at = datetime.combine(day, time(12), tzinfo=ZONE).astimezone(UTC)
    evening, ahead = list_reminders(starts_at, ZONE)
    local = evening.due_at.astimezone(ZONE)
    assert (local.date(), f"{local:%H:%M}") == (day - DAY, "19:00")
    assert starts_at - ahead.due_at == 2 * HOUR  # on a clock that runs on


@pytest.mark.parametrize(
    ("at", "hours", "names"),
    [("19:00", 2, ["day", "hours"]), ("", 2, ["hours"]), ("19:00", 0, ["day"]), ("", 0, []), ("19:00", 30, ["hours"])],
)
def test_a_site_chooses_its_reminders(settings, at, hours, names):
    settings.CHAPTERS_REMIND_AT, settings.CHAPTERS_REMIND_HOURS = at, hours
    assert [each.name for each in list_reminders(EVENING, ZoneInfo("Africa/Nairobi"))] == names


def test_an_hour_that_does_not_exist_on_the_day_before(settings):
    """02:30 on 28 March 2027 is skipped in Amsterdam: the reminder comes at 03:30, once."""
    settings.CHAPTERS_REMIND_AT = "02:30"
    (evening, _ahead) = list_reminders(datetime(2027, 3, 29, 18, tzinfo=ZONE).astimezone(UTC), ZONE)
    assert f"{evening.due_at.astimezone(ZONE):%H:%M}" == "03:30"


def test_what_to_prepare_where_and_how_to_give_the_seat_back(clock, event, amina):
    EventUnit.objects.create(
        event=event, usage_key="block-v1:a+b+c+type@vertical+block@d", title="Hard talks", minutes=20
    )
    clock.set(BEFORE)
    remind()
    (message,) = mail.outbox
    assert "To prepare: Hard talks (about 20 minutes)" in message.body
    assert "Where: Kahawa House" in message.body
    page = people.absolute_url(f"/chapters/{event.chapter.slug}/events/{event.pk}/keep/")
    assert f"I cannot come: {page}" in message.body


def test_the_day_has_a_fixed_number_of_queries(clock, chapter, django_assert_max_num_queries):
    """Thousands of evenings that were reminded of cost a few queries a hundred."""
    for _ in range(30):
        answer(plan_event(chapter))
    clock.set(BEFORE)
    remind()
    assert EventNotice.objects.count() == 30
    with django_assert_max_num_queries(20):
        people.run_job("chapters.remind_of_events")


def test_a_reader_far_away_sees_both_clocks(clock, event):
    far = answer(event, zone="America/New_York")
    clock.set(BEFORE)
    remind()
    (message,) = mail.outbox
    assert letters(far.user_id) == [SAID.replace("19:00, Nairobi", "11:00, New York")]
    assert (
        "When: Thu 3 Dec, 11:00–13:00, New York time (by the clock of the event: Thu 3 Dec, 19:00–21:00, Nairobi time)"
        in message.body
    )


@pytest.mark.parametrize(("begins", "expected"), [(8, 1), (6, 0)])
def test_nobody_is_woken_for_a_reminder_and_none_comes_after_the_start(clock, chapter, settings, begins, expected):
    """Quiet hours end at 07:00: what begins at eight is reminded of then, what began at six is not any more."""
    settings.PEOPLE_QUIET_HOURS = ["21:00", "07:00"]
    settings.CHAPTERS_REMIND_AT = ""
    start = EVENING + (24 - 19 + begins) * HOUR
    mine = answer(plan_event(chapter, start))
    for quarter in range(4 * 5):
        clock.set(start - 2 * HOUR + quarter * HOUR / 4)
        remind()
    assert len(letters(mine.user_id)) == expected
