"""The arithmetic of the ledger, without a database.

A *source* (one post, one finished case) has numbered revisions; each is an award or a void, and the highest one wins.
Live awards of one kind on one of the person's days form a *window*: ordered by when they happened, the first so many
(as many as the award's own rule allows) pay, the rest pay nothing. So what lines are worth depends on which lines
there are and never on the order in which they arrived.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple


class Line(NamedTuple):
    """What the arithmetic needs of a ledger entry.

    Instants and days are only ever compared with each other, so they may be in whatever form the database gave them.
    """

    id: int
    source: str
    revision: int
    is_void: bool
    kind: str
    local_date: Any
    occurred_at: Any
    worth: int
    per_day: int | None


class Window(NamedTuple):
    """Awards that share a limit: one kind on one of the person's days."""

    kind: str
    local_date: Any


class Live(NamedTuple):
    """The award that counts for a source, and the window it is in."""

    line: Line
    window: Window


@dataclass(frozen=True, slots=True)
class Payment:
    """What a live award pays; ``place`` is its place among the paying awards of its window, from 1."""

    points: int
    place: int

    def is_capped(self, line: Line) -> bool:
        """Say whether the day's limit took the points."""
        return line.worth != 0 and self.points == 0


def find_live(revisions: Iterable[Line]) -> Live | None:
    """Return what counts of one source's revisions: the highest one if it is an award."""
    ordered = sorted(revisions, key=lambda line: line.revision)
    if not ordered or ordered[-1].is_void:
        return None
    return Live(ordered[-1], find_window(ordered[-1], ordered))


def find_window(award: Line, revisions: Iterable[Line]) -> Window:
    """Return the window an award of a source is in.

    The day is that of the source's earliest award of this kind: who restores a post from another time zone does not
    move it to another day.
    """
    awards = [line for line in revisions if not line.is_void and line.kind == award.kind]
    return Window(award.kind, min(awards, key=lambda line: line.revision).local_date)


def by_source(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    """Return lines by their source."""
    sources: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        sources[line.source].append(line)
    return sources


def list_live(lines: Iterable[Line]) -> list[Live]:
    """Return the awards that count."""
    return [live for revisions in by_source(lines).values() if (live := find_live(revisions))]


def pay(lives: Iterable[Live]) -> dict[int, Payment]:
    """Return what each live award pays, by the id of its line. The windows must be complete."""
    windows: dict[Window, list[Line]] = defaultdict(list)
    for live in lives:
        windows[live.window].append(live.line)
    payments: dict[int, Payment] = {}
    for lines in windows.values():
        place = 0
        for line in sorted(lines, key=lambda line: (line.occurred_at, line.source)):
            place += line.worth != 0
            is_paid = line.per_day is None or place <= line.per_day
            payments[line.id] = Payment(points=line.worth if is_paid else 0, place=place)
    return payments


def sum_by_kind(lives: Iterable[Live]) -> Counter[str]:
    """Return the points of live awards by kind. Their windows must be complete."""
    lives = list(lives)
    payments = pay(lives)
    sums: Counter[str] = Counter()
    for live in lives:
        sums[live.line.kind] += payments[live.line.id].points
    return sums
