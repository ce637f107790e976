"""The facts that results rest on, for many learners of a blended task at once: as many queries as for one.

What was written is judged by the case of its stage; its kept verdicts are read here, never made. What the platform says
(individual dates, when somebody joined, what is completed) is asked where there is a platform that knows, and kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.data import (
    BlendedConfigData,
    ContributionKind,
    ContributionState,
    DecisionKind,
    LearnerFactsData,
    OwnSittingData,
    PieceData,
    StageConfigData,
    StageDecisionData,
    StageEvidenceData,
    StageKind,
)
from discussion_ext.models import (
    Contribution,
    Participation,
    ReviewAssignment,
    StageDecision,
    Task,
    TaskGroup,
)
from discussion_ext.sessions import standing

from . import units
from .tasks import config_of, stages_of, titles_of_units

_ANSWERING = (ContributionKind.ANSWER, ContributionKind.FOLLOW_UP)
_POST = ("pk", "task_id", "author_id", "kind", "state", "created_at", "edited_at", "parent_id", "parent_author_id",
         "group_id", "is_counted", "is_team")  # fmt: skip


def gather(
    task: Task,
    rows: Sequence[Participation],
    *,
    config: BlendedConfigData | None = None,
    asks_platform: bool = True,
    keeps: bool = True,
    with_evidence: bool = True,
) -> dict[int, LearnerFactsData]:
    """Return the facts of these learners of a task, by their ids; about twenty queries, however many they are.

    ``config`` is what is asked, the present configuration where it is left out. With ``asks_platform``, what the
    platform says of ``rows`` is brought up to date in them (the caller saves them), and what it says of units is kept
    unless ``keeps`` is False. Without ``with_evidence`` there is only what dates hang on.
    """
    config = config or config_of(task)
    user_ids = [row.user_id for row in rows]
    if asks_platform:
        _refresh(task, rows)
    sittings = _sittings(task, user_ids)
    decisions = list_holding(task, user_ids)
    evidence = _Evidence.read(task, config, user_ids, asks_platform, keeps) if with_evidence else None
    return {
        row.user_id: LearnerFactsData(
            user_id=row.user_id,
            evidence=evidence.of(row.user_id) if evidence is not None else {},
            sitting=sittings.get(row.user_id),
            shift=row.shift,
            joined_at=row.joined_at,
            decisions=decisions.get(row.user_id, ()),
            ignore_before=row.ignore_before,
        )
        for row in rows
    }


def list_holding(task: Task, user_ids: Collection[int]) -> dict[int, list[StageDecisionData]]:
    """Return the decisions that hold, by learner; without the names of who decided."""
    found: dict[int, list[StageDecisionData]] = {}
    rows = StageDecision.objects.filter(task=task, user_id__in=user_ids, revoked_at=None)
    for row in rows.order_by("pk"):
        found.setdefault(row.user_id, []).append(to_data(row))
    return found


def to_data(row: StageDecision, actor_name: str = "") -> StageDecisionData:
    """Return a decision as others see it."""
    return StageDecisionData(
        id=row.pk,
        stage_id=row.stage_id,
        kind=DecisionKind(row.kind),
        until=row.until,
        share=row.share,
        reason=row.reason,
        actor_id=row.actor_id,
        actor_name=actor_name,
        at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _refresh(task: Task, rows: Sequence[Participation]) -> None:
    """Bring up to date what the platform says of these learners; who is not enrolled any more keeps what was known."""
    course_key, user_ids = CourseKey.from_string(task.course_id), [row.user_id for row in rows]
    joined = edx_platform.joined_at(course_key=course_key, user_ids=user_ids)
    shifts = edx_platform.individual_due_shifts(usage_key=UsageKey.from_string(task.usage_key), user_ids=user_ids)
    for row in rows:
        row.joined_at = joined.get(row.user_id, row.joined_at)
        row.shift = shifts.get(row.user_id, timedelta())


def _sittings(task: Task, user_ids: Collection[int]) -> Mapping[int, OwnSittingData]:
    if task.session_id is None:
        return {}
    return standing.find_own_sittings(session_id=task.session_id, user_ids=user_ids)


@dataclass
class _Evidence:
    """What these learners did, and what there was to do it with."""

    config: BlendedConfigData
    stages: Mapping[str, Task]
    posts: Mapping[int, Sequence[Mapping[str, Any]]]
    verdicts: Mapping[int, Mapping[str, Any]]
    groups: Mapping[tuple[int, int], int]
    cohorts: Mapping[int, int]
    assigned: Collection[tuple[str, int, int]]
    done: Mapping[tuple[str, int], datetime]
    known_units: Collection[str] | None

    @classmethod
    def read(
        cls, task: Task, config: BlendedConfigData, user_ids: Sequence[int], asks_platform: bool, keeps: bool
    ) -> _Evidence:
        """Read it, in a bounded number of queries."""
        stages = stages_of(task)
        ids = [stage.pk for stage in stages.values()]
        course_key = CourseKey.from_string(task.course_id)
        asked = {unit_id for stage in config.stages for unit_id in stage.unit_ids}
        titles = titles_of_units(task)
        reviews = [stage.id for stage in config.stages if stage.kind == StageKind.REVIEW]
        return cls(
            config=config,
            stages=stages,
            posts=_read_posts(ids, user_ids) if ids else {},
            verdicts=_read_verdicts(ids, user_ids) if ids else {},
            groups=_read_groups(ids) if ids else {},
            cohorts=edx_platform.cohorts_of(course_key, user_ids) if ids and config.by_cohort else {},
            assigned=_read_assigned(task, user_ids) if reviews else (),
            done=units.find(course_key, asked, user_ids, asks_platform=asks_platform, keeps=keeps) if asked else {},
            known_units=None if titles is None else set(titles),
        )

    def of(self, user_id: int) -> dict[str, StageEvidenceData]:
        """Return one learner's, by stage."""
        own = self.posts.get(user_id, ())
        return {stage.id: self._of_stage(stage, user_id, own) for stage in self.config.stages}

    def _of_stage(self, stage: StageConfigData, user_id: int, own: Sequence[Mapping[str, Any]]) -> StageEvidenceData:
        if stage.kind == StageKind.READ:
            known = [unit for unit in stage.unit_ids if self.known_units is None or unit in self.known_units]
            return StageEvidenceData(pieces=tuple(self._units(stage, user_id)), known_units=tuple(known))
        case = self.stages.get(stage.report_stage_id if stage.kind == StageKind.REVIEW else stage.id)
        if case is None or stage.kind == StageKind.ATTEND:
            return StageEvidenceData()
        posts = [post for post in own if post["task_id"] == case.pk]
        pieces = [piece for post in posts if (piece := self._piece(stage, post)) is not None]
        return StageEvidenceData(pieces=tuple(pieces), others=self._count_others(case, user_id, posts))

    def _units(self, stage: StageConfigData, user_id: int) -> Iterator[PieceData]:
        for unit_id in stage.unit_ids:
            at = self.done.get((unit_id, user_id))
            if at is not None:
                yield PieceData(kind="unit", at=at, key=unit_id)

    def _piece(self, stage: StageConfigData, post: Mapping[str, Any]) -> PieceData | None:
        """Return a post as evidence of a stage; None where it is none, or waits for its verdict."""
        verdict = self.verdicts.get(post["pk"])
        is_answer = post["kind"] in _ANSWERING
        match stage.kind:
            case StageKind.DISCUSS:
                kind = "answer" if is_answer else "position"
                is_asked = is_answer or post["kind"] == ContributionKind.POSITION
            case StageKind.REPORT:
                kind, is_asked = "report", post["kind"] == ContributionKind.POSITION
            case _:
                kind = "review"
                is_asked = is_answer and (stage.id, post["author_id"], post["parent_id"]) in self.assigned
        if verdict is None or not is_asked:
            return None
        does_count = verdict["code"] == "counts"
        saved_at = post["edited_at"] or post["created_at"]
        return PieceData(
            kind=kind,  # type: ignore[arg-type]  # one of the four above
            at=datetime.fromisoformat(verdict["met_at"]) if does_count and verdict["met_at"] else saved_at,
            does_count=does_count,
            code="" if does_count else verdict["code"],
            facts=verdict["facts"],
            contribution_id=post["pk"],
            target_id=post["parent_author_id"] if is_answer else None,
        )

    def _count_others(self, case: Task, user_id: int, posts: Sequence[Mapping[str, Any]]) -> int:
        """Return how many others of the learner's group hold a position or report there."""
        held = [
            post
            for post in posts
            if post["kind"] == ContributionKind.POSITION and post["state"] == ContributionState.LIVE
        ]
        group_id = held[-1]["group_id"] if held else self.cohorts.get(user_id, 0)
        mine = sum(
            post["is_counted"] and (settings.DISCUSSION_EXT_TEAM_IS_PEER or not post["is_team"])
            for post in held
            if post["group_id"] == group_id
        )
        return max(0, self.groups.get((case.pk, group_id), 0) - mine)


