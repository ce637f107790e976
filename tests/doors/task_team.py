"""What the course team and the authors of the world's blended task are told at its doors, and what has to be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from discussion_ext import api as cases
from discussion_ext.api import blended
from discussion_ext.data import BlendedConfigData
from discussion_ext.models import Report
from xblocks.blended_stages import list_stages
from xblocks.blended_studio import version_of

if TYPE_CHECKING:
    from tests.doors.world import World

REMOVED = "Late calls wake more people than children, so I would first count whom."
REPORTED = "Praise on a Friday is cheap, and everybody who answers knows that by now."


def prepare(world: World) -> None:
    """Let the team have decided, somebody have asked, and posts be reported and removed, around the classmate."""
    key, classmate, team = world.blocks["task"], world.people["classmate"].pk, world.people["team"].pk
    learner, discussion = world.people["learner"].pk, blended.stage_key(world.blocks["task"], "s1")
    decided = blended.excuse_stage(usage_key=key, user_id=classmate, stage_id="s4", actor_id=team, reason="Away.")
    world.ids["task decision"] = decided.id
    asked = blended.appeal(usage_key=key, stage_id="s6", user_id=classmate, text="It was in time.")
    world.ids["task appeal"] = asked.id
    for name, answered, author, text in (
        ("task removed", "task learner", classmate, REMOVED),
        ("task reported", "task classmate", learner, REPORTED),
    ):
        posted = cases.post_answer(
            usage_key=discussion, contribution_id=world.ids[answered], user_id=author, body=text
        )  # fmt: skip
        assert posted.contribution is not None
        world.ids[name] = posted.contribution.id
    cases.remove_contribution(
        usage_key=discussion, contribution_id=world.ids["task removed"], actor_id=team, reason="Names."
    )  # fmt: skip
    cases.report_contribution(
        usage_key=discussion, contribution_id=world.ids["task reported"], user_id=classmate, reason="Rude."
    )
    world.ids["task flag"] = Report.objects.order_by("-pk").values_list("pk", flat=True)[0]
    blended.override_grade(usage_key=key, user_id=classmate, actor_id=team, score=3, reason="Late.")


def form_over(stages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the author's form, right in every field, over a block that has these stages and nothing else."""
    stored = BlendedConfigData(title="Blended task", points=10.0, stages=tuple(list_stages(stages)))
    read = {"id": "s1", "kind": "discuss", "title": "Say it", "instructions": "", "weight": "100"}
    task = {
        "title": "Mine now", "intro": "", "points": "5", "catch_up_days": "0", "session_block": "", "by_cohort": False,
    }  # fmt: skip
    return {"task": task, "stages": [read], "version": version_of(stored)}


def _stage_three(world: World, **more: Any) -> dict[str, Any]:
    return {"user": world.people["learner"].pk, "stage": "s3", "reason": "Ill.", **more}


FORM: dict[str, Any] = {**form_over([]), "kind": "read", "preset": "full"}

#: What an act is told; the others need nothing.
DATA: dict[str, Callable[[World], dict[str, Any]]] = {
    "blended_task.team_action/learner": lambda world: {"user": world.people["learner"].pk},
    "blended_task.team_action/posts": lambda _world: {"stage": "s1"},
    "blended_task.team_action/extend": lambda world: _stage_three(world, until="2030-01-31T12:00"),
    "blended_task.team_action/excuse": _stage_three,
    "blended_task.team_action/mark": lambda world: _stage_three(world, percent=50),
    "blended_task.team_action/revoke": lambda world: {
        "user": world.people["classmate"].pk,
        "decision": world.ids["task decision"],
    },
    "blended_task.team_action/override": lambda world: {
        "user": world.people["learner"].pk,
        "score": 4,
        "reason": "Late.",
    },
    "blended_task.team_action/undo_override": lambda world: {"user": world.people["classmate"].pk},
    "blended_task.team_action/nudge": lambda world: {"user": world.people["learner"].pk},
    "blended_task.team_action/answer_appeal": lambda world: {"appeal": world.ids["task appeal"], "text": "It was."},
    "blended_task.team_action/remove": lambda world: {
        "stage": "s1",
        "post": world.ids["task learner"],
        "reason": "Names.",
    },
    "blended_task.team_action/restore": lambda world: {"stage": "s1", "post": world.ids["task removed"]},
    "blended_task.team_action/resolve": lambda world: {
        "stage": "s1",
        "report": world.ids["task flag"],
        "is_upheld": False,
    },
    "blended_task.author_action/submit": lambda _world: FORM,
    "blended_task.author_action/preview": lambda _world: FORM,
    "blended_task.author_action/add": lambda _world: FORM,
    "blended_task.author_action/preset": lambda _world: FORM,
}
