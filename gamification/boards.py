"""The board of a course: who is on it, who is where, and moving rows in and out.

Eligible members with at least one point are on the board. Ranks come from a histogram with two levels (one bar per
score, one per 64 scores), which changes in the same transaction as the total, so a rank is exact, ties share the better
place, and asking for one costs the same in a course of thirty and of 650,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import courses, edx_platform, statements
from .data import AroundPage, BoardPage, RowData
from .models import Listing, Total, total_key
from .schemes import get_in_force
from .statements import TotalRow

SURFACE = "board"
MOST_PLACES = 5

#: Kinds of errands.
BOARD_ROW = "points.board_row"
BOARD_ROWS = "points.board_rows"
RETIREMENT = "points.retirement"

#: Those who have a place of their own to look at, whether or not others see it.
COMPETING = frozenset({Listing.LISTED, Listing.HIDDEN})


def decide_listing(*, user_id: int, course_key: CourseKey) -> Listing:
    """Return whether this person belongs on the board now, as platform and privacy choice have it."""
    choice = people.get_name_choice(user_id, surface=SURFACE, context_key=str(course_key))
    return judge_listing(
        is_enrolled=edx_platform.is_enrolled(user_id, course_key),
        is_team=edx_platform.is_course_team(user_id, course_key),
        is_hidden=choice == "hidden",
    )


def judge_listing(*, is_enrolled: bool, is_team: bool, is_hidden: bool) -> Listing:
    """Return what these facts mean for the board; the first that applies is the reason shown."""
    if not is_enrolled:
        return Listing.LEFT
    if is_team:
        return Listing.TEAM
    return Listing.HIDDEN if is_hidden else Listing.LISTED


def create_total(*, course_id: int, user_id: int) -> None:
    """Make sure that the person has a total; the first fold decides about the board."""
    row = Total(id=total_key(course_id, user_id), course_id=course_id, user_id=user_id, changed_at=timezone.now())
    Total.objects.bulk_create([row], ignore_conflicts=True)


def add_points(total: TotalRow, change: Mapping[str, int]) -> TotalRow:
    """Return the total with points added by kind."""
    by_kind = Counter(total.by_kind)
    by_kind.update(change)
    kept = {kind: points for kind, points in by_kind.items() if points}
    return total._replace(points=total.points + sum(change.values()), by_kind=kept)


def write_total(key: int, *, before: TotalRow, after: TotalRow) -> None:
    """Write a total that is locked, then move it in the histogram (bars in ascending order of their keys)."""
    statements.update_total(key, after)
    moves: Counter[int] = Counter()
    for total, members in ((before, -1), (after, 1)):
        if is_on_board(total):
            moves.update(dict.fromkeys(statements.list_bars(key >> 32, total.points), members))
    changes = sorted((bar, members) for bar, members in moves.items() if members)
    if changes:
        statements.add_to_bars(changes)


def is_on_board(total: TotalRow) -> bool:
    """Say whether others find this total on the board."""
    return total.listing == Listing.LISTED and total.points > 0


def refresh_board_row(*, user_id: int, course_key: CourseKey, is_awaited: bool = False) -> None:
    """Have a person moved in or out of the board after the open transaction, as enrolment, role and choice then are.

    Only an errand is inserted, and only for somebody who has a total: sums are never locked in the transaction of an
    enrolment. A worker does it after the commit, or this process where somebody waits to see it (``is_awaited``).
    """
    course_id = courses.find_number(course_key)
    if course_id is None:
        return

    def leave() -> bool:
        if not Total.objects.filter(pk=total_key(course_id, user_id)).exists():
            return False
        facts = {"user": user_id, "course": str(course_key)}
        errand_id = people.add_errand(
            kind=BOARD_ROW, key=f"{user_id} {course_key}", facts=facts, run_after_commit=not is_awaited
        )
        if is_awaited:
            transaction.on_commit(lambda: people.run_errand(errand_id), robust=True)
        return True

    _leave_now_or_after_commit(leave)


def refresh_board_rows(*, user_id: int) -> None:
    """Do the same in every course in which the person has points."""

    def leave() -> bool:
        if not Total.objects.filter(user_id=user_id).exists():
            return False
        people.add_errand(kind=BOARD_ROWS, key=str(user_id), facts={"user": user_id}, run_after_commit=True)
        return True

    _leave_now_or_after_commit(leave)


def _leave_now_or_after_commit(leave: Callable[[], bool]) -> None:
    """Leave an errand; where there is no total yet, look again after the commit.

    Somebody's first total may be made beside us, with a listing that does not know yet what we are about to commit.
    """
    if not leave():
        transaction.on_commit(leave, robust=True)


def run_board_row(facts: Mapping[str, Any]) -> None:
    """Do the errand of one board row."""
    course_id = courses.find_number(CourseKey.from_string(facts["course"]))
    if course_id is not None:
        _refresh(course_id, facts["user"])


def run_board_rows(facts: Mapping[str, Any]) -> None:
    """Do the errand of all board rows of a person."""
    for course_id in list(Total.objects.filter(user_id=facts["user"]).values_list("course_id", flat=True)):
        _refresh(course_id, facts["user"])


def _refresh(course_id: int, user_id: int) -> None:
    # Decided under the lock: of two changes at once, the later refresh sees both.
    with transaction.atomic(durable=True):
        before = statements.lock_total(total_key(course_id, user_id))
        if before is None or before.listing == Listing.RETIRED:
            return
        listing = decide_listing(user_id=user_id, course_key=courses.get_course_key(course_id))
        if listing != before.listing:
            write_total(total_key(course_id, user_id), before=before, after=before._replace(listing=listing))


def retire_person(*, user_id: int) -> None:
    """Take a retired person off every board for good, after the open transaction."""
    people.add_errand(kind=RETIREMENT, key=str(user_id), facts={"user": user_id}, run_after_commit=True)


def run_retirement(facts: Mapping[str, Any]) -> None:
    """Do the errand of a retired person's board rows."""
    for key in list(Total.objects.filter(user_id=facts["user"]).order_by("id").values_list("id", flat=True)):
        with transaction.atomic(durable=True):
            before = statements.lock_total(key)
            if before is not None:
                write_total(key, before=before, after=before._replace(listing=Listing.RETIRED))


