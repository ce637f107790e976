"""A course with everybody in it who comes to a door, and what each door can be asked about."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey

from chapters.api import courses as chapters
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from common.djangoapps.student.roles import CourseStaffRole
from discussion_ext import api as cases
from discussion_ext.api import sessions
from discussion_ext.data import MeetingMode, MeetingPlanData
from discussion_ext.models import Contribution, Report
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from gamification import api as points
from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_MODERATOR, Role
from people.subscriptions import make_token
from tests.doors.chapter_world import hold_chapter
from tests.doors.task_world import TASK, hold_task

COURSE = CourseKey.from_string("course-v1:Meridian+DOORS+2026")
ELSEWHERE = CourseKey.from_string("course-v1:Meridian+OTHER+2026")
NOWHERE = CourseKey.from_string("course-v1:Meridian+NOWHERE+2026")
CASE = {
    "case_text": "Two of nine bakers call in sick.",
    "prompt": "What do you do before Tuesday?",
    "position_min": 8,
    "answers_wanted": 1,
    "answer_min": 5,
    "look_back_min": 5,
}
POSITIONS = {
    "learner": "I would speak with him first because nobody else asked about three long nights.",
    "classmate": "Someone should stop guessing and count how often that printer failed since summer began.",
    "fresh": "Before anything else every shift lead hears from me what happened and why it matters.",
}
ANSWER = "Checking that printer changes what everyone brings along later."
LOOK_BACK = "Her remark stayed: taking blame still gives somebody away quickly."


@dataclass
class World:
    """The people by role, the blocks by name, and the ids of what was written."""

    people: dict[str, User] = field(default_factory=dict)
    blocks: dict[str, UsageKey] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    meeting_uid: str = ""
    token_of_file: str = ""
    picture: str = ""

    @property
    def token(self) -> str:
        """Return what stands in the learner's unsubscribe link."""
        return make_token(self.people["learner"].pk, "case_answered")

    def client(self, role: str, **options: Any) -> Client:
        """Return a browser of somebody's own; ``anonymous`` is signed in as nobody."""
        client = Client(**options)
        if role != "anonymous":
            client.force_login(self.people[role])
        return client


def build_world() -> World:
    """Make all of it: a held case in which two have written, one untouched and one closed, and a board."""
    world = World()
    for key in (COURSE, ELSEWHERE):
        _make_course(key)
    _make_people(world)
    for course in (COURSE, ELSEWHERE):
        cases.set_on(course, True, actor_id=None)
        points.set_on(course, True, actor_id=None)
        chapters.set_on(course, True, actor_id=None)
    cache.clear()
    for name in ("case", "fresh", "closed"):
        world.blocks[name] = add_block(COURSE, "case_discussion", {"display_name": f"A {name} one", **CASE})
        publish_case(world.blocks[name])
    world.blocks["panel"] = add_block(COURSE, "points_panel", {})
    world.blocks["chapters"] = add_block(COURSE, "chapter_panel", {})
    world.blocks["foreign"] = add_block(ELSEWHERE, "case_discussion", {"display_name": "Another", **CASE})
    publish_case(world.blocks["foreign"])
    _write(world)
    _hold_session(world)
    world.blocks["task"] = add_block(COURSE, "blended_task", TASK)
    hold_task(world)
    hold_chapter(world)
    return world


def add_block(course: CourseKey, block_type: str, fields: dict[str, Any]) -> UsageKey:
    """Put a block into a new unit of a course and publish it."""
    store = CourseStore(Branch.DRAFT)
    parent = course.make_usage_key("course", "course")
    for step in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, step).location
    location = store.create_child(None, parent, block_type, fields=fields).location
    store.publish(parent)
    return location


def publish_case(usage_key: UsageKey) -> None:
    """Hand the case's configuration over, as publishing does after its commit."""
    block = CourseStore(Branch.PUBLISHED).get_item(usage_key)
    cases.sync_task(usage_key=usage_key, course_key=usage_key.course_key, config=block.task_configuration())


def handler_url(usage_key: UsageKey, handler: str) -> str:
    """Return the address of a block's handler in the LMS; ``handler`` may have a suffix."""
    return f"/courses/{usage_key.course_key}/xblock/{usage_key}/handler/{handler}"


def as_json(data: Any) -> dict[str, Any]:
    """Return what the test client needs to send JSON."""
    return {"data": json.dumps(data), "content_type": "application/json"}


