"""How migrations are written: reversible, in batches, schema and data apart, independent of our code, safe beside the
release before. Read from the migrations themselves, so that a new one is held to it when it is there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, BooleanField

from people.batches import InBatches
from people.fields import RefuseToMerge

from .schema import OUR_APPS

# Steps that the release before would not survive, and why they may be there all the same.
ENDS_SUPPORT: dict[tuple[str, str], str] = {
    ("gamification", "0004_no_missed_completions"): "the table was never in a release",
    ("discussion_ext", "0004_no_repairs"): "the table was never in a release",
    ("discussion_ext", "0005_backfills"): "there was no release before",
    ("discussion_ext", "0007_class_sessions_and_blended_tasks"): "there was no release before",
    ("discussion_ext", "0008_discussion_boards"): "the tables were never in a release",
}
# Imports of ours beside people.fields and people.batches, which promise never to change.
IMPORTS_OURS: dict[str, str] = {
    "discussion_ext/0001_contributions_and_cases": "discussion_ext.data: a default; 0002 says it without our code",
}
# Operations that the release before notices: it reads or writes what is gone or has another name.
_ENDS = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
_CHECKS = (RefuseToMerge,)


def our_migrations() -> list[tuple[tuple[str, str], migrations.Migration]]:
    found = MigrationLoader(connection, ignore_no_migrations=True, load=False)
    found.load_disk()
    return sorted((step, each) for step, each in found.disk_migrations.items() if step[0] in OUR_APPS)


@pytest.fixture(params=[step for step, _each in our_migrations()], ids="/".join)
def migration(request: pytest.FixtureRequest) -> migrations.Migration:
    return dict(our_migrations())[request.param]


def data_steps(migration: migrations.Migration) -> Iterator[migrations.RunPython]:
    """Yield what touches rows: everything that is called, but for what only looks."""
    for operation in migration.operations:
        if isinstance(operation, migrations.RunPython) and not isinstance(operation.reverse_code, _CHECKS):
            yield operation


def is_data_step(operation: Operation) -> bool:
    return isinstance(operation, migrations.RunPython | migrations.RunSQL)


def test_every_app_has_migrations() -> None:
    assert {app for (app, _name), _each in our_migrations()} == set(OUR_APPS)


def test_what_touches_rows_goes_in_batches_both_ways(migration: migrations.Migration) -> None:
    assert not [each for each in migration.operations if isinstance(each, migrations.RunSQL)]
    for operation in data_steps(migration):
        assert isinstance(operation.code, InBatches), "one transaction over a large table"
        assert isinstance(operation.reverse_code, InBatches), "no way back"
        assert migration.atomic is False, "one transaction around all batches"
        assert all(map(is_data_step, migration.operations)), "schema and data are apart"


def test_it_can_be_taken_back(migration: migrations.Migration) -> None:
    assert [each for each in migration.operations if not each.reversible] == []


def has_to_be_given(operation: Operation) -> bool:
    """Tell whether it adds a column that every insert has to fill: Django's defaults stay out of the database."""
    if not isinstance(operation, migrations.AddField):
        return False
    has_default = getattr(operation.field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED  # since Django 5.0
    return not operation.field.null and not has_default


def test_the_release_before_survives_it(migration: migrations.Migration) -> None:
    ends = [each.describe() for each in migration.operations if isinstance(each, _ENDS) or has_to_be_given(each)]
    assert not ends or (migration.app_label, migration.name) in ENDS_SUPPORT, ends


def test_its_name_says_what_it_does(migration: migrations.Migration) -> None:
    assert not re.search(r"_(auto|alter|more|and_more)_|_auto|_initial_\d", migration.name), migration.name


def test_it_imports_none_of_our_code(migration: migrations.Migration) -> None:
    path = Path(apps.get_app_config(migration.app_label).path) / "migrations" / f"{migration.name}.py"
    named = {
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = {name for name in named if name.split(".")[0] in (*OUR_APPS, "xblocks", "")}
    if f"{migration.app_label}/{migration.name}" not in IMPORTS_OURS:
        assert ours <= {"people.fields", "people.batches"}


def test_a_column_that_has_to_be_given_is_seen() -> None:
    added = (BooleanField(default=False), BooleanField(null=True))
    assert [has_to_be_given(migrations.AddField("x", "y", field)) for field in added] == [True, False]


def test_excuses_are_needed() -> None:
    """What is excused exists, or comes soon enough to be looked at again."""
    known = {f"{app}/{name}" for (app, name), _each in our_migrations()}
    assert set(IMPORTS_OURS) <= known
    assert {"/".join(step) for step in ENDS_SUPPORT} <= known
