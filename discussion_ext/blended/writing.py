"""Stages in which people write: cases of their own whose time is the learner's, and whose grade is the task's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from discussion_ext.announcements import await_evaluation
from discussion_ext.case_results import CaseKind
from discussion_ext.data import (
    BlendedConfigData,
    ContributionKind,
    EvaluationData,
    RequirementItemData,
    StageConfigData,
    StageDatesData,
    StageKind,
)
from discussion_ext.evidence import compute, stored_evaluation
from discussion_ext.exceptions import CaseNotOpenError, NotAllowedError
from discussion_ext.kinds import Window
from discussion_ext.models import Contribution, Participation, Task

from . import dates, loads
from .gathering import gather
from .judging import grace
from .tasks import config_of

_ANSWERING: Final = (ContributionKind.ANSWER, ContributionKind.FOLLOW_UP)
_NEW: Final = ("evaluated_at", "config_version")


class StageOfTask(CaseKind):
    """A stage: judged as a case, with the blended task told of what changed."""

    is_published = False
    activity = ""

    def judge(self, task: Task, participation: Participation, own: list[Contribution]) -> EvaluationData:
        """Return the verdict on the words; when they count since, and whether a report has a link, is said with it."""
        result = compute(task, participation, own)
        kept = stored_evaluation(participation)
        verdicts = {
            post.pk: _with_history(result.verdicts[post.pk], post, kept) for post in own if post.pk in result.verdicts
        }
        return replace(result, verdicts=verdicts)

    def settle(self, task: Task, participation: Participation, *, reason: str) -> EvaluationData:
        """Evaluate and keep, and leave the learner to be evaluated in the blended task where something changed."""
        before = _essence(participation.evaluation)
        result = super().settle(task, participation, reason=reason)
        if before != _essence(participation.evaluation) and task.parent_id is not None:
            await_evaluation(task.parent_id, participation.user_id)
        if is_report(task):
            loads.follow_author(task, participation.user_id)
        return result

    def tell_finished(self, task: Task, participation: Participation, result: EvaluationData, *, reason: str) -> None:
        """Note it; the ledger hears of stages from the blended task."""
        del task, reason
        participation.is_finished = result.is_finished

    def window(self, task: Task, user_id: int, moment: datetime) -> Window:
        """Return the learner's own time for the stage."""
        config, own = _own_dates(task, user_id)
        found = next((each for each in own if each.stage_id == task.stage_id), None)
        if found is None or config.find_stage(task.stage_id) is None or not task.is_active:
            return Window(phase="closed")
        return window_of(found, moment)

    def check_open(self, task: Task, user_id: int, act: ContributionKind, moment: datetime) -> None:
        """Raise CaseNotOpenError outside the learner's own time; that of the review for what is said of a report."""
        config, own = _own_dates(task, user_id)
        stage = _stage_for(config, task.stage_id, act)
        if act == ContributionKind.LOOK_BACK:
            raise NotAllowedError(_("This stage asks for no look back."))
        if stage is None or not task.is_active:
            raise CaseNotOpenError(_("This is no longer asked."))
        found = next(each for each in own if each.stage_id == stage.id)
        match window_of(found, moment).phase:
            case "scheduled" if found.is_locked:
                raise CaseNotOpenError(_("This stage opens with your class session. Choose one first."))
            case "scheduled":
                raise CaseNotOpenError(_("This stage has not opened yet."))
            case "closed":
                raise CaseNotOpenError(_("This stage is closed. You can still read what you wrote."))


def is_report(task: Task) -> bool:
    """Tell whether the task of a stage keeps reports."""
    stage = config_of(task.parent).find_stage(task.stage_id) if task.parent is not None else None
    return stage is not None and stage.kind == StageKind.REPORT


def window_of(found: StageDatesData, moment: datetime) -> Window:
    """Return when a learner may do what a stage asks: until closing, late or not, and a moment longer."""
    phase: Any = "open"
    if found.is_locked or (found.opens_at is not None and moment < found.opens_at):
        phase = "scheduled"
    elif found.closes_at is not None and moment > found.closes_at + grace():
        phase = "closed"
    return Window(phase=phase, opens_at=found.opens_at, closes_at=found.closes_at)


def own_dates(task: Task, user_id: int, config: BlendedConfigData) -> tuple[StageDatesData, ...]:
    """Return the dates of a blended task for one learner."""
    row = Participation.objects.filter(task=task, user_id=user_id).first()
    row = row or Participation(task=task, user_id=user_id)
    facts = gather(task, [row], config=config, keeps=False, with_evidence=False)[user_id]
    return dates.resolve(config=config, facts=facts)


def _own_dates(stage_task: Task, user_id: int) -> tuple[BlendedConfigData, tuple[StageDatesData, ...]]:
    parent = stage_task.parent
    if parent is None or not parent.is_active:
        return BlendedConfigData(), ()
    config = config_of(parent)
    return config, own_dates(parent, user_id, config)


def _stage_for(config: BlendedConfigData, stage_id: str, act: ContributionKind) -> StageConfigData | None:
    """Return the stage that a post belongs to: an answer to a report is part of a review."""
    stage = config.find_stage(stage_id)
    if stage is not None and stage.kind == StageKind.REPORT and act in _ANSWERING:
        reviews = [each for each in config.stages if each.kind == StageKind.REVIEW]
        return next((each for each in reviews if each.report_stage_id == stage_id), None)
    return stage


# -- verdicts ----------------------------------------------------------------------------------------------------------


def _with_history(verdict: RequirementItemData, post: Contribution, kept: EvaluationData | None) -> RequirementItemData:
    """Return a verdict with the moment from which the words count: a correction that keeps them does not move it."""
    facts = {**verdict.facts, "has_link": has_link(post.body)} if post.root_id is None else verdict.facts
    before = kept.verdicts.get(post.pk) if kept is not None else None
    met_at = verdict.met_at
    if before is not None and before.met_at is not None and met_at is not None and post.worded_at <= before.met_at:
        met_at = min(met_at, before.met_at)
    return replace(verdict, facts=facts, met_at=met_at)


def has_link(body: str) -> bool:
    """Tell whether the last line of a report is an address."""
    last = body.rstrip().rpartition("\n")[2].strip().strip("<>")
    return last.startswith(("https://", "http://")) and " " not in last


def _essence(evaluation: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a kept verdict says, without when it was found."""
    return {name: value for name, value in evaluation.items() if name not in _NEW} if evaluation else None
