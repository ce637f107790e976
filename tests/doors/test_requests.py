"""What is sent to a door: methods, types, sizes, depths and ids that it does not take are refused and break nothing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client

from discussion_ext.models import Contribution
from tests.doors.calls import Call, call_of
from tests.doors.table import Row, allowed, chapter_rows, rows
from tests.doors.world import World, as_json

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
TABLES = {name: rows(name) for name in ("Pages and REST", "Handlers in the LMS")} | {"Chapters": chapter_rows()}
ADDRESSES = [row for table in TABLES.values() for row in table if row["Methods"]]
ACTS = [row for row in TABLES["Handlers in the LMS"] if row["Methods"] == "POST"]
WRITES = [*ACTS, *(row for row in TABLES["Pages and REST"] if row.door.endswith((" POST", " PUT")))]


@pytest.mark.parametrize("line", ADDRESSES, ids=lambda line: line.door)
def test_other_methods(world: World, line: Row) -> None:
    call, client = call_of(line.door, world), world.client(allowed(line))
    wanted = line["Methods"].split()
    for method in METHODS:
        status = call.send(client, method).status_code
        if method in wanted:
            assert status != 405, method
        else:
            assert status == 405, method


@pytest.mark.parametrize("line", ADDRESSES, ids=lambda line: line.door)
def test_strangers_learn_no_more_by_another_method(world: World, line: Row) -> None:
    """Where a stranger may write at all, as in chapters, they are told what is missing in what they sent: nothing."""
    call, client = call_of(line.door, world), world.client("stranger")
    known = {405, int(line["stranger"][:3])}
    if line in TABLES["Chapters"]:
        at_this_address = [row for row in TABLES["Chapters"] if row.door.split()[0] == line.door.split()[0]]
        known |= {int(row["stranger"][:3]) for row in at_this_address} | {400, 404, 415}
    for method in METHODS:
        assert call.send(client, method).status_code in known, method


@pytest.fixture
def calls(world: World) -> list[tuple[str, Call, Client]]:
    """Return every act that takes JSON, with the browser of somebody who may use it."""
    browsers = {role: world.client(role) for role in {allowed(line) for line in ACTS}}
    return [(line.door, call_of(line.door, world), browsers[allowed(line)]) for line in ACTS]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", ""],
)
def test_other_types_of_content(calls: list[tuple[str, Call, Client]], content_type: str) -> None:
    """JSON under a type that a foreign page's form can send is not taken for ours."""
    for door, call, client in calls:
        assert call.send(client, data=call.body["data"], content_type=content_type).status_code == 415, door


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"page": NaN}', b"[" * 100_000],
    ids=["cut", "list", "null", "number", "text", "no utf-8", "nan", "deep"],
)
def test_bodies_that_are_no_object(calls: list[tuple[str, Call, Client]], body: bytes) -> None:
    for door, call, client in calls:
        response = call.send(client, data=body, content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (400, "json"), door


def test_a_body_that_is_too_long(calls: list[tuple[str, Call, Client]]) -> None:
    for door, call, client in calls:
        response = call.send(client, **as_json({"text": "a" * 200_001}))
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large"), door


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"choice": "name"}', 200),
        ("application/json", b'{"choice": "' + b"a" * 20_000 + b'"}', 413),
        ("application/json", b"[" * 9_000, 400),
        ("application/x-www-form-urlencoded", b"choice=name", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b'{"choice": "name"}', 415),
        ("application/json", b'{"choice": NaN}', 400),
        ("application/json", b"\xff\xfe", 400),
    ],
)
def test_bodies_of_the_rest_api(world: World, content_type: str, body: bytes, status: int) -> None:
    call = call_of("gamification:api_privacy PUT", world)
    assert call.send(world.client("learner"), data=body, content_type=content_type).status_code == status


def test_a_form_that_is_too_long(world: World) -> None:
    """Django's own limit holds for the two pages that take a form."""
    for door in ("gamification:privacy POST", "people:unsubscribe POST"):
        call = call_of(door, world)
        body = b"choice=" + b"a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        assert call.send(world.client("learner"), data=body).status_code == 400


# -- ids ---------------------------------------------------------------------------------------------------------------

WILD: tuple[Any, ...] = (
    0, -1, 2**63, 2**64, 10**400, 1.5, True, None, "", "x", "1 OR 1=1", "1; DROP TABLE auth_user", "1'--", "١", "0x1",
    "9" * 5000, [1], {"$gt": 0},
)  # fmt: skip
WITH_POST = ("answers", "post_answer", "edit", "withdraw", "report", "helpful")
TEAM_WITH_ID = {
    "remove": "post",
    "restore": "post",
    "resolve": "report",
    "learner": "user",
    "override": "user",
    "undo_override": "user",
}


