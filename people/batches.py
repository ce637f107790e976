"""Work through a large table in a migration: batch by batch, and from where it stopped when it is started again.

Migrations of every package use it, so what it promises never changes. The migration says ``atomic = False``: each batch
is a transaction of its own, which neither holds locks for long nor is lost when a later one fails. A migration that was
killed is not recorded as done and runs again from the start, so ``work`` must make its rows disappear from ``find`` or
come to the same result twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction


@dataclass(frozen=True, slots=True)
class InBatches:
    """What ``RunPython`` calls: ``find(apps)`` gives the rows, ``work(apps, rows)`` deals with one batch of them."""

    find: Callable[[Any], models.QuerySet[Any]]
    work: Callable[[Any, list[Any]], None]
    size: int = 500

    def __call__(self, apps: Any, schema_editor: Any) -> None:
        """Work through all rows in the order of their keys; those added meanwhile at the end are met too."""
        alias = schema_editor.connection.alias
        rows = self.find(apps).using(alias).order_by("pk")
        batch = list(rows[: self.size])
        while batch:
            with transaction.atomic(using=alias):
                self.work(apps, batch)
            batch = list(rows.filter(pk__gt=batch[-1].pk)[: self.size])
