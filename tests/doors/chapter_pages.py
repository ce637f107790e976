"""What the pages of chapters are sent: where each is, and a form that is right in every field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.doors import event_calls
from tests.doors.chapter_world import REASON, TEXTS

if TYPE_CHECKING:
    from tests.doors.world import World

Make = Callable[["World"], dict[str, Any]]


def _person(name: str) -> Make:
    return lambda world: {"user_id": world.people[name].pk}


def _row(argument: str, name: str) -> Make:
    return lambda world: {argument: world.ids[name]}


def _board(_world: World) -> dict[str, Any]:
    return {"audience": "everyone"}


TOPIC, POST, OWN = _row("topic_id", "topic"), _row("post_id", "board reported"), _row("post_id", "board reply")

#: What stands in the addresses of pages beside the slug; those that are not here have nothing there.
ADDRESSES: dict[str, Make] = {
    "my_report": _row("concern_id", "concern"),
    "person": _person("newcomer"),
    "board": _board,
    "board_read": _board,
    "board_preview": _board,
    "board_upload": _board,
    "topic": TOPIC,
    "topic_reply": TOPIC,
    "topic_seen": TOPIC,
    "topic_follow": TOPIC,
    "topic_pin": TOPIC,
    "topic_state": TOPIC,
    "post": POST,
    "post_edit": OWN,
    "post_withdraw": OWN,
    "post_helpful": POST,
    "post_report": POST,
    "post_remove": POST,
    "post_restore": _row("post_id", "board removed"),
    "post_settle": POST,
    "picture": lambda world: {"uid": world.picture},
    "course": lambda _world: {"course_id": "course-v1:Meridian+DOORS+2026"},
    "desk_request": _row("membership_id", "request"),
    "desk_member": _person("newcomer"),
    "desk_ban_person": _person("newcomer"),
    "desk_ban": _row("ban_id", "ban kept out"),
    "manage_chapter": _row("chapter_id", "chapter"),
    "manage_concern": _row("concern_id", "concern"),
    **event_calls.ADDRESSES,
}
#: Pages that are not about one chapter.
BESIDE = (
    "directory", "propose", "invitations", "my_report", "picture", "course", "manage", "manage_chapters",
    "manage_chapter", "manage_requests", "manage_leaving", "manage_concerns", "manage_concern", *event_calls.BESIDE,
)  # fmt: skip
#: Pages about a chapter that waits for the community team; its proposer is the member.
OF_A_PROPOSAL = ("proposal",)

INTRODUCTION = {"position": "Team lead", "why": "To practise hard talks."}
PLAN = {
    "name": "Eldoret runners for leads",
    "scope": "city",
    "type": "social",
    "lead": "For people who lead and run.",
    "city": "Eldoret",
    "country": "KE",
    "zone": "Africa/Nairobi",
    "language": "en",
    "audience": "People who lead",
    "core_value": "Running together",
    "tone": "Friendly",
    "unique_value": "Nobody else runs at noon.",
    "lost": "The noon runs.",
    "goals": "A run a week.",
    "contact": "leads@eldoret.example.org",
    "cover": "2",
    "entry": "everyone",
    "name_format": "name",
}
RULES = {
    **{f"learners-{name}": value for name, value in {"courses": "", "match": "any", "follows": "invite"}.items()},
    "alumni-courses": "course-v1:Meridian+DOORS+2026",
    "alumni-match": "any",
    "alumni-follows": "invite",
    "act": "confirm",
}

#: What each form is filled in with.
FORMS: dict[str, Make] = {
    "propose": lambda _world: PLAN,
    "proposal": lambda _world: {**PLAN, "act": "save"},
    "invitations": lambda world: {"invitation": world.ids["invitation"]},
    "join": lambda world: {**INTRODUCTION, f"answer-{world.ids['question']}": "Nine bakers."},
    "leave": lambda _world: {},
    "left": lambda _world: {"reason": "no_time"},
    "mail": lambda _world: {"digest": "daily"},
    "appeal": lambda _world: {"text": "It was somebody else."},
    "introduction": lambda _world: INTRODUCTION,
    "person": lambda _world: {},
    "report": lambda _world: {"kind": "conduct", "text": "Another thing.", "request_key": "door"},
    "new_topic": lambda _world: {
        "board": "everyone", "kind": "light", "title": "Done today?", "body": TEXTS["reply"], "insists": "on"
    },
    "board_preview": lambda _world: {"body": "**Bold**"},
    "topic_reply": lambda _world: {"body": TEXTS["reply"]},
    "topic_follow": lambda _world: {"follow": "on"},
    "topic_pin": lambda _world: {"pin": "on"},
    "topic_state": lambda _world: {"state": "closed"},
    "post_edit": lambda _world: {"body": TEXTS["reply"] + " Always."},
    "post_helpful": lambda _world: {"helpful": "on"},
    "post_report": lambda _world: {"reason": REASON},
    "post_remove": lambda _world: {"reason": REASON},
    "post_settle": lambda _world: {"decision": "keep"},
    "desk_request": lambda _world: {"act": "accept"},
    "desk_member": lambda _world: {"act": "remove", "reason": REASON},
    "desk_ban_person": lambda _world: {"length": "7", "reason": REASON},
    "desk_ban": lambda _world: {"act": "appeal", "verdict": "lifted", "answer": REASON},
    "desk_questions": lambda _world: {"text-0": "What brings you here?", "kind-0": "line", "act": "save"},
    "desk_profile": lambda _world: {**PLAN, "name": "Nairobi evenings"},
    "desk_rules": lambda _world: RULES,
    "desk_roles": lambda world: {"act": "end", "term": world.ids["term host"], "reason": REASON},
    "desk_life": lambda _world: {"to": "paused", "reason": REASON, "until": soon()},
    "desk_export": lambda _world: {"reason": REASON},
    "manage_chapter": lambda world: {"act": "lead", "username": world.people["heir"].username},
    "manage_concern": lambda _world: {"act": "take"},
    **event_calls.FORMS,
}  # fmt: skip


def soon() -> str:
    """Return a day to come, in the week after the next."""
    return (datetime.now(UTC) + timedelta(days=12)).date().isoformat()
