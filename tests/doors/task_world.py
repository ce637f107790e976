"""A blended task in the world of the doors: two have discussed and reported back; the learner can check in now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from discussion_ext import api as cases
from discussion_ext.api import blended, sessions
from discussion_ext.data import Anchor, MeetingMode, MeetingPlanData, MomentRule, StageConfigData, StageKind
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from tests.doors import task_team
from xblocks.blended_stages import to_stored

if TYPE_CHECKING:
    from tests.doors.world import World

STAGES = (
    StageConfigData(
        id="s1", kind=StageKind.DISCUSS, title="Discuss", weight=40, position_min=8, answers_wanted=1, answer_min=5
    ),
    StageConfigData(id="s2", kind=StageKind.ATTEND, title="Attend", weight=20),
    StageConfigData(id="s3", kind=StageKind.REPORT, title="Apply", weight=20, report_min=5),
    StageConfigData(
        id="s4", kind=StageKind.REVIEW, weight=20, report_stage_id="s3", reviews_wanted=1, review_min=5,
        questions=("What is missing?",),
    ),
    StageConfigData(
        id="s6", kind=StageKind.DISCUSS, title="Over", weight=10,
        due=MomentRule(anchor=Anchor.FIXED, at=datetime.now(UTC) - timedelta(days=1)),
    ),
    StageConfigData(id="s5", kind=StageKind.DISCUSS, title="Discuss again", position_min=8, answers_wanted=0),
)  # fmt: skip
TASK = {"display_name": "A task", "catch_up_days": 0, "stages": [to_stored(stage) for stage in STAGES]}
TEXTS = {
    "learner": "I never told my manager that late calls wake my children every night.",
    "classmate": "He asks for criticism each Friday, and everybody praises him instead of answering.",
    "report learner": "On Monday I said it, and she moved the weekly call two hours earlier.",
    "report classmate": "Before our Friday round I asked him for ten quiet minutes alone.",
}


def hold_task(world: World) -> None:
    """Publish a task, let learner and classmate sit, discuss and report back, and keep a full and a free sitting."""
    key = world.blocks["task"]
    block = CourseStore(Branch.PUBLISHED).get_item(key)
    blended.sync_blended(usage_key=key, course_key=key.course_key, config=block.blended_configuration())
    session = sessions.ensure_session(course_key=key.course_key, block_id=key.block_id, title="A task")
    rules = {"title": session.title, "assigned_by": session.assigned_by, "replay_percent": 0, "actor_id": None}
    sessions.change_session(session_id=session.id, change_until_hours=0, **rules)
    soon = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0) + timedelta(minutes=10)
    for name, days, capacity in (("task sitting", 0, 0), ("task later", 9, 0), ("task full", 9, 1)):
        starts = soon + timedelta(days=days)
        plan = MeetingPlanData(
            title=name, mode=MeetingMode.OFFLINE, starts_local=starts, zone="UTC", minutes=90, capacity=capacity
        )
        world.ids[name] = sessions.add_sitting(session_id=session.id, plan=plan, actor_id=None).id
    world.ids["task meeting"] = sessions.get_sitting(world.ids["task sitting"]).meeting.id
    seats = {"learner": "task sitting", "classmate": "task later", "moderator": "task full"}
    for role, name in seats.items():
        sessions.assign(
            session_id=session.id, user_ids=[world.people[role].pk], sitting_id=world.ids[name], actor_id=None
        )
    _write(world)


def _write(world: World) -> None:
    key = world.blocks["task"]
    discussion = blended.stage_key(key, "s1")

    def posted(data: Any) -> int:
        assert data.contribution is not None
        return int(data.contribution.id)

    for role in ("learner", "classmate"):
        user_id = world.people[role].pk
        position = cases.post_position(usage_key=discussion, user_id=user_id, body=TEXTS[role])
        report = blended.hand_in_report(usage_key=key, stage_id="s3", user_id=user_id, text=TEXTS[f"report {role}"])
        world.ids[f"task {role}"], world.ids[f"task report {role}"] = posted(position), posted(report)
    drawn = blended.draw_reviews(usage_key=key, stage_id="s4", user_id=world.people["learner"].pk)
    world.ids["task drawn"] = drawn[0].contribution_id
    task_team.prepare(world)