def _make_course(key: CourseKey) -> None:
    fields = {"display_name": "Leading Teams Across Cultures", "start": "2026-01-01T00:00:00Z"}
    CourseStore(Branch.DRAFT).create_course(key, fields)


def _make_people(world: World) -> None:
    for role in ("stranger", "learner", "classmate", "elsewhere", "moderator", "team", "site staff", "superuser"):
        user = User.objects.create_user(role.replace(" ", "_"), f"{role.split()[0]}@example.com")
        UserProfile.objects.update_or_create(user=user, defaults={"name": role.title()})
        world.people[role] = user
    for role in ("learner", "classmate", "moderator"):
        CourseEnrollment.enroll(world.people[role], COURSE)
    Role.objects.get_or_create(name=FORUM_ROLE_MODERATOR, course_id=COURSE)[0].users.add(world.people["moderator"])
    CourseStaffRole(COURSE).add_users(world.people["team"])
    CourseStaffRole(ELSEWHERE).add_users(world.people["elsewhere"])
    User.objects.filter(pk=world.people["site staff"].pk).update(is_staff=True)
    User.objects.filter(pk=world.people["superuser"].pk).update(is_staff=True, is_superuser=True)
    for user in world.people.values():
        user.refresh_from_db()


def _hold_session(world: World) -> None:
    """Hold a class session in one sitting that people check in to now, with seats for the learner and the classmate."""
    block_id = world.blocks["case"].block_id
    session = sessions.ensure_session(course_key=COURSE, block_id=block_id, title="An evening")
    starts = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0)
    plan = MeetingPlanData(title="An evening", mode=MeetingMode.OFFLINE, starts_local=starts, zone="UTC", minutes=90)
    sitting = sessions.add_sitting(session_id=session.id, plan=plan, actor_id=world.people["team"].pk)
    seated = [world.people[role].pk for role in ("learner", "classmate")]
    sessions.assign(session_id=session.id, user_ids=seated, sitting_id=sitting.id, actor_id=world.people["team"].pk)
    world.ids |= {"session": session.id, "sitting": sitting.id}
    world.meeting_uid = sitting.meeting.uid
    # A second session, in which nobody has chosen yet, and a file that the team has read in.
    waiting = sessions.ensure_session(course_key=COURSE, block_id="another", title="A lunch")
    later = sessions.add_sitting(
        session_id=waiting.id, plan=replace(plan, starts_local=starts + timedelta(days=9)), actor_id=None
    )
    world.ids |= {"open session": waiting.id, "later": later.id}
    line = f"learner,sitting\nlearner,{sitting.id}\n".encode()
    world.token_of_file = sessions.read_file(
        kind=sessions.ImportKind.SEATS, session_id=session.id, data=line, actor_id=world.people["team"].pk
    ).token


def _write(world: World) -> None:
    case, learner, classmate = world.blocks["case"], world.people["learner"].pk, world.people["classmate"].pk
    team = world.people["team"].pk

    def posted(data: Any) -> int:
        assert data.contribution is not None
        return int(data.contribution.id)

    for role in ("learner", "classmate"):
        body = POSITIONS[role]
        world.ids[role] = posted(cases.post_position(usage_key=case, user_id=world.people[role].pk, body=body))
    world.ids["answer"] = posted(
        cases.post_answer(usage_key=case, contribution_id=world.ids["classmate"], user_id=learner, body=ANSWER)
    )
    world.ids["removed"] = posted(
        cases.post_answer(usage_key=case, contribution_id=world.ids["learner"], user_id=classmate, body=LOOK_BACK)
    )
    cases.report_contribution(usage_key=case, contribution_id=world.ids["answer"], user_id=classmate, reason="Rude.")
    world.ids["report"] = Report.objects.get().pk
    cases.remove_contribution(usage_key=case, contribution_id=world.ids["removed"], actor_id=team, reason="Names.")
    cases.override_grade(usage_key=case, user_id=classmate, actor_id=team, score=3, reason="Late.")
    cases.close_case(usage_key=world.blocks["closed"], actor_id=team, synthesis="All in all.")
    elsewhere = world.people["elsewhere"].pk
    CourseEnrollment.enroll(world.people["elsewhere"], ELSEWHERE)
    foreign = world.blocks["foreign"]
    world.ids["foreign"] = posted(cases.post_position(usage_key=foreign, user_id=elsewhere, body=POSITIONS["fresh"]))
    world.ids["missing"] = Contribution.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1000
