"""Inserting a row that may be there already, so that nobody deadlocks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models, transaction


def insert_or_update(row: models.Model, *, by: Sequence[str], update: Sequence[str] = ()) -> None:
    """Insert a row, or give these columns of it to the one that is there (``by`` names a unique key of it).

    One statement in a savepoint, which takes the row's exclusive lock at once. InnoDB gives a shared lock to an insert
    that is refused or ignored; two who have one and then want to change the row wait for each other.
    """
    model = type(row)
    target = list(by) if connection.features.supports_update_conflicts_with_target else None
    with transaction.atomic():
        model._default_manager.bulk_create(  # noqa: SLF001 - Django documents it
            [row], update_conflicts=True, update_fields=list(update or by), unique_fields=target
        )
