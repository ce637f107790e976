"""What one learner sees of a blended task, in bounded queries: judged as of now, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.configurations import to_data
from discussion_ext.data import (
    AppealData,
    AssignedBy,
    BlendedConfigData,
    BlendedResultData,
    BlendedViewData,
    EvaluationData,
    LearnerFactsData,
    RequirementState,
    ReviewTargetData,
    SessionData,
    SittingChoiceData,
    StageConfigData,
    StageDecisionData,
    StageKind,
    StagePhase,
    StageViewData,
    UnitLinkData,
)
from discussion_ext.drawing import draw_override, people_in
from discussion_ext.drawing import explain as explain_case
from discussion_ext.evidence import stored_evaluation
from discussion_ext.models import Appeal, Participation, StageStanding, Task
from discussion_ext.results import score_of
from discussion_ext.sessions import choices, lessons
from gamification import api as gamification
from people import api as people
from people.data import NameData

from . import appeals, reviews
from .evaluation import phase_of
from .explanations import explain
from .gathering import gather
from .judging import judge
from .tasks import access_blended, config_of, stage_key, stages_of, titles_of_units

_DOABLE: tuple[StagePhase, ...] = ("open", "late")


def view_task(*, usage_key: UsageKey, user_id: int, now: datetime | None = None) -> BlendedViewData:
    """Return everything that a learner sees, in the active language and the learner's zone."""
    task = access_blended(usage_key)
    row = Participation.objects.filter(task=task, user_id=user_id).first()
    return draw(task, row or Participation(task=task, user_id=user_id), now or timezone.now())


def draw(task: Task, row: Participation, moment: datetime, *, is_for_team: bool = False) -> BlendedViewData:
    """Return a learner's view; ``is_for_team`` leaves out what only helps its author."""
    config = config_of(task)
    facts = gather(task, [row], config=config, keeps=False)[row.user_id]
    result = judge(config=config, config_version=task.version, facts=facts, now=moment)
    own = _read(task, row.user_id)
    names = _names(task, result, own)
    said = explain(
        result,
        config=config,
        names={user_id: name.text for user_id, name in names.items()} | _team_names(result, facts),
        zone=_zone_of(facts),
        is_for_team=is_for_team,
        factors=settings.DISCUSSION_EXT_WORD_FACTORS,
    )
    phases = {stage.stage_id: phase_of(stage, said.find_dates(stage.stage_id), moment) for stage in said.stages}
    next_id = _find_next(said, phases)
    session = lessons.get_session(task.session_id) if task.session_id is not None else None
    earned, possible = score_of(task, row, result)
    drawer = _Drawer(task, config, facts, own, names, is_for_team)
    return BlendedViewData(
        task=to_data(task),
        config=config,
        session=session,
        sitting=facts.sitting,
        choices=tuple(_choices(session, row.user_id)),
        stages=tuple(
            drawer.draw(stage, said, phases[stage.id], is_next=stage.id == next_id) for stage in config.stages
        ),
        result=said,
        earned=earned,
        possible=possible,
        override=draw_override(row),
        may_appeal_until=appeals.may_appeal_until(result.dates),
    )


@dataclass(frozen=True)
class _Own:
    """What is kept of one learner, by stage."""

    tasks: Mapping[str, Task]
    evaluations: Mapping[str, EvaluationData]
    standings: Mapping[str, StageStanding]
    appeals: Mapping[str, AppealData]


def _read(task: Task, user_id: int) -> _Own:
    tasks = stages_of(task)
    by_id = {stage.pk: stage_id for stage_id, stage in tasks.items()}
    rows = Participation.objects.filter(task__in=list(by_id), user_id=user_id, evaluation__isnull=False)
    found = {by_id[row.task_id]: stored_evaluation(row) for row in rows}
    return _Own(
        tasks=tasks,
        evaluations={stage_id: kept for stage_id, kept in found.items() if kept is not None},
        standings={row.stage_id: row for row in StageStanding.objects.filter(task=task, user_id=user_id)},
        appeals={row.stage_id: appeals.to_data(row) for row in Appeal.objects.filter(task=task, user_id=user_id)},
    )


