"""Somebody converts the tables to the usual collation: the doctor sees it, and what it says mends it."""

from __future__ import annotations

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from people.checks.database import check_columns
from people.data import FindingState

from .schema import our_models
from .walk import Walker

CONVERTED = {"people.errand", "people.delivery", "gamification.entry", "discussion_ext.contribution"}


@pytest.mark.mariadb
@pytest.mark.parametrize("scratch", ["server"], indirect=True)
def test_the_doctor_sees_a_conversion_and_what_it_says_mends_it(scratch: BaseDatabaseWrapper) -> None:
    Walker(scratch).forward_to_the_end()
    before = list(check_columns())
    assert [seen.state for seen in before] == [FindingState.OK]
    tables = [model._meta.db_table for model in our_models() if model._meta.label_lower in CONVERTED]
    definitions = {table: _definition(scratch, table) for table in tables}
    with scratch.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        (seen,) = check_columns()
        assert seen.state is FindingState.FAILURE
        for statement in seen.remedy.removeprefix("Run: ").split("; "):
            cursor.execute(statement)
    assert list(check_columns()) == before
    assert {table: _definition(scratch, table) for table in tables} == definitions


def _definition(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Return the lines that define the exact columns of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW CREATE TABLE {table}")
        return [line for line in cursor.fetchone()[1].splitlines() if "_bin" in line and "json_valid" not in line]
