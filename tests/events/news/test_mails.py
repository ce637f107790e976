"""Letters of organizers: each reader's own mail, as plain text, so many and no more, on record."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.utils import timezone

from chapters.api import event_mails
from chapters.data import EventMailAudience, EventState, RsvpState
from chapters.events import crowds, mails
from chapters.exceptions import InvalidValueError, NotFoundError, StateError
from chapters.models import Event, EventMail, Rsvp
from discussion_ext.data import AttendanceState
from discussion_ext.models import Attendance
from people import api as people
from people.models import Errand, NewsItem
from tests.chapters.factories import make_chapter, make_organizer
from tests.events.news.conftest import DAY, EVENING, HOUR, address_of, answer, carry, letters, plan_event

GOING, WAITING, CAME, ALL = EventMailAudience


@pytest.fixture
def lead(chapter):
    """Return the organizer who writes."""
    return make_organizer(chapter)


@pytest.fixture
def write(event, lead):
    """Return a short way to write to the people of an event."""

    def send(**changes):
        values = {
            "event_id": event.pk,
            "actor_id": lead,
            "audience": GOING,
            "subject": "Bring a pen",
            "body": "We write by hand.",
            "request_key": "form-1",
        }
        return event_mails.send_mail(**{**values, **changes})

    return send


def test_each_reader_gets_a_mail_of_their_own(event, write):
    readers = [answer(event).user_id for _ in range(12)]
    letter = write()
    carry()
    assert [letters(user_id) for user_id in readers] == [["Nairobi evening chapter: Bring a pen"]] * 12
    addresses = {address_of(user_id) for user_id in readers}
    for message in mail.outbox:
        (own,) = message.recipients()
        whole = message.message().as_string()
        assert not [each for each in addresses - {own} if each in whole]
        assert not message.cc
        assert not message.bcc
    (listed,) = event_mails.list_mails(event.pk)
    assert (listed.id, listed.sent, listed.skipped) == (letter.id, 12, 0)
    assert listed.finished_at is not None


@pytest.mark.parametrize(
    ("audience", "states"),
    [
        (GOING, {"going"}),
        (WAITING, {"waitlisted", "offered"}),
        (CAME, {"going"}),
        (ALL, {"going", "waitlisted", "offered", "pending"}),
    ],
)
def test_the_server_knows_to_whom(event, write, audience, states):
    by_state = {str(state): answer(event, state=state).user_id for state in RsvpState}
    absent = answer(event).user_id
    Attendance.objects.create(
        meeting_id=event.meeting_id,
        user_id=by_state["going"],
        state=AttendanceState.PRESENT,
        source="roll",
        recorded_at=EVENING,
    )
    write(audience=audience)
    carry()
    assert {state for state, user_id in by_state.items() if letters(user_id)} == states
    assert len(letters(absent)) == (1 if audience in {GOING, ALL} else 0)
    assert event_mails.count_audience(event.pk, audience) == len(mail.outbox)


def test_who_stopped_such_mail_of_the_chapter_and_closed_accounts_are_skipped(event, chapter, write):
    wants, stopped, closed = (answer(event).user_id for _ in range(3))
    people.unsubscribe(stopped, f"event_news:chapter:{chapter.id}")
    User.objects.filter(pk=closed).update(is_active=False)
    write()
    carry()
    assert [len(letters(user_id)) for user_id in (wants, stopped, closed)] == [1, 0, 0]
    (listed,) = event_mails.list_mails(event.pk)
    assert (listed.sent, listed.skipped) == (1, 2)


def test_the_same_form_twice_is_one_letter(event, write):
    mine = answer(event)
    first, second = write(), write(subject="Another")
    carry()
    assert first.id == second.id
    assert letters(mine.user_id) == ["Nairobi evening chapter: Bring a pen"]


def test_the_same_form_twice_at_once_is_one_letter_and_counted_once(event, write, settings, monkeypatch):
    """The second saw no letter when it looked: the key in the table refuses it."""
    settings.CHAPTERS_CHAPTER_MAILS = "2/d"
    first = write()
    real = EventMail.objects.filter
    looks = []

    def filter_blind(**asked):
        if set(asked) == {"request_key"} and not looks:
            looks.append(1)
            return EventMail.objects.none()
        return real(**asked)

    with monkeypatch.context() as patch:
        patch.setattr(EventMail.objects, "filter", filter_blind, raising=False)
        assert write().id == first.id
    assert looks
    write(request_key="form-2")
    assert EventMail.objects.count() == 2


def test_a_key_of_somebody_elses_form_is_refused(chapter, event, write):
    write()
    other = plan_event(chapter)
    for changes in ({"actor_id": make_organizer(chapter)}, {"event_id": other.pk}):
        with pytest.raises(InvalidValueError) as refused:
            write(**changes)
        assert refused.value.field == "request_key"


def test_three_a_day_for_an_event(clock, event, write):
    for number in range(3):
        clock.set(clock.now + HOUR)
        write(request_key=f"f{number}")
    with pytest.raises(people.TooFastError) as refused:
        write(request_key="f3")
    assert 0 < refused.value.wait_seconds <= 22 * 3600
    assert EventMail.objects.count() == 3
    assert not EventMail.objects.filter(request_key="f3").exists()
    clock.set(clock.now + 22 * HOUR + HOUR / 60)
    write(request_key="f3")


def test_so_many_a_day_for_a_chapter_whatever_the_event(chapter, write, settings):
    settings.CHAPTERS_CHAPTER_MAILS = "2/d"
    events = [plan_event(chapter) for _ in range(3)]
    for row in events[:2]:
        write(event_id=row.pk, request_key=f"f{row.pk}")
    with pytest.raises(people.TooFastError):
        write(event_id=events[2].pk, request_key="f-last")
    assert EventMail.objects.count() == 2
    assert Errand.objects.filter(kind="chapters.send_event_mail").count() == 2


def test_so_many_a_day_for_an_author_whatever_the_chapter(lead, write, settings):
    settings.CHAPTERS_ACT_LIMITS = {"event_mail": "2/d"}
    events = [plan_event(make_chapter()) for _ in range(3)]
    for row in events[:2]:
        write(event_id=row.pk, request_key=f"f{row.pk}")
    with pytest.raises(people.TooFastError):
        write(event_id=events[2].pk, request_key="f-last")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": " \n\t "}, "subject"),
        ({"subject": "x" * 151}, "subject"),
        ({"subject": None}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "\n"}, "body"),
        ({"body": "x" * 5001}, "body"),
        ({"request_key": ""}, "request_key"),
        ({"request_key": "x" * 101}, "request_key"),
        ({"request_key": "é"}, "request_key"),
    ],
)
def test_what_is_missing_or_too_long_names_its_field(write, changes, field):
    with pytest.raises(InvalidValueError) as refused:
        write(**changes)
    assert refused.value.field == field
    assert not EventMail.objects.exists()


def test_only_about_events_that_are_announced_and_not_long_ago(clock, event, write):
    with pytest.raises(NotFoundError):
        write(event_id=999_999)
    clock.set(EVENING + 61 * DAY)
    with pytest.raises(StateError):
        write()
    clock.set(EVENING - DAY)
    Event.objects.update(state=EventState.DRAFT)
    with pytest.raises(StateError):
        write()
    Event.objects.update(state=EventState.CANCELLED)
    assert write(audience=ALL).id


HOSTILE_SUBJECT = "Hello\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>\u202e"
HOSTILE_BODY = "<script>alert(1)</script>\n[a](javascript:alert(1)) https://evil.example.org/x\n{{ name }}\x00"


def test_a_hostile_letter_is_text(event, write):
    mine = answer(event)
    write(subject=HOSTILE_SUBJECT, body=HOSTILE_BODY)
    carry()
    (message,) = mail.outbox
    whole = message.message()
    assert message.subject == "Nairobi evening chapter: Hello Bcc: everybody@example.org <script>alert(1)</script>"
    assert whole["Bcc"] is None
    assert message.recipients() == [address_of(mine.user_id)]
    html = str(message.alternatives[0][0])
    assert "<script>" not in html
    assert 'href="https://evil' not in html
    assert 'href="javascript' not in html
    assert "{{ name }}" in html
    assert "https://evil.example.org/x" in message.body
    assert "\x00" not in message.body


def test_an_answer_reaches_no_private_address_and_the_mail_says_how_to_answer(event, lead, write):
    answer(event)
    write()
    carry()
    (message,) = mail.outbox
    assert address_of(lead) not in message.message().as_string()
    assert not message.reply_to
    assert "Do not answer it: nobody reads the answers." in message.body
    assert f"/events/{event.pk}/" in message.body
    assert f"The hosts of “{'Ask first'}” write:" in message.body


def test_who_leaves_the_list_while_it_waits_gets_nothing(event, write):
    stays, goes = answer(event), answer(event)
    write()
    people.run_errands()
    Rsvp.objects.filter(pk=goes.pk).update(state=RsvpState.CANCELLED)
    carry()
    assert [len(letters(each.user_id)) for each in (stays, goes)] == [1, 0]


def test_a_letter_that_was_erased_goes_nowhere(event, write):
    answer(event)
    write()
    people.run_errands()
    EventMail.objects.update(body="")
    carry()
    assert not mail.outbox


def test_a_worker_that_dies_in_between_writes_to_all_and_to_nobody_twice(event, write, monkeypatch):
    monkeypatch.setattr(crowds, "_BATCH", 5)
    readers = [answer(event).user_id for _ in range(12)]
    write()
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
    assert event_mails.list_mails(event.pk)[0].finished_at is None
    Errand.objects.update(due_at=timezone.now())
    carry()
    mails.run_mail({"mail_id": EventMail.objects.get().pk})
    assert [len(letters(user_id)) for user_id in readers] == [1] * 12
    (listed,) = event_mails.list_mails(event.pk)
    assert (listed.sent, listed.skipped) == (12, 0)


def test_it_is_on_record_without_its_words(event, lead, write):
    write(body="Something private")
    (entry,) = people.list_audit(target=f"event:{event.pk}").entries
    assert (entry.actor_id, entry.verb) == (lead, "event.mail")
    assert "private" not in str(vars(entry) if hasattr(entry, "__dict__") else entry)