def _read_posts(task_ids: Sequence[int], user_ids: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    rows = Contribution.objects.filter(task__in=task_ids, author_id__in=user_ids)
    for post in rows.order_by("pk").values(*_POST):
        found.setdefault(post["author_id"], []).append(post)
    return found


def _read_verdicts(task_ids: Sequence[int], user_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return the kept verdicts on posts, as they are stored, by post."""
    found: dict[int, Mapping[str, Any]] = {}
    rows = Participation.objects.filter(task__in=task_ids, user_id__in=user_ids, evaluation__isnull=False)
    for kept in rows.values_list("evaluation", flat=True):
        verdicts = kept["verdicts"] if kept is not None else {}
        found |= {int(post_id): verdict for post_id, verdict in verdicts.items()}
    return found


def _read_groups(task_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    rows = TaskGroup.objects.filter(task__in=task_ids)
    return {
        (task_id, group_id): positions + (by_team if settings.DISCUSSION_EXT_TEAM_IS_PEER else 0)
        for task_id, group_id, positions, by_team in rows.values_list(
            "task_id", "group_id", "positions", "team_positions"
        )
    }


def _read_assigned(task: Task, user_ids: Sequence[int]) -> set[tuple[str, int, int]]:
    rows = ReviewAssignment.objects.filter(task=task, reviewer_id__in=user_ids)
    return set(rows.values_list("stage_id", "reviewer_id", "contribution_id"))
