"""The few statements of the path of every point, in SQL.

Django's query compiler costs more than the server here: it takes several times as long to build one of these
statements as the database takes to answer it. And one of them (adding to a bar of the histogram that may not exist
yet) cannot be said in one statement with the ORM. Everything else in the app uses the ORM.

Values come and go as the driver has them; instants and days are only handed back to the database or compared with each
other. SQLite has no row locks and needs none: its transactions take the write lock when they begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from .caps import Line, Window
from .models import SCORE_BITS, USER_BITS, Bucket, Entry, Listing, Total, bucket_key

ENTRY = Entry._meta.db_table
TOTAL = Total._meta.db_table
BUCKET = Bucket._meta.db_table

#: SQLite takes no more in one statement when it is old.
MOST_PARAMETERS = 900

#: Rows of the usual look for what waits; more of them are a backlog.
MOST_ROWS = 500

#: Scores that share one coarse bar. A rank then adds up at most 63 fine bars and score / 64 coarse ones.
COARSE = 64

_LINE = ", ".join(f"e.{column}" for column in Line._fields)
# MariaDB and MySQL search for a join order and for indexes longer than the joins take, and then read two indexes where
# one is enough. What is written here is how it should be done: person and window first, then the source.
_IS_MYSQL = connection.vendor == "mysql"
_JOIN_IN_ORDER = "STRAIGHT_JOIN" if _IS_MYSQL else ""
_BY_WINDOW, _BY_SOURCE, _BY_FOLDING = (
    f"FORCE INDEX (gamification_entry_{name})" if _IS_MYSQL else "" for name in ("window", "source_revision", "folding")
)
_SAME_SOURCE = "e.source = w.source AND e.user_id = w.user_id AND e.course_id = w.course_id"


class TotalRow(NamedTuple):
    """A person's folded sum."""

    points: int
    by_kind: dict[str, int]
    listing: int


class PendingLine(NamedTuple):
    """A line and whether it waits to be folded."""

    line: Line
    is_pending: bool


