"""Folding: adding lines of the ledger to the sums, right after they are committed.

One fold is one short transaction over one person in one course. Rows are locked in this order, here and everywhere:
the person's total, then bars of the histogram in ascending order of their keys. The lock of the total comes before the
first read, so each fold sees everything that earlier folds of this person did, at READ COMMITTED and at REPEATABLE READ
(where the snapshot is taken by the first plain read); that is why a fold refuses to run inside another transaction.
A line is marked as folded together with the sums it went into: a fold that is killed leaves nothing behind, and the
sweep does it again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from edx_django_utils.monitoring import set_custom_attribute
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import boards, courses, facts, statements
from .caps import Line, Window, list_live, sum_by_kind
from .models import Entry, Listing, total_key
from .statements import PendingLine

log = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What folding the waiting lines does: points by kind, and the lines it folds."""

    by_kind: Counter[str]
    entry_ids: list[int]

    @property
    def points(self) -> int:
        """Return the change of the total."""
        return sum(self.by_kind.values())


def read_change(*, course_id: int, user_id: int) -> Change:
    """Return what the waiting lines change. Reads only: this is also how a total is shown before it is folded."""
    found = statements.list_pending_sources(course_id=course_id, user_id=user_id)
    taken = {item.line.id for item in found if item.is_pending}
    if not taken:
        return Change(by_kind=Counter(), entry_ids=[])
    windows = _touched_windows(found)
    covered = {Window(item.line.kind, item.line.local_date) for item in found if item.is_pending}
    if not windows <= covered:
        # A void, or a restored post: its award is of another day.
        more = statements.list_window_sources(course_id=course_id, user_id=user_id, windows=windows - covered)
        found += [item for item in more if item.line.id not in taken]
    # What was committed since the first look waits for the next fold.
    after = {item.line.id: item.line for item in found if not item.is_pending or item.line.id in taken}
    before = {number: line for number, line in after.items() if number not in taken}
    change = _sums(after, windows)
    change.subtract(_sums(before, windows))
    return Change(by_kind=change, entry_ids=sorted(taken))


def _touched_windows(found: Iterable[PendingLine]) -> set[Window]:
    """Return the windows in which the waiting lines' sources are, before and after they are folded."""
    waiting = {item.line.source for item in found if item.is_pending}
    after = [item.line for item in found if item.line.source in waiting]
    before = [item.line for item in found if item.line.source in waiting and not item.is_pending]
    return {live.window for live in [*list_live(before), *list_live(after)]}


def _sums(lines: Mapping[int, Line], windows: Collection[Window]) -> Counter[str]:
    return sum_by_kind(live for live in list_live(lines.values()) if live.window in windows)


def fold_pending(*, user_id: int, course_key: CourseKey) -> int:
    """Add a person's waiting lines to total, board and histogram; return how many. Safe to call twice or at once.

    Not inside a transaction: it is one of its own.
    """
    course_id = courses.find_number(course_key)
    return 0 if course_id is None else _fold_person(course_id, course_key, user_id)


def _fold_person(course_id: int, course_key: CourseKey, user_id: int) -> int:
    count = _fold_waiting(course_id, course_key, user_id)
    if count is None and statements.find_total(total_key(course_id, user_id))[1]:
        # Made in a transaction of its own: locking a row that is not there would lock the gap around it.
        boards.create_total(course_id=course_id, user_id=user_id)
        count = _fold_waiting(course_id, course_key, user_id)
    return count or 0


def _fold_waiting(course_id: int, course_key: CourseKey, user_id: int) -> int | None:
    """Fold what waits and return how many lines; None if the person has no total yet."""
    key = total_key(course_id, user_id)
    with transaction.atomic(durable=True):
        before = statements.lock_total(key)
        if before is None:
            return None
        change = read_change(course_id=course_id, user_id=user_id)
        if change.entry_ids:
            after = boards.add_points(before, change.by_kind)
            if after.listing == Listing.UNKNOWN:
                after = after._replace(listing=boards.decide_listing(user_id=user_id, course_key=course_key))
            boards.write_total(key, before=before, after=after)
            statements.mark_folded(change.entry_ids)
            facts.tell_change(user_id=user_id, course_key=course_key, before=before.points, after=after.points)
    # .. custom_attribute_name: community_entries_folded
    # .. custom_attribute_description: How many ledger lines the last folding of this transaction added to a total.
    set_custom_attribute("community_entries_folded", len(change.entry_ids))
    return len(change.entry_ids)


def fold_after_commit(*, user_id: int, course_key: CourseKey) -> None:
    """Fold as soon as the open transaction is committed. What goes wrong is logged and left to the sweep."""
    transaction.on_commit(lambda: _try_to_fold(user_id=user_id, course_key=course_key), robust=True)


def _try_to_fold(*, user_id: int, course_key: CourseKey) -> None:
    try:
        fold_pending(user_id=user_id, course_key=course_key)
    except DatabaseError as error:
        name = people.name_error(error)
        log.warning("gamification.fold_left_to_sweep user=%s course=%s error=%s", user_id, course_key, name)


def sweep_entries(limit: int = 1000, *, min_age_seconds: int | None = None) -> int:
    """Fold what was recorded a while ago and is still waiting, of at most ``limit`` persons; return how many lines."""
    return sum(folded for _persons, folded in sweep_in_batches(limit, min_age_seconds=min_age_seconds))


def sweep_in_batches(limit: int, *, min_age_seconds: int | None = None) -> Iterator[tuple[int, int]]:
    """Fold as ``sweep_entries`` does; yield the numbers of persons and lines of each batch. Meets everybody once."""
    waiting = _list_waiting(min_age_seconds).order_by("course_id", "user_id").values_list("course_id", "user_id")
    last, left = (0, 0), limit
    while left > 0:
        beyond = models.Q(course_id=last[0], user_id__gt=last[1]) | models.Q(course_id__gt=last[0])
        persons = list(waiting.filter(beyond).distinct()[: min(BATCH, left)])
        if not persons:
            return
        yield len(persons), sum(_sweep_person(*person) for person in persons)
        last, left = persons[-1], left - len(persons)


def _sweep_person(course_id: int, user_id: int) -> int:
    try:
        return _fold_person(course_id, courses.get_course_key(course_id), user_id)
    except DatabaseError as error:
        name = people.name_error(error)
        log.error("gamification.fold_failed user=%s course_number=%s error=%s", user_id, course_id, name)
        return 0


def count_waiting_entries(*, min_age_seconds: int | None = None) -> int:
    """Return how many lines a sweep would fold now."""
    return _list_waiting(min_age_seconds).count()


def _list_waiting(min_age_seconds: int | None) -> models.QuerySet[Entry]:
    age = settings.GAMIFICATION_SWEEP_AFTER_SECONDS if min_age_seconds is None else min_age_seconds
    return Entry.objects.filter(is_folded=False, recorded_at__lte=timezone.now() - timedelta(seconds=age))