def _with(call: Call, **changed: Any) -> dict[str, Any]:
    return as_json(json.loads(call.body["data"]) | changed)


@pytest.mark.parametrize("wild", WILD, ids=lambda value: repr(value)[:20])
def test_ids_that_are_none(world: World, wild: Any) -> None:
    doors = [(f"learner_action/{act}", "post", "learner") for act in WITH_POST]
    doors += [(f"team_action/{act}", field, "team") for act, field in TEAM_WITH_ID.items()]
    for act, field, role in doors:
        call = call_of(f"case_discussion.{act}", world)
        response = call.send(world.client(role), **_with(call, **{field: wild}))
        assert (response.status_code, response.json()["error"]["field"]) == (400, field), act


@pytest.mark.parametrize("act", WITH_POST)
def test_whoever_may_not_see_posts_cannot_tell_which_exist(world: World, act: str) -> None:
    """The moderator has taken no position: every number is answered in the same words, byte by byte."""
    call, client = call_of(f"case_discussion.learner_action/{act}", world), world.client("moderator")
    ids = [world.ids[name] for name in ("learner", "classmate", "answer", "removed", "foreign", "missing")]
    answers = [call.send(client, **_with(call, post=number)) for number in ids]
    assert {(answer.status_code, answer.content) for answer in answers} == {(403, answers[0].content)}
    seen = call.send(world.client("learner"), **_with(call, post=world.ids["classmate"]))
    assert seen.content != answers[0].content  # somebody who may see it is answered otherwise


@pytest.mark.parametrize("act", WITH_POST)
def test_posts_that_are_gone_elsewhere_or_nowhere_are_one(world: World, act: str) -> None:
    call, client = call_of(f"case_discussion.learner_action/{act}", world), world.client("learner")
    ids = [world.ids[name] for name in ("removed", "foreign", "missing")]
    answers = [call.send(client, **_with(call, post=number)) for number in ids]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize("act", TEAM_WITH_ID)
def test_the_team_of_a_course_reaches_nothing_of_another(world: World, act: str) -> None:
    field = TEAM_WITH_ID[act]
    others = {"post": "foreign", "report": "missing"}
    foreign = world.people["elsewhere"].pk if field == "user" else world.ids[others[field]]
    nowhere = 10**9 if field == "user" else world.ids["missing"]
    call, client = call_of(f"case_discussion.team_action/{act}", world), world.client("team")
    answers = [call.send(client, **_with(call, **{field: number})) for number in (foreign, nowhere)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize(
    "course_id",
    ["nonsense", "course-v1:a+b", "course-v1:A+B+C' OR '1'='1", "course-v1:" + "x" * 3000 + "+b+c", "%00", "１"],
)
def test_course_keys_that_are_none(world: World, course_id: str) -> None:
    for line in TABLES["Pages and REST"]:
        if line.door.startswith("gamification:"):
            call = call_of(line.door, world)
            url = call.url.replace("course-v1:Meridian+DOORS+2026", quote(course_id))
            assert url != call.url
            response = Call(url, call.method, call.body).send(world.client("learner"))
            assert response.status_code in {403, 404}, line.door


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "..%2f", "WzEsICJ4Il0:1:x", "' OR 1=1"])
def test_links_that_are_not_ours(world: World, token: str) -> None:
    for method in ("GET", "POST"):
        assert Call(f"/community/people/mail/{token}/", method).send(world.client("anonymous")).status_code == 404


@pytest.mark.parametrize("act", ["start", "post_position", "post_answer", "post_look_back", "edit", "withdraw"])
@pytest.mark.parametrize("wrong", [{"order": "best"}, {"order": 7}, {"step": ["answer"]}], ids=str)
def test_what_the_screen_says_is_read_before_anything_is_written(world: World, act: str, wrong: dict[str, Any]) -> None:
    """A post that stands although its author was told that it was refused is the worst of both."""
    if act in {"start", "withdraw"} and "step" in wrong:
        return  # they do not ask for it
    call, client = call_of(f"case_discussion.learner_action/{act}", world), world.client("learner")
    posts = Contribution.objects.order_by("pk")
    before = list(posts.values_list("pk", "body", "state"))
    response = call.send(client, **_with(call, **wrong))
    assert (response.status_code, response.json()["error"]["field"]) == (400, next(iter(wrong)))
    assert list(posts.values_list("pk", "body", "state")) == before
    assert call.send(client).status_code == 200
