"""Columns that mean the same on every database. Migrations name these classes, so nothing of ours is imported here."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


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
