"""What people are told of their seats and of the schedule: in words, once, and only while it is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from chapters.api import event_results, membership
from chapters.data import RsvpState
from chapters.events import crowds, news, news_table
from chapters.events.news_kinds import EventNews
from chapters.events.reading import get_event
from chapters.models import (
    Event,
    EventHost,
    EventMail,
    EventResult,
    EventSeries,
    EventSurvey,
    PresenceRequest,
    Rsvp,
)
from discussion_ext.data import AttendanceState, MeetingMode
from discussion_ext.models import Attendance
from people import api as people
from people import news_kinds
from people.models import Delivery, Errand, NewsItem
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer
from tests.events.news.conftest import (
    DAY,
    EVENING,
    HOUR,
    address_of,
    answer,
    call_off,
    carry,
    letters,
    move_event,
    plan_event,
    remind,
    restore,
)

CHAPTER = "Nairobi evening chapter"

# -- seats and answers -------------------------------------------------------------------------------------------------

ANSWERS = [
    ("tell_confirmed", RsvpState.GOING, "You have a seat at “Ask first”."),
    ("tell_added", RsvpState.GOING, "The organizers gave you a seat at “Ask first”."),
    ("tell_added", RsvpState.WAITLISTED, "The organizers put you in line for “Ask first”."),
    ("tell_pending", RsvpState.PENDING, "Your request to come to “Ask first” is with its organizers."),
    ("tell_approved", RsvpState.GOING, "You were approved: you have a seat at “Ask first”."),
    ("tell_approved", RsvpState.WAITLISTED, "You were approved, and are in line for “Ask first”."),
    ("tell_refused", RsvpState.DECLINED, "The organizers of “Ask first” did not approve your request."),
    ("tell_in_line", RsvpState.WAITLISTED, "You are in line for “Ask first”."),
    ("tell_removed", RsvpState.REMOVED, "The organizers took you off the list of “Ask first”."),
]


@pytest.mark.parametrize(("tell", "state", "said"), ANSWERS)
def test_an_answer_is_told_once_for_each_time_it_came_to_that(clock, event, tell, state, said):
    mine = answer(event, state=state, note="Bring a friend next time")
    for _ in range(2):
        getattr(news, tell)(event, mine)
    carry()
    assert letters(mine.user_id) == [f"{CHAPTER}: {said}"]
    clock.set(clock.now + HOUR)
    again = answer(event, mine.user_id, state=state)
    getattr(news, tell)(event, again)
    carry()
    assert len(letters(mine.user_id)) == 2


@pytest.mark.parametrize(("tell", "state", "said"), ANSWERS)
def test_an_answer_that_is_another_by_now_is_not_told(event, tell, state, said):
    mine = answer(event, state=state)
    getattr(news, tell)(event, mine)
    Rsvp.objects.update(state=RsvpState.CANCELLED)
    carry()
    assert not mail.outbox


@pytest.mark.parametrize("state", [RsvpState.DECLINED, RsvpState.REMOVED])
def test_what_organizers_wrote_is_quoted(event, state):
    mine = answer(event, state=state, note="It is for <b>new</b> members")
    (news.tell_refused if state is RsvpState.DECLINED else news.tell_removed)(event, mine)
    carry()
    (message,) = mail.outbox
    assert "They wrote: “It is for <b>new</b> members”" in message.body
    html = str(message.alternatives[0][0])
    assert "&lt;b&gt;new&lt;/b&gt;" in html
    assert "<b>new" not in html


def test_an_offer_says_until_when_on_the_readers_clock_and_each_is_told_once(clock, event):
    mine = answer(event, state=RsvpState.OFFERED, zone="Asia/Shanghai", offers=1, offer_until=clock.now + 2 * DAY)
    for _ in range(2):
        news.tell_offer(event, mine)
    carry()
    assert letters(mine.user_id) == [f"{CHAPTER}: A seat at “Ask first” is kept for you."]
    assert "Take it by Mon 30 Nov, 00:00, Shanghai time." in mail.outbox[0].body
    mine.offers, mine.offer_until = 2, clock.now + 3 * DAY
    mine.save()
    news.tell_offer(event, mine)
    carry()
    assert len(letters(mine.user_id)) == 2


def test_an_offer_names_what_else_is_at_that_time(clock, chapter, event):
    other = plan_event(chapter, title="Reading circle")
    mine = answer(event, state=RsvpState.OFFERED, offers=1, offer_until=clock.now + DAY)
    news.tell_offer(event, mine, overlap_id=other.pk)
    carry()
    assert "At that time you have a seat at “Reading circle” as well." in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"state": "passed"}, {"offers": 2}, {"offer_until": EVENING - 6 * DAY}])
def test_an_offer_that_is_over_is_not_told(clock, event, change):
    mine = answer(event, state=RsvpState.OFFERED, offers=1, offer_until=clock.now + DAY)
    news.tell_offer(event, mine)
    Rsvp.objects.update(**change)
    carry()
    assert not mail.outbox


@pytest.mark.parametrize(("state", "count"), [(RsvpState.LAPSED, 1), (RsvpState.WAITLISTED, 0)])
def test_an_offer_that_lapsed(event, state, count):
    mine = answer(event, state=RsvpState.LAPSED, offers=1)
    news.tell_offer_lapsed(event, mine)
    Rsvp.objects.update(state=state)
    carry()
    assert len(letters(mine.user_id)) == count


def test_the_open_round_is_told_once_for_a_start(clock, event):
    line = [answer(event, state=RsvpState.WAITLISTED).user_id for _ in range(3)]
    assert news.tell_open_round(event, line[:2]) == 2
    assert news.tell_open_round(event, line) == 1
    carry()
    assert [len(letters(user_id)) for user_id in line] == [1, 1, 1]
    move_event(event, EVENING + DAY)
    assert news.tell_open_round(event, line) == 3
    Rsvp.objects.filter(user_id=line[0]).update(state=RsvpState.GOING)
    carry()
    assert [len(letters(user_id)) for user_id in line] == [1, 2, 2]


def test_telling_one_person_costs_an_insert(event, amina):
    """It happens under the event's lock."""
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        news.tell_confirmed(event, amina)
    assert [each["sql"].split()[0] for each in seen] == ["SAVEPOINT", "INSERT", "RELEASE"]


