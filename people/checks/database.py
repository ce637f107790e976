"""Is the database as our tables need it, and are they all there?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from people.data import SeenData
from people.fields import ExactCharField
from people.upkeep import suite

_ISOLATION_LEVELS: Final = ("READ-COMMITTED", "REPEATABLE-READ")
_FEWEST_ZONES: Final = 400
_MIGRATE: Final = "Run: manage.py lms migrate."
_IS_SQLITE: Final = "SQLite: for trying out on one machine, not for production."


def check_migrations() -> Iterator[SeenData]:
    """See that every migration of ours is applied, and say which are of a later version.

    Whoever goes back leaves those: a release runs with the tables of the one after it.
    """
    loader = MigrationLoader(connection)
    ours = {app.label for app in suite.list_apps()}
    known = {key for key in loader.disk_migrations if key[0] in ours}
    applied = {key for key in loader.applied_migrations if key[0] in ours}
    replaced = {old for key in known for old in loader.disk_migrations[key].replaces}
    if missing := sorted(known - applied):
        yield SeenData.failure(f"Not applied: {_names(missing)}.", _MIGRATE)
    if unknown := sorted(applied - known - replaced):
        yield SeenData.warning(
            f"Applied by a later version of the suite: {_names(unknown)}.",
            "Leave them if you went back on purpose: this version runs with the newer tables. Otherwise install the "
            "later version again (docs/operators.md, Back).",
        )
    if not missing and not unknown:
        yield SeenData.ok(f"All {len(known)} migrations are applied.")


def check_tables() -> Iterator[SeenData]:
    """See that the tables are there: on MySQL a migration that broke in the middle leaves some out."""
    there = set(connection.introspection.table_names())
    missing = sorted(model._meta.db_table for model in _models() if model._meta.db_table not in there)
    if missing:
        yield SeenData.failure(
            f"Missing tables: {', '.join(missing)}.", f"{_MIGRATE} If it finds nothing to do, restore them."
        )
    else:
        yield SeenData.ok(f"All {len(_models())} tables are there.")


def check_server() -> Iterator[SeenData]:
    """See that the server isolates and spells as the suite was tested."""
    if connection.vendor != "mysql":
        yield (
            SeenData.ok(_IS_SQLITE)
            if connection.vendor == "sqlite"
            else SeenData.warning(
                f"{connection.display_name} was never tried with the suite.", "Use MySQL 8.4 or MariaDB 10.11."
            )
        )
        return
    version, charset, mode = _row("SELECT VERSION(), @@character_set_database, @@sql_mode")
    isolation = str(_row("SHOW VARIABLES WHERE Variable_name IN ('transaction_isolation', 'tx_isolation')")[1])
    if isolation not in _ISOLATION_LEVELS:
        yield SeenData.failure(
            f"Transactions are isolated by {isolation}.",
            "Set isolation_level in OPTIONS of DATABASES to 'read committed', the platform's own choice.",
        )
    if charset != "utf8mb4":
        yield SeenData.failure(
            f"New tables of the database are {charset}: names and posts in many scripts cannot be stored.",
            "Run: ALTER DATABASE ... CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci, and convert its tables.",
        )
    if "STRICT" not in mode:
        yield SeenData.warning(
            "The server shortens text that is too long instead of refusing it.", "Add STRICT_TRANS_TABLES to sql_mode."
        )
    if isolation in _ISOLATION_LEVELS and charset == "utf8mb4":
        yield SeenData.ok(f"{version}, {isolation.lower()}, {charset}.")


def check_columns() -> Iterator[SeenData]:
    """See that our tables can be rolled back, hold every script, and compare keys exactly."""
    if connection.vendor != "mysql":
        yield SeenData.skipped(_IS_SQLITE)
        return
    engines = {name: (engine, str(collation)) for name, engine, collation in _our_rows(_TABLES)}
    found = {(table, column): rest for table, column, *rest in _our_rows(_COLUMNS)}
    inexact = []
    for table, column, wanted in _exact():
        collation, kind, null = found.get((table, column), (wanted, "", ""))
        if str(collation) != wanted:
            inexact.append(f"ALTER TABLE `{table}` MODIFY `{column}` {kind} COLLATE {wanted} {null};")
    for table, (engine, collation) in sorted(engines.items()):
        if engine != "InnoDB" or not collation.startswith("utf8mb4"):
            yield SeenData.failure(
                f"{table} is kept by {engine} as {collation}.",
                f"Run: ALTER TABLE {table} ENGINE=InnoDB, CONVERT TO CHARACTER SET utf8mb4; then the doctor again.",
            )
    if inexact:
        yield SeenData.failure(
            f"{len(inexact)} columns take two keys for one that differ in case, accents or blanks only: somebody "
            "converted the tables.",
            f"Run: {' '.join(inexact)}",
        )
    else:
        yield SeenData.ok(f"{len(engines)} tables, keys are compared exactly.")


def check_zones() -> Iterator[SeenData]:
    """See that this process knows the world's time zones."""
    count = len(available_timezones())
    try:
        ZoneInfo("America/Argentina/Buenos_Aires")
    except Exception:  # noqa: BLE001
        count = 0
    if count < _FEWEST_ZONES:
        yield SeenData.failure(
            f"Only {count} time zones are known.",
            "Install the system's tzdata, or the Python package tzdata, in the image.",
        )
    else:
        yield SeenData.ok(f"{count} time zones are known.")


_TABLES: Final = "SELECT table_name, engine, table_collation FROM information_schema.tables"
_COLUMNS: Final = (
    "SELECT table_name, column_name, collation_name, column_type, IF(is_nullable = 'YES', 'NULL', 'NOT NULL')"
    " FROM information_schema.columns"
)


def _models() -> list[Any]:
    return [model for app in suite.list_apps() for model in app.get_models()]


def _exact() -> Iterator[tuple[str, str, str]]:
    for model in _models():
        for field in model._meta.local_fields:
            if isinstance(field, ExactCharField):
                yield model._meta.db_table, str(field.column), field.db_parameters(connection)["collation"]


def _our_rows(query: str) -> list[tuple[Any, ...]]:
    tables = [model._meta.db_table for model in _models()]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} WHERE table_schema = DATABASE() AND table_name IN %s", [tables])
        return list(cursor.fetchall())


def _row(query: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def _names(keys: list[tuple[str, str]]) -> str:
    return ", ".join(f"{app} {name}" for app, name in keys)
