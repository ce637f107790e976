"""Figures of a blended task whose configuration changed: what it costs to look at everybody's result again."""

from __future__ import annotations

import ctypes
import gc
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.api import blended
from discussion_ext.blended import gathering, regrade, standings
from discussion_ext.blended.tasks import config_of, stages_of
from discussion_ext.data import (
    Anchor,
    BlendedConfigData,
    Late,
    MeetingMode,
    MeetingPlanData,
    MomentRule,
    StageConfigData,
    StageKind,
)
from discussion_ext.models import (
    Attendance,
    Contribution,
    Participation,
    Seat,
    StageStanding,
    Task,
    TaskGroup,
    UnitDone,
)
from discussion_ext.sessions import sittings
from discussion_ext.sessions.keys import slot_of
from gamification import api as gamification
from tests.bench.figures import analyse
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+blended+1")
FEW, MANY, CHANGED = 1_000, 10_000, 200
ROUNDS = 3
UNITS = ("why", "how")
CONFIG = BlendedConfigData(
    title="Giving feedback upwards",
    stages=(
        StageConfigData(id="s1", kind=StageKind.READ, title="Read", weight=10, unit_ids=UNITS),
        StageConfigData(
            id="s2", kind=StageKind.DISCUSS, title="Position", weight=30, answers_wanted=1, late=Late.DECAY,
            late_days=3, late_percent=10, due=MomentRule(anchor=Anchor.SESSION_START, hours=-24),
        ),
        StageConfigData(id="s3", kind=StageKind.ATTEND, title="Class", weight=20),
        StageConfigData(
            id="s4", kind=StageKind.REPORT, title="Try it", weight=40,
            opens=MomentRule(anchor=Anchor.SESSION_END), due=MomentRule(anchor=Anchor.SESSION_END, days=14),
        ),
    ),
)  # fmt: skip


def measure() -> dict[str, float]:
    """Return the figures of ``regrade_*``: queries, memory and time for each learner."""
    api.set_on(COURSE, True, actor_id=None)
    gamification.set_on(COURSE, True, actor_id=None)
    learners = make_learners(COURSE, MANY)
    few, many = _make_task("few", learners[:FEW]), _make_task("many", learners)
    small = _make_task("small", learners[:CHANGED])
    analyse(*(model._meta.db_table for model in (Contribution, Participation, StageStanding, UnitDone, Seat)))
    _regrade(few)  # to warm up
    before = _forget_peak()
    runs: dict[UsageKey, list[_Run]] = {few: [], many: []}
    for _ in range(ROUNDS):
        for key in (few, many, few, few):
            runs[key].append(_regrade(key))
    growth = _peak_mb() - before
    seconds = {key: statistics.median(run.seconds for run in found) for key, found in runs.items()}
    each = {few: seconds[few] / FEW, many: seconds[many] / MANY}
    assert not any(run.changed for found in runs.values() for run in found)
    changed = _regrade(small, points=20)
    assert changed.changed == CHANGED
    queries = runs[many][0].queries / MANY
    print(
        f"    unchanged: {queries:.3f} queries and {each[many] * 1000:.2f} ms a learner with {MANY:,},"
        f" {each[few] * 1000:.2f} ms with {FEW:,}, {growth:.1f} MB more at most;"
        f" changed: {changed.queries / CHANGED:.0f} queries and {changed.seconds / CHANGED * 1000:.0f} ms"
    )
    return {
        "regrade_queries_per_learner": queries,
        "regrade_queries_per_changed_learner": changed.queries / CHANGED,
        "regrade_rss_growth_mb": max(0.0, growth),
        "regrade_time_10k_vs_1k": each[many] / each[few],
    }


class _Run:
    """What one run took."""

    def __init__(self) -> None:
        self.queries, self.changed, self.looked_at, self.seconds = 0, 0, 0, 0.0


def _regrade(usage_key: UsageKey, **changes: Any) -> _Run:
    """Publish another configuration and look at everybody; an intro changes nobody's result."""
    present = blended.find_blended_config(usage_key)
    assert present is not None
    config = replace(present, intro=f"Version {time.time_ns()}", **changes)
    blended.sync_blended(usage_key=usage_key, course_key=COURSE, config=config)
    task_id = Task.objects.get(usage_key=str(usage_key)).pk
    run = _Run()
    started = time.perf_counter()
    with _counting(run):
        for chunk in regrade.iter_regrade(task_id):
            run.changed += chunk.changed
            run.looked_at += chunk.looked_at
    run.seconds = time.perf_counter() - started
    assert run.looked_at == Participation.objects.filter(task_id=task_id).count()
    return run


