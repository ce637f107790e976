"""How each door of docs/doors.md is called so that a refusal can only be about who calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import attendance, sessions
from tests.doors import chapter_calls, task_team
from tests.doors.task_world import TEXTS
from tests.doors.world import ANSWER, COURSE, LOOK_BACK, POSITIONS, World, as_json, handler_url


@dataclass(frozen=True)
class Call:
    """One request: where, how and with what."""

    url: str
    method: str = "GET"
    body: dict[str, Any] = field(default_factory=dict)

    def send(self, client: Client, method: str = "", **extra: Any) -> Any:
        """Send it as somebody, perhaps by another method or with something changed."""
        method = method or self.method
        response = client.generic(
            method,
            self.url,
            extra.pop("data", self.body.get("data", "") if method == self.method else ""),
            extra.pop("content_type", self.body.get("content_type", "application/octet-stream")),
            **extra,
        )
        if response.streaming:  # read it, so that the file behind it is closed
            response.streaming_content = [b"".join(response.streaming_content)]
        return response


Make = Callable[[World], Call]
FORM = "application/x-www-form-urlencoded"


def call_of(door: str, world: World, course: CourseKey = COURSE) -> Call:
    """Return the call that belongs to a row of the tables "Pages and REST", "Chapters" and "Handlers in the LMS"."""
    name, _space, method = door.partition(" ")
    if name.startswith("chapters:"):
        return chapter_calls.call_of(door, world)
    if "." in name:
        return _handler(name, world, course)
    return Call(_address(name, world, course), method or "GET", _body(door, world))


def _address(name: str, world: World, course: CourseKey) -> str:
    """Return where the door is."""
    if name == "discussion_ext:calendar":
        path = sessions.calendar_url(world.people["learner"].pk)
        return path[path.index("/discussion_ext/") :]
    if name == "people:unsubscribe":
        return reverse(name, args=[world.token])
    if name == "discussion_ext:ticket_check_in":
        meeting = attendance.find_meeting_by_uid(world.meeting_uid)
        assert meeting is not None
        return reverse(name, args=[meeting.uid, attendance.make_ticket(meeting.id, world.people["learner"].pk)])
    if name in MEETINGS:
        return reverse(name, args=[world.meeting_uid])
    return reverse(name, args=[str(course), *SESSIONS.get(name, lambda _world: [])(world)])


def _body(door: str, world: World) -> dict[str, Any]:
    """Return what is sent there."""
    forms = {
        "people:unsubscribe POST": "act=stop",
        "gamification:privacy POST": "choice=name",
    }
    if door in forms:
        return {"data": forms[door], "content_type": FORM}
    if door == "gamification:api_privacy PUT":
        return as_json({"choice": "name"})
    return _meeting_body(door, world) or _session_body(door, world)


MEETINGS = (
    "discussion_ext:check_in",
    "discussion_ext:host_check_in",
    "discussion_ext:api_check_in_code",
    "discussion_ext:api_roll",
    "discussion_ext:api_walk_ins",
)


#: What stands in the addresses of class sessions after the course.
SESSIONS: dict[str, Callable[[World], list[Any]]] = {
    "discussion_ext:my_sessions": lambda _world: [],
    "discussion_ext:sessions": lambda _world: [],
    "discussion_ext:session_settings": lambda world: [world.ids["session"]],
    "discussion_ext:sitting_add": lambda world: [world.ids["session"]],
    "discussion_ext:session_import": lambda world: [world.ids["session"], "seats"],
    "discussion_ext:session_preview": lambda world: [world.ids["session"], world.token_of_file],
    "discussion_ext:session_export": lambda world: [world.ids["session"], "seats"],
    "discussion_ext:sitting": lambda world: [world.ids["sitting"]],
    "discussion_ext:sitting_edit": lambda world: [world.ids["sitting"]],
    "discussion_ext:sitting_cancel": lambda world: [world.ids["sitting"]],
    "discussion_ext:sitting_learner": lambda world: [world.ids["sitting"], world.people["learner"].pk],
    "discussion_ext:sitting_export": lambda world: [world.ids["sitting"]],
    "discussion_ext:sitting_calendar": lambda world: [world.ids["sitting"]],
    "discussion_ext:api_sessions": lambda _world: [],
    "discussion_ext:api_choices": lambda world: [world.ids["open session"]],
    "discussion_ext:api_sittings": lambda world: [world.ids["session"]],
}

#: The form of a sitting, right in every field.
FORM_OF_A_SITTING = (
    "title=Lunch&day=2027-01-12&time=12:30&minutes=60&zone=Europe/Amsterdam&mode=online&link=https://meet.example.org/x"
)


def _session_body(door: str, world: World) -> dict[str, Any]:
    """Return what a door of class sessions is asked with, right in every field."""
    if door == "discussion_ext:session_import POST":
        line = b"learner,sitting\r\nlearner,%d\r\n" % world.ids["sitting"]
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        return {"data": head + line + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    if door == "discussion_ext:api_choices POST":
        return as_json({"act": "choose", "sitting_id": world.ids["later"]})
    waiting = world.ids["open session"]
    rules = "title=New&assigned_by=choice&change_until_hours=0&replay_percent=0"
    forms = {
        "discussion_ext:my_sessions POST": f"act=choose&session={waiting}&sitting={world.ids['later']}",
        "discussion_ext:session_settings POST": rules,
        "discussion_ext:sitting_add POST": FORM_OF_A_SITTING,
        "discussion_ext:session_preview POST": "act=confirm",
        "discussion_ext:sitting POST": f"person={world.people['moderator'].pk}",
        "discussion_ext:sitting_edit POST": FORM_OF_A_SITTING,
        "discussion_ext:sitting_cancel POST": "reason=Nobody+is+well.",
        "discussion_ext:sitting_learner POST": "act=correct&state=excused&reason=Ill.",
    }
    return {"data": forms[door], "content_type": FORM} if door in forms else {}


def _meeting_body(door: str, world: World) -> dict[str, Any]:
    """Return what a door of the meeting is asked with: the code that is shown, and a tick of the learner."""
    learner = world.people["learner"].pk
    if door == "discussion_ext:check_in POST":
        meeting = attendance.find_meeting_by_uid(world.meeting_uid)
        assert meeting is not None
        return {"data": f"code={attendance.current_code(meeting.id).code}", "content_type": FORM}
    if door == "discussion_ext:host_check_in POST":
        return {"data": f"person={learner}&state=present&key=k", "content_type": FORM}
    if door == "discussion_ext:ticket_check_in POST":
        return {"data": "key=k", "content_type": FORM}
    if door == "discussion_ext:api_roll POST":
        made_at = datetime.now(UTC).isoformat()
        return as_json({"ticks": [{"request_key": "k", "user_id": learner, "state": "present", "made_at": made_at}]})
    return {}


def _handler(name: str, world: World, course: CourseKey) -> Call:
    block_type, _dot, handler = name.partition(".")
    if block_type == "blended_task":
        return _task_handler(name, world, course)
    block = world.blocks[PANELS.get(block_type) or BLOCKS.get(name.partition("/")[2], "case")]
    url = handler_url(block.map_into_course(course), handler)
    if name == "case_discussion.team_csv":
        return Call(url)
    return Call(url, "POST", as_json(DATA[name](world) if name in DATA else {}))


def _task_handler(name: str, world: World, course: CourseKey) -> Call:
    handler, _slash, act = name.partition(".")[2].partition("/")
    path = f"{handler}/{STAGES.get(act, 's1')}/{act}" if handler == "stage_action" else f"{handler}/{act}"
    url = handler_url(world.blocks["task"].map_into_course(course), path)
    if handler == "team_csv":
        return Call(url.rstrip("/"))
    return Call(url, "POST", as_json(DATA[name](world) if name in DATA else {}))


#: Acts of a blended task that belong to another stage than the first, in which two have written.
STAGES = {"appeal": "s6", "check_in": "s2", "hand_in": "s3", "draw": "s4", "review": "s4", "post_position": "s5"}

#: Blocks of other kinds than a case.
PANELS = {"points_panel": "panel", "chapter_panel": "chapters"}

#: Acts that need another case than the one in which two have written.
BLOCKS = {"post_position": "fresh", "reopen": "closed"}

#: The author's form, right in every field.
FORM_OF_A_CASE: dict[str, Any] = {
    "display_name": "Mine now",
    "case_text": "Another text.",
    "prompt": "Why?",
    "position_min": "30",
    "position_max": "",
    "answers_wanted": "1",
    "answer_min": "5",
    "look_back_min": "5",
    "position_points": "4",
    "answers_points": "4",
    "look_back_points": "2",
    "is_held": True,
    "by_cohort": False,
    "topic_id": "",
    "opens_at": "",
    "closes_at": "",
}

FORM_OF_A_PANEL = {"display_name": "Mine now", "chapter": "", "chapter_count": 2, "topic_count": 3}

#: What an act is told; the others need nothing.
DATA: dict[str, Callable[[World], dict[str, Any]]] = {
    **task_team.DATA,
    "blended_task.learner_action/choose": lambda world: {"sitting": world.ids["task later"]},
    "blended_task.learner_action/wish": lambda world: {"sitting": world.ids["task full"], "is_wished": True},
    "blended_task.stage_action/more": lambda _world: {"page": 1},
    "blended_task.stage_action/answers": lambda world: {"post": world.ids["task classmate"], "page": 1},
    "blended_task.stage_action/draft": lambda _world: {"name": "position", "text": "Half a thought"},
    "blended_task.stage_action/preview": lambda _world: {"text": "Half a **thought**"},
    "blended_task.stage_action/post_position": lambda _world: {"text": POSITIONS["fresh"]},
    "blended_task.stage_action/post_answer": lambda world: {"post": world.ids["task classmate"], "text": LOOK_BACK},
    "blended_task.stage_action/edit": lambda world: {
        "post": world.ids["task learner"],
        "text": TEXTS["learner"] + " " + ANSWER,
    },
    "blended_task.stage_action/withdraw": lambda world: {"post": world.ids["task learner"]},
    "blended_task.stage_action/report": lambda world: {"post": world.ids["task classmate"], "reason": "Names."},
    "blended_task.stage_action/helpful": lambda world: {"post": world.ids["task classmate"], "is_helpful": True},
    "blended_task.stage_action/check_in": lambda world: {
        "code": attendance.current_code(world.ids["task meeting"]).code
    },
    "blended_task.stage_action/hand_in": lambda _world: {"text": TEXTS["report learner"] + " " + ANSWER},
    "blended_task.stage_action/review": lambda world: {"post": world.ids["task drawn"], "text": LOOK_BACK},
    "blended_task.stage_action/appeal": lambda _world: {"text": "It was in time."},
    "case_discussion.learner_action/more": lambda _world: {"page": 1},
    "case_discussion.learner_action/answers": lambda world: {"post": world.ids["classmate"], "page": 1},
    "case_discussion.learner_action/draft": lambda _world: {"name": "position", "text": "Half a thought"},
    "case_discussion.learner_action/preview": lambda _world: {"text": "Half a **thought**"},
    "case_discussion.learner_action/post_position": lambda _world: {"text": POSITIONS["fresh"]},
    "case_discussion.learner_action/post_answer": lambda world: {"post": world.ids["classmate"], "text": LOOK_BACK},
    "case_discussion.learner_action/post_look_back": lambda _world: {"text": LOOK_BACK},
    "case_discussion.learner_action/edit": lambda world: {
        "post": world.ids["learner"],
        "text": POSITIONS["learner"] + " " + ANSWER,
    },
    "case_discussion.learner_action/withdraw": lambda world: {"post": world.ids["learner"]},
    "case_discussion.learner_action/report": lambda world: {"post": world.ids["classmate"], "reason": "Names."},
    "case_discussion.learner_action/helpful": lambda world: {"post": world.ids["classmate"], "is_helpful": True},
    "case_discussion.team_action/learner": lambda world: {"user": world.people["learner"].pk},
    "case_discussion.team_action/remove": lambda world: {"post": world.ids["learner"], "reason": "Names."},
    "case_discussion.team_action/restore": lambda world: {"post": world.ids["removed"]},
    "case_discussion.team_action/resolve": lambda world: {"report": world.ids["report"], "is_upheld": False},
    "case_discussion.team_action/override": lambda world: {
        "user": world.people["learner"].pk,
        "score": 4,
        "reason": "Late.",
    },
    "case_discussion.team_action/undo_override": lambda world: {"user": world.people["classmate"].pk},
    "case_discussion.team_action/save_synthesis": lambda _world: {"text": "All in all."},
    "case_discussion.team_action/close": lambda _world: {"text": "All in all."},
    "case_discussion.author_action/submit": lambda _world: FORM_OF_A_CASE,
    "case_discussion.author_action/preview": lambda _world: FORM_OF_A_CASE,
    "chapter_panel.edit_panel": lambda _world: FORM_OF_A_PANEL,
    "points_panel.choose_name": lambda _world: {"choice": "name"},
    "points_panel.edit_panel": lambda _world: {"display_name": "Mine now", "latest_count": 3, "has_board": True},
}
