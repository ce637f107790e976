"""Several statements asked as one: the beginning of each board's index, which the server would else sort whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def fetch_ids(parts: Sequence[QuerySet[Any, tuple[int]]]) -> list[int]:
    """Return the ids of several statements of one column, each with an order and limit of its own, in one query."""
    if not parts:
        return []
    statements, values = [], []
    for number, part in enumerate(parts):
        sql, arguments = part.query.get_compiler(connection=connection).as_sql()
        statements.append(f"SELECT * FROM ({sql}) AS part_{number}")  # noqa: S608 - Django's own statement
        values += arguments
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        return [row[0] for row in cursor.fetchall()]
