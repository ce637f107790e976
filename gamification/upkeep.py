"""What this package needs to run well: its share of errands, jobs and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import JobData, JobStepData

from . import api, boards, checks, exports, units

Counts = Mapping[str, int]


def register() -> None:
    """Make it known; called once, when the app is ready."""
    checks.register()
    exports.register()
    people.register_errand(boards.RETIREMENT, boards.run_retirement)
    people.register_errand(boards.BOARD_ROW, boards.run_board_row)
    people.register_errand(boards.BOARD_ROWS, boards.run_board_rows)
    people.register_errand(units.UNIT, units.run_unit)

    for job in JOBS:
        people.register_job(job)


def fold_points(*, limit: int, min_age_seconds: int | None = None) -> Generator[Counts, None, None]:
    """Fold what waits, of at most ``limit`` persons."""
    for persons, lines in api.sweep_in_batches(limit, min_age_seconds=min_age_seconds):
        yield {"persons": persons, "lines folded": lines}


def look_at_lines(*, min_age_seconds: int | None = None) -> Counts:
    """Count what waits."""
    return {"lines to be folded": api.count_waiting_entries(min_age_seconds=min_age_seconds)}


def rebuild_boards(
    *, course_keys: Iterable[CourseKey] = (), resume: Mapping[str, Any] | None = None
) -> Generator[JobStepData, None, None]:
    """Compare these courses, or all, with the ledger and put them right."""
    return _compare(course_keys, is_repair=True, resume=resume)


def look_at_boards(*, course_keys: Iterable[CourseKey] = ()) -> Counts:
    """Compare these courses, or all, with the ledger."""
    found: Counter[str] = Counter()
    for step in _compare(course_keys, is_repair=False):
        found.update(step.counts)
    return found


def _compare(
    course_keys: Iterable[CourseKey], *, is_repair: bool, resume: Mapping[str, Any] | None = None
) -> Generator[JobStepData, None, None]:
    keys = list(course_keys) or api.list_numbered_courses()
    after = 0
    if resume is not None and (left := CourseKey.from_string(resume["course"])) in keys:
        # Nobody is named where a course was done.
        keys, after = keys[keys.index(left) + (resume["person"] is None) :], resume["person"] or 0
    for course_key in keys:
        for last, found in api.iter_comparisons(course_key, is_repair=is_repair, after=after):
            yield JobStepData(
                counts={
                    "courses compared": int(last is None),
                    "totals wrong": found.totals,
                    "places wrong": found.listings,
                    "bars wrong": found.bars,
                },
                cursor={"course": str(course_key), "person": last},
            )
        after = 0


JOBS = (
    JobData(
        name="gamification.fold_points",
        says="Adds ledger lines that still wait to totals and boards.",
        work=fold_points,
        look=look_at_lines,
        limit=10_000,
    ),
    JobData(
        name="gamification.rebuild_boards",
        says="Compares totals, boards and histogram with the ledger and repairs what differs.",
        work=rebuild_boards,
        look=look_at_boards,
        limit=None,
        is_resumable=True,
        seconds=people.LONG_SECONDS,
    ),
)
