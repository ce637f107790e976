"""What is special about blended tasks among the kinds of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from discussion_ext.contributions import now
from discussion_ext.data import BlendedResultData, DecisionKind
from discussion_ext.kinds import KindOfTask, Verdict, Window
from discussion_ext.models import (
    Contribution,
    Participation,
    PendingEvaluation,
    ReviewAssignment,
    StageDecision,
    StageStanding,
    Task,
)
from discussion_ext.results import lock_participation

from . import evaluation, ledger, loads, reminders, standings, verdicts
from .gathering import gather
from .judging import judge
from .regrade import regrade_task
from .tasks import await_everybody, config_of, stages_of


class BlendedKind(KindOfTask):
    """A blended task: its time is each learner's, and points are those of its stages."""

    def possible(self, task: Task) -> float:
        """Return the full grade."""
        return config_of(task).possible

    def grade(self, task: Task, verdict: Verdict) -> float | None:
        """Return the share of what was possible, in points."""
        return evaluation.grade_of(verdict, config_of(task)) if isinstance(verdict, BlendedResultData) else None

    def load(self, participation: Participation) -> BlendedResultData | None:
        """Return the verdict that was kept last."""
        return standings.load(participation)

    def compute(self, task: Task, participation: Participation) -> BlendedResultData:
        """Return the verdict as of now."""
        facts = gather(task, [participation], keeps=False)[participation.user_id]
        return judge(config=config_of(task), config_version=task.version, facts=facts, now=now())

    def settle(self, task: Task, participation: Participation, *, reason: str) -> BlendedResultData:
        """Evaluate and keep; tell the ledger of stages that turned, and ask for what there is to remind."""
        config = config_of(task)
        known = standings.list_known(task, [participation.user_id])
        facts = gather(task, [participation], config=config)[participation.user_id]
        outcome = standings.weigh(task, config, participation, facts, known.get(participation.user_id, {}), now())
        standings.take_over(outcome, config)
        standings.save_standings(outcome.standings)
        ledger.tell(task, participation.user_id, outcome.result, reason=reason)
        reminders.remind(
            task,
            config=config,
            result=outcome.result,
            sitting=facts.sitting,
            user_id=participation.user_id,
            now=outcome.result.evaluated_at,
        )
        return outcome.result

    def is_fresh(self, task: Task, participation: Participation) -> bool:
        """Tell whether the verdict is of this configuration, no moment changed it and nothing waits."""
        if participation.evaluated_at is None or participation.config_version != task.version:
            return False
        if participation.next_look_at is not None and participation.next_look_at <= now():
            return False
        return not PendingEvaluation.objects.filter(task=task, user_id=participation.user_id).exists()

    def await_everybody(self, task: Task) -> None:
        """Mark everybody as evaluated with an earlier configuration."""
        await_everybody(task)

    def evaluate_stale(self, task: Task) -> int:
        """Evaluate those whose result is of an earlier configuration, many at once."""
        return regrade_task(task.pk)

    def has_taken_part(self, participation: Participation) -> bool:
        """Tell whether a learner wrote, read or came, so that there is a share of some stage."""
        found = Contribution.objects.filter(task__parent=participation.task_id, author_id=participation.user_id)
        if participation.ignore_before:
            found = found.filter(created_at__gt=participation.ignore_before)
        reached = StageStanding.objects.filter(task=participation.task_id, user_id=participation.user_id, share__gt=0)
        return found.exists() or reached.exists()

    def start_afresh(self, task: Task, participation: Participation) -> None:
        """Let what was written count no more; marks of the team are revoked, more time and excuses stay."""
        user_id = participation.user_id
        for stage in stages_of(task).values():
            row = lock_participation(stage.pk, user_id)
            row.ignore_before = participation.ignore_before
            row.config_version = 0  # what was kept of the stage is stale at once, not when it is evaluated again
            row.save(update_fields=["ignore_before", "config_version"])
            Contribution.objects.filter(task=stage, author_id=user_id).update(slot_key=None)
            PendingEvaluation.objects.create(task=stage, user_id=user_id)
        for assignment in ReviewAssignment.objects.filter(task=task, reviewer_id=user_id):
            loads.take_back(
                task,
                stage_id=assignment.stage_id,
                reviewer_id=user_id,
                contribution_ids=[assignment.contribution_id],
            )
        marks = StageDecision.objects.filter(task=task, user_id=user_id, kind=DecisionKind.MARK, revoked_at=None)
        marks.update(revoked_at=participation.ignore_before, slot_key=None)

    def forget_reasons(self, verdict: Mapping[str, Any]) -> None:
        """Erase what the team wrote about the learner."""
        for stage in verdict["stages"]:
            for item in (stage, *stage["items"]):
                item["facts"].pop("reason", None)

    def window(self, task: Task, user_id: int, moment: datetime) -> Window:
        """Return that nobody posts in the task itself."""
        del task, user_id, moment
        return Window(phase="closed")


def has_moved_on(task: Task, row: Participation) -> bool:
    """Tell whether a learner's result is another than the kept one, though nobody may have said so."""
    kind = BlendedKind()
    if not kind.is_fresh(task, row):
        return True
    return standings.essence(verdicts.dump(kind.compute(task, row))) != standings.essence(row.evaluation)