# -- the schedule ------------------------------------------------------------------------------------------------------

CONCERNED = (RsvpState.PENDING, RsvpState.WAITLISTED, RsvpState.OFFERED, RsvpState.GOING)


def test_everybody_with_a_seat_or_in_line_is_told_once_that_it_is_called_off(event):
    by_state = {state: answer(event, state=state).user_id for state in RsvpState}
    off = call_off(event)
    for _ in range(2):
        news.tell_called_off(off)
    carry()
    carry()
    told = {state for state, user_id in by_state.items() if letters(user_id)}
    assert told == set(CONCERNED)
    assert {subject for user_id in by_state.values() for subject in letters(user_id)} == {
        f"{CHAPTER}: “Ask first” is called off."
    }
    assert len(mail.outbox) == len(CONCERNED)
    assert "The reason: The room is flooded" in mail.outbox[0].body
    assert "Kahawa House" not in mail.outbox[0].body


def test_many_are_told_in_batches_each_in_a_mail_of_their_own(event, monkeypatch):
    monkeypatch.setattr(crowds, "_BATCH", 7)
    readers = [answer(event).user_id for _ in range(30)]
    news.tell_called_off(call_off(event))
    carry()
    assert [len(letters(user_id)) for user_id in readers] == [1] * 30
    assert all(len(message.recipients()) == 1 for message in mail.outbox)


def test_calling_off_is_one_row_in_the_transaction_whoever_comes(event):
    for _ in range(3):
        answer(event)
    off = call_off(event)
    with CaptureQueriesContext(connection) as few:
        news.tell_called_off(off)
    for _ in range(30):
        answer(event)
    Errand.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        news.tell_called_off(off)
    assert len(many) == len(few)
    assert not NewsItem.objects.exists()


