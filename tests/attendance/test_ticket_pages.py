"""The page where a host lands who scans a ticket, and tickets in the host's own page and REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from discussion_ext.api import attendance as api
from discussion_ext.data import AttendanceSource, MeetingData
from discussion_ext.models import AttendanceChange
from tests.attendance.conftest import START, Owner, enter, slot_of
from tests.attendance.test_pages import Stage, name_of, soup_of, text_of

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)


class Door(Stage):
    """The stage with a ticket of the learner's."""

    def ticket_url(self, who: str = "learner", *, token: str = "") -> str:
        mark = token or api.make_ticket(self.meeting.id, self.ids[who])
        return reverse("discussion_ext:ticket_check_in", args=[self.meeting.uid, mark])

    def look(self, who: str, of: str = "learner", **options: str) -> Any:
        self.client.force_login(self.people[who])
        return self.client.get(self.ticket_url(of, **options))

    def press(self, who: str, of: str = "learner", **data: Any) -> Any:
        self.client.force_login(self.people[who])
        return self.client.post(self.ticket_url(of), data)


@pytest.fixture
def door(client: Any, make_account: Any, make_meeting: Any, owner: Any) -> Door:
    return Door(client, make_account, make_meeting, owner)


class TestPage:
    def test_looking_shows_who_it_is_and_changes_nothing(self, door: Door) -> None:
        shown = door.look("host")
        assert (shown.status_code, name_of(shown)) == (200, "Learner")
        assert soup_of(shown).find("main").find("button").get_text(strip=True) == "Let in"
        assert "no-store" in shown["Cache-Control"]
        assert not AttendanceChange.objects.exists()

    def test_one_press_lets_in(self, door: Door) -> None:
        answer = door.press("host")
        assert answer.status_code == 302
        assert door.found().source is AttendanceSource.TICKET
        assert "In now. 18:55, by Host" in text_of(door.client.get(answer.url))

    def test_scanned_again_it_says_since_when_and_by_whom(self, door: Door, clock: Any) -> None:
        door.press("host")
        clock(START + 9 * MINUTE)
        assert "Already in. 18:55, by Host" in text_of(door.look("team"))
        door.press("team")
        assert AttendanceChange.objects.count() == 1

    def test_who_came_in_by_code_is_said_so(self, door: Door) -> None:
        enter(door.meeting, door.ids["learner"])
        assert "Already in. 18:55, by code" in text_of(door.look("host"))

    @pytest.mark.parametrize("who", ["learner", "visitor", "stranger"])
    def test_nobody_else_learns_whose_it_is(self, door: Door, who: str) -> None:
        for answer in (door.look(who), door.press(who)):
            assert answer.status_code in (403, 404)
            assert "Learner" not in text_of(answer)
        assert not AttendanceChange.objects.exists()

    def test_signed_out_one_signs_in_first(self, door: Door) -> None:
        answer = door.client.get(door.ticket_url())
        assert answer.status_code == 302
        assert "/login" in answer.url

    @pytest.mark.parametrize("token", ["A" * 22, "x", "é" * 22, "<script>", "0" * 300])
    def test_what_is_no_ticket(self, door: Door, token: str) -> None:
        shown = door.look("host", token=token)
        assert shown.status_code == 200
        assert "no ticket" in text_of(shown)
        door.client.force_login(door.people["host"])
        assert door.client.post(door.ticket_url(token=token)).status_code == 422
        assert not AttendanceChange.objects.exists()

    def test_of_another_meeting(self, door: Door, make_meeting: Any) -> None:
        other = make_meeting(host_id=door.ids["host"])
        token = api.make_ticket(other.id, door.ids["learner"])
        assert "Is it for another date?" in text_of(door.look("host", token=token))

    def test_of_a_meeting_that_is_none(self, door: Door) -> None:
        door.client.force_login(door.people["host"])
        assert door.client.get(reverse("discussion_ext:ticket_check_in", args=["f" * 32, "A" * 22])).status_code == 404

    def test_a_seat_that_was_given_back_and_a_host_who_lets_in(self, door: Door) -> None:
        api.free_seat(slot=slot_of(door.meeting, door.ids["learner"]))
        assert "No seat any more" in text_of(door.look("host"))
        refused = door.press("host")
        assert (refused.status_code, door.found()) == (409, None)
        door.owner.visitors.add(door.ids["learner"])
        assert door.press("host", walk_in="1").status_code == 302
        assert door.found().source is AttendanceSource.ROLL

    def test_before_it_opens_and_called_off(self, door: Door, clock: Any) -> None:
        clock(door.meeting.check_in_from - MINUTE)
        assert "open on" in text_of(door.look("host"))
        assert door.press("host").status_code == 409
        api.cancel_meeting(meeting_id=door.meeting.id, actor_id=1, reason="The room is under water")
        clock(START)
        assert "The room is under water" in text_of(door.look("host"))
        assert door.press("host").status_code == 409
        assert door.found() is None

    def test_scans_have_a_pace(self, door: Door, settings: Any) -> None:
        settings.DISCUSSION_EXT_ROLL_LIMIT = "2/m"
        assert [door.look("host").status_code for _ in range(3)] == [200, 200, 429]
        assert door.press("host")["Retry-After"]
        assert door.found() is None

    def test_the_form_needs_its_token(self, door: Door, django_user_model: Any) -> None:
        door.client.handler.enforce_csrf_checks = True
        assert door.press("host").status_code == 403
        assert door.found() is None

    def test_hostile_names_are_text(self, door: Door) -> None:
        door.owner.names[door.ids["learner"]] = "<script>alert(1)</script>"
        assert "&lt;script&gt;" in door.look("host").content.decode()

    def test_what_is_noted_stands_there(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        def note(_self: Owner, _meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
            return dict.fromkeys(user_ids, "and 1 guest")

        monkeypatch.setattr(Owner, "note_people", note)
        assert "and 1 guest" in text_of(door.look("host"))
        assert "and 1 guest" in text_of(door.open("host", "host_check_in"))


class TestHostPage:
    def test_scanning_is_offered_where_there_are_tickets(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        assert not soup_of(door.open("host", "host_check_in")).select("[data-scan]")
        monkeypatch.setattr(Owner, "has_tickets", True)
        (part,) = soup_of(door.open("host", "host_check_in")).select("[data-scan]")
        assert part.find("button").has_attr("hidden")  # until a script finds a camera that reads codes
        assert "camera app of this phone" in part.get_text()


class TestRest:
    def tick(self, door: Door, who: str = "learner", **changes: Any) -> dict[str, Any]:
        made_at = (START - 6 * MINUTE).isoformat()
        token = api.make_ticket(door.meeting.id, door.ids[who])
        return {"request_key": "k1", "ticket": token, "state": "present", "made_at": made_at} | changes

    def results(self, door: Door, *ticks: dict[str, Any]) -> list[dict[str, Any]]:
        answer = door.send("host", {"ticks": list(ticks)})
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    def test_tickets_among_ticks(self, door: Door) -> None:
        sent = (self.tick(door), self.tick(door, request_key="k2"), self.tick(door, ticket="A" * 22, request_key="k3"))
        saved, again, wrong = self.results(door, *sent)
        assert (saved["outcome"], saved["name"], saved["attendance"]["said"]) == ("saved", "Learner", "18:54, by Host")
        assert (again["outcome"], again["user_id"]) == ("already", door.ids["learner"])
        assert (wrong["outcome"], wrong["user_id"], wrong["name"]) == ("refused", None, "")
        assert "ticket" in wrong["message"]

    def test_the_whole_address_of_the_picture(self, door: Door) -> None:
        address = "https://lms.example.org" + door.ticket_url()
        (saved,) = self.results(door, self.tick(door, ticket=address))
        assert saved["outcome"] == "saved"

    @pytest.mark.parametrize(
        "changes",
        [
            {"user_id": 1},
            {"state": "absent"},
            {"ticket": ""},
            {"ticket": ["x"]},
            {"ticket": "A" * 501},
            {"ticket": None},
        ],
    )
    def test_bad_ticks(self, door: Door, changes: dict[str, Any]) -> None:
        answer = door.send("host", {"ticks": [self.tick(door, **changes)]})
        assert answer.status_code == 400, answer.content
        assert "ticks" in answer.json()
        assert not AttendanceChange.objects.exists()
