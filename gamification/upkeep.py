"""What this package needs to run well: its share of errands, jobs and checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping

from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import JobData

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


def rebuild_boards(*, course_keys: Iterable[CourseKey] = ()) -> Generator[Counts, None, None]:
    """Compare these courses, or all, with the ledger and put them right."""
    return _compare(course_keys, is_repair=True)


def look_at_boards(*, course_keys: Iterable[CourseKey] = ()) -> Counts:
    """Compare these courses, or all, with the ledger."""
    found: Counter[str] = Counter()
    for counts in _compare(course_keys, is_repair=False):
        found.update(counts)
    return found


def _compare(course_keys: Iterable[CourseKey], *, is_repair: bool) -> Generator[Counts, None, None]:
    for course_key in list(course_keys) or api.list_numbered_courses():
        found = api.compare_course(course_key, is_repair=is_repair)
        yield {
            "courses compared": 1,
            "totals wrong": found.totals,
            "places wrong": found.listings,
            "bars wrong": found.bars,
        }


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
        # A whole course is one step.
        lease_minutes=60,
        seconds=None,
    ),
)