@contextmanager
def _counting(run: _Run) -> Iterator[None]:
    """Count statements without keeping them: what is measured is memory too."""

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        run.queries += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def _forget_peak() -> float:
    """Give back what the preparations left free, let the kernel count the peak anew, and return the MB in use now."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak_mb()


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000


# -- a task in which much was done -------------------------------------------------------------------------------------


def _make_task(name: str, learners: list[int]) -> UsageKey:
    """Make a task some days after class: everybody sat there, most read, wrote and came, a third reported."""
    usage_key = COURSE.make_usage_key("blended_task", name)
    blended.sync_blended(usage_key=usage_key, course_key=COURSE, config=CONFIG)
    task = Task.objects.get(usage_key=str(usage_key))
    _fill_class(task, learners)
    _fill_units(learners)
    for stage_id, share in (("s2", 0.9), ("s4", 0.3)):
        _fill_stage(stages_of(task)[stage_id], learners[: int(len(learners) * share)])
    _settle(task, learners)
    return usage_key


def _fill_class(task: Task, learners: list[int]) -> None:
    starts = (timezone.now() - timedelta(days=3)).replace(tzinfo=None, second=0, microsecond=0)
    plan = MeetingPlanData(
        title="Evening", mode=MeetingMode.OFFLINE, starts_local=starts, zone="Africa/Nairobi", minutes=90
    )
    assert task.session_id is not None
    sitting = sittings.add_sitting(session_id=task.session_id, plan=plan, actor_id=None)
    moment = timezone.now()
    Seat.objects.bulk_create(
        (
            Seat(
                slot=slot_of(task.session_id, user_id), meeting_id=sitting.meeting.id, user_id=user_id, source="team",
                taken_at=moment,
            )
            for user_id in learners
        ),
        batch_size=2_000,
    )  # fmt: skip
    Attendance.objects.bulk_create(
        (
            Attendance(
                meeting_id=sitting.meeting.id, user_id=user_id, state="present", source="roll",
                arrived_at=sitting.meeting.starts_at, as_of=sitting.meeting.starts_at,
                recorded_at=sitting.meeting.starts_at,
            )
            for user_id in learners[: int(len(learners) * 0.8)]
        ),
        batch_size=2_000,
    )  # fmt: skip


def _fill_units(learners: list[int]) -> None:
    from discussion_ext.blended.units import _key

    moment = timezone.now() - timedelta(days=6)
    UnitDone.objects.bulk_create(
        (
            UnitDone(
                user_id=user_id, course_id=str(COURSE), block_id=unit, key=_key(COURSE, unit, user_id), done_at=moment
            )
            for user_id in learners[: int(len(learners) * 0.7)]
            for unit in UNITS
        ),
        batch_size=2_000,
        ignore_conflicts=True,
    )


def _fill_stage(stage: Task, learners: list[int]) -> None:
    """Have these people write what the stage asks, judged as the evaluator of cases would."""
    moment = timezone.now() - timedelta(days=5 if stage.stage_id == "s2" else 1)
    first = 10_000_000 * stage.pk
    common = {"body": "word " * 120, "words": 120, "length": 600, "created_at": moment, "worded_at": moment,
              "course_id": str(COURSE), "task": stage, "fold_due": None, "is_counted": True}  # fmt: skip
    Contribution.objects.bulk_create(
        (
            Contribution(
                forum_key=f"thread:{first + number}", body_hash=f"{first + number:x}", kind="position",
                slot_key=f"{stage.pk}:{user_id}:position", author_id=user_id, **common,
            )
            for number, user_id in enumerate(learners)
        ),
        batch_size=2_000,
    )  # fmt: skip
    written = list(Contribution.objects.filter(task=stage).order_by("pk").values_list("pk", "author_id"))
    answers: list[tuple[int, int]] = []
    if stage.stage_id == "s2":
        targets = [*written[1:], written[0]]
        Contribution.objects.bulk_create(
            (
                Contribution(
                    forum_key=f"comment:{first + number}", body_hash=f"c{first + number:x}", kind="answer",
                    author_id=author_id, parent_id=target, root_id=target, parent_author_id=other, ordinal=1, **common,
                )
                for number, ((_pk, author_id), (target, other)) in enumerate(zip(written, targets, strict=True))
            ),
            batch_size=2_000,
        )  # fmt: skip
        found = Contribution.objects.filter(task=stage, kind="answer").order_by("pk")
        answers = list(found.values_list("pk", "author_id"))
    by_author: dict[int, list[int]] = {}
    for pk, author_id in [*written, *answers]:
        by_author.setdefault(author_id, []).append(pk)
    Participation.objects.bulk_create(
        (
            Participation(
                task=stage, user_id=user_id, has_position=True, config_version=stage.version, evaluated_at=moment,
                evaluation={"requirements": [], "verdicts": {str(pk): _verdict(moment.isoformat()) for pk in pks}},
            )
            for user_id, pks in by_author.items()
        ),
        batch_size=1_000,
    )  # fmt: skip
    TaskGroup.objects.update_or_create(task=stage, group_id=0, defaults={"positions": len(learners)})


def _verdict(met_at: str) -> dict[str, Any]:
    facts = {"words": 120, "total": 120, "minimum": 100}
    return {"state": "met", "code": "counts", "facts": facts, "contribution_id": 0, "peer_id": None, "met_at": met_at}


def _settle(task: Task, learners: list[int]) -> None:
    """Keep everybody's result as if it had been evaluated and told before."""
    Participation.objects.bulk_create(
        (Participation(task=task, user_id=user_id) for user_id in learners), batch_size=2_000
    )
    config = config_of(task)
    for start in range(0, len(learners), 500):
        rows = list(Participation.objects.filter(task=task, user_id__in=learners[start : start + 500]))
        facts = gathering.gather(task, rows, config=config)
        moment = timezone.now()
        outcomes = [standings.weigh(task, config, row, facts[row.user_id], {}, moment) for row in rows]
        for outcome in outcomes:
            standings.take_over(outcome, config)
            for standing in outcome.standings:
                standing.revision = int(standing.state == "met")
            row = outcome.row
            row.config_version, row.evaluated_at, row.completion = 1, moment, outcome.result.completion
            row.published_completion = row.completion
            row.earned = blended_grade(outcome.result, config)
            row.published_earned = row.earned or None
            row.possible, row.published_possible = config.possible, config.possible if row.earned else None
        with transaction.atomic():
            Participation.objects.bulk_update(rows, [*regrade._KEPT, "published_earned", "published_possible",
                                                     "published_completion"])  # fmt: skip
            StageStanding.objects.bulk_create([each for outcome in outcomes for each in outcome.standings])


def blended_grade(result: Any, config: BlendedConfigData) -> float:
    """Return the grade of a result in points."""
    from discussion_ext.blended.evaluation import grade_of

    return grade_of(result, config) or 0.0
