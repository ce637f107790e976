"""Columns that mean the same on every database. Migrations name these classes, so nothing of ours is imported here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import IrreversibleError


class ExactCharField(models.CharField):
    """A key, or anything else that is looked up: compared character by character on every database.

    With the collation that Open edX is installed with, MySQL and MariaDB take "e", "E" and "é" for the same text, any
    emoji for any other, and "x" for "x " with a blank. Both have a collation without these opinions, under two names.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Return the column's type as for any text, with the server's exact collation."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            is_mariadb = connection.mysql_is_mariadb  # type: ignore[attr-defined]
            parameters["collation"] = "utf8mb4_nopad_bin" if is_mariadb else "utf8mb4_0900_bin"
        return parameters


@dataclass(frozen=True, slots=True)
class RefuseToMerge:
    """Refuse to go back to columns under whose collation two keys of an app would become one; for ``RunPython``.

    Nothing has been changed yet when it refuses. Without it the server refuses in the middle, column by column.
    """

    app_label: str

    def __call__(self, apps: Any, schema_editor: Any) -> None:
        """Raise IrreversibleError where it would happen."""
        connection = schema_editor.connection
        if connection.vendor != "mysql":
            return
        for model in apps.get_app_config(self.app_label).get_models():
            options = model._meta
            for fields in _unique_exact(options):
                if _would_merge(connection, options.db_table, fields):
                    columns = ", ".join(field.column for field in fields)
                    message = f"{options.db_table} ({columns}) holds keys that differ in case, accents or blanks only."
                    raise IrreversibleError(message)


def _unique_exact(options: Any) -> Iterator[list[Any]]:
    alone = [[field] for field in options.local_fields if field.unique]
    constraints = [each for each in options.constraints if isinstance(each, models.UniqueConstraint)]
    for fields in alone + [[options.get_field(name) for name in each.fields] for each in constraints]:
        if any(isinstance(field, ExactCharField) for field in fields):
            yield fields


def _would_merge(connection: Any, table: str, fields: list[Any]) -> bool:
    """Tell whether some rows have one key under the collation of the database; NULL is no key."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@collation_database")
        (collation,) = cursor.fetchone()
        columns = [quote(field.column) for field in fields]
        parts = [
            f"CONVERT({column} USING utf8mb4) COLLATE {collation}" if isinstance(field, ExactCharField) else column
            for column, field in zip(columns, fields, strict=True)
        ]
        cursor.execute(
            f"SELECT 1 FROM {quote(table)}"  # noqa: S608 - names of our own tables and columns
            f" WHERE {' AND '.join(f'{column} IS NOT NULL' for column in columns)}"
            f" GROUP BY {', '.join(parts)} HAVING COUNT(*) > 1 LIMIT 1"
        )
        return cursor.fetchone() is not None
