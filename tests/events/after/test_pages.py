"""The ticket, the result, the survey and "I was there" as people open them, without script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import event_results as api
from chapters.data import ChapterData, EventData, EventOpenTo, EventState, Presence, RsvpState
from chapters.models import EventSurvey, PresenceRequest
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode
from tests.chapters.page_visits import SCRIPT, markup_of, send, visit, words_of
from tests.events.after.conftest import record
from tests.events.factories import make_event, make_past_event, make_rsvp, put_start, put_state


def publish(event: EventData, lead: int, text: str = "We agreed on **three** things.") -> None:
    known = api.find_result(event.id)
    api.save_result(
        event_id=event.id, actor_id=lead, text=text, revision=known.revision if known else 0, publishes=True
    )


class TestTicket:
    def ticket(self, user_id: int | None, chapter: ChapterData, event: EventData) -> Any:
        return visit(user_id, "event_ticket", chapter.slug, event.id)

    def test_it_shows_where_and_when_and_a_picture(self, chapter: ChapterData, event: EventData, member: int) -> None:
        make_rsvp(event, member, guests=1)
        page = self.ticket(member, chapter, event)
        words = words_of(page)
        assert page.status_code == 200
        for said in (chapter.name, event.title, "18:30, Nairobi time", event.place, "For you and 1 guest"):
            assert said in words
        assert "<svg" in markup_of(page)
        assert page["Cache-Control"].count("no-store") == 1

    def test_it_needs_nothing_from_elsewhere(self, chapter: ChapterData, event: EventData, member: int) -> None:
        """Once it is open it needs no network: the picture stands in the page, and nothing of it is loaded later."""
        make_rsvp(event, member)
        main = markup_of(self.ticket(member, chapter, event)).partition("<main")[2].partition("</main>")[0]
        assert all(part not in main for part in ("<img", "<script", " src=", "<iframe", " style="))

    def test_no_name_stands_on_it(self, chapter: ChapterData, event: EventData, member: int) -> None:
        make_rsvp(event, member)
        assert "Amina" not in words_of(self.ticket(member, chapter, event))

    def test_the_picture_leads_a_host_to_the_person(
        self, chapter: ChapterData, event: EventData, member: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn = []
        monkeypatch.setattr("discussion_ext.attendance.codes.draw_qr", lambda address: drawn.append(address) or "")
        make_rsvp(event, member)
        self.ticket(member, chapter, event)
        meeting = attendance.get_meeting(event.meeting_id)
        assert attendance.read_ticket(meeting, drawn[0]) == member

    @pytest.mark.parametrize(
        ("waiting", "said"),
        [
            (1, "1 person is waiting; your seat goes to them."),
            (2, "2 people are waiting; your seat goes to the first."),
        ],
    )
    def test_who_cannot_come_sees_who_waits(
        self, chapter: ChapterData, event: EventData, member: int, waiting: int, said: str
    ) -> None:
        make_rsvp(event, member)
        assert "waiting" not in words_of(self.ticket(member, chapter, event))
        for _ in range(waiting):
            make_rsvp(event, state=RsvpState.WAITLISTED)
        assert said in words_of(self.ticket(member, chapter, event))

    def test_shortly_before_nobody_is_first(self, chapter: ChapterData, event: EventData, member: int) -> None:
        make_rsvp(event, member)
        for _ in range(2):
            make_rsvp(event, state=RsvpState.WAITLISTED)
        event = put_start(event, timezone.now() + timedelta(hours=2))
        assert "whoever takes it first" in words_of(self.ticket(member, chapter, event))

    def test_who_has_none(self, chapter: ChapterData, lead: int, member: int, outsider: int) -> None:
        event = make_event(
            chapter, actor_id=lead, mode=MeetingMode.HYBRID, link="https://meet.example.org/x", title="Hidden thing"
        )
        assert self.ticket(None, chapter, event).status_code == 302
        assert "Hidden thing" not in markup_of(self.ticket(outsider, chapter, event))
        assert "people who have a seat" in words_of(self.ticket(member, chapter, event))
        row = make_rsvp(event, member, state=RsvpState.WAITLISTED)
        assert self.ticket(member, chapter, event).status_code == 403
        row.state, row.mode = RsvpState.GOING.value, MeetingMode.ONLINE.value
        row.save()
        assert "comes online" in words_of(self.ticket(member, chapter, event))
        row.mode = MeetingMode.OFFLINE.value
        row.save()
        assert self.ticket(member, chapter, event).status_code == 200
        assert "called off" in words_of(self.ticket(member, chapter, put_state(event, EventState.CANCELLED)))

    def test_after_the_event_there_is_none(self, chapter: ChapterData, evening: EventData, guest: Any) -> None:
        assert "over" in words_of(self.ticket(guest(evening), chapter, evening))


class TestResult:
    def result(self, user_id: int | None, chapter: ChapterData, event: EventData) -> Any:
        return visit(user_id, "event_result", chapter.slug, event.id)

    def test_of_an_open_event_anybody_reads_it(self, chapter: ChapterData, lead: int) -> None:
        event = make_past_event(chapter, days=9, actor_id=lead, open_to=EventOpenTo.ANYONE)
        assert self.result(None, chapter, event).status_code == 302
        publish(event, lead)
        page = self.result(None, chapter, event)
        assert page.status_code == 200
        assert "<strong>three</strong>" in markup_of(page)
        assert "Wanjiru" not in words_of(page)

    def test_of_others_only_members(self, chapter: ChapterData, evening: EventData, lead: int, member: int) -> None:
        publish(evening, lead, "Between ourselves")
        assert self.result(None, chapter, evening).status_code == 302
        assert "Between ourselves" in words_of(self.result(member, chapter, evening))

    def test_strangers_read_nothing(self, chapter: ChapterData, evening: EventData, lead: int, outsider: int) -> None:
        publish(evening, lead, "Between ourselves")
        page = self.result(outsider, chapter, evening)
        assert page.status_code == 403
        assert "Between ourselves" not in markup_of(page)

    def test_a_draft_is_for_those_who_write_it(
        self, chapter: ChapterData, evening: EventData, lead: int, member: int
    ) -> None:
        api.save_result(event_id=evening.id, actor_id=lead, text="Half a thought", revision=0)
        assert "Half a thought" not in markup_of(self.result(member, chapter, evening))
        page = self.result(lead, chapter, evening)
        assert "only hosts and organizers see it" in words_of(page)

    def test_its_history_is_for_those_who_write_it(
        self, chapter: ChapterData, evening: EventData, lead: int, member: int
    ) -> None:
        publish(evening, lead)
        assert "Wanjiru Kamau" in words_of(self.result(lead, chapter, evening))
        assert "Who changed it" not in words_of(self.result(member, chapter, evening))

    def test_what_is_hostile_is_harmless(
        self, chapter: ChapterData, evening: EventData, lead: int, member: int
    ) -> None:
        publish(evening, lead, f"{SCRIPT}\n\n[x](javascript:alert(3))\n\n![y](http://evil.example/z.png)")
        for page in (self.result(member, chapter, evening), visit(member, "results", chapter.slug)):
            main = markup_of(page).partition("<main")[2].partition("</main>")[0]
            assert all(part not in main for part in ("<script", "<img", 'href="javascript'))

    def test_the_list(self, chapter: ChapterData, evening: EventData, lead: int, member: int) -> None:
        assert "Nothing here yet" in words_of(visit(member, "results", chapter.slug))
        publish(evening, lead)
        assert "We agreed on three things." in words_of(visit(member, "results", chapter.slug))
        assert evening.title not in words_of(visit(None, "results", chapter.slug))
        assert visit(member, "results", chapter.slug, cursor="nonsense").status_code == 400


class TestSurvey:
    def test_who_came_answers(self, chapter: ChapterData, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, user_id)
        page = visit(user_id, "event_survey", chapter.slug, evening.id)
        assert "How was it?" in words_of(page)
        answer = send(user_id, "event_survey", chapter.slug, evening.id, rating="4", useful="Two names")
        assert answer.status_code == 302
        assert EventSurvey.objects.get().rating == 4
        again = markup_of(visit(user_id, "event_survey", chapter.slug, evening.id))
        assert "Two names" in again

    @pytest.mark.parametrize(
        "fields", [{}, {"rating": "9"}, {"rating": "x"}, {"rating": "4", "useful": "x" * 501}, {"rating": ["4", "9"]}]
    )
    def test_bad_answers_are_shown_again(
        self, chapter: ChapterData, evening: EventData, guest: Any, fields: dict[str, Any]
    ) -> None:
        user_id = guest(evening)
        record(evening, user_id)
        page = send(user_id, "event_survey", chapter.slug, evening.id, **fields)
        assert page.status_code == 422
        assert "has to be put right" in words_of(page)
        assert not EventSurvey.objects.exists()

    def test_others_are_refused_with_a_way(self, chapter: ChapterData, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        page = visit(user_id, "event_survey", chapter.slug, evening.id)
        assert (page.status_code, "Say that you were there" in words_of(page)) == (403, True)
        assert send(user_id, "event_survey", chapter.slug, evening.id, rating="4").status_code == 403

    def test_hosts_read_it_without_names(
        self, chapter: ChapterData, evening: EventData, guest: Any, lead: int, member: int
    ) -> None:
        people = [guest(evening, f"Person {number}") for number in "ABC"]
        record(evening, *people)
        for user_id in people[:2]:
            api.save_survey(event_id=evening.id, user_id=user_id, rating=5, useful=f"{SCRIPT} {user_id}")
        words = words_of(visit(lead, "event_survey", chapter.slug, evening.id))
        assert "Too few to show" in words
        assert "alert" not in words
        api.save_survey(event_id=evening.id, user_id=people[2], rating=2, useful="Good soup")
        page = visit(lead, "event_survey", chapter.slug, evening.id)
        words = words_of(page)
        assert "On average 4.0 of 5" in words
        assert "Good soup" in words
        assert "Person" not in words
        assert "<script>alert" not in markup_of(page)
        assert visit(member, "event_survey", chapter.slug, evening.id).status_code == 403
        assert send(lead, "event_survey", chapter.slug, evening.id, rating="5").status_code == 403


class TestPresence:
    def test_somebody_says_that_they_were_there(
        self, chapter: ChapterData, evening: EventData, guest: Any, lead: int
    ) -> None:
        record(evening, guest(evening))
        user_id = guest(evening)
        assert "forgotten on" in words_of(visit(user_id, "event_presence", chapter.slug, evening.id))
        answer = send(user_id, "event_presence", chapter.slug, evening.id, text="By the window")
        assert answer.status_code == 302
        assert "nothing is held against you" in words_of(
            visit(user_id, "event_presence", chapter.slug, evening.id, done="asked")
        )
        assert api.find_presence(evening.id, user_id).presence is Presence.UNKNOWN
        api.answer_presence(
            event_id=evening.id, user_id=user_id, actor_id=lead, is_accepted=False, answer="We did not see you"
        )
        words = words_of(visit(user_id, "event_presence", chapter.slug, evening.id))
        assert "We did not see you" in words
        assert "“By the window”" in words
        refused = send(user_id, "event_presence", chapter.slug, evening.id, text="Again")
        assert refused.status_code == 409
        assert PresenceRequest.objects.get().text == "By the window"

    def test_words_are_needed(self, chapter: ChapterData, evening: EventData, guest: Any) -> None:
        page = send(guest(evening), "event_presence", chapter.slug, evening.id, text=" ")
        assert page.status_code == 422
        assert not PresenceRequest.objects.exists()

    def test_who_was_recorded_has_nothing_to_say(self, chapter: ChapterData, evening: EventData, guest: Any) -> None:
        user_id = guest(evening)
        record(evening, user_id)
        assert visit(user_id, "event_presence", chapter.slug, evening.id).status_code == 403


@pytest.mark.parametrize("page", ["event_ticket", "event_survey", "event_presence"])
def test_signed_out_one_signs_in_and_comes_back(chapter: ChapterData, evening: EventData, page: str) -> None:
    answer = visit(None, page, chapter.slug, evening.id)
    assert answer.status_code == 302
    assert f"/{evening.id}/" in answer.url


@pytest.mark.parametrize("page", ["event_ticket", "event_result", "event_survey", "event_presence"])
def test_of_no_event_or_another_chapters(chapter: ChapterData, evening: EventData, lead: int, page: str) -> None:
    assert visit(lead, page, chapter.slug, evening.id + 999).status_code == 404
    assert visit(lead, page, "no-such-chapter", evening.id).status_code == 404
