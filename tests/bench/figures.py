"""Taking ratios: slices of two works alternate in one process and on one connection, so that noise hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction

Work = Callable[[], object]


def rate(work: Work, seconds: float) -> float:
    """Return how often ``work`` runs in a second, tried for ``seconds``."""
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        work()
        count += 1
    return count / passed


def compare_rates(first: Work, second: Work, *, slices: int = 11, seconds: float = 0.6) -> tuple[float, float]:
    """Return the median rates of two works over alternating slices, after one slice to warm up each."""
    rate(first, seconds)
    rate(second, seconds)
    pairs = [(rate(first, seconds), rate(second, seconds)) for _ in range(slices)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def is_mysql() -> bool:
    """Say whether this is MariaDB or MySQL."""
    return connection.vendor == "mysql"


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, batch: int = 20_000) -> None:
    """Insert many rows quickly."""
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    for start in range(0, len(rows), batch):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows[start : start + batch])


def analyse(*tables: str) -> None:
    """Let the server know what is in the tables, as it would after a day."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE TABLE {', '.join(tables)}" if is_mysql() else "ANALYZE")
        cursor.fetchall()
