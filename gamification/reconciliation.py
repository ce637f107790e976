"""Comparing the sums with the ledger, and putting them right: totals, who is on the board, and the histogram.

Walks a course in batches of persons, so memory stays flat, and repairs row by row under the locks that folding takes,
in the same order, so it may run beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import boards, courses, edx_platform, statements
from .caps import Line, list_live, sum_by_kind
from .models import Bucket, Entry, Listing, PointsCourse, Total, total_key
from .statements import TotalRow

BATCH = 500


@dataclass(slots=True)
class Differences:
    """How many rows were not as they should be."""

    totals: int = 0
    listings: int = 0
    bars: int = 0

    def __bool__(self) -> bool:
        return bool(self.totals or self.listings or self.bars)

    def add(self, other: Differences) -> None:
        """Count these too."""
        self.totals += other.totals
        self.listings += other.listings
        self.bars += other.bars


def list_numbered_courses() -> list[CourseKey]:
    """Return every course that gives or gave points."""
    keys = PointsCourse.objects.order_by("id").values_list("course_key", flat=True)
    return [CourseKey.from_string(key) for key in keys]


def compare_course(course_key: CourseKey, *, is_repair: bool) -> Differences:
    """Compare a course's sums with its ledger and, with ``is_repair``, put them right. Not inside a transaction."""
    differences = Differences()
    for _last, found in iter_comparisons(course_key, is_repair=is_repair):
        differences.add(found)
    return differences


def iter_comparisons(
    course_key: CourseKey, *, is_repair: bool, after: int = 0
) -> Iterator[tuple[int | None, Differences]]:
    """Compare a course as ``compare_course`` does, batch by batch, and yield the last person's id and what differed.

    Persons up to ``after`` are left out. The bars come last and once, with None for the person.
    """
    course_id = courses.find_number(course_key)
    if course_id is None:
        return
    for user_ids in _list_persons(course_id, after=after):
        differences = Differences()
        _compare_persons(course_id, course_key, user_ids, is_repair=is_repair, differences=differences)
        yield user_ids[-1], differences
    yield None, Differences(bars=_compare_bars(course_id, is_repair=is_repair))


def _list_persons(course_id: int, *, after: int) -> Iterator[list[int]]:
    """Yield everybody with folded lines or a total in a course, in batches."""
    last = after
    while True:
        persons: set[int] = set()
        for rows in (Entry.objects.filter(is_folded=True), Total.objects.all()):
            ids = rows.filter(course_id=course_id, user_id__gt=last).order_by("user_id")
            persons.update(ids.values_list("user_id", flat=True).distinct()[:BATCH])
        batch = sorted(persons)[:BATCH]
        if not batch:
            return
        yield batch
        last = batch[-1]


def _compare_persons(
    course_id: int, course_key: CourseKey, user_ids: list[int], *, is_repair: bool, differences: Differences
) -> None:
    sums = _sum_ledger(course_id, user_ids)
    listings = _decide_listings(course_key, user_ids)
    totals = {
        total.user_id: TotalRow(total.points, total.by_kind, total.listing)
        for total in Total.objects.filter(course_id=course_id, user_id__in=user_ids)
    }
    for user_id in user_ids:
        before = totals.get(user_id)
        if before is None and not sums.get(user_id):
            continue
        after = _expected(before, sums.get(user_id, {}), listings[user_id])
        if before == after:
            continue
        if not is_repair:
            _count(before, after, differences)
        else:
            _repair_person(course_id, course_key, user_id, differences=differences)


def _expected(before: TotalRow | None, by_kind: dict[str, int], listing: Listing) -> TotalRow:
    if before is not None and before.listing == Listing.RETIRED:
        listing = Listing.RETIRED
    return TotalRow(points=sum(by_kind.values()), by_kind=dict(by_kind), listing=listing)


def _count(before: TotalRow | None, after: TotalRow, differences: Differences) -> bool:
    is_wrong = before is None or (before.points, before.by_kind) != (after.points, after.by_kind)
    differences.totals += is_wrong
    differences.listings += before is not None and before.listing != after.listing
    return before != after


def _repair_person(course_id: int, course_key: CourseKey, user_id: int, *, differences: Differences) -> None:
    """Look once more under the lock, where nothing is half-done, and write what is right."""
    boards.create_total(course_id=course_id, user_id=user_id)
    key = total_key(course_id, user_id)
    with transaction.atomic(durable=True):
        before = statements.lock_total(key)
        if before is None:
            return
        sums = _sum_ledger(course_id, [user_id])
        listing = boards.decide_listing(user_id=user_id, course_key=course_key)
        after = _expected(before, sums.get(user_id, {}), listing)
        if _count(before, after, differences):
            boards.write_total(key, before=before, after=after)


def _sum_ledger(course_id: int, user_ids: list[int]) -> dict[int, dict[str, int]]:
    """Return the folded points of people by kind, from their lines."""
    lines = (
        Entry.objects.filter(is_folded=True, course_id=course_id, user_id__in=user_ids)
        .order_by("user_id")
        .values_list("user_id", *Line._fields)
    )
    sums: dict[int, dict[str, int]] = {}
    for user_id, rows in groupby(lines.iterator(chunk_size=2000), key=lambda row: row[0]):
        by_kind: Counter[str] = sum_by_kind(list_live(Line(*row[1:]) for row in rows))
        sums[user_id] = {kind: points for kind, points in by_kind.items() if points}
    return sums


def _decide_listings(course_key: CourseKey, user_ids: list[int]) -> dict[int, Listing]:
    """Return who belongs on the board, in a few queries for all of them."""
    enrolled = edx_platform.list_enrolled(user_ids, course_key)
    team = edx_platform.list_course_team(user_ids, course_key)
    hidden = people.list_hidden(user_ids, surface=boards.SURFACE, context_key=str(course_key))
    return {
        user_id: boards.judge_listing(
            is_enrolled=user_id in enrolled, is_team=user_id in team, is_hidden=user_id in hidden
        )
        for user_id in user_ids
    }


def _compare_bars(course_id: int, *, is_repair: bool) -> int:
    """Compare the histogram with the totals. Bars are changed by the difference, which holds beside running folds."""
    with transaction.atomic(durable=True):
        if is_repair:
            # Folds that are about to change these bars wait here, their totals not yet committed.
            first, last = statements.bar_range(course_id)
            list(Bucket.objects.select_for_update().filter(id__gte=first, id__lt=last).order_by("id").values_list("id"))
        scores, bars = statements.compare_bars(course_id)
        expected: Counter[int] = Counter()
        for score, members in scores.items():
            for bar in statements.list_bars(course_id, score):
                expected[bar] += members
        changes = [
            (bar, expected[bar] - bars.get(bar, 0))
            for bar in sorted({*expected, *bars})
            if expected[bar] != bars.get(bar, 0)
        ]
        if changes and is_repair:
            for start in range(0, len(changes), BATCH):
                statements.add_to_bars(changes[start : start + BATCH])
    return len(changes)
