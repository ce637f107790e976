"""The REST API of chapters: refusals, bodies, pages of lists, and what is never told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chapters.models import Membership
from tests.chapters import factories as make
from tests.doors.calls import Call, call_of
from tests.doors.chapter_calls import PLAN, SLUG
from tests.doors.conftest import shared_world, world  # noqa: F401 - the same people and things
from tests.doors.table import chapter_rows
from tests.doors.world import World, as_json

API = "/chapters/api/v1"
HERE = f"{API}/chapters/{SLUG}"
READ = [row.door for row in chapter_rows() if ":api_" in row.door and " " not in row.door]


def send(client: Client, method: str, url: str, body: Any = None) -> Any:
    """Send JSON and return the answer."""
    return Call(url, method, as_json(body) if body is not None else {}).send(client)


class TestRefusals:
    def test_a_decision_has_reason_code_and_next_step(self, world: World) -> None:  # noqa: F811
        answer = send(world.client("stranger"), "GET", f"{HERE}/members/")
        assert answer.status_code == 403
        assert answer.json() == {
            "detail": "This is for members of the chapter.",
            "code": "not_member",
            "next_step": "Join the chapter.",
            "next_url": f"/chapters/{SLUG}/join/",
        }

    def test_somebody_who_is_not_signed_in_is_told_so(self, world: World) -> None:  # noqa: F811
        answer = send(Client(), "GET", f"{HERE}/members/")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"introduction": {"why": "x" * 501}}, "introduction.why"),
            ({"introduction": {"why": 5}}, "introduction.why"),
            ({"introduction": {"private": ["shoes"]}}, "introduction.private.0"),
            ({"digest": "hourly"}, "digest"),
            ({"digest": ["daily"]}, "digest"),
            ({"paused_until": "soon"}, "paused_until"),
            ({"paused_until": 20261122}, "paused_until"),
            ({}, "introduction"),
        ],
        ids=str,
    )
    def test_a_wrong_value_names_its_field(self, world: World, body: Any, field: str) -> None:  # noqa: F811
        answer = send(world.client("member"), "PATCH", f"{HERE}/membership/", body)
        assert (answer.status_code, answer.json()["code"], field in answer.json()) == (400, "invalid", True)

    @pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"', b"{", b"[" * 9_000, b"\xff"])
    def test_a_body_that_is_no_object_changes_nothing(self, world: World, body: bytes) -> None:  # noqa: F811
        client = world.client("member")
        call = Call(f"{HERE}/leave/", "POST", {"data": body, "content_type": "application/json"})
        assert call.send(client).status_code == 400
        assert Membership.objects.get(user_id=world.people["member"].pk).state == "member"

    @pytest.mark.parametrize(
        ("text", "status"),
        [("a" * 20_000, 400), ("a" + " " * 20_000, 400), ("a" * 120_000, 413)],
        ids=["long", "long with blanks", "beyond any"],
    )
    def test_texts_that_are_too_long(self, world: World, text: str, status: int) -> None:  # noqa: F811
        answer = send(world.client("member"), "POST", f"{HERE}/topics/{world.ids['topic']}/replies/", {"body": text})
        assert answer.status_code == status

    def test_haste_says_how_long_to_wait(self, world: World, settings: Any) -> None:  # noqa: F811
        settings.CHAPTERS_ACT_LIMITS = {"hello": "0/h"}
        answer = call_of("chapters:api_hello POST", world).send(world.client("member"))
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0

    @pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 30, "١"])
    def test_numbers_that_are_none(self, world: World, number: str) -> None:  # noqa: F811
        for path in (f"members/{number}/", f"topics/{number}/"):
            assert send(world.client("member"), "GET", f"{HERE}/{path}").status_code == 404


class TestThingsOfOtherChapters:
    """A number of another chapter's thing leads nowhere, whoever asks."""

    def test_they_are_not_found(self, world: World) -> None:  # noqa: F811
        other = f"{API}/chapters/mombasa-mornings"
        ids = world.ids
        calls = [
            (f"{other}/topics/{ids['topic']}/", "GET", None),
            (f"{other}/posts/{ids['board reply']}/remove/", "POST", {"reason": "Names."}),
            (f"{other}/requests/{ids['request']}/", "POST", {"is_accepted": True}),
            (f"{other}/bans/{ids['ban kept out']}/lift/", "POST", {}),
            (f"{other}/bans/{ids['ban kept out']}/answer/", "POST", {"answer": "No.", "is_lifted": True}),
            (f"{other}/roles/{ids['term host']}/end/", "POST", {}),
            (f"{other}/members/{world.people['newcomer'].pk}/remove/", "POST", {"reason": "Names."}),
        ]
        for url, method, body in calls:
            for role in ("organizer elsewhere", "superuser"):
                assert send(world.client(role), method, url, body).status_code == 404, url

    @pytest.mark.parametrize("role", ["lead", "manager"])
    def test_nobody_is_banned_who_never_came(self, world: World, role: str) -> None:  # noqa: F811
        """Else an organizer could read the name of every account by its number, and have each told of a ban."""
        for user_id in (world.people["stranger"].pk, 987_654):
            body = {"user_id": user_id, "reason": "Because.", "days": 9}
            answer = send(world.client(role), "POST", f"{HERE}/bans/", body)
            assert (answer.status_code, "user_name" in answer.json()) == (404, False)

    def test_a_proposal_is_known_to_its_proposer(self, world: World) -> None:  # noqa: F811
        found = {
            role: send(world.client(role), "GET", f"{API}/chapters/kisumu-lunches/").status_code
            for role in ("member", "stranger", "lead", "manager")
        }
        assert found == {"member": 200, "stranger": 404, "lead": 404, "manager": 200}


