"""Mail to people of an event, what came out of it, and what the first page of the desk says of events."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import event_mails, event_results, rsvps
from chapters.data import RsvpState
from chapters.events.quarters import read_quarters
from chapters.models import EventMail, EventResult, EventSurvey
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState
from tests.chapters.desk_town import read
from tests.events import factories

from .conftest import EventDesk

pytestmark = pytest.mark.django_db


# -- mail --------------------------------------------------------------------------------------------------------------


def write(desk: EventDesk, event_id: int, **changes: Any) -> dict[str, Any]:
    """Return what the form of a mail sends, with the key that its page gave out."""
    page = desk.get(desk.lead, "desk_event_mail", event_id).content.decode()
    key = re.search(r'name="request_key"\s+value="([^"]+)"', page)
    assert key
    return {"audience": "going", "subject": "Bring a pen", "body": "We draw.", "request_key": key[1], **changes}


def test_a_mail_that_is_sent_twice_goes_out_once(desk: EventDesk) -> None:
    """By the key of the form; it stands below with to whom it went, without addresses."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    factories.make_rsvp(event, desk.member)
    sent = write(desk, event.id)
    for _each in range(2):
        assert desk.post(desk.lead, "desk_event_mail", event.id, **sent).status_code == 302
    assert EventMail.objects.count() == 1
    text = read(desk.get(desk.lead, "desk_event_mail", event.id))
    assert "Bring a pen" in text
    assert "@example.org" not in text
    assert "Wrote to people of an event: Who has a seat" in read(desk.get(desk.lead, "desk_audit"))


@pytest.mark.parametrize(
    ("changes", "label"),
    [({"subject": ""}, "Subject"), ({"body": " "}, "What you write"), ({"audience": "everybody"}, "To whom")],
)
def test_a_mail_without_its_parts_is_kept_in_the_form(desk: EventDesk, changes: dict[str, str], label: str) -> None:
    """And the summary names the field."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    response = desk.post(desk.lead, "desk_event_mail", event.id, **write(desk, event.id, **changes))
    assert response.status_code == 422
    assert f">{label}</a>" in response.content.decode()
    assert not EventMail.objects.exists()


def test_nobody_is_written_to_about_a_draft(desk: EventDesk) -> None:
    """Nobody knows of it; who came is asked for only once it has begun."""
    draft = factories.make_draft(desk.chapter, actor_id=desk.lead)
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    assert desk.get(desk.lead, "desk_event_mail", draft.id).status_code == 409
    assert "Who came" not in read(desk.get(desk.lead, "desk_event_mail", event.id))
    assert event_mails.list_mails(event.id) == ()


# -- what came out of it -----------------------------------------------------------------------------------------------


def test_a_result_is_looked_at_drafted_and_published(desk: EventDesk) -> None:
    """Looking saves nothing; script in it stays text."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    text = "# Three sentences\n\n<script>alert(1)</script> *worked*"
    shown = desk.post(desk.lead, "desk_event_result", event.id, text=text, revision=0, act="preview")
    assert "<em>worked</em>" in shown.content.decode()
    assert "<script>alert(1)" not in shown.content.decode()
    assert not EventResult.objects.exists()
    desk.post(desk.lead, "desk_event_result", event.id, text=text, revision=0, act="draft")
    draft = event_results.find_result(event.id)
    assert draft is not None
    assert draft.published_at is None
    desk.post(desk.second, "desk_event_result", event.id, text=text, revision=draft.revision, act="publish")
    published = event_results.find_result(event.id)
    assert published is not None
    assert published.published_at is not None
    assert "Result published" in read(desk.get(desk.lead, "desk_event", event.id))


def test_an_empty_result_is_not_published(desk: EventDesk) -> None:
    """The field says what is missing."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    response = desk.post(desk.lead, "desk_event_result", event.id, text=" ", revision=0, act="publish")
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.content.decode()


def test_who_writes_second_reads_what_stands_and_loses_nothing(desk: EventDesk) -> None:
    """Saving again puts theirs in its place."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    desk.post(desk.second, "desk_event_result", event.id, text="Theirs", revision=0, act="draft")
    response = desk.post(desk.lead, "desk_event_result", event.id, text="Mine", revision=0, act="draft")
    assert response.status_code == 409
    text = read(response)
    assert "Theirs" in text
    assert "Mine" in text
    revision = re.search(r'name="revision"\s+value="(\d+)"', response.content.decode())
    assert revision
    desk.post(desk.lead, "desk_event_result", event.id, text="Mine", revision=revision[1], act="draft")
    assert getattr(event_results.find_result(event.id), "text", "") == "Mine"


