"""The check-in pages as people open them, without script; and what programs of hosts are answered."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import OperationalError
from django.urls import reverse

from discussion_ext.api import attendance as api
from discussion_ext.attendance import codes
from discussion_ext.data import AttendanceSource, AttendanceState, WhatNextData
from discussion_ext.models import AttendanceChange, Meeting
from discussion_ext.views import check_in as views
from tests.attendance.conftest import START, enter, seat

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)


def soup_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response: Any) -> str:
    """Return what a reader sees, with spaces folded."""
    return " ".join(unescape(soup_of(response).find("main").get_text(" ")).split())


def name_of(response: Any) -> str:
    return " ".join(soup_of(response).find("h1").get_text().split())


class Stage:
    """A meeting with a learner who has a seat, its host, one of the team, and somebody else."""

    def __init__(self, client: Any, make_account: Any, make_meeting: Any, owner: Any) -> None:
        self.client, self.owner = client, owner
        self.people = {
            name: make_account(name, name=name.title()) for name in ("learner", "host", "team", "visitor", "stranger")
        }
        ids = {name: user.pk for name, user in self.people.items()}
        owner.hosts, owner.team = {ids["host"]}, {ids["team"]}
        owner.names = {each: name.title() for name, each in ids.items()}
        self.meeting = make_meeting(host_id=ids["host"])
        seat(self.meeting, ids["learner"])
        self.ids = ids

    def url(self, name: str = "check_in") -> str:
        return reverse(f"discussion_ext:{name}", args=[self.meeting.uid])

    def open(self, who: str, name: str = "check_in", query: str = "", **options: Any) -> Any:
        self.client.force_login(self.people[who])
        return self.client.get(self.url(name) + query, **options)

    def post(self, who: str, name: str = "check_in", **data: Any) -> Any:
        self.client.force_login(self.people[who])
        return self.client.post(self.url(name), data)

    def send(self, who: str, body: Any) -> Any:
        self.client.force_login(self.people[who])
        body = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(self.url("api_roll"), body, content_type="application/json")

    def tick(self, who: str = "learner", state: str = "present", key: str = "k1") -> dict[str, Any]:
        made_at = (START - 6 * MINUTE).isoformat()
        return {"request_key": key, "user_id": self.ids[who], "state": state, "made_at": made_at}

    def found(self, who: str = "learner") -> Any:
        return api.find_attendance([self.meeting.id], [self.ids[who]]).get((self.meeting.id, self.ids[who]))


@pytest.fixture
def stage(client: Any, make_account: Any, make_meeting: Any, owner: Any) -> Stage:
    return Stage(client, make_account, make_meeting, owner)


class TestWho:
    @pytest.mark.parametrize(
        ("name", "allowed"),
        [
            ("check_in", {"learner", "host", "team"}),
            ("host_check_in", {"host", "team"}),
            ("api_check_in_code", {"host", "team"}),
            ("api_roll", {"host", "team"}),
            ("api_walk_ins", {"host", "team"}),
        ],
    )
    def test_each_page_has_its_people(self, stage: Stage, name: str, allowed: set[str]) -> None:
        refused = 403 if name.startswith("api") else 404
        answers = {who: stage.open(who, name).status_code for who in stage.people}
        assert answers == {who: 200 if who in allowed else refused for who in stage.people}
        stage.client.logout()
        assert stage.client.get(stage.url(name)).status_code == (401 if name.startswith("api") else 302)

    def test_signing_in_leads_back_with_what_was_scanned(self, stage: Stage) -> None:
        answer = stage.client.get(stage.url() + "?scan=1-abc")
        assert answer.status_code == 302
        assert "next=" in answer.url
        assert "scan" in answer.url

    def test_visitors_whom_the_owner_lets_in(self, stage: Stage) -> None:
        stage.owner.visitors.add(stage.ids["visitor"])
        assert stage.open("visitor").status_code == 200
        assert stage.open("visitor", "host_check_in").status_code == 404

    def test_an_address_tells_nothing(self, stage: Stage) -> None:
        stage.client.force_login(stage.people["stranger"])
        there, nowhere = stage.client.get(stage.url()), stage.client.get("/discussion_ext/check_in/nothing/")
        assert there.status_code == nowhere.status_code == 404

    def test_the_host_until_a_moment_and_the_team_always(self, stage: Stage, clock: Any) -> None:
        clock(stage.meeting.correct_until + MINUTE)
        assert [stage.open(who, "host_check_in").status_code for who in ("host", "team")] == [404, 200]


class TestLearner:
    def test_typing_the_code(self, stage: Stage) -> None:
        page = stage.open("learner")
        assert name_of(page) == "Giving feedback upwards"
        field = soup_of(page).find("input", {"name": "code"})
        assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
        code = api.current_code(stage.meeting.id).code
        answer = stage.post("learner", code=f" {code[:3]} {code[3:]}")
        assert (answer.status_code, answer.url) == (302, stage.url())
        assert stage.found().source is AttendanceSource.CODE

    def test_then_it_says_so_and_what_is_next(self, stage: Stage, clock: Any) -> None:
        stage.owner.next = WhatNextData(
            counts="Counts for “Attend”.",
            next="Your report is due Thu 17 Dec.",
            calendar_url="/x.ics",
            back_url="/b",
            back_label="Back",
        )
        clock(START - 3 * MINUTE)
        enter(stage.meeting, stage.ids["learner"])
        page = stage.open("learner")
        said = text_of(page)
        assert name_of(page) == "You are checked in"
        assert "18:57, by code. Counts for “Attend”. Your report is due Thu 17 Dec." in said
        assert [each["href"] for each in soup_of(page).select("main a")] == ["/x.ics", "/b"]
        assert not soup_of(page).find("input", {"name": "code"})

    @pytest.mark.parametrize(
        ("typed", "said"), [("12", "You typed 2."), ("", "Type the six digits"), ("abc", "digits only")]
    )
    def test_what_is_wrong_is_said_beside_the_field(self, stage: Stage, typed: str, said: str) -> None:
        answer = stage.post("learner", code=typed)
        assert answer.status_code == 422
        soup = soup_of(answer)
        field, error = soup.find("input", {"name": "code"}), soup.find(id="check-in-error")
        assert said in error.get_text()
        assert (error["role"], field["aria-invalid"]) == ("alert", "true")
        assert "check-in-error" in field["aria-describedby"]
        assert not stage.found()

    def test_scanning_takes_one_press_and_opening_changes_nothing(self, stage: Stage, clock: Any) -> None:
        mark = codes.make_scan_mark(Meeting.objects.get(pk=stage.meeting.id), at=START - 5 * MINUTE)
        page = stage.open("learner", query=f"?scan={mark}")
        assert soup_of(page).find("input", {"name": "scan"})["value"] == mark
        assert not stage.found()
        assert stage.post("learner", scan=mark).status_code == 302
        assert stage.found().source is AttendanceSource.SCAN

    def test_a_picture_that_is_too_old_gives_way_to_the_field(self, stage: Stage, clock: Any) -> None:
        mark = codes.make_scan_mark(Meeting.objects.get(pk=stage.meeting.id), at=START - 15 * MINUTE)
        answer = stage.post("learner", scan=mark)
        assert answer.status_code == 422
        assert "expired" in text_of(answer)
        assert soup_of(answer).find("input", {"name": "code"})

    def test_guessing_is_held_up(self, stage: Stage, settings: Any) -> None:
        settings.DISCUSSION_EXT_CHECK_IN_LIMIT = "2/h"
        answers = [stage.post("learner", code="abc") for _ in range(3)]
        assert [each.status_code for each in answers] == [422, 422, 429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 3600
        assert "Try again in" in text_of(answers[-1])

    def test_before_it_opens(self, stage: Stage, clock: Any) -> None:
        clock(stage.meeting.check_in_from - MINUTE)
        page = stage.open("learner")
        assert "You can check in from Thu 3 Dec, 18:30, Nairobi time" in text_of(page)
        assert not soup_of(page).select("main form")
        assert stage.post("learner", code="1").status_code == 409

    def test_too_late_there_is_a_way_out(self, stage: Stage, clock: Any) -> None:
        stage.owner.next = WhatNextData(host_url="mailto:x@example.com", replay_url="/replay", replay="It counts.")
        clock(stage.meeting.check_in_until)
        page = stage.open("learner")
        assert name_of(page) == "Check-in is closed"
        assert "It closed at 19:30." in text_of(page)
        assert "ask your host, Host, who can add you until Sat 5 Dec" in text_of(page)
        assert [each["href"] for each in soup_of(page).select("main a")] == ["mailto:x@example.com", "/replay"]
        clock(stage.meeting.correct_until + timedelta(days=9))
        later = stage.open("learner")
        assert "It closed on Thu 3 Dec at 19:30." in text_of(later)
        assert "ask your course team" in text_of(later)
        assert "mailto:" not in later.content.decode()

    def test_a_cancelled_meeting_says_why(self, stage: Stage) -> None:
        api.cancel_meeting(meeting_id=stage.meeting.id, actor_id=None, reason="<b>Water</b> in the room")
        page = stage.open("learner")
        assert "This meeting was cancelled. <b>Water</b> in the room" in text_of(page)
        assert b"<b>Water</b>" not in page.content

    def test_hostile_titles_are_text(self, stage: Stage, make_meeting: Any) -> None:
        stage.meeting = make_meeting(title="<script>alert(1)</script>", place='"><script>x</script>')
        seat(stage.meeting, stage.ids["team"], is_forced=True)
        for name in ("check_in", "host_check_in"):
            page = stage.open("team", name)
            assert page.status_code == 200
            assert b"<script>alert" not in page.content
            assert b"<script>x" not in page.content

    def test_while_the_database_refuses_nothing_is_lost(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: Any, **_options: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(views.api, "find_attendance", fail)
        monkeypatch.setattr(views.api, "check_in", fail)
        for answer in (stage.open("learner"), stage.post("learner", code="123456")):
            assert answer.status_code == 503
            assert "Nothing is lost" in text_of(answer)


class TestHost:
    def test_the_code_the_picture_and_the_roll(self, stage: Stage) -> None:
        page = stage.open("host", "host_check_in")
        soup = soup_of(page)
        assert soup.find(attrs={"data-code": True}).get_text() == api.current_code(stage.meeting.id).code
        assert soup.find("svg", {"class": "cs-qr"})
        assert "Host · Room B2" in text_of(page)
        assert "0 of 1 here" in text_of(page)
        assert [each.get_text() for each in soup.select("[data-roll] b")] == ["Learner"]
        assert Meeting.objects.get().secret not in page.content.decode()

    def test_nothing_of_it_needs_a_style_or_a_script_in_the_page(self, stage: Stage) -> None:
        for who, name in (("host", "host_check_in"), ("learner", "check_in")):
            main = soup_of(stage.open(who, name)).find("main")
            assert not main.find_all("script")
            assert not main.select("[style], [onclick], [onsubmit]")

    def test_ticking_and_unticking_by_form(self, stage: Stage) -> None:
        for state, is_here in (("present", True), ("absent", False)):
            row = soup_of(stage.open("host", "host_check_in")).select_one("[data-person]")
            form = {each["name"]: each["value"] for each in row.select("input, button")}
            assert form["state"] == state
            answer = stage.post("host", "host_check_in", **form)
            assert (answer.status_code, answer.url) == (302, stage.url("host_check_in") + "#roll")
            assert (stage.found().state is AttendanceState.PRESENT) == is_here
            button = soup_of(stage.open("host", "host_check_in")).select_one("[data-person] button")
            assert button["aria-pressed"] == str(is_here).lower()

    def test_a_tick_on_a_later_page_leads_back_to_it(self, stage: Stage) -> None:
        stage.client.force_login(stage.people["host"])
        address = stage.url("host_check_in") + "?after=1"
        answer = stage.client.post(address, {"person": stage.ids["learner"], "state": "present", "key": "k"})
        assert answer.url == f"{address}#roll"

    @pytest.mark.parametrize("form", [{}, {"person": "x"}, {"person": "1"}, {"person": "1", "state": "dead"}])
    def test_forms_that_say_nothing(self, stage: Stage, form: dict[str, str]) -> None:
        answer = stage.post("host", "host_check_in", **form)
        assert answer.status_code == 400
        assert soup_of(answer).select_one("main [role=alert]")

    def test_somebody_who_is_not_on_the_list(self, stage: Stage) -> None:
        stage.owner.visitors.add(stage.ids["visitor"])
        page = soup_of(stage.open("host", "host_check_in", query="?q=visi"))
        form = {each["name"]: each["value"] for each in page.select("[data-found] input, [data-found] button")}
        assert stage.post("host", "host_check_in", **form).status_code == 302
        assert stage.found("visitor").state is AttendanceState.PRESENT
        assert api.has_seat(stage.meeting.id, stage.ids["visitor"])
        nobody = stage.open("host", "host_check_in", query="?q=zz")
        assert "Nobody was found" in text_of(nobody)

    def test_a_forged_person_is_refused_in_words(self, stage: Stage) -> None:
        answer = stage.post("host", "host_check_in", person=str(stage.ids["stranger"]), state="present", key="k")
        assert answer.status_code == 400
        assert "no seat" in text_of(answer)
        assert not stage.found("stranger")

    def test_before_and_after(self, stage: Stage, clock: Any) -> None:
        clock(stage.meeting.check_in_from - MINUTE)
        early = stage.open("host", "host_check_in")
        assert "Check-in and the roll open on Thu 3 Dec, 18:30" in text_of(early)
        assert not soup_of(early).find(attrs={"data-code": True})
        clock(stage.meeting.check_in_until)
        late = soup_of(stage.open("host", "host_check_in"))
        assert not late.find(attrs={"data-code": True})
        assert late.select("[data-person] button")

    def test_ticks_and_searches_have_a_pace(self, stage: Stage, settings: Any) -> None:
        settings.DISCUSSION_EXT_ROLL_LIMIT = "2/h"
        answers = [
            stage.post("host", "host_check_in", person="x"),
            stage.open("host", "host_check_in", query="?q=le"),
            stage.open("host", "host_check_in", query="?q=le"),
            stage.send("host", {"ticks": [stage.tick()]}),
            stage.open("host", "api_walk_ins", query="?q=le"),
        ]
        assert [each.status_code for each in answers] == [400, 200, 429, 429, 429]
        assert all(0 < int(each["Retry-After"]) <= 3600 for each in answers[2:])
        assert stage.open("host", "api_check_in_code").status_code == 200

    def test_queries_do_not_grow_with_the_people(self, stage: Stage, django_assert_max_num_queries: Any) -> None:
        stage.open("host", "host_check_in")
        for user_id in range(2000, 2060):
            seat(stage.meeting, user_id)
        with django_assert_max_num_queries(20):
            page = stage.client.get(stage.url("host_check_in"))
        assert len(soup_of(page).select("[data-roll] > [data-person]")) == 61


class TestRest:
    def test_the_code(self, stage: Stage) -> None:
        answer = stage.open("host", "api_check_in_code")
        shown = api.current_code(stage.meeting.id)
        body = answer.json()
        assert (body["code"], body["every_seconds"]) == (shown.code, 30)
        assert 1 <= body["seconds_left"] <= 30
        assert body["qr_svg"].startswith("<svg")
        assert answer["Cache-Control"] == "private, no-store"

    def test_the_roll(self, stage: Stage) -> None:
        assert stage.open("host", "api_roll").json() == {
            "present": 0,
            "seats": 1,
            "next_after": None,
            "results": [{"user_id": stage.ids["learner"], "name": "Learner", "note": "", "attendance": None}],
        }

    def test_ticks_and_what_became_of_them(self, stage: Stage) -> None:
        sent = {"ticks": [stage.tick(), stage.tick("stranger", key="k2")]}
        first, again = stage.send("host", sent), stage.send("host", sent)
        assert first.status_code == again.status_code == 200
        outcomes = [[each["outcome"] for each in answer.json()["results"]] for answer in (first, again)]
        assert outcomes == [["saved", "refused"], ["known", "refused"]]
        saved, refused = first.json()["results"]
        assert saved["attendance"]["said"] == "18:54, by the host"
        assert "no seat" in refused["message"]
        assert AttendanceChange.objects.count() == 1

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "nonsense",
            "[]",
            "3",
            {},
            {"ticks": []},
            {"ticks": "x"},
            {"ticks": [3]},
            {"ticks": [{"user_id": 1}]},
            {"ticks": [{"request_key": "k", "user_id": 2**40, "state": "present", "made_at": "2026-12-03T16:00Z"}]},
            {"ticks": [{"request_key": "k", "user_id": 1, "state": "dead", "made_at": "2026-12-03T16:00Z"}]},
            {"ticks": [{"request_key": "k", "user_id": 1, "state": "present", "made_at": "yesterday"}]},
            {"ticks": [{"request_key": "k" * 41, "user_id": 1, "state": "present", "made_at": "2026-12-03T16:00Z"}]},
            "[" * 20_000,
            b"\xff\xfe",
        ],
    )
    def test_bad_bodies(self, stage: Stage, body: Any) -> None:
        answer = stage.send("host", body)
        assert answer.status_code == 400, answer.content
        assert not AttendanceChange.objects.exists()

    def test_ticks_of_somebody_who_has_signed_out(self, stage: Stage) -> None:
        """On a phone that is shared, what one host ticked is not sent as another's."""
        sent = {"ticks": [stage.tick()], "made_by": stage.ids["host"]}
        refused = stage.send("team", sent)
        assert (refused.status_code, AttendanceChange.objects.count()) == (403, 0)
        assert "Somebody else is signed in" in refused.json()["detail"]
        assert stage.send("host", sent).status_code == 200
        assert stage.found().recorded_by == stage.ids["host"]

    def test_too_long_a_body(self, stage: Stage) -> None:
        assert stage.send("host", " " * 200_000).status_code == 413

    def test_refusals_say_why(self, stage: Stage, clock: Any) -> None:
        answer = stage.send("learner", {"ticks": [stage.tick()]})
        assert (answer.status_code, "Only the host and the team" in answer.json()["detail"]) == (403, True)
        clock(stage.meeting.check_in_from - MINUTE)
        answer = stage.send("host", {"ticks": [stage.tick()]})
        assert (answer.status_code, answer.json()["detail"]) == (409, "The roll opens together with check-in.")

    def test_people_to_add(self, stage: Stage) -> None:
        stage.owner.visitors.add(stage.ids["visitor"])
        found = stage.open("host", "api_walk_ins", query="?q=vis").json()
        assert found == {"results": [{"user_id": stage.ids["visitor"], "name": "Visitor"}]}
        assert stage.open("host", "api_walk_ins").json() == {"results": []}

    def test_a_session_needs_its_token(self, stage: Stage, django_user_model: Any) -> None:
        from django.test import Client

        careful = Client(enforce_csrf_checks=True)
        careful.force_login(stage.people["host"])
        body = json.dumps({"ticks": [stage.tick()]})
        assert careful.post(stage.url("api_roll"), body, content_type="application/json").status_code == 403
        assert careful.post(stage.url("host_check_in"), {"person": "1"}).status_code == 403
        assert not stage.found()
