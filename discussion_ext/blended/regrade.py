"""Many learners of one blended task evaluated at once: a chunk costs as many queries as one learner.

Most results do not change, and what does not change is written for the whole chunk in one statement. What changes
quietly (a stage opened, somebody is behind) is written in a few. Whoever's grade, completion or points change is
evaluated alone, in a transaction of their own, as after a post.

Rows are locked chunk by chunk. A run that ends in the middle leaves the rest as it was: their results are of an earlier
configuration, or their moment has passed, and so they are found again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from discussion_ext.contributions import now
from discussion_ext.data import BlendedConfigData
from discussion_ext.models import Participation, PendingEvaluation, Task
from discussion_ext.results import evaluate_learner, is_score_new
from people import api as people

from . import evaluation, ledger, reminders, standings
from .enrolment import iter_enrolments
from .gathering import gather
from .standings import Outcome
from .tasks import config_of, stages_of

log = logging.getLogger(__name__)

CHUNK: Final = 500
_PAUSE: Final = timedelta(hours=1)
_KEPT: Final = (
    "evaluation", "is_finished", "step", "is_waiting", "is_behind", "needs_sitting", "next_look_at", "joined_at",
    "shift", "config_version", "evaluated_at", "earned", "possible", "completion",
)  # fmt: skip
_LIGHT: Final = ("next_look_at", "joined_at", "shift", "is_behind", "needs_sitting")


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """What became of one chunk: how many were looked at, how many changed, and up to which learner."""

    looked_at: int
    changed: int
    last: int


def regrade_task(task_id: int) -> int:
    """Evaluate everybody whose result is of an earlier configuration; return how many changed.

    Learners without a row get one first: this may be done before the first sweep has looked at the task.
    """
    for _made in iter_enrolments(Task.objects.get(pk=task_id)):
        pass
    return sum(chunk.changed for chunk in iter_regrade(task_id))


def iter_regrade(task_id: int, *, after: int = 0) -> Iterator[Chunk]:
    """Do so chunk by chunk, and say that it is done when it is: unless somebody asked for it once more."""
    asked_at = Task.objects.values_list("settle_at", flat=True).get(pk=task_id)
    while True:
        task = Task.objects.get(pk=task_id)
        stale = Participation.objects.filter(task=task, is_retired=False).exclude(config_version=task.version)
        chunk = _look_at(task, stale, after)
        if chunk is None:
            break
        after = chunk.last
        yield chunk
    Task.objects.filter(pk=task_id, settle_at=asked_at).update(settle_at=None)


def look_due(task: Task, *, moment: datetime, limit: int = CHUNK) -> int:
    """Look at learners for whom a moment has passed at which something changes, or is to be told; return how many."""
    due = Participation.objects.filter(task=task, is_retired=False, next_look_at__lte=moment)
    chunk = _look_at(task, due, 0, limit=limit, reminds=True)
    return chunk.looked_at if chunk is not None else 0


# -- a chunk -----------------------------------------------------------------------------------------------------------


def _look_at(
    task: Task, found: QuerySet[Participation], after: int, *, limit: int = CHUNK, reminds: bool = False
) -> Chunk | None:
    """Evaluate the next chunk; None where there is nobody left."""
    config = config_of(task)
    ids = list(found.filter(user_id__gt=after).order_by("user_id").values_list("user_id", flat=True)[:limit])
    if not ids:
        return None
    _settle_stages(task, ids)
    with transaction.atomic():
        locked = Participation.objects.select_for_update().filter(task=task, user_id__in=ids, is_retired=False)
        rows = list(locked.order_by("user_id"))
        outcomes = _weigh(task, config, rows)
        loud = [outcome for outcome in outcomes if _is_heard(config, outcome)]
        alone = {outcome.row.user_id for outcome in loud}
        changed = [each for each in outcomes if each.has_changed and each.row.user_id not in alone]
        same = [each for each in outcomes if not each.has_changed and each.row.user_id not in alone]
        _keep_changed(task, config, changed)
        _keep_same(task, config, same)
        _remind(task, config, [*changed, *same] if reminds else changed)
    for user_id in sorted(alone):
        _evaluate(task, user_id)
    return Chunk(looked_at=len(rows), changed=len(loud) + len(changed), last=ids[-1])


def _settle_stages(task: Task, user_ids: Sequence[int]) -> None:
    """Have words judged first whose verdict is of an earlier configuration of their stage."""
    for stage in stages_of(task).values():
        rows = Participation.objects.filter(task=stage, user_id__in=user_ids, is_retired=False)
        for user_id in list(rows.exclude(config_version=stage.version).values_list("user_id", flat=True)):
            _evaluate(stage, user_id)


def _weigh(task: Task, config: BlendedConfigData, rows: Sequence[Participation]) -> list[Outcome]:
    before = {row.user_id: _light(row) for row in rows}
    facts = gather(task, rows, config=config)
    known = standings.list_known(task, facts)
    moment = now()
    outcomes = [
        standings.weigh(task, config, row, facts[row.user_id], known.get(row.user_id, {}), moment) for row in rows
    ]
    for outcome in outcomes:
        standings.take_over(outcome, config)
        outcome.is_moved = before[outcome.row.user_id] != _light(outcome.row)
    return outcomes


def _is_heard(config: BlendedConfigData, outcome: Outcome) -> bool:
    """Tell whether grade book, completion or ledger have to hear of a result."""
    row, result = outcome.row, outcome.result
    if is_score_new(row, *_score_of(config, outcome)) or result.completion != (row.published_completion or 0.0):
        return True
    return any(ledger.is_due(outcome.known.get(stage.stage_id), stage) for stage in result.stages)


def _score_of(config: BlendedConfigData, outcome: Outcome) -> tuple[float, float]:
    """Return the grade that holds, as `results.score_of` does, without reading the configuration for each learner."""
    row, possible = outcome.row, config.possible
    if row.override_score is not None:
        return min(row.override_score, possible), possible
    earned = evaluation.grade_of(outcome.result, config)
    return min(row.earned, possible) if earned is None else earned, possible


def _keep_changed(task: Task, config: BlendedConfigData, outcomes: Sequence[Outcome]) -> None:
    """Keep results that nobody outside has to hear of."""
    for outcome in outcomes:
        row, result = outcome.row, outcome.result
        row.config_version, row.evaluated_at, row.completion = task.version, result.evaluated_at, result.completion
        row.earned, row.possible = _score_of(config, outcome)
    if outcomes:
        Participation.objects.bulk_update([outcome.row for outcome in outcomes], _KEPT)
        standings.save_standings([each for outcome in outcomes for each in outcome.standings])


def _keep_same(task: Task, config: BlendedConfigData, outcomes: Sequence[Outcome]) -> None:
    """Note that these were looked at: one statement, one more where dates moved for some of them."""
    if not outcomes:
        return
    moved = [outcome.row for outcome in outcomes if outcome.is_moved]
    if moved:
        Participation.objects.bulk_update(moved, _LIGHT)
    rows = Participation.objects.filter(pk__in=[outcome.row.pk for outcome in outcomes])
    rows.update(config_version=task.version, evaluated_at=outcomes[0].result.evaluated_at, possible=config.possible)


def _remind(task: Task, config: BlendedConfigData, outcomes: Sequence[Outcome]) -> None:
    """Ask for what there is to tell these learners; two statements, one where there is nothing."""
    common = reminders.describe(task, config) if outcomes else None
    items = [
        item
        for outcome in outcomes
        for item in reminders.list_news(
            task,
            config=config,
            result=outcome.result,
            sitting=outcome.facts.sitting,
            user_id=outcome.row.user_id,
            now=outcome.result.evaluated_at,
            common=common,
        )
    ]
    if items:
        people.add_news_for_many(items)


def _light(row: Participation) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _LIGHT)


def _evaluate(task: Task, user_id: int) -> None:
    """Evaluate one learner alone; whoever cannot be evaluated waits behind the others, and is tried again."""
    try:
        evaluate_learner(task.pk, user_id)
    except Exception as error:  # noqa: BLE001 - one person's trouble must not stop the others
        name = people.name_error(error)
        log.error("discussion_ext.evaluation_failed user=%s task=%s error=%s", user_id, task.pk, name)
        PendingEvaluation.objects.create(task=task, user_id=user_id, attempts=1)
        row = Participation.objects.filter(task=task, user_id=user_id, next_look_at__isnull=False)
        row.update(next_look_at=now() + _PAUSE)