def choose_board_name(*, user_id: int, course_key: CourseKey, choice: str) -> None:
    """Choose how one appears on the board: ``name``, ``pseudonym`` or ``hidden`` (off the board, own rank kept)."""
    people.choose_name(user_id=user_id, surface=SURFACE, context_key=str(course_key), choice=choice)
    refresh_board_row(user_id=user_id, course_key=course_key, is_awaited=True)


def find_rank(course_id: int, *, total: TotalRow | None, points: int, listing: int) -> int | None:
    """Return the competition rank of somebody with these points, whose folded total is ``total``."""
    if points <= 0 or listing not in COMPETING:
        return None
    above = statements.count_above(course_id, points)
    counts_itself = total is not None and is_on_board(total) and total.points > points
    return above + 1 - counts_itself


def get_rank(user_id: int, course_key: CourseKey) -> int | None:
    """Return a person's rank by folded points; None for those without points or without a place on the board."""
    course_id = courses.find_number(course_key)
    if course_id is None:
        return None
    place = statements.find_place(total_key(course_id, user_id))
    if place is None:
        return None
    points, listing, above = place
    return above + 1 if points > 0 and listing in COMPETING else None


def list_board(course_key: CourseKey, *, page: int = 1, page_size: int = 20) -> BoardPage:
    """Return a page of the board, best first; pages beyond ``GAMIFICATION_BOARD_MAX_PAGES`` are empty."""
    course_id = courses.find_number(course_key)
    members = statements.count_members(course_id) if course_id is not None else 0
    pages = min(-(-members // page_size), settings.GAMIFICATION_BOARD_MAX_PAGES) or 1
    rows: list[RowData] = []
    if course_id is not None and 1 <= page <= pages:
        start = (page - 1) * page_size
        totals = _on_board(course_id).order_by("-points", "-id")[start : start + page_size]
        places = list(totals.values_list("user_id", "points"))
        rows = _with_ranks(course_id, course_key, places, before=start)
    return BoardPage(rows=rows, total=members, page=page, pages=pages)


def list_around(course_key: CourseKey, user_id: int, *, places: int = 2) -> AroundPage:
    """Return a person's own line and up to ``places`` (at most 5) above and below; among equals the own line is first.

    The hidden see themselves here where they would stand; nobody else does.
    """
    course_id = courses.find_number(course_key)
    total = statements.find_total(total_key(course_id, user_id))[0] if course_id is not None else None
    members = statements.count_members(course_id) if course_id is not None else 0
    if course_id is None or total is None or total.points <= 0 or total.listing not in COMPETING:
        return AroundPage(rows=[], before=members, after=0)
    places = min(places, MOST_PLACES)
    above = _list_above(course_id, total.points, limit=places)
    below = _list_below(course_id, total.points, own_key=total_key(course_id, user_id), limit=places)
    before = statements.count_above(course_id, total.points) - len(above)
    others = members - is_on_board(total)
    lines = [*above, (user_id, total.points), *below]
    rows = _with_ranks(course_id, course_key, lines, before=before, hidden_id=None if is_on_board(total) else user_id)
    return AroundPage(rows=rows, before=before, after=others - before - len(above) - len(below))


def _on_board(course_id: int) -> models.QuerySet[Total]:
    return Total.objects.filter(course_id=course_id, listing=Listing.LISTED, points__gt=0)


def _list_above(course_id: int, points: int, *, limit: int) -> list[tuple[int, int]]:
    better = _on_board(course_id).filter(points__gt=points).order_by("points", "id")
    return list(better.values_list("user_id", "points")[:limit])[::-1]


def _list_below(course_id: int, points: int, *, own_key: int, limit: int) -> list[tuple[int, int]]:
    equal = _on_board(course_id).filter(points=points).exclude(pk=own_key).order_by("-id")
    found = list(equal.values_list("user_id", "points")[:limit])
    if len(found) < limit:
        worse = _on_board(course_id).filter(points__lt=points).order_by("-points", "-id")
        found += worse.values_list("user_id", "points")[: limit - len(found)]
    return found


def _with_ranks(
    course_id: int,
    course_key: CourseKey,
    places: list[tuple[int, int]],
    *,
    before: int,
    hidden_id: int | None = None,
) -> list[RowData]:
    """Return the lines of consecutive places with ranks and levels; ``before`` members stand above the first.

    Only the first line's rank is looked up, because its equals may stand above it. Whoever has fewer points than the
    line before is as many places down as lines are above. The line of ``hidden_id`` takes no place from others.
    """
    curve = get_in_force(course_key, timezone.now()).scheme.curve
    rows: list[RowData] = []
    above = before
    for user_id, points in places:
        if not rows:
            rank = statements.count_above(course_id, points) + 1
        elif points < rows[-1].points:
            rank = above + 1
        level = curve.level(points)
        rows.append(
            RowData(user_id=user_id, rank=rank, points=points, level_number=level.number, level_title=level.title)
        )
        above += user_id != hidden_id
    return rows