@dataclass(frozen=True)
class _Drawer:
    """What has to be known to draw the stages of one learner."""

    task: Task
    config: BlendedConfigData
    facts: LearnerFactsData
    own: _Own
    names: Mapping[int, NameData]
    is_for_team: bool

    def draw(
        self, stage: StageConfigData, result: BlendedResultData, phase: StagePhase, *, is_next: bool
    ) -> StageViewData:
        """Return one stage."""
        found = result.find_stage(stage.id)
        assert found is not None  # noqa: S101 - the result is of this configuration
        case = self.own.tasks.get(stage.id)
        return StageViewData(
            config=stage,
            dates=result.find_dates(stage.id),
            result=found,
            phase=phase,
            is_next=is_next,
            stage_key=stage_key(UsageKey.from_string(self.task.usage_key), stage.id) if case is not None else None,
            evaluation=self._evaluation(stage),
            units=tuple(self._units(stage)),
            reviews=tuple(self._reviews(stage)),
            reviews_received=self._received(stage),
            decisions=self._decisions(stage),
            points=self._points(stage),
            appeal=self.own.appeals.get(stage.id),
        )

    def _evaluation(self, stage: StageConfigData) -> EvaluationData | None:
        kept = self.own.evaluations.get(stage.id) if stage.kind == StageKind.DISCUSS else None
        return explain_case(kept, self.names, is_for_team=self.is_for_team) if kept is not None else None

    def _units(self, stage: StageConfigData) -> list[UnitLinkData]:
        titles = titles_of_units(self.task)
        evidence = self.facts.evidence.get(stage.id)
        done = {piece.key: piece.at for piece in evidence.pieces} if evidence is not None else {}
        course_key = CourseKey.from_string(self.task.course_id)
        return [
            UnitLinkData(
                block_id=unit_id,
                title=(titles or {}).get(unit_id, ""),
                url=edx_platform.block_url(self.task.course_id, str(course_key.make_usage_key("vertical", unit_id))),
                done_at=done.get(unit_id),
            )
            for unit_id in stage.unit_ids
            if titles is None or unit_id in titles or unit_id in done
        ]

    def _reviews(self, stage: StageConfigData) -> Sequence[ReviewTargetData]:
        case = self.own.tasks.get(stage.report_stage_id) if stage.kind == StageKind.REVIEW else None
        return reviews.list_targets(self.task, case, stage.id, self.facts.user_id) if case is not None else ()

    def _received(self, stage: StageConfigData) -> Sequence[str]:
        case = self.own.tasks.get(stage.id) if stage.kind == StageKind.REPORT else None
        return tuple(reviews.list_received(case, self.facts.user_id)) if case is not None else ()

    def _decisions(self, stage: StageConfigData) -> Sequence[StageDecisionData]:
        return tuple(each for each in self.facts.decisions if each.stage_id == stage.id)

    def _points(self, stage: StageConfigData) -> int | None:
        standing = self.own.standings.get(stage.id)
        if standing is None or not standing.revision % 2:
            return None
        entry = gamification.find_source_points(standing.source)
        return entry.points if entry is not None else None


def _zone_of(facts: LearnerFactsData) -> ZoneInfo:
    """Return the zone in which the timeline says its dates: that of the sitting, else the learner's own."""
    sitting = facts.sitting.sitting if facts.sitting is not None else None
    return sitting.meeting.zone if sitting is not None else people.person_zone(facts.user_id)


def _find_next(result: BlendedResultData, phases: Mapping[str, StagePhase]) -> str:
    """Return the stage that is next: the open one that is due first, else the first that is still to come."""
    to_do = [stage.stage_id for stage in result.stages if stage.state == RequirementState.OPEN]
    doable = [stage_id for stage_id in to_do if phases[stage_id] in _DOABLE]
    dated = [(at, stage_id) for stage_id in doable if (at := result.find_dates(stage_id).due_at) is not None]
    if dated:
        return min(dated, key=lambda pair: pair[0])[1]
    return next(iter([*doable, *to_do]), "")


def _choices(session: SessionData | None, user_id: int) -> Sequence[SittingChoiceData]:
    if session is None or session.assigned_by != AssignedBy.CHOICE:
        return ()
    return choices.list_choices(session_id=session.id, user_id=user_id)


def _names(task: Task, result: BlendedResultData, own: _Own) -> dict[int, NameData]:
    """Return the names of the classmates whom results speak of."""
    ids = {item.peer_id for stage in result.stages for item in stage.items if item.peer_id is not None}
    for kept in own.evaluations.values():
        ids |= people_in(kept)
    return people.display_names(sorted(ids), surface="post", context_key=task.course_id)


def _team_names(result: BlendedResultData, facts: LearnerFactsData) -> dict[int, str]:
    """Return the real names of those of the team who decided or noted something."""
    ids: set[Any] = {stage.facts.get("actor_id") for stage in result.stages}
    ids |= {decision.actor_id for decision in facts.decisions}
    return people.real_names({user_id for user_id in ids if user_id is not None})
