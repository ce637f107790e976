"""The table of docs/chapters-permissions.md, walked: everybody, every act, every state, by the decision and the doors.

The table is what is expected. The decision is asked for every cell; the pages and the REST API behind an act are opened
in the four states that differ (and in all seven where slow tests are run).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from chapters import api
from chapters.data import Action, Audience, ChapterState
from chapters.models import Chapter
from tests.doors.calls import Call
from tests.doors.chapter_calls import PROPOSED, SLUG, call_of
from tests.doors.conftest import shared_world, world  # noqa: F401 - the same people and things
from tests.doors.table import Row, rows
from tests.doors.world import World

PAGE = Path(__file__).parents[2] / "docs/chapters-permissions.md"
TABLE = rows("Table", PAGE)
OPEN: Final = {ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT}
WORDS: Final[dict[str, set[ChapterState]]] = {
    "no": set(),
    "open": OPEN,
    "shown": OPEN | {ChapterState.ARCHIVED},
    "all": set(ChapterState),
    **{state.value: {state} for state in ChapterState},
}
#: Two columns about one person: asked about somebody else's chapter, and about their own.
AT_HOME: Final = "at home"
HOME: Final = "mombasa-mornings"
WALKED: Final = (ChapterState.ACTIVE, ChapterState.ARCHIVED, ChapterState.PROPOSED, ChapterState.DECLINED)
STATES: Final = [state if state in WALKED else pytest.param(state, marks=pytest.mark.slow) for state in ChapterState]

#: To whom an act is done: the person whom the doors of the world are about.
TARGETS: Final = {
    Action.SAY_HELLO: "newcomer",
    Action.REMOVE_MEMBER: "newcomer",
    Action.BAN: "newcomer",
    Action.ANSWER_APPEAL: "decider",
    Action.GIVE_ROLE: "heir",
    Action.GIVE_LEAD: "heir",
    Action.HAND_OVER: "heir",
}

#: The doors behind an act, one of the REST API and one page where both have one. Events have none yet, and two acts are
#: questions that other acts ask.
DOORS: Final[dict[str, tuple[str, ...]]] = {
    "see": ("api_chapter", "chapter"),
    "see_members": ("api_members", "people"),
    "join": ("api_membership POST", "join POST"),
    "leave": ("api_leave POST", "leave POST"),
    "edit_introduction": ("api_membership PATCH", "introduction POST"),
    "say_hello": ("api_hello POST", "person POST"),
    "read_board everyone": ("api_topics", "api_topic", "board", "topic"),
    "read_board alumni": ("api_topics", "api_topic", "board", "topic"),
    "start_topic everyone": ("api_topics POST", "new_topic POST"),
    "start_topic alumni": ("api_topics POST", "new_topic POST"),
    "reply everyone": ("api_replies POST", "topic_reply POST"),
    "reply alumni": ("api_replies POST", "topic_reply POST"),
    "react everyone": ("api_helpful PUT", "post_helpful POST"),
    "report_post everyone": ("api_report_post POST", "post_report POST"),
    "moderate everyone": ("api_pin PUT", "api_remove_post POST", "topic_pin POST", "post_remove POST"),
    "see_desk": ("api_roles", "desk"),
    "edit_chapter": ("api_chapter PATCH",),
    "edit_rules": ("api_rules PUT",),
    "edit_questions": ("api_questions PUT", "desk_questions POST"),
    "review_requests": ("api_requests", "api_request POST", "desk_request POST"),
    "grant_standing": ("api_standing POST",),
    "remove_member": ("api_remove_member POST", "desk_member POST"),
    "ban": ("api_bans POST", "api_lift_ban POST", "desk_ban_person POST"),
    "answer_appeal": ("api_answer_appeal POST", "desk_ban POST"),
    "appeal": ("api_appeal POST", "appeal POST"),
    "export_members": ("api_export POST", "desk_export POST"),
    "see_leaving": ("api_leaving", "desk_leaving"),
    "see_audit": ("api_audit",),
    "give_role": ("api_roles POST",),
    "step_down": ("api_step_down POST",),
    "hand_over": ("api_hand_over POST",),
    "report_concern": ("api_report_concern POST", "report POST"),
    "manage": ("manage_chapter",),
}
#: Acts whose doors need nothing but the chapter, so that they are opened at home too.
AT_HOME_TOO: Final = (
    "see", "see_members", "leave", "edit_introduction", "see_desk", "edit_chapter", "edit_questions", "export_members",
    "see_leaving", "see_audit", "step_down", "report_concern",
)  # fmt: skip
ROLES: Final = tuple(TABLE[0].cells)[1:]


def allowed_in(line: Row, role: str) -> set[ChapterState]:
    """Return the states that a cell allows."""
    return set().union(*(WORDS[word] for word in line[role].split()))


def split(name: str) -> tuple[Action, Audience | None]:
    """Return the act and the board of a row's name."""
    act, _space, audience = name.partition(" ")
    return Action(act), Audience(audience) if audience else None


