"""How each door of chapters is called so that a refusal can only be about who calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from tests.doors import chapter_pages, event_calls
from tests.doors.chapter_world import PIXEL, REASON, TEXTS
from tests.doors.world import as_json

if TYPE_CHECKING:
    from tests.doors.calls import Call
    from tests.doors.world import World

FORM = "application/x-www-form-urlencoded"
SLUG, PROPOSED = "nairobi-evenings", "kisumu-lunches"
Make = Callable[["World"], Any]

#: A chapter as somebody proposes it.
PLAN = {
    "name": "Eldoret runners",
    "scope": "city",
    "type": "social",
    "lead": "For people who lead and run.",
    "city": "Eldoret",
    "country": "KE",
    "zone": "Africa/Nairobi",
    "languages": ["en"],
    "positioning": {
        "audience": "People who lead",
        "core_value": "Running together",
        "tone": "Friendly",
        "unique_value": "Nobody else runs at noon.",
        "lost": "The noon runs.",
        "goals": "A run a week.",
    },
}


def _person(name: str) -> Make:
    return lambda world: {"user_id": world.people[name].pk}


def _row(argument: str, name: str) -> Make:
    return lambda world: {argument: world.ids[name]}


def _slug(_world: World) -> dict[str, Any]:
    return {}


def _board(_world: World) -> dict[str, Any]:
    return {"audience": "everyone"}


TOPIC, POST, OWN = _row("topic_id", "topic"), _row("post_id", "board reported"), _row("post_id", "board reply")

#: What stands in the addresses of the REST API beside the slug; those that are not here have nothing there.
ADDRESSES: dict[str, Make] = {
    "api_dismiss": _row("invitation_id", "invitation"),
    "api_member": _person("newcomer"),
    "api_hello": _person("newcomer"),
    "api_standing": _person("newcomer"),
    "api_remove_member": _person("newcomer"),
    "api_topics": _board,
    "api_board_read": _board,
    "api_upload": _board,
    "api_topic": TOPIC,
    "api_replies": TOPIC,
    "api_follow": TOPIC,
    "api_seen": TOPIC,
    "api_pin": TOPIC,
    "api_topic_state": TOPIC,
    "api_post": OWN,
    "api_helpful": POST,
    "api_report_post": POST,
    "api_settle": POST,
    "api_remove_post": POST,
    "api_restore_post": _row("post_id", "board removed"),
    "api_request": _row("membership_id", "request"),
    "api_lift_ban": _row("ban_id", "ban kept out"),
    "api_answer_appeal": _row("ban_id", "ban kept out"),
    "api_role": _row("term_id", "term host"),
    "api_concern": _row("concern_id", "concern"),
    **event_calls.ADDRESSES,
}
#: Doors of the REST API that are not about one chapter.
BESIDE = (
    "api_directory", "api_regions", "api_mine", "api_invitations", "api_dismiss", "api_own_concerns", "api_concerns",
    "api_concern", "api_manage", *event_calls.BESIDE,
)  # fmt: skip

#: What is sent, right in every field.
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "api_directory POST": lambda _world: PLAN,
    "api_chapter PATCH": lambda _world: {"lead": "For everybody who leads."},
    "api_membership POST": lambda world: {
        "introduction": {"position": "Team lead", "why": "To practise."},
        "answers": [{"question": world.ids["question"], "answer": "Nine bakers."}],
    },
    "api_membership PATCH": lambda _world: {"introduction": {"skills": "Listening"}, "digest": "daily"},
    "api_leave POST": lambda _world: {"reason": "no_time"},
    "api_appeal POST": lambda _world: {"text": "It was somebody else."},
    "api_standing POST": lambda _world: {"audience": "alumni", "is_granted": True, "reason": REASON},
    "api_remove_member POST": lambda _world: {"reason": REASON},
    "api_topics POST": lambda _world: {
        "kind": "light", "title": "Done today?", "body": TEXTS["reply"], "insists": True
    },
    "api_replies POST": lambda _world: {"body": TEXTS["reply"]},
    "api_follow PUT": lambda _world: {"is_followed": True},
    "api_pin PUT": lambda _world: {"is_pinned": True},
    "api_topic_state PUT": lambda _world: {"state": "closed"},
    "api_post PUT": lambda _world: {"body": TEXTS["reply"] + " Always."},
    "api_helpful PUT": lambda _world: {"is_helpful": True},
    "api_report_post POST": lambda _world: {"reason": REASON},
    "api_settle POST": lambda _world: {"is_upheld": False},
    "api_remove_post POST": lambda _world: {"reason": REASON},
    "api_restore_post POST": lambda _world: {},
    "api_request POST": lambda _world: {"is_accepted": True},
    "api_questions PUT": lambda _world: {"questions": [{"text": "What brings you here?"}]},
    "api_bans POST": lambda world: {"user_id": world.people["newcomer"].pk, "reason": REASON, "days": 9},
    "api_lift_ban POST": lambda _world: {},
    "api_answer_appeal POST": lambda _world: {"answer": REASON, "is_lifted": True},
    "api_roles POST": lambda world: {"user_id": world.people["heir"].pk, "role": "host"},
    "api_role POST": lambda _world: {},
    "api_step_down POST": lambda _world: {},
    "api_hand_over POST": lambda world: {"to_user_id": world.people["heir"].pk},
    "api_life POST": lambda _world: {"to": "paused", "reason": REASON, "until": chapter_pages.soon()},
    "api_rules PUT": lambda _world: {"rules": [{"audience": "alumni", "courses": ["course-v1:Meridian+DOORS+2026"]}]},
    "api_export POST": lambda _world: {"reason": REASON},
    "api_report_concern POST": lambda world: {
        "kind": "conduct", "text": "Another thing.", "about": [world.people["newcomer"].pk]
    },
    "api_concern POST": lambda _world: {"act": "take"},
    **event_calls.BODIES,
}  # fmt: skip


def _picture(field: str = "picture") -> dict[str, Any]:
    """Return the smallest picture there is, as a browser uploads it."""
    head = (
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        % field.encode()
    )
    alt = b'\r\n--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\nA door\r\n--x--\r\n'
    return {"data": head + PIXEL + alt, "content_type": "multipart/form-data; boundary=x"}


def call_of(door: str, world: World) -> Call:
    """Return the call that belongs to a row of the tables "Chapters" and "Chapter events"."""
    from tests.doors.calls import Call

    name, _space, method = door.partition(" ")
    short = name.removeprefix("chapters:")
    if short.startswith("api_"):
        sent = f"{short} {method}"
        body = as_json(BODIES[sent](world)) if sent in BODIES else {}
        return Call(
            _address(short, method, ADDRESSES, BESIDE, world),
            method or "GET",
            body if short != "api_upload" else _picture(),
        )
    url = _address(short, method, chapter_pages.ADDRESSES, chapter_pages.BESIDE, world)
    if method != "POST":
        return Call(url)
    if short == "board_upload":
        return Call(url, method, _picture(field="file"))
    filled = chapter_pages.FORMS.get(short, lambda _world: {})(world)
    return Call(url, method, {"data": urlencode(filled), "content_type": FORM})


def _address(short: str, method: str, known: Mapping[str, Make], beside: Collection[str], world: World) -> str:
    """Return where a door is; what it is about may be another thing for a method."""
    where = known.get(f"{short} {method}", known.get(short, _slug))(world)
    if short not in beside:
        where = {"slug": PROPOSED if short in chapter_pages.OF_A_PROPOSAL else SLUG, **where}
    return reverse(f"chapters:{short}", kwargs=where)
