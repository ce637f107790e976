"""A database of one's own, to migrate back and forth in without being in anybody's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def another_database(name: str) -> Iterator[BaseDatabaseWrapper]:
    """Let the connection called "default" be one to another database; afterwards it is the one it was."""
    usual = connections["default"]
    connections.databases["default"] = {**usual.settings_dict, "NAME": name}
    try:
        connections["default"] = connections.create_connection("default")
        yield connections["default"]
    finally:
        connections["default"].close()
        connections.databases["default"] = usual.settings_dict
        connections["default"] = usual


@contextmanager
def empty_database() -> Iterator[BaseDatabaseWrapper]:
    """Make a database as Tutor does, go into it, and drop it at the end."""
    if connections["default"].vendor != "mysql":
        with another_database(":memory:") as connection:
            yield connection
        return
    name = f"scratch_{uuid4().hex[:12]}"
    with another_database("information_schema") as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    try:
        with another_database(name) as connection:
            yield connection
    finally:
        with another_database("information_schema") as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(params=["here", pytest.param("server", marks=pytest.mark.mariadb)])
def scratch(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[BaseDatabaseWrapper]:
    """Return a connection to an empty database: SQLite by default, and on the server in the run beside it."""
    with django_db_blocker.unblock(), empty_database() as connection:
        yield connection