def put_into(state: ChapterState, slug: str) -> None:
    """Put a chapter into a state."""
    paused_until = timezone.now().date() if state is ChapterState.PAUSED else None
    Chapter.objects.filter(slug=slug).update(state=state, paused_until=paused_until)


def test_the_table_has_every_act() -> None:
    assert {split(line.door)[0] for line in TABLE} == set(Action)
    assert {line.door for line in TABLE} >= set(DOORS)


@pytest.mark.parametrize("state", list(ChapterState))
def test_the_decision(world: World, state: ChapterState) -> None:  # noqa: F811
    found: list[str] = []
    for role in ROLES:
        slug, person = (HOME, "organizer elsewhere") if role == AT_HOME else (SLUG, role)
        put_into(state, slug)
        chapter = api.find_chapter(slug)
        assert chapter is not None
        user = world.people.get(person)
        access = api.find_access(chapter, user.pk if user else None)
        for line in TABLE:
            action, audience = split(line.door)
            target = world.people[TARGETS[action]].pk if action in TARGETS else None
            decision = access.decide(action, audience=audience, target_id=target)
            if decision.is_allowed is not (state in allowed_in(line, role)):
                found.append(f"{line.door}, {role}: {decision}")
            if not decision.is_allowed:
                assert decision.code, line.door
                assert decision.reason, line.door
    assert found == []


def is_in(response: Any, slugs: Collection[str]) -> bool:
    """Say whether a door opened. Led to the sign-in page or back to the chapter, somebody has done nothing."""
    if response.status_code == 302:
        return not re.fullmatch(rf"/login.*|/chapters/({'|'.join(slugs)})/", response.url)
    assert response.status_code in {200, 201, 401, 403, 404}, response.content
    return response.status_code < 300


def call_at(door: str, world: World, *, slug: str, audience: Audience | None) -> Call:  # noqa: F811
    """Return the call of a door in a chapter and, where it is about a board, on that board."""
    call = call_of(f"chapters:{door}", world)
    url = call.url.replace(f"/{SLUG}/", f"/{slug}/")
    body = dict(call.body)
    if audience is Audience.ALUMNI:
        url = url.replace("/boards/everyone/", "/boards/alumni/")
        url = url.replace(f"/topics/{world.ids['topic']}/", f"/topics/{world.ids['alumni topic']}/")
        if isinstance(body.get("data"), str):
            body["data"] = body["data"].replace("board=everyone", "board=alumni")
    return Call(url, call.method, body)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("line", [line for line in TABLE if line.door in DOORS], ids=lambda line: line.door)
def test_the_doors(world: World, line: Row, state: ChapterState) -> None:  # noqa: F811
    """Whoever the table lets do it comes in, by the REST API and by the page, and nobody else does."""
    _action, audience = split(line.door)
    for slug in (SLUG, HOME):
        put_into(state, slug)
    found: list[str] = []
    for role in ROLES:
        if role == AT_HOME and line.door not in AT_HOME_TOO:
            continue
        slug, person = (HOME, "organizer elsewhere") if role == AT_HOME else (SLUG, role)
        client = world.client(person)
        for door in DOORS[line.door]:
            with transaction.atomic():
                response = call_at(door, world, slug=slug, audience=audience).send(client)
                transaction.set_rollback(True)
            cache.clear()
            if is_in(response, (SLUG, HOME, PROPOSED)) is not (state in allowed_in(line, role)):
                found.append(f"{door}, {role}: {response.status_code} {response.headers.get('Location', '')}")
    assert found == []
