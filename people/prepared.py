"""Look-ups about one person that are asked with every point somebody earns.

The ORM takes longer to build such a statement than the database to answer it; so it builds each of them once, and
afterwards only the person's id is put in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

_SOMEBODY: Final = 987_654_321  # stands for the person's id in the statement


class PreparedLookup:
    """At most one row about a person; ``build`` gives the queryset of tuples for an id."""

    def __init__(self, build: Callable[[int], QuerySet[Any, Any]]) -> None:
        self._build = build

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        return self._build(_SOMEBODY)[:1].query.sql_with_params()

    def find(self, user_id: int) -> tuple[Any, ...] | None:
        """Return the row, or None where there is none."""
        sql, parameters = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [user_id if value == _SOMEBODY else value for value in parameters])
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row