def test_few_answers_to_a_survey_are_not_shown(desk: EventDesk) -> None:
    """Three are, without names."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead)
    for number in range(3):
        row = factories.make_rsvp(event)
        EventSurvey.objects.create(event_id=event.id, user_id=row.user_id, rating=4, useful=f"A sentence {number}")
        text = read(desk.get(desk.lead, "desk_event", event.id))
        assert ("A sentence 0" in text) is (number == 2)
        assert ("Too few have answered" in text) is (number < 2)


# -- the first page ----------------------------------------------------------------------------------------------------


def test_what_waits_at_events_stands_on_the_desk(desk: EventDesk) -> None:
    """A result that is late before people who ask; who came is counted."""
    past = factories.make_past_event(desk.chapter, days=20, actor_id=desk.lead, title="When nobody speaks")
    row = factories.make_rsvp(past)
    attendance.correct_attendance(
        meeting_id=past.meeting_id,
        user_id=row.user_id,
        state=AttendanceState.PRESENT,
        actor_id=desk.lead,
        reason="I saw her",
    )
    coming = factories.make_event(desk.chapter, actor_id=desk.lead, needs_approval=True, title="Feedback")
    for _each in range(2):
        factories.make_rsvp(coming, state=RsvpState.PENDING)
    page = desk.get(desk.lead, "desk")
    text = read(page)
    assert text.index("Publish what came out of “When nobody speaks”") < text.index(
        "2 people ask to come to “Feedback”"
    )
    assert "1 person came" in text
    filled = re.findall(r'class="cs-btn cs-btn--main cs-btn--s"\s+href="([^"]+)"', page.content.decode())
    assert filled == [desk.url("desk_event_result", past.id)]
    event_results.save_result(event_id=past.id, actor_id=desk.lead, text="Try pairs.", revision=0, publishes=True)
    for each in rsvps.list_attendees(event=coming).attendees:
        rsvps.approve(rsvp_id=each.rsvp.id, actor_id=desk.lead)
    assert "All done" in read(desk.get(desk.lead, "desk"))


def test_check_in_is_one_press_away_on_the_day(desk: EventDesk) -> None:
    """For helpers too, who do not open the event's page; a day before it is not there."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    address = f"/check_in/{event.uid}/host/"
    assert address not in desk.get(desk.helper, "desk").content.decode()
    factories.put_start(event, timezone.now() + timedelta(minutes=20))
    for role in (desk.lead, desk.helper):
        assert address in desk.get(role, "desk").content.decode()
    assert address not in desk.get(desk.moderator, "desk").content.decode()


def test_the_quarters_are_those_of_the_chapters_calendar(desk: EventDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An evening in Nairobi on 1 October, which is still September in UTC, counts for the fourth one."""
    shown = [datetime(2027, 9, 30, 12, tzinfo=UTC)]
    monkeypatch.setattr(timezone, "now", lambda: shown[0])
    assert read_quarters(desk.chapter).has_one is False
    assert "Nothing is planned yet in this quarter" in read(desk.get(desk.lead, "desk"))
    start = datetime(2027, 9, 30, 22, 30, tzinfo=UTC)
    event = factories.make_event(
        desk.chapter, actor_id=desk.lead, starts_local=start.astimezone(desk.chapter.zone).replace(tzinfo=None)
    )
    assert event.starts_at == start
    assert read_quarters(desk.chapter).counts == (0, 0, 0, 1)
    shown[0] += timedelta(hours=10)
    found = read_quarters(desk.chapter)
    assert (found.now, found.has_one, found.next_at) == (4, True, start)
    assert "counts for this quarter" in read(desk.get(desk.lead, "desk"))


def test_what_was_called_off_counts_for_no_quarter(desk: EventDesk) -> None:
    """Nor does a draft."""
    draft = factories.make_draft(desk.chapter, actor_id=desk.lead)
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    desk.post(desk.lead, "desk_event_cancel", event.id, reason="Nobody can come")
    assert draft.id
    assert not any(read_quarters(desk.chapter).counts)
    assert "One event a quarter" not in read(desk.get(desk.host, "desk"))