def test_a_worker_that_dies_in_between_tells_the_others_and_nobody_twice(event, monkeypatch):
    monkeypatch.setattr(crowds, "_BATCH", 5)
    readers = [answer(event).user_id for _ in range(12)]
    news.tell_called_off(call_off(event))
    add, calls = people.add_news_for_many, []

    def die_at_the_second(items, **facts):
        calls.append(len(items))
        if len(calls) == 2:
            raise RuntimeError
        return add(items, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(people, "add_news_for_many", die_at_the_second)
        people.run_errands()
    assert NewsItem.objects.count() == 5
    Errand.objects.update(due_at=timezone.now())
    carry()
    assert [len(letters(user_id)) for user_id in readers] == [1] * 12


def test_of_calling_off_and_restoring_only_the_last_is_told(event, amina):
    news.tell_called_off(call_off(event))
    news.tell_restored(restore(event))
    news.tell_called_off(call_off(event))
    carry()
    assert letters(amina.user_id) == [f"{CHAPTER}: “Ask first” is called off."]
    news.tell_restored(restore(event))
    carry()
    assert letters(amina.user_id)[1:] == [f"{CHAPTER}: “Ask first” takes place after all."]


@pytest.mark.parametrize(
    ("minutes", "place", "said"),
    [
        (0, "Kahawa House", ""),
        (14, "Kahawa House", ""),
        (15, "Kahawa House", "“Ask first” has another time."),
        (-15, "Kahawa House", "“Ask first” has another time."),
        (0, "The library", "“Ask first” has another place."),
        (60, "The library", "“Ask first” has another time and another place."),
    ],
)
def test_a_move_is_told_from_a_quarter_of_an_hour_on_or_to_another_place(event, amina, minutes, place, said):
    before, after = move_event(event, EVENING + timedelta(minutes=minutes), place=place)
    assert news.tell_moved(before, after) is bool(said)
    carry()
    assert letters(amina.user_id) == ([f"{CHAPTER}: {said}"] if said else [])
    if said:
        assert f"Where: {place}" in mail.outbox[0].body


def test_a_move_shows_both_clocks_and_leads_to_a_page_with_a_button(clock, event):
    mine = answer(event, zone="America/New_York")
    news.tell_moved(*move_event(event, EVENING + DAY))
    carry()
    (message,) = mail.outbox
    assert (
        "When: Fri 4 Dec, 11:00–13:00, New York time (by the clock of the event: Fri 4 Dec, 19:00–21:00, Nairobi time)"
    ) in message.body
    assert "It was planned for Thu 3 Dec, 11:00, New York time" in message.body
    assert f"/events/{event.pk}/keep/" in message.body
    assert letters(mine.user_id)


def test_of_two_moves_that_wait_the_last_is_told(event, amina):
    news.tell_moved(*move_event(event, EVENING + DAY))
    news.tell_moved(*move_event(event, EVENING + 2 * DAY))
    carry()
    assert len(letters(amina.user_id)) == 1
    assert "Sat 5 Dec" in mail.outbox[0].body


def test_a_place_that_is_hidden_and_a_link_are_in_no_mail_to_those_in_line(chapter):
    event = plan_event(chapter, mode=MeetingMode.HYBRID, is_place_hidden=True)
    answer(event, state=RsvpState.WAITLISTED)
    news.tell_moved(*move_event(event, EVENING + DAY))
    carry()
    (message,) = mail.outbox
    for text in (message.body, str(message.alternatives[0][0])):
        assert "Kahawa House" not in text
        assert "meet.example.org" not in text
    assert "the place is told to who has a seat" in message.body


def test_a_place_that_is_hidden_is_in_no_mail_where_some_join_by_call(chapter):
    event = plan_event(chapter, mode=MeetingMode.HYBRID, is_place_hidden=True)
    answer(event, mode=MeetingMode.ONLINE)
    news.tell_moved(*move_event(event, EVENING + DAY))
    carry()
    assert "Kahawa House" not in mail.outbox[0].body


def test_who_moved_it_is_not_told(event, amina):
    before, after = move_event(event, EVENING + DAY)
    news.tell_moved(before, after, actor_id=amina.user_id)
    carry()
    assert not mail.outbox


def test_nobody_is_told_of_what_was_over_when_the_mail_went_out(clock, event, amina):
    news.tell_called_off(call_off(event))
    clock.set(EVENING + 3 * HOUR)
    carry()
    assert not mail.outbox


# -- series ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def dates(chapter):
    """Return three dates of a series, a week apart."""
    series = EventSeries.objects.create(
        chapter_id=chapter.id, title="Ask first", frequency="weekly", starts_on="2026-12-03", at="19:00", count=3
    )
    return [plan_event(chapter, EVENING + week * 7 * DAY, series=series) for week in range(3)]


def test_dates_that_were_moved_are_one_mail_for_a_person_with_their_own_dates(dates):
    every, last = answer(dates[0]).user_id, answer(dates[2]).user_id
    for row in dates[1:]:
        answer(row, every)
    changes = [move_event(row, row.starts_at + HOUR) for row in dates]
    for _ in range(2):
        news.tell_series_changed(dates[0].series_id, changes, batch="r2")
    carry()
    assert letters(every) == [f"{CHAPTER}: 3 dates of “Ask first” have another time or place."]
    assert letters(last) == [f"{CHAPTER}: 1 date of “Ask first” has another time or place."]
    (message,) = [each for each in mail.outbox if "3 dates" in each.subject]
    assert "Thu 10 Dec, 20:00–22:00, Nairobi time (before: Thu 10 Dec, 19:00)" in message.body


def test_dates_that_are_called_off_are_one_mail(dates):
    mine = answer(dates[0]).user_id
    answer(dates[1], mine, RsvpState.WAITLISTED)
    before = [get_event(row.pk) for row in dates]
    after = [call_off(row) for row in dates]
    news.tell_series_called_off(dates[0].series_id, list(zip(before, after, strict=True)), batch="r3")
    carry()
    assert letters(mine) == [f"{CHAPTER}: 2 dates of “Ask first” are called off."]
    assert "The reason: The room is flooded" in mail.outbox[0].body


def test_a_date_that_takes_place_after_all_is_not_said_to_be_called_off(dates):
    mine = answer(dates[0]).user_id
    answer(dates[1], mine)
    before = [get_event(row.pk) for row in dates]
    after = [call_off(row) for row in dates]
    news.tell_series_called_off(dates[0].series_id, list(zip(before, after, strict=True)), batch="r3")
    restore(dates[1])
    carry()
    assert letters(mine) == [f"{CHAPTER}: 1 date of “Ask first” is called off."]
    assert "10 Dec" not in mail.outbox[0].body


def test_a_date_that_was_called_off_or_moved_again_is_not_said_to_be_moved(dates):
    mine = answer(dates[0]).user_id
    for row in dates[1:]:
        answer(row, mine)
    changes = [move_event(row, row.starts_at + HOUR) for row in dates]
    news.tell_series_changed(dates[0].series_id, changes, batch="r2")
    call_off(dates[1])
    move_event(dates[2], dates[2].starts_at + HOUR)
    carry()
    assert letters(mine) == [f"{CHAPTER}: 1 date of “Ask first” has another time or place."]
    assert "10 Dec" not in mail.outbox[0].body
    assert "17 Dec" not in mail.outbox[0].body


def test_small_moves_of_a_series_are_no_news(dates):
    answer(dates[0])
    news.tell_series_changed(dates[0].series_id, [move_event(dates[0], EVENING + HOUR / 6)], batch="r4")
    assert not Errand.objects.filter(kind="chapters.tell_series").exists()


def test_an_answer_to_a_series_is_one_mail_date_by_date(clock, dates):
    mine = answer(dates[0]).user_id
    answer(dates[1], mine, RsvpState.WAITLISTED)
    states = {dates[0].pk: RsvpState.GOING, dates[1].pk: RsvpState.WAITLISTED, dates[2].pk: RsvpState.NOT_COMING}
    for _ in range(2):
        news.tell_series_answered(dates[0].series_id, mine, states, at=clock.now)
    carry()
    (message,) = mail.outbox
    assert "Thu 3 Dec, 19:00–21:00, Nairobi time: You have a seat" in message.body
    assert "Thu 10 Dec, 19:00–21:00, Nairobi time: You are in line" in message.body
    assert "Thu 17 Dec, 19:00–21:00, Nairobi time: You are not on the list" in message.body


def test_new_dates_of_a_series_are_one_mail(dates):
    mine = answer(dates[0]).user_id
    answer(dates[1], mine)
    for _ in range(2):
        news.tell_series_added(1, {mine: {row.pk: RsvpState.GOING for row in dates[:2]}, 99: {}}, batch="r5")
    carry()
    assert letters(mine) == [f"{CHAPTER}: “Ask first” has 2 new dates."]


# -- afterwards --------------------------------------------------------------------------------------------------------


def came(event: Event, user_id: int) -> None:
    """Let it be on record that somebody was there."""
    Attendance.objects.create(
        meeting_id=event.meeting_id, user_id=user_id, state=AttendanceState.PRESENT, source="roll", recorded_at=EVENING
    )


@pytest.mark.parametrize("is_taken", [True, False])
def test_who_came_is_asked_once_and_everybody_where_nobody_took_attendance(clock, event, is_taken):
    here, away = answer(event), answer(event)
    in_line = answer(event, state=RsvpState.WAITLISTED)
    if is_taken:
        came(event, here.user_id)
    for hours, count in ((3, 0), (4, 1), (5, 1)):
        clock.set(EVENING + hours * HOUR)
        remind()
        asked = [each for each in letters(here.user_id) if "What do you take with you" in each]
        assert len(asked) == count
    assert len(letters(away.user_id)) == (0 if is_taken else 1)
    assert letters(in_line.user_id) == []


def test_who_has_answered_is_not_asked(clock, event, amina):
    EventSurvey.objects.create(event=event, user_id=amina.user_id, rating=5)
    clock.set(EVENING + 4 * HOUR)
    remind()
    assert not mail.outbox


def test_days_after_an_outage_nobody_is_asked(clock, event, amina):
    clock.set(EVENING + 6 * DAY)
    remind()
    assert not mail.outbox


def test_a_result_is_told_once_to_who_had_a_seat(clock, event, amina):
    clock.set(EVENING + DAY)
    EventResult.objects.create(event=event, text="What we learnt", published_at=clock.now)
    for _ in range(2):
        news.tell_result(event)
        carry()
    assert letters(amina.user_id) == [f"{CHAPTER}: What came of “Ask first” can be read now."]


def test_hosts_are_asked_for_the_result_until_it_is_published(clock, chapter, event):
    host, other = make_member(chapter, make_account("Hana Host")).user_id, make_organizer(chapter)
    people.set_preferences(user_id=host, zone="Africa/Nairobi")
    EventHost.objects.create(event=event, user_id=host)
    asked = []
    for hours in (1, 2, 3, 14, 24, 3 * 24, 4 * 24, 7 * 24):
        clock.set(EVENING + hours * HOUR)
        remind()
        asked.append(len(letters(host)))
    assert asked == [0, 1, 1, 1, 1, 1, 2, 3]
    EventResult.objects.update(published_at=clock.now)
    clock.set(EVENING + 30 * DAY)
    remind()
    assert len(letters(host)) == 3
    assert letters(other) == []


def test_where_nobody_hosts_the_organizers_are_asked(clock, chapter, event):
    lead = make_organizer(chapter)
    clock.set(EVENING + 3 * DAY)
    remind()
    assert letters(lead) == [f"{CHAPTER}: Write down what came of “Ask first”, so that others can use it."]


def test_hosts_are_not_asked_for_ever(clock, chapter, event):
    make_organizer(chapter)
    clock.set(EVENING + 62 * DAY)
    remind()
    assert not mail.outbox


def test_hosts_hear_once_a_day_that_people_wait_for_approval(clock, chapter):
    event = plan_event(chapter, needs_approval=True)
    host = make_organizer(chapter)
    people.set_preferences(user_id=host, zone="Africa/Nairobi")
    waiting = [answer(event, state=RsvpState.PENDING) for _ in range(2)]
    for hours, count in ((0, 1), (5, 1), (24, 2), (30, 2)):
        clock.set(EVENING - 5 * DAY + hours * HOUR)
        remind()
        assert len(letters(host)) == count
    assert letters(host)[0] == f"{CHAPTER}: 2 people ask to come to “Ask first”."
    assert f"/desk/events/{event.pk}/attendees/?show=pending" in mail.outbox[0].body
    Rsvp.objects.filter(pk__in=[row.pk for row in waiting]).update(state=RsvpState.GOING)
    clock.set(EVENING - 3 * DAY)
    remind()
    assert len(letters(host)) == 2


def test_hosts_hear_of_who_asks_to_come_back_though_nobody_else_is_approved(clock, chapter):
    event = plan_event(chapter)
    host = make_organizer(chapter)
    answer(event, state=RsvpState.PENDING)
    remind()
    assert letters(host) == [f"{CHAPTER}: 1 person asks to come to “Ask first”."]


def test_a_host_who_is_gone_is_asked_nothing_and_who_runs_the_chapter_is(clock, chapter, event, amina):
    gone, lead = make_member(chapter, make_account("Gone")).user_id, make_organizer(chapter)
    EventHost.objects.create(event=event, user_id=gone)
    answer(event, state=RsvpState.PENDING)
    membership.leave(chapter_id=chapter.id, user_id=gone)
    remind()
    assert (letters(gone), len(letters(lead))) == ([], 1)
    clock.set(EVENING + 3 * DAY)
    event_results.ask_presence(event_id=event.pk, user_id=amina.user_id, text="I sat at the back")
    remind()
    assert (letters(gone), len(letters(lead))) == ([], 2)
    (body,) = [each.body for each in mail.outbox[1:] if each.to == [address_of(lead)]]
    assert "says that they were at “Ask first”" in body
    assert "Write down what came of “Ask first”" in body


def test_presence_is_asked_of_hosts_and_the_answer_told(clock, chapter, event, amina):
    lead = make_organizer(chapter)
    clock.set(EVENING + DAY)
    asked = PresenceRequest.objects.create(event=event, user_id=amina.user_id, text="I sat at the back")
    news.tell_presence_asked(event, [lead], request_id=asked.pk)
    carry()
    assert letters(lead) == [f"{CHAPTER}: Somebody who is not recorded says that they were at “Ask first”."]
    PresenceRequest.objects.update(is_accepted=False, answer="We counted twelve", answered_at=clock.now)
    news.tell_presence_answered(event, amina.user_id, request_id=asked.pk)
    carry()
    assert letters(amina.user_id) == [f"{CHAPTER}: The hosts of “Ask first” did not record that you were there."]
    assert "They wrote: “We counted twelve”" in mail.outbox[-1].body


# -- every kind --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "nl", "zh-cn"])
@pytest.mark.parametrize("kind", [each.name for each in news_table.KINDS])
def test_every_kind_is_said_in_every_language_and_a_hostile_title_stays_text(chapter, kind, language):
    """What people write stands in subjects as one line, and in pages as text."""
    event = plan_event(chapter, title="A\nBcc: all@example.org\u202e <script>alert(1)</script>", place="<i>x</i>")
    mine = answer(event)
    letter = EventMail.objects.create(event=event, subject="Hi", body="There", request_key="k", audience="going")
    asked = PresenceRequest.objects.create(event=event, user_id=mine.user_id, text="x", is_accepted=True)
    context = {
        "event_id": event.pk,
        "chapter_id": chapter.id,
        "state": "going",
        "note": "",
        "until": EVENING.isoformat(),
        "starts_at": EVENING.isoformat(),
        "old_starts_at": (EVENING - DAY).isoformat(),
        "is_elsewhere": False,
        "mail_id": letter.pk,
        "request_id": asked.pk,
    }
    if kind is EventNews.SERIES_CALLED_OFF:
        call_off(event)
    if kind in {EventNews.SERIES_CHANGED, EventNews.SERIES_CALLED_OFF}:
        context["dates"] = [dict(context)]
    elif kind.startswith("event_series"):
        context["states"] = {str(event.pk): "going"}
    with translation.override(language):
        line = news_kinds.get_news_kind(kind).say(context, get_event(event.pk).zone)
    assert "\n" not in line.subject + line.text
    assert "\u202e" not in line.subject + line.text
    assert CHAPTER in line.subject
    people.request_delivery(
        key=f"test:{kind}",
        user_id=mine.user_id,
        kind="event_notice",
        context={"items": [{"key": "k", "kind": kind, "context": context}]},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(news_kinds, "still_holding", lambda _user, items: {item.key for item in items})
        people.process_deliveries(now=timezone.now() + DAY)
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.to == message.recipients()
    assert "<script>" not in str(message.alternatives[0][0])


def test_every_name_has_a_kind_and_every_kind_is_of_one_of_two_mails():
    assert {each.name for each in news_table.KINDS} == set(EventNews)
    for kind in news_table.KINDS:
        assert kind.mail in {"event_notice", "event_news", "notice"}
        assert kind.is_soon is (kind.mail != "notice")


def test_news_of_an_event_that_is_gone_is_let_go(event, amina):
    news.tell_confirmed(event, amina)
    Event.objects.all().delete()
    carry()
    assert not mail.outbox
    assert not Delivery.objects.exists()


# -- stopping ----------------------------------------------------------------------------------------------------------


def unsubscribe_link(message) -> str:
    """Return the path that a mail program's one-click button posts to."""
    return message.extra_headers["List-Unsubscribe"].strip("<>").partition("//")[2].partition("/")[2]


def test_reminders_are_stopped_for_one_chapter_by_their_reader_alone(clock, client, event, amina):
    """Opening the link changes nothing; what one asked for oneself still comes, and so do the other chapters' mails."""
    bashir = answer(event)
    elsewhere = plan_event(make_chapter("Mombasa chapter"))
    answer(elsewhere, amina.user_id)
    clock.set(EVENING - DAY)
    remind()
    (message,) = [
        each
        for each in mail.outbox
        if "Nairobi" in each.subject.partition(":")[0] and each.to == [address_of(amina.user_id)]
    ]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = f"/{unsubscribe_link(message)}"
    page = client.get(path)
    assert "Nairobi evening chapter" in page.content.decode()
    mail.outbox.clear()
    clock.set(EVENING - 2 * HOUR)
    remind()
    assert len(mail.outbox) == 3  # looking at the page stopped nothing
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    mail.outbox.clear()
    move_event(elsewhere, EVENING + 7 * DAY)
    news.tell_moved(*move_event(event, EVENING + 7 * DAY))
    carry()
    assert [len(letters(each.user_id)) for each in (amina, bashir)] == [1, 1]  # the move
    mail.outbox.clear()
    clock.set(EVENING + 6 * DAY)
    remind()
    assert [each.partition(":")[0] for each in letters(amina.user_id)] == ["Mombasa chapter"]
    assert len(letters(bashir.user_id)) == 1
    client.post(path, {"act": "resume"})
    mail.outbox.clear()
    clock.set(EVENING + 7 * DAY - HOUR)
    remind()
    assert len(letters(amina.user_id)) == 2


def test_what_one_asked_for_oneself_has_no_stop_link(event, amina):
    news.tell_called_off(call_off(event))
    carry()
    (message,) = mail.outbox
    assert "List-Unsubscribe" not in message.extra_headers
    assert "Stop these mails" not in message.body
    assert "end when you say that you cannot come" in message.body
