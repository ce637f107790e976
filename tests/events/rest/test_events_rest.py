"""Events by REST: lists and one event as readers see them, drafts, changes, and how an event goes on and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters.api import events
from chapters.data import ChapterData, EventData, EventOpenTo, EventState, RsvpState
from chapters.models import Event
from discussion_ext.data import MeetingMode
from discussion_ext.models import Meeting
from people.models import AuditEntry
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer
from tests.events.factories import in_days, make_draft, make_event, make_past_event, make_rsvp, put_state

from .conftest import Api

SCRIPT = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def new(**changes: Any) -> dict[str, Any]:
    """Return what makes a draft, with changes; a value of Ellipsis leaves a field out."""
    values = {
        "title": "Giving feedback upwards",
        "starts_local": f"{in_days(20):%Y-%m-%dT%H:%M}",
        "place": "Riverside Campus, room B2",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not ...}


class TestLists:
    def test_what_is_open_to_anyone_is_read_by_everybody(
        self, api: Api, chapter: ChapterData, event: EventData, member: int
    ) -> None:
        public = make_event(chapter, title="Open evening", open_to=EventOpenTo.ANYONE)
        assert [row["id"] for row in api(None, "GET", "events/").json()["results"]] == [public.id]
        inside = api(member, "GET", "events/").json()["results"]
        assert {row["id"] for row in inside} == {public.id, event.id}
        assert api(None, "GET", f"events/{public.id}/").json()["presence"] == ""

    def test_pages_meet_without_a_gap(self, api: Api, chapter: ChapterData, member: int, settings: Any) -> None:
        settings.CHAPTERS_PAGE_SIZE = 2
        made = [make_event(chapter, starts_local=in_days(days)).id for days in (5, 5, 6, 7, 8)]
        found, cursor = [], ""
        for _page in range(3):
            page = api(member, "GET", "events/", cursor=cursor).json()
            found += [row["id"] for row in page["results"]]
            cursor = page["next_cursor"]
        assert (found, cursor) == (made, "")
        past = make_past_event(chapter)
        assert [row["id"] for row in api(member, "GET", "events/", when="past").json()["results"]] == [past.id]

    @pytest.mark.parametrize("query", [{"cursor": "x"}, {"cursor": "W10"}, {"cursor": "é" * 150}, {"when": "never"}])
    def test_parameters_that_are_none_are_named(self, api: Api, member: int, query: dict[str, str]) -> None:
        for path in ("events/", "/chapters/api/v1/events/"):
            answer = api(member, "GET", path, **query)
            assert (answer.status_code, next(iter(query)) in answer.json()) == (400, True)

    def test_my_events_are_of_all_chapters(self, api: Api, event: EventData, member: int, lead: int) -> None:
        other = make_chapter("Mombasa mornings", slug="mombasa-mornings")
        there = make_event(other, is_place_hidden=True, place="Behind the harbour")
        make_rsvp(there, member)
        make_rsvp(event, member, state=RsvpState.WAITLISTED)
        mine = api(member, "GET", "/chapters/api/v1/events/").json()["results"]
        assert {(row["chapter"], row["answer"]["state"]) for row in mine} == {
            ("mombasa-mornings", "going"),
            (api(None, "GET", "").json()["slug"], "waitlisted"),
        }
        assert [row["place"] for row in mine if row["id"] == there.id] == ["Behind the harbour"]
        assert api(make_account(), "GET", "/chapters/api/v1/events/").json()["results"] == []

    def test_drafts_are_for_those_who_make_them(
        self, api: Api, chapter: ChapterData, lead: int, member: int, outsider: int
    ) -> None:
        draft = make_draft(chapter, actor_id=lead)
        assert [row["id"] for row in api(lead, "GET", "events/drafts/").json()["results"]] == [draft.id]
        assert api(member, "GET", "events/drafts/").status_code == 403
        seen = {who: api(who, "GET", f"events/{draft.id}/").status_code for who in (lead, member, outsider, None)}
        assert seen == {lead: 200, member: 404, outsider: 403, None: 401}

    def test_queries_do_not_grow(self, api: Api, chapter: ChapterData, member: int, lead: int) -> None:
        first = make_event(chapter, actor_id=lead)
        make_rsvp(first, member, needs_note="A ramp.")

        def grow(number: int) -> None:
            for _number in range(number):
                make_rsvp(make_event(chapter, actor_id=lead), member)
                make_event(chapter, actor_id=lead, open_to=EventOpenTo.ANYONE)
                make_rsvp(first, needs_note="Nothing.")

        def count(path: str, who: int | None) -> int:
            with CaptureQueriesContext(connection) as queries:
                assert api(who, "GET", path).status_code == 200
            return len(queries)

        paths = [("events/", member), ("events/", None), ("/chapters/api/v1/events/", member)]
        paths += [(f"events/{first.id}/", member), (f"events/{first.id}/attendees/", lead)]
        counts = []
        for number in (2, 0, 8):  # the first round fills caches
            grow(number)
            counts.append([count(path, who) for path, who in paths])
        assert counts[1] == counts[2]


class TestOneEvent:
    def test_it_says_what_the_reader_may_do_and_why_not(
        self, api: Api, chapter: ChapterData, event: EventData, member: int, outsider: int
    ) -> None:
        public = make_event(chapter, open_to=EventOpenTo.ANYONE)
        shown = api(outsider, "GET", f"events/{public.id}/").json()
        assert shown["decisions"]["answer"]["is_allowed"] is True
        assert shown["decisions"]["see_attendees"]["is_allowed"] is False
        assert shown["decisions"]["see_attendees"]["reason"]
        put_state(event, EventState.CANCELLED)
        refused = api(member, "GET", f"events/{event.id}/").json()["decisions"]["answer"]
        assert refused == {
            "is_allowed": False,
            "code": "called_off",
            "reason": "This event was called off.",
            "next_step": "Look for another one.",
            "next_url": f"/chapters/{chapter.slug}/events/",
        }

    def test_ways_have_their_seats(self, api: Api, chapter: ChapterData, member: int) -> None:
        event = make_event(chapter, mode=MeetingMode.HYBRID, room_capacity=3, guests_most=2, link="https://x.example")
        make_rsvp(event, guests=2)
        room, online = api(member, "GET", f"events/{event.id}/").json()["ways"]
        assert (room["capacity"], room["taken"], room["left"]) == (3, 3, 0)
        assert (online["capacity"], online["left"], online["decision"]["is_allowed"]) == (None, None, True)

    def test_markdown_is_safe(self, api: Api, chapter: ChapterData, member: int) -> None:
        event = make_event(chapter, description=f"**Bold** {SCRIPT}")
        shown = api(member, "GET", f"events/{event.id}/").json()
        assert "<strong>Bold</strong>" in shown["description_html"]
        assert "<script" not in shown["description_html"]
        assert "<img" not in shown["description_html"]

    @pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 30, "١", "%00"])
    def test_numbers_that_are_none(self, api: Api, member: int, outsider: int, number: str) -> None:
        for path in (f"events/{number}/", f"events/{number}/attendees/", f"series/{number}/"):
            assert api(member, "GET", path).status_code in {403, 404}
            assert api(outsider, "GET", path).status_code in {403, 404}

    def test_an_event_of_another_chapter_is_none_of_this_one(self, api: Api, lead: int, manager: int) -> None:
        other = make_event(make_chapter("Mombasa mornings", slug="mombasa-mornings"))
        rsvp = make_rsvp(other)
        for who in (lead, manager):
            for method, path, body in (
                ("GET", f"events/{other.id}/", None),
                ("PATCH", f"events/{other.id}/", {"revision": other.revision, "title": "Mine"}),
                ("POST", f"events/{other.id}/cancel/", {"reason": "Mine."}),
                ("POST", f"events/{other.id}/copy/", {"starts_local": "2027-01-12T18:30"}),
                ("GET", f"events/{other.id}/attendees/{rsvp.pk}/", None),
            ):
                assert api(who, method, path, body).status_code == 404, path
        assert events.get_event(other.id).title == other.title


class TestMaking:
    def test_a_draft_is_made_changed_published_and_copied(self, api: Api, chapter: ChapterData, lead: int) -> None:
        made = api(lead, "POST", "events/", new(questions=[{"text": "Whom do you lead?"}], access_facts=["lift"]))
        assert made.status_code == 201
        draft = made.json()
        assert (draft["zone"], draft["has_waitlist"], draft["access_facts"]) == (chapter.zone.key, True, ["lift"])
        where = f"events/{draft['id']}/"
        changed = api(lead, "PATCH", where, {"revision": draft["revision"], "room_capacity": 12})
        assert changed.status_code == 200, changed.content
        shown = changed.json()
        assert (shown["ways"][0]["capacity"], shown["title"]) == (12, "Giving feedback upwards")
        assert [each["text"] for each in shown["questions"]] == ["Whom do you lead?"]
        assert api(lead, "POST", f"{where}publish/").json()["state"] == "published"
        copy = api(lead, "POST", f"{where}copy/", {"starts_local": f"{in_days(40):%Y-%m-%dT%H:%M}"})
        assert (copy.status_code, copy.json()["room_capacity"]) == (201, 12)
        assert api(lead, "DELETE", f"events/{copy.json()['id']}/").json() == {"done": True}
        assert api(lead, "DELETE", where).status_code == 403
        assert [row.state for row in Event.objects.all()] == ["published"]

    def test_what_is_read_can_be_sent_back(self, api: Api, chapter: ChapterData, lead: int) -> None:
        event = make_event(chapter, actor_id=lead, access_facts=frozenset(), guests_most=2, is_place_hidden=True)
        plan = api(lead, "GET", f"events/{event.id}/plan/").json()
        answer = api(lead, "PATCH", f"events/{event.id}/", plan)
        assert (answer.status_code, answer.json()["revision"]) == (200, event.revision), answer.content

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"title": ...}, "title"),
            ({"title": " "}, "title"),
            ({"title": None}, "title"),
            ({"title": "x" * 256}, "title"),
            ({"title": 7}, "title"),
            ({"title": "\ud800"}, "title"),
            ({"starts_local": ...}, "starts_local"),
            ({"starts_local": "2020-01-01T18:30"}, "starts_local"),
            ({"starts_local": "2027-02-30T18:30"}, "starts_local"),
            ({"starts_local": "2027-01-12T18:30Z"}, "starts_local"),
            ({"starts_local": "2027-01-12T18:30+03:00"}, "starts_local"),
            ({"starts_local": "2027-01-12T25:00"}, "starts_local"),
            ({"starts_local": "0000-00-00T00:00"}, "starts_local"),
            ({"starts_local": "9999-12-31T23:59"}, "starts_local"),
            ({"starts_local": "２027-01-12T18:30"}, "starts_local"),
            ({"starts_local": 1_800_000_000}, "starts_local"),
            ({"starts_local": "2027-03-28T02:30", "zone": "Europe/Amsterdam"}, "starts_local"),
            ({"starts_local": "2027-10-31T02:30", "zone": "Europe/Amsterdam"}, "fold"),
            ({"fold": 2}, "fold"),
            ({"zone": "Mars/Olympus"}, "zone"),
            ({"zone": "../../etc/passwd"}, "zone"),
            ({"minutes": 0}, "minutes"),
            ({"minutes": 2881}, "minutes"),
            ({"minutes": 90.5}, "minutes"),
            ({"minutes": "90"}, "minutes"),
            ({"minutes": True}, "minutes"),
            ({"room_capacity": -1}, "room_capacity"),
            ({"room_capacity": 10**30}, "room_capacity"),
            ({"online_capacity": None}, "online_capacity"),
            ({"guests_most": 6}, "guests_most"),
            ({"mode": "telepathy"}, "mode"),
            ({"mode": ["offline"]}, "mode"),
            ({"open_to": "alumni"}, "open_to"),
            ({"kind": ""}, "kind"),
            ({"link": "javascript:alert(1)"}, "link"),
            ({"link": "ftp://example.org"}, "link"),
            ({"languages": ["klingon"]}, "languages"),
            ({"languages": "en"}, "languages"),
            ({"access_facts": ["dragon"]}, "access_facts.0"),
            ({"host_ids": [10**6]}, "host_ids"),
            ({"host_ids": [0]}, "host_ids.0"),
            ({"host_ids": {"1": 1}}, "host_ids"),
            ({"is_place_hidden": "yes"}, "is_place_hidden"),
            ({"offer_hours": 0}, "offer_hours"),
            ({"opens_days": 1, "closes_minutes": 2880}, "opens_days"),
            ({"questions": [{"text": "Which?", "kind": "choice", "choices": ["One"]}]}, "questions-0"),
            ({"questions": [{"kind": "line"}]}, "questions.0.text"),
            ({"questions": [{"text": "x"}] * 9}, "questions"),
            ({"units": [{"usage_key": "nothing"}]}, "units-0"),
            ({"description": "x" * 10_001}, "description"),
            ({"summary": "x" * 301}, "summary"),
        ],
        ids=str,
    )
    def test_a_wrong_value_names_its_field(self, api: Api, lead: int, changes: dict[str, Any], field: str) -> None:
        answer = api(lead, "POST", "events/", new(**changes))
        assert answer.status_code == 400, answer.content
        assert field in answer.json()
        assert not Event.objects.exists()

    def test_of_a_doubled_time_one_is_chosen(self, api: Api, lead: int) -> None:
        moment = {"starts_local": "2027-10-31T02:30", "zone": "Europe/Amsterdam"}
        starts = []
        for fold in (0, 1):
            made = api(lead, "POST", "events/", new(**moment, fold=fold)).json()
            starts.append(api(lead, "GET", f"events/{made['id']}/").json()["starts_at"])
        assert starts == ["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"]

    def test_a_new_time_forgets_which_of_two_the_old_one_was(self, api: Api, lead: int) -> None:
        moment = {"starts_local": "2027-10-31T02:30", "zone": "Europe/Amsterdam", "fold": 1}
        made = api(lead, "POST", "events/", new(**moment)).json()
        where = f"events/{made['id']}/"
        answer = api(lead, "PATCH", where, {"revision": made["revision"], "starts_local": "2028-10-29T02:30"})
        assert (answer.status_code, "fold" in answer.json()) == (400, True)
        kept = api(lead, "PATCH", where, {"revision": made["revision"], "title": "Another"})
        assert (kept.status_code, kept.json()["starts_at"]) == (200, "2027-10-31T01:30:00Z")

    def test_what_is_not_asked_for_changes_nothing(self, api: Api, lead: int, chapter: ChapterData) -> None:
        extra = {"id": 99, "state": "published", "chapter_id": 99, "series_id": 99, "room_taken": 5, "revision": 99}
        made = api(lead, "POST", "events/", new(**extra))
        assert made.status_code == 201
        row = Event.objects.get()
        assert (row.pk != 99, row.state, row.chapter_id, row.series_id, row.room_taken) == (
            True,
            "draft",
            chapter.id,
            None,
            0,
        )

    def test_two_who_change_at_once_notice_it(self, api: Api, event: EventData, lead: int) -> None:
        where = f"events/{event.id}/"
        first = api(lead, "PATCH", where, {"revision": event.revision, "title": "First"})
        second = api(lead, "PATCH", where, {"revision": event.revision, "title": "Second"})
        assert (first.status_code, second.status_code, second.json()["code"]) == (200, 409, "event_changed")
        assert api(lead, "PATCH", where, {"title": "Third"}).json()["revision"]
        assert events.get_event(event.id).title == "First"

    def test_seats_that_are_taken_stay(self, api: Api, event: EventData, lead: int) -> None:
        for _number in range(3):
            make_rsvp(event)
        answer = api(lead, "PATCH", f"events/{event.id}/", {"revision": event.revision, "room_capacity": 2})
        assert (answer.status_code, "room_capacity" in answer.json()) == (400, True)

    def test_nobody_else_changes_it(self, api: Api, chapter: ChapterData, lead: int, member: int) -> None:
        event = make_event(chapter, actor_id=lead, host_ids=(member,))
        other_lead = make_organizer(make_chapter("Mombasa mornings", slug="mombasa-mornings"))
        plain = make_member(chapter).user_id
        before, recorded = list(Event.objects.values()), AuditEntry.objects.count()
        for who in (member, plain, other_lead, None):
            for method, path, body in (
                ("POST", "events/", new()),
                ("PATCH", f"events/{event.id}/", {"revision": event.revision, "title": "Mine"}),
                ("DELETE", f"events/{event.id}/", None),
                ("POST", f"events/{event.id}/cancel/", {"reason": "Mine."}),
                ("POST", f"events/{event.id}/copy/", {"starts_local": "2027-01-12T18:30"}),
                ("GET", f"events/{event.id}/plan/", None),
            ):
                assert api(who, method, path, body).status_code in {401, 403}, path
        assert (list(Event.objects.values()), AuditEntry.objects.count()) == (before, recorded)


class TestItsEnd:
    def test_it_is_called_off_once_and_restored(self, api: Api, event: EventData, lead: int, member: int) -> None:
        where = f"events/{event.id}/"
        assert api(lead, "POST", f"{where}cancel/", {"reason": " "}).json()["reason"]
        off = api(lead, "POST", f"{where}cancel/", {"reason": "The hall is flooded."})
        assert (off.status_code, off.json()["cancel_reason"]) == (200, "The hall is flooded.")
        assert api(lead, "POST", f"{where}cancel/", {"reason": "Again."}).json()["code"] == "called_off"
        assert api(member, "GET", where).json()["cancel_reason"] == "The hall is flooded."
        assert api(lead, "POST", f"{where}restore/").json()["state"] == "published"
        assert api(lead, "POST", f"{where}restore/").json()["code"] == "not_cancelled"

    def test_after_a_day_it_stays_called_off(self, api: Api, event: EventData, lead: int) -> None:
        api(lead, "POST", f"events/{event.id}/cancel/", {"reason": "The hall is flooded."})
        Meeting.objects.filter(pk=event.meeting_id).update(cancelled_at=timezone.now() - timedelta(hours=25))
        refused = api(lead, "POST", f"events/{event.id}/restore/")
        assert (refused.status_code, refused.json()["code"]) == (403, "final")
        assert refused.json()["next_step"]
