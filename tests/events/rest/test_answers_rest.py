"""Who comes, by REST: answers, the line, offers, series, tickets and what follows; and what hosts do with the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import events, rsvps
from chapters.api import series as series_api
from chapters.data import (
    ChapterData,
    ChapterRole,
    EventData,
    EventOpenTo,
    EventQuestionData,
    RsvpState,
    SeriesFrequency,
    SeriesRuleData,
)
from chapters.models import Event, EventMail, EventSeries, Rsvp
from discussion_ext.api import attendance
from discussion_ext.data import AttendanceState, MeetingMode
from tests.chapters.factories import make_account, make_ban, make_member, make_organizer
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_plan, make_rsvp, put_start

from .conftest import Api

COMES = {"mode": "offline"}


def make_series(chapter: ChapterData, lead: int, *, count: int = 3, publishes: bool = True, **fields: Any) -> Any:
    """Return a weekly series."""
    plan = make_plan(**fields)
    rule = SeriesRuleData(
        frequency=SeriesFrequency.WEEKLY, starts_on=plan.starts_local.date(), at=plan.starts_local.time(), count=count
    )
    made = series_api.create_series(chapter_id=chapter.id, actor_id=lead, plan=plan, rule=rule)
    return series_api.publish_series(series_id=made.id, actor_id=lead) if publishes else made


class TestAnswering:
    def test_the_same_twice_is_one_seat(self, api: Api, event: EventData, member: int) -> None:
        where = f"events/{event.id}/answer/"
        assert api(member, "GET", where).status_code == 404
        answers = [api(member, "PUT", where, COMES).json() for _ in range(2)]
        assert answers[0] == answers[1]
        assert (answers[0]["state"], Event.objects.get(pk=event.id).room_taken) == ("going", 1)
        assert api(member, "GET", where).json() == answers[0]

    def test_who_comes_too_late_waits_and_sees_where(self, api: Api, chapter: ChapterData, member: int) -> None:
        event = make_event(chapter, room_capacity=1)
        make_rsvp(event)
        make_rsvp(event, state=RsvpState.WAITLISTED, queued_at=timezone.now() - timedelta(hours=1))
        waits = api(member, "PUT", f"events/{event.id}/answer/", COMES).json()
        assert (waits["state"], waits["place_in_line"], bool(waits["waits_why"])) == ("waitlisted", 2, True)
        left = [api(member, "POST", f"events/{event.id}/decline/").json()["state"] for _ in range(2)]
        assert (left, Event.objects.get(pk=event.id).waiting) == (["not_coming", "not_coming"], 1)

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({}, "mode"),
            ({"mode": "hybrid"}, "mode"),
            ({"mode": None}, "mode"),
            ({"mode": "online"}, "mode"),
            ({"mode": "offline", "guests": 3}, "guests"),
            ({"mode": "offline", "guests": -1}, "guests"),
            ({"mode": "offline", "guests": 10**40}, "guests"),
            ({"mode": "offline", "guests": "1"}, "guests"),
            ({"mode": "offline", "needs_note": "x" * 301}, "needs_note"),
            ({"mode": "offline", "needs_note": ["x"]}, "needs_note"),
            ({"mode": "offline", "needs_step_free": 1}, "needs_step_free"),
            ({"mode": "offline", "answers": [{"question": 0, "answer": "x"}]}, "answers.0.question"),
            ({"mode": "offline", "answers": [{"question": 1}]}, "answers.0.answer"),
            ({"mode": "offline", "answers": {"1": "x"}}, "answers"),
            ({"mode": "offline", "answers": []}, "answer-"),
        ],
        ids=str,
    )
    def test_a_wrong_value_names_its_field(
        self, api: Api, chapter: ChapterData, member: int, sent: dict[str, Any], field: str
    ) -> None:
        event = make_event(
            chapter, guests_most=2, questions=(EventQuestionData(text="Whom do you lead?", is_needed=True),)
        )
        answer = api(member, "PUT", f"events/{event.id}/answer/", sent)
        assert answer.status_code == 400, answer.content
        assert [name for name in answer.json() if name.startswith(field)]
        assert not Rsvp.objects.filter(state=RsvpState.GOING).exists()

    def test_an_answer_to_a_question_of_another_event_is_not_kept(
        self, api: Api, chapter: ChapterData, event: EventData, member: int
    ) -> None:
        other = make_event(chapter, questions=(EventQuestionData(text="Whom do you lead?"),))
        foreign = events.list_questions(other.id)[0].id
        sent = {**COMES, "answers": [{"question": foreign, "answer": "Nine bakers."}]}
        assert api(member, "PUT", f"events/{event.id}/answer/", sent).status_code == 200
        assert rsvps.list_own_answers(other.id, member) == {}

    def test_only_taking_a_seat_is_refused(
        self, api: Api, chapter: ChapterData, event: EventData, member: int, outsider: int
    ) -> None:
        make_rsvp(event, member)
        Event.objects.filter(pk=event.id).update(closes_minutes=60)
        put_start(event, timezone.now() + timedelta(minutes=30))
        refused = api(member, "PUT", f"events/{event.id}/answer/", COMES)
        assert (refused.status_code, refused.json()["code"], bool(refused.json()["next_step"])) == (403, "closed", True)
        assert api(member, "POST", f"events/{event.id}/decline/").json()["state"] == "cancelled"
        stranger = api(outsider, "PUT", f"events/{event.id}/answer/", COMES)
        assert (stranger.status_code, stranger.json()["code"]) == (403, "not_member")
        assert api(None, "PUT", f"events/{event.id}/answer/", COMES).status_code == 401

    def test_who_is_banned_does_not_come_to_an_open_event_either(
        self, api: Api, chapter: ChapterData, outsider: int, lead: int
    ) -> None:
        event = make_event(chapter, open_to=EventOpenTo.ANYONE)
        make_ban(chapter, outsider, banned_by=lead)
        refused = api(outsider, "PUT", f"events/{event.id}/answer/", COMES)
        assert (refused.status_code, Rsvp.objects.exists()) == (403, False)

    def test_an_offer_is_taken_once_or_passed_once(self, api: Api, chapter: ChapterData, member: int) -> None:
        event = make_event(chapter, room_capacity=1)
        make_rsvp(event, member, state=RsvpState.OFFERED)
        where = f"events/{event.id}/offer/"
        assert [api(member, "POST", where, {"is_taken": True}).json()["state"] for _ in range(2)] == ["going", "going"]
        assert Event.objects.get(pk=event.id).room_taken == 1
        other = make_event(chapter, room_capacity=1)
        make_rsvp(other, member, state=RsvpState.OFFERED)
        second = make_rsvp(other, state=RsvpState.WAITLISTED)
        passed = [api(member, "POST", f"events/{other.id}/offer/", {"is_taken": False}) for _ in range(2)]
        assert [answer.json()["state"] for answer in passed] == ["passed", "passed"]
        second.refresh_from_db()
        assert second.state == RsvpState.OFFERED

    def test_nothing_is_written_of_who_was_offered_nothing(self, api: Api, event: EventData, member: int) -> None:
        for path, body in (("offer", {"is_taken": True}), ("offer", {"is_taken": False}), ("keep", None)):
            refused = api(member, "POST", f"events/{event.id}/{path}/", body)
            assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
        assert not Rsvp.objects.exists()

    def test_a_seat_moves_with_the_event(self, api: Api, event: EventData, member: int, lead: int) -> None:
        make_rsvp(event, member)
        moved = {"revision": event.revision, "starts_local": f"{in_days(12):%Y-%m-%dT%H:%M}"}
        assert api(lead, "PATCH", f"events/{event.id}/", moved).status_code == 200
        assert api(member, "GET", f"events/{event.id}/answer/").json()["must_answer"] is True
        kept = [api(member, "POST", f"events/{event.id}/keep/").json()["must_answer"] for _ in range(2)]
        assert kept == [False, False]

    def test_haste_is_refused(self, api: Api, event: EventData, member: int, settings: Any) -> None:
        settings.CHAPTERS_ACT_LIMITS = {"attend": "1/h"}
        first, second = (api(member, "PUT", f"events/{event.id}/answer/", COMES) for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 429)
        assert int(second["Retry-After"]) > 0


class TestSeries:
    def test_it_is_previewed_made_published_and_answered_as_a_whole(
        self, api: Api, chapter: ChapterData, lead: int, member: int
    ) -> None:
        rule = {"frequency": "weekly", "starts_on": in_days(7).date().isoformat(), "at": "18:30", "count": 3}
        preview = api(lead, "POST", "series/preview/", {"rule": rule})
        assert (len(preview.json()["results"]), Event.objects.count()) == (3, 0)
        made = api(lead, "POST", "series/", {"plan": {"title": "Evenings", "place": "Library"}, "rule": rule})
        assert made.status_code == 201, made.content
        where = f"series/{made.json()['id']}/"
        assert [each["starts_local"] for each in made.json()["dates"]] == [
            each["starts_local"] for each in preview.json()["results"]
        ]
        assert api(member, "GET", where).status_code == 404
        assert {each["state"] for each in api(lead, "POST", f"{where}publish/").json()["dates"]} == {"published"}
        came = [api(member, "PUT", f"{where}answer/", COMES).json()["results"] for _ in range(2)]
        assert [each["state"] for each in came[0]] == ["going"] * 3
        assert came[0] == came[1]
        shown = api(member, "GET", where).json()
        assert (shown["comes"], [each["answer"]["state"] for each in shown["dates"]]) == (True, ["going"] * 3)
        more = api(lead, "POST", f"{where}extend/", {"more": 1, "is_published": True, "end": "3"})
        assert len(more.json()["dates"]) == 4
        assert api(lead, "POST", f"{where}extend/", {"more": 1, "end": "3"}).status_code == 409
        declined = api(member, "POST", f"{where}decline/", {}).json()["results"]
        assert {each["state"] for each in declined} == {"cancelled"}

    def test_from_one_date_on(self, api: Api, chapter: ChapterData, lead: int, member: int) -> None:
        series = make_series(chapter, lead)
        ids = [card.event.id for card in series.dates]
        came = api(member, "PUT", f"series/{series.id}/answer/", {**COMES, "from_event_id": ids[1]})
        assert [each["event_id"] for each in came.json()["results"]] == ids[1:]
        outside = make_event(chapter)
        wrong = api(member, "PUT", f"series/{series.id}/answer/", {**COMES, "from_event_id": outside.id})
        assert wrong.status_code in {404, 409}
        assert rsvps.find_rsvp(outside.id, member) is None

    def test_this_and_following_and_a_date_that_is_left_out(self, api: Api, chapter: ChapterData, lead: int) -> None:
        series = make_series(chapter, lead, count=4)
        first, second, third, _fourth = (card.event for card in series.dates)
        changed = {"revision": second.revision, "title": "From now on", "scope": "following"}
        assert api(lead, "PATCH", f"events/{second.id}/", changed).status_code == 200
        titles = [card["title"] for card in api(lead, "GET", f"series/{series.id}/").json()["dates"]]
        assert titles == [first.title, *["From now on"] * 3]
        left = api(lead, "POST", f"events/{third.id}/skip/", {"reason": "A holiday."}).json()
        assert (left["skipped"], left["dates"][2]["state"]) == ([third.occurrence.isoformat()], "cancelled")
        off = api(lead, "POST", f"events/{second.id}/cancel/", {"reason": "No hall.", "scope": "following"})
        assert off.json()["state"] == "cancelled"
        states = [card["state"] for card in api(lead, "GET", f"series/{series.id}/").json()["dates"]]
        assert states == ["published", *["cancelled"] * 3]

    def test_who_holds_one_date_does_not_change_those_that_others_hold(
        self, api: Api, chapter: ChapterData, lead: int
    ) -> None:
        holder = make_organizer(chapter, role=ChapterRole.HOST)
        first, *_later = (card.event for card in make_series(chapter, lead).dates)
        hosts = {"revision": first.revision, "host_ids": [lead, holder]}
        revision = api(lead, "PATCH", f"events/{first.id}/", hosts).json()["revision"]
        changed = {"revision": revision, "title": "Taken over", "scope": "following"}
        refused = api(holder, "PATCH", f"events/{first.id}/", changed)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_all_dates")
        assert api(holder, "PATCH", f"events/{first.id}/", changed | {"scope": "this"}).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"count": None}, "until"),
            ({"count": 1}, "rule.count"),
            ({"count": 61}, "rule.count"),
            ({"count": 10**30}, "rule.count"),
            ({"until": "2099-01-01"}, "count"),
            ({"until": "2099-01-01", "count": None}, "until"),
            ({"at": "25:00"}, "rule.at"),
            ({"at": "18:30:00"}, "rule.at"),
            ({"at": None}, "rule.at"),
            ({"starts_on": "2027-02-30"}, "rule.starts_on"),
            ({"starts_on": 20270112}, "rule.starts_on"),
            ({"starts_on": "0001-01-01"}, "starts_on"),
            ({"frequency": "hourly"}, "rule.frequency"),
            ({"frequency": "monthly_last_day", "starts_on": "2027-01-12"}, "starts_on"),
            ({"frequency": "monthly_weekday", "starts_on": "2027-01-12", "ordinal": 4}, "ordinal"),
            ({"ordinal": 5, "frequency": "monthly_weekday"}, "rule.ordinal"),
        ],
        ids=str,
    )
    def test_a_wrong_rule_names_its_field(self, api: Api, lead: int, changes: dict[str, Any], field: str) -> None:
        rule = {"frequency": "weekly", "starts_on": "2027-01-12", "at": "18:30", "count": 3, **changes}
        for path, body in (
            ("series/preview/", {"rule": rule}),
            ("series/", {"rule": rule, "plan": {"title": "Evenings", "place": "Library"}}),
        ):
            answer = api(lead, "POST", path, body)
            assert (answer.status_code, field in answer.json()) == (400, True), answer.content
        assert not EventSeries.objects.exists()

    def test_clocks_that_change_are_said(self, api: Api, lead: int) -> None:
        rule = {"frequency": "weekly", "starts_on": "2027-03-21", "at": "02:30", "count": 2}
        dates = api(lead, "POST", "series/preview/", {"rule": rule, "zone": "Europe/Amsterdam"}).json()["results"]
        assert [each["starts_local"] for each in dates] == ["2027-03-21T02:30", "2027-03-28T03:30"]
        assert (dates[0]["note"], bool(dates[1]["note"])) == ("", True)


class TestTheList:
    def test_it_is_paged_searched_and_counted(
        self, api: Api, chapter: ChapterData, event: EventData, lead: int, settings: Any
    ) -> None:
        settings.CHAPTERS_PAGE_SIZE = 2
        going = [make_rsvp(event, make_member(chapter, make_account(f"Guest {each}")).user_id).pk for each in "ABC"]
        waiting = [make_rsvp(event, state=RsvpState.WAITLISTED).pk for _ in range(2)]
        where, found, cursor = f"events/{event.id}/attendees/", [], ""
        while True:
            page = api(lead, "GET", where, cursor=cursor).json()
            found += [row["id"] for row in page["results"]]
            if not (cursor := page["next_cursor"]):
                break
        assert found == [*going, *waiting]
        assert (page["counts"]["going"], page["counts"]["waitlisted"], page["counts"]["removed"]) == (3, 2, 0)
        assert [row["name"] for row in api(lead, "GET", where, q="guest b").json()["results"]] == ["Guest B"]
        assert {row["id"] for row in api(lead, "GET", where, state="waitlisted").json()["results"]} == set(waiting)
        assert "state" in api(lead, "GET", where, state="asleep").json()

    def test_approve_refuse_and_remove_are_safe_to_repeat(
        self, api: Api, chapter: ChapterData, lead: int, member: int
    ) -> None:
        event = make_event(chapter, needs_approval=True, actor_id=lead)
        asked = [make_rsvp(event, state=RsvpState.PENDING) for _ in range(2)]

        def decide(row: Rsvp, act: str, note: str = "") -> list[str]:
            where = f"events/{event.id}/attendees/{row.pk}/"
            return [api(lead, "POST", where, {"act": act, "note": note}).json()["state"] for _ in range(2)]

        assert decide(asked[0], "approve") == ["going", "going"]
        assert decide(asked[1], "refuse", "Next time.") == ["declined", "declined"]
        assert decide(asked[0], "remove", "By mistake.") == ["removed", "removed"]
        assert Event.objects.get(pk=event.id).room_taken == 0
        where = f"events/{event.id}/attendees/{asked[0].pk}/"
        assert api(member, "POST", where, {"act": "approve"}).status_code == 403
        assert api(lead, "POST", where, {"act": "eat"}).json()["act"]

    def test_members_are_added_and_nobody_else(
        self, api: Api, chapter: ChapterData, lead: int, member: int, outsider: int
    ) -> None:
        event = make_event(chapter, actor_id=lead, room_capacity=1)
        make_rsvp(event)
        where = f"events/{event.id}/attendees/"
        full = api(lead, "POST", where, {"user_id": member})
        assert (full.status_code, "is_forced" in full.json()) == (409, True)
        forced = [api(lead, "POST", where, {"user_id": member, "is_forced": True}).json()["state"] for _ in range(2)]
        assert (forced, Event.objects.get(pk=event.id).room_taken) == (["going", "going"], 2)
        for nobody in (outsider, 987_654):
            refused = api(lead, "POST", where, {"user_id": nobody, "is_forced": True})
            assert (refused.status_code, list(refused.json())) == (404, ["user_id", "code"])

    def test_answers_of_another_event_are_none_of_this_one(self, api: Api, chapter: ChapterData, lead: int) -> None:
        event, other = make_event(chapter, actor_id=lead), make_event(chapter)
        row = make_rsvp(other)
        where = f"events/{event.id}/attendees/{row.pk}/"
        assert api(lead, "GET", where).status_code == 404
        assert api(lead, "POST", where, {"act": "remove", "note": "No."}).status_code == 404
        row.refresh_from_db()
        assert row.state == RsvpState.GOING

    def test_a_host_without_a_role_holds_the_event(
        self, api: Api, chapter: ChapterData, lead: int, member: int
    ) -> None:
        event = make_event(chapter, actor_id=lead, host_ids=(member,))
        row = make_rsvp(event, needs_note="A ramp.")
        listed = api(member, "GET", f"events/{event.id}/attendees/").json()["results"]
        assert [(each["id"], each["needs_note"]) for each in listed] == [(row.pk, "A ramp.")]
        assert api(member, "GET", f"events/{event.id}/plan/").status_code == 403
        draft = make_draft(chapter, actor_id=lead, host_ids=(member,))
        assert api(member, "POST", f"events/{draft.id}/publish/").status_code == 403

    def test_a_letter_is_sent_once(self, api: Api, event: EventData, lead: int, settings: Any) -> None:
        settings.CHAPTERS_EVENT_MAILS = "2/d"
        make_rsvp(event)
        letter = {"audience": "going", "subject": "The door", "body": "Ring twice.", "request_key": "one"}
        sent = [api(lead, "POST", f"events/{event.id}/mails/", letter).json()["id"] for _ in range(2)]
        assert (sent[0] == sent[1], EventMail.objects.count()) == (True, 1)
        assert api(lead, "POST", f"events/{event.id}/mails/", {**letter, "request_key": "two"}).status_code == 200
        hasty = api(lead, "POST", f"events/{event.id}/mails/", {**letter, "request_key": "three"})
        assert (hasty.status_code, int(hasty["Retry-After"]) > 0) == (429, True)
        listed = api(lead, "GET", f"events/{event.id}/mails/")
        assert (len(listed.json()["results"]), b"@" in listed.content) == (2, False)


class TestAfterwards:
    @pytest.fixture
    def evening(self, chapter: ChapterData, lead: int, member: int) -> EventData:
        """Return an event three days ago at which the member was recorded, and somebody else was not."""
        event = make_past_event(chapter, actor_id=lead, host_ids=(lead,))
        make_rsvp(event, member)
        attendance.import_attendance(
            meeting_id=event.meeting_id, actor_id=None, states={member: AttendanceState.PRESENT}
        )
        return event

    def test_a_survey_is_of_who_came_and_of_nobody_in_particular(
        self, api: Api, chapter: ChapterData, evening: EventData, member: int, lead: int
    ) -> None:
        where = f"events/{evening.id}/survey/"
        assert api(member, "GET", where).json()["is_asked"] is True
        said = {"rating": 5, "useful": "The silence."}
        assert [api(member, "PUT", where, said).status_code for _ in range(2)] == [200, 200]
        assert api(member, "GET", where).json()["useful"] == "The silence."
        other = make_member(chapter).user_id
        assert api(other, "PUT", where, said).status_code == 409
        assert api(member, "GET", f"{where}summary/").status_code == 403
        few = api(lead, "GET", f"{where}summary/").json()
        assert few == {"answers": 1, "asked": 1, "rating": None, "useful": [], "better": []}
        for wrong in ({"rating": 0}, {"rating": 6}, {"rating": "5"}, {"rating": None}, {}):
            assert "rating" in api(member, "PUT", where, wrong).json()

    def test_somebody_was_there_after_all(
        self, api: Api, chapter: ChapterData, evening: EventData, member: int, lead: int
    ) -> None:
        missed = make_member(chapter).user_id
        make_rsvp(evening, missed)
        where = f"events/{evening.id}/presence/"
        asked = api(missed, "POST", where, {"text": "I sat at the back."})
        assert (asked.status_code, asked.json()["request"]["is_accepted"]) == (200, None)
        waiting = api(lead, "GET", f"events/{evening.id}/presences/").json()["results"]
        assert [(each["user_id"], each["text"]) for each in waiting] == [(missed, "I sat at the back.")]
        assert api(member, "GET", f"events/{evening.id}/presences/").status_code == 403
        no = {"user_id": missed, "is_accepted": False}
        assert "answer" in api(lead, "POST", f"events/{evening.id}/presences/", no).json()
        yes = {"user_id": missed, "is_accepted": True}
        assert api(lead, "POST", f"events/{evening.id}/presences/", yes).json()["is_accepted"] is True
        assert api(missed, "GET", where).json()["presence"] == "attended"
        assert api(member, "POST", where, {"text": "Me too."}).status_code == 409

    def test_a_result_is_written_published_and_read(self, api: Api, evening: EventData, lead: int, member: int) -> None:
        where = f"events/{evening.id}/result/"
        assert api(lead, "PUT", where, {"text": "Half a **sentence**", "revision": 0}).json()["revision"] == 1
        assert api(member, "GET", where).status_code == 403
        assert api(member, "GET", "events/results/").json()["results"] == []
        late = api(lead, "PUT", where, {"text": "Another", "revision": 0})
        assert (late.status_code, "revision" in late.json()) == (409, True)
        done = {"text": "We agreed on <script>x</script> **three**.", "revision": 1, "is_published": True}
        assert api(lead, "PUT", where, done).status_code == 200
        shown = api(member, "GET", where).json()
        assert ("<strong>three</strong>" in shown["html"], "<script" in shown["html"]) == (True, False)
        assert [each["event_id"] for each in api(member, "GET", "events/results/").json()["results"]] == [evening.id]
        assert api(None, "GET", "events/results/").json()["results"] == []
        assert api(None, "GET", where).status_code == 401

    def test_a_ticket_is_for_the_room_and_says_who_is_in(self, api: Api, chapter: ChapterData, member: int) -> None:
        event = make_event(chapter, mode=MeetingMode.HYBRID, link="https://x.example")
        other = make_member(chapter).user_id
        make_rsvp(event, member)
        make_rsvp(event, other, mode=MeetingMode.ONLINE)
        ticket = api(member, "GET", f"events/{event.id}/ticket/").json()
        assert (ticket["is_checked_in"], ticket["arrived_at"]) == (False, None)
        meeting = attendance.get_meeting(event.meeting_id)
        assert attendance.read_ticket(meeting, ticket["url"].rstrip("/").rpartition("/")[2]) == member
        refused = api(other, "GET", f"events/{event.id}/ticket/")
        assert (refused.status_code, refused.json()["code"]) == (403, "online")