class TestWhatIsTold:
    @pytest.mark.parametrize("role", ["anonymous", "member", "lead", "superuser"])
    def test_no_addresses_of_mail(self, world: World, role: str) -> None:  # noqa: F811
        client = world.client(role)
        for door in READ:
            response = call_of(door, world).send(client)
            assert b"example.com" not in response.content, door
            assert b"example.org" not in response.content, door

    def test_a_private_field_is_for_organizers(self, world: World) -> None:  # noqa: F811
        body = {"introduction": {"skills": "Lock picking", "private": ["skills"]}}
        assert send(world.client("member"), "PATCH", f"{HERE}/membership/", body).status_code == 200
        url = f"{HERE}/members/{world.people['member'].pk}/"
        seen = {
            role: send(world.client(role), "GET", url).json()["introduction"]["skills"] for role in ("alumni", "lead")
        }
        assert seen == {"alumni": "", "lead": "Lock picking"}

    def test_what_i_may_do(self, world: World) -> None:  # noqa: F811
        me = send(world.client("co-organizer"), "GET", f"{HERE}/").json()["me"]
        assert (me["state"], me["roles"]) == ("member", ["co_organizer"])
        assert {"ban", "edit_rules"} & set(me["may"]) == set()
        assert {"review_requests", "export_members"} <= set(me["may"])
        assert send(Client(), "GET", f"{HERE}/").json()["me"] is None


def test_members_are_paged_by_a_cursor(world: World, settings: Any) -> None:  # noqa: F811
    from chapters import api

    settings.CHAPTERS_PAGE_SIZE = 3
    chapter = api.get_chapter(world.ids["chapter"])
    for _ in range(3):
        make.make_member(chapter)
    client, seen, cursor = world.client("member"), [], ""
    while True:
        page = send(client, "GET", f"{HERE}/members/?cursor={cursor}").json()
        assert len(page["results"]) <= 3
        seen += [member["user_id"] for member in page["results"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == api.get_chapter(chapter.id).members


def test_a_chapter_is_proposed_and_changed(world: World) -> None:  # noqa: F811
    client = world.client("stranger")
    made = send(client, "POST", f"{API}/chapters/", PLAN)
    assert made.status_code == 201
    slug = made.json()["slug"]
    changed = send(
        client, "PATCH", f"{API}/chapters/{slug}/", {"lead": "For runners.", "positioning": {"tone": "Calm"}}
    )
    assert changed.status_code == 200
    assert (changed.json()["lead"], changed.json()["positioning"]["tone"]) == ("For runners.", "Calm")
    assert changed.json()["positioning"]["core_value"] == PLAN["positioning"]["core_value"]