def _fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _execute(sql: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _day(value: date) -> Any:
    return connection.ops.adapt_datefield_value(value)


def _instant(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


#: Columns of a new ledger line with what they hold when nothing is given.
_BLANK: dict[str, Any] = {
    "source": "",
    "revision": 0,
    "course_id": 0,
    "user_id": 0,
    "kind": "",
    "is_void": False,
    "occurred_at": None,
    "local_date": None,
    "recorded_at": None,
    "worth": 0,
    "rule_points": 0,
    "per_day": None,
    "min_words": 0,
    "scheme_version": 0,
    "facts": {},
    "reason": "",
    "note": "",
    "title": "",
    "url": "",
    "is_folded": False,
}
_INSERT_ENTRY = f"INSERT INTO {ENTRY} ({', '.join(_BLANK)}) VALUES ({', '.join(['%s'] * len(_BLANK))})"  # noqa: S608


def insert_entry(values: Mapping[str, Any]) -> int:
    """Insert a ledger line and return its id; raises IntegrityError for a revision that is known."""
    row = _BLANK | dict(values)
    row["occurred_at"], row["recorded_at"] = _instant(row["occurred_at"]), _instant(row["recorded_at"])
    row["local_date"] = _day(row["local_date"])
    row["facts"] = json.dumps(row["facts"], sort_keys=True)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ENTRY, list(row.values()))
        return int(cursor.lastrowid)


def lock_total(key: int) -> TotalRow | None:
    """Lock and return a person's total until the transaction ends; None if there is none."""
    lock = " FOR UPDATE" if _IS_MYSQL else ""
    rows = _fetch(f"SELECT points, by_kind, listing FROM {TOTAL} WHERE id = %s{lock}", [key])  # noqa: S608
    return _total(rows)


def find_total(key: int) -> tuple[TotalRow | None, bool]:
    """Return a person's folded sum, and whether lines wait to be folded, both of the same instant."""
    person = [key >> USER_BITS, key & (1 << USER_BITS) - 1]
    waits = f"EXISTS (SELECT 1 FROM {ENTRY} WHERE is_folded = FALSE AND course_id = %s AND user_id = %s)"  # noqa: S608
    rows = _fetch(f"SELECT points, by_kind, listing, {waits} FROM {TOTAL} WHERE id = %s", [*person, key])  # noqa: S608
    if rows:
        return _total(rows), bool(rows[0][3])
    return None, bool(_fetch(f"SELECT {waits}", person)[0][0])


def _total(rows: list[tuple[Any, ...]]) -> TotalRow | None:
    return TotalRow(rows[0][0], json.loads(rows[0][1]), rows[0][2]) if rows else None


def update_total(key: int, total: TotalRow) -> None:
    """Write a locked total."""
    _execute(
        f"UPDATE {TOTAL} SET points = %s, by_kind = %s, listing = %s, changed_at = %s WHERE id = %s",  # noqa: S608
        [
            total.points,
            json.dumps(total.by_kind, sort_keys=True, separators=(",", ":")),
            total.listing,
            _instant(timezone.now()),
            key,
        ],
    )


def list_pending_sources(*, course_id: int, user_id: int) -> list[PendingLine]:
    """Return the lines that wait to be folded with all that shares their windows.

    That is: every line of every source that has a line of the same kind and day as one of those that wait.
    """
    waiting = f"{ENTRY} p {_BY_FOLDING}"
    condition = "p.is_folded = FALSE AND p.course_id = %s AND p.user_id = %s"
    windows = (
        f"JOIN {ENTRY} w {_BY_WINDOW} ON w.user_id = %s AND w.course_id = %s "
        "AND w.kind = p.kind AND w.local_date = p.local_date "
        f"JOIN {ENTRY} e {_BY_SOURCE} ON {_SAME_SOURCE}"
    )
    select = f"SELECT {_JOIN_IN_ORDER} {_LINE}, e.is_folded FROM"
    rows = _fetch(
        f"{select} {waiting} {windows} WHERE {condition} LIMIT {MOST_ROWS}", [user_id, course_id, course_id, user_id]
    )
    if len(rows) == MOST_ROWS:
        # A backlog: every window only once, which costs a temporary table.
        once = f"(SELECT DISTINCT p.kind, p.local_date FROM {waiting} WHERE {condition}) p"  # noqa: S608
        rows = _fetch(f"{select} {once} {windows}", [course_id, user_id, user_id, course_id])
    return _pending_lines(rows)


def list_sources(*, course_id: int, user_id: int, sources: Iterable[str]) -> list[Line]:
    """Return all lines of a person's sources."""
    names = sorted(set(sources))
    if not names:
        return []
    rows = _fetch(
        f"SELECT {_LINE} FROM {ENTRY} e "  # noqa: S608
        f"WHERE e.source IN ({', '.join(['%s'] * len(names))}) AND e.user_id = %s AND e.course_id = %s",
        [*names, user_id, course_id],
    )
    return [_line(row) for row in rows]


def list_window_sources(*, course_id: int, user_id: int, windows: Iterable[Window]) -> list[PendingLine]:
    """Return all lines of the sources that have a line in one of the windows."""
    pairs = sorted(windows, key=str)
    if not pairs:
        return []
    choice = " OR ".join(["(w.kind = %s AND w.local_date = %s)"] * len(pairs))
    rows = _fetch(
        f"SELECT {_JOIN_IN_ORDER} {_LINE}, e.is_folded FROM {ENTRY} w {_BY_WINDOW} "  # noqa: S608
        f"JOIN {ENTRY} e {_BY_SOURCE} ON {_SAME_SOURCE} "
        f"WHERE w.user_id = %s AND w.course_id = %s AND ({choice})",
        [user_id, course_id, *(part for pair in pairs for part in pair)],
    )
    return _pending_lines(rows)


def _pending_lines(rows: Iterable[tuple[Any, ...]]) -> list[PendingLine]:
    """Return rows as lines, each once: the joins find a line once for every line of its window."""
    return list({row[0]: PendingLine(_line(row), not row[9]) for row in rows}.values())


def _line(row: tuple[Any, ...]) -> Line:
    return Line(row[0], row[1], row[2], bool(row[3]), *row[4:9])


def mark_folded(entry_ids: Sequence[int]) -> None:
    """Note that lines are part of the sums."""
    for start in range(0, len(entry_ids), MOST_PARAMETERS):
        batch = entry_ids[start : start + MOST_PARAMETERS]
        marks = ", ".join(["%s"] * len(batch))
        _execute(f"UPDATE {ENTRY} SET is_folded = TRUE WHERE id IN ({marks})", batch)  # noqa: S608


def list_bars(course_id: int, score: int) -> list[int]:
    """Return the keys of the two bars a score is counted in, in the order in which bars are locked."""
    return [
        bucket_key(course_id, is_coarse=False, score=score),
        bucket_key(course_id, is_coarse=True, score=score // COARSE),
    ]


def bar_range(course_id: int) -> tuple[int, int]:
    """Return the first key of a course's bars and the first key after them."""
    first = bucket_key(course_id, is_coarse=False, score=0)
    return first, first + (2 << SCORE_BITS)


def add_to_bars(changes: Sequence[tuple[int, int]]) -> None:
    """Add members to bars of the histogram: (key, number) in ascending order of the keys, so that nobody deadlocks."""
    rows = ", ".join(["(%s, %s)"] * len(changes))
    clash = (
        "ON DUPLICATE KEY UPDATE members = members + VALUES(members)"
        if _IS_MYSQL
        else f"ON CONFLICT (id) DO UPDATE SET members = {BUCKET}.members + excluded.members"
    )
    _execute(
        f"INSERT INTO {BUCKET} (id, members) VALUES {rows} {clash}",  # noqa: S608
        [part for change in changes for part in change],
    )


def count_above(course_id: int, score: int) -> int:
    """Return how many members of the board have more points than ``score``."""
    score = max(score, 0)
    coarse = score // COARSE
    rows = _fetch(
        f"SELECT SUM(members) FROM {BUCKET} WHERE (id > %s AND id < %s) OR (id > %s AND id < %s)",  # noqa: S608
        [
            bucket_key(course_id, is_coarse=False, score=score),
            bucket_key(course_id, is_coarse=False, score=(coarse + 1) * COARSE),
            bucket_key(course_id, is_coarse=True, score=coarse),
            bucket_key(course_id, is_coarse=True, score=0) + (1 << SCORE_BITS),
        ],
    )
    return int(rows[0][0] or 0)


def find_place(key: int) -> tuple[int, int, int] | None:
    """Return points and listing of a total, and how many members of the board have more; None if there is no total.

    One statement: the server reads the total by its key first and then knows the ranges of bars to add up.
    """
    course_id = key >> USER_BITS
    fine, coarse = (bucket_key(course_id, is_coarse=is_coarse, score=0) for is_coarse in (False, True))
    step = f"t.points {'DIV' if _IS_MYSQL else '/'} {COARSE}"
    rows = _fetch(
        "SELECT t.points, t.listing, "  # noqa: S608
        f"(SELECT SUM(members) FROM {BUCKET} WHERE id > %s + t.points AND id < %s + ({step} + 1) * {COARSE}), "
        f"(SELECT SUM(members) FROM {BUCKET} WHERE id > %s + ({step}) AND id < %s) "
        f"FROM {TOTAL} t WHERE t.id = %s",
        [fine, fine, coarse, coarse + (1 << SCORE_BITS), key],
    )
    if not rows:
        return None
    points, listing, in_fine, in_coarse = rows[0]
    return points, listing, int(in_fine or 0) + int(in_coarse or 0)


def count_members(course_id: int) -> int:
    """Return how many members the board has."""
    first = bucket_key(course_id, is_coarse=True, score=0)
    rows = _fetch(
        f"SELECT SUM(members) FROM {BUCKET} WHERE id >= %s AND id < %s",  # noqa: S608
        [first, first + (1 << SCORE_BITS)],
    )
    return int(rows[0][0] or 0)


def compare_bars(course_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """Return the fine bars as the totals have them and all bars as they are, both of the same instant."""
    rows = _fetch(
        f"SELECT 1, points, COUNT(*) FROM {TOTAL} "  # noqa: S608
        f"WHERE course_id = %s AND listing = {int(Listing.LISTED)} AND points > 0 GROUP BY points "
        f"UNION ALL SELECT 0, id, members FROM {BUCKET} WHERE id >= %s AND id < %s",
        [course_id, *bar_range(course_id)],
    )
    scores = {row[1]: int(row[2]) for row in rows if row[0]}
    bars = {row[1]: int(row[2]) for row in rows if not row[0]}
    return scores, bars
