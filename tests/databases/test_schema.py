"""What a database really has after ``migrate``: every index and constraint, none too long, none left out, none else."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core import checks
from django.db import connection, models

from people.fields import ExactCharField

from .schema import OUR_APPS, Key, all_keys, column, our_models

pytestmark = pytest.mark.django_db

# InnoDB's limit for one index, at four bytes to a character (the character set utf8mb4).
MOST_BYTES = 3072
_BYTES = {
    "BigAutoField": 8,
    "BigIntegerField": 8,
    "PositiveBigIntegerField": 8,
    "DateTimeField": 8,
    "FloatField": 8,
    "AutoField": 4,
    "IntegerField": 4,
    "PositiveIntegerField": 4,
    "DateField": 3,
    "TimeField": 6,
    "PositiveSmallIntegerField": 2,
    "SmallIntegerField": 2,
    "BooleanField": 1,
}
# What a database does not do and only says in passing: constraints left out, types without an index, lengths.
LEFT_OUT = {
    *(f"models.W{number:03}" for number in (27, 36, 37, 38, 39, 40, 43, 44, 45, 46, 47)),
    *(f"fields.W{number}" for number in (161, 162, 163, 340, 341, 344, 345)),
    *(f"mysql.{code}" for code in ("E001", "W002", "W003")),
}


def bytes_of(field: Any) -> int:
    """Return the most bytes a column takes in an index; 0 for one that cannot be in any."""
    if field.is_relation:
        return bytes_of(field.target_field)
    if isinstance(field, models.CharField):
        return 4 * (field.max_length or 0)
    return _BYTES.get(field.get_internal_type(), 0)


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: f"{key.table}({','.join(key.columns)})")
def test_an_index_fits(key: Key) -> None:
    sizes = [bytes_of(column(key.table, name)) for name in key.columns]
    assert all(sizes), "a column without a length, or of a kind that this test does not know"
    assert sum(sizes) <= MOST_BYTES


@pytest.mark.parametrize("on", ["here", pytest.param("server", marks=pytest.mark.mariadb)])
def test_nothing_declared_is_missing_and_nothing_else_is_there(on: str) -> None:
    with connection.cursor() as cursor:
        for model in our_models():
            real = connection.introspection.get_constraints(cursor, model._meta.db_table)
            indexes = {
                (tuple(each["columns"]), bool(each["unique"] or each["primary_key"]))
                for each in real.values()
                if each["index"] or each["unique"] or each["primary_key"]
            }
            keys = [key for key in all_keys() if key.table == model._meta.db_table]
            # MySQL drops the index of a foreign key where a longer one begins with its column.
            covered = {
                (key.columns, False) for key in keys if any(_begins(columns, key) for columns, _unique in indexes)
            }
            declared = {(key.columns, key.is_unique) for key in keys}
            assert indexes <= declared, model
            assert declared - indexes <= (covered if connection.vendor == "mysql" else set()), model
            assert {key.name for key in keys if key.name} <= real.keys(), model


def _begins(columns: tuple[str, ...], key: Key) -> bool:
    is_reference = len(key.columns) == 1 and column(key.table, key.columns[0]).is_relation
    return is_reference and columns[:1] == key.columns and len(columns) > 1


@pytest.mark.mariadb
def test_no_index_is_a_hash_or_holds_the_beginning_of_a_column_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, index_name, index_type, sub_part FROM information_schema.statistics"
            " WHERE table_schema = DATABASE() AND (index_type <> 'BTREE' OR sub_part IS NOT NULL)"
        )
        tables = {model._meta.db_table for model in our_models()}
        assert [row for row in cursor.fetchall() if row[0] in tables] == []


@pytest.mark.mariadb
def test_the_server_counts_no_more_bytes() -> None:
    """Asked of the server: MySQL refuses what is longer, MariaDB makes a hash of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.table_name, SUM(COALESCE(c.character_octet_length, 8))"
            " FROM information_schema.statistics s JOIN information_schema.columns c"
            " USING (table_schema, table_name, column_name) WHERE s.table_schema = DATABASE()"
            " GROUP BY s.table_name, s.index_name"
        )
        tables = {model._meta.db_table for model in our_models()}
        sizes = [(int(size), table) for table, size in cursor.fetchall() if table in tables]
    assert {table for _size, table in sizes} == tables
    assert max(sizes)[0] <= MOST_BYTES


@pytest.mark.mariadb
def test_keys_have_an_exact_collation_and_the_rest_the_databases() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND collation_name IS NOT NULL"
        )
        collations = {(table, name): collation for table, name, collation in cursor.fetchall()}
    exact = "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"
    for model in our_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.CharField | models.TextField):
                wanted = exact if isinstance(field, ExactCharField) else "utf8mb4_unicode_ci"
                assert collations[model._meta.db_table, field.column] == wanted, field


def problems(configs: list[Any]) -> list[str]:
    """Return what Django finds wrong with models on this database, warnings about what it leaves out included."""
    found = checks.run_checks(app_configs=configs, databases=["default"])
    return [str(each) for each in found if each.is_serious() or each.id in LEFT_OUT]


@pytest.mark.parametrize("on", ["here", pytest.param("server", marks=pytest.mark.mariadb)])
def test_django_finds_nothing_that_a_database_leaves_out(on: str) -> None:
    assert problems([apps.get_app_config(app) for app in OUR_APPS]) == []


@pytest.mark.mariadb
def test_it_would_be_found() -> None:
    """The twin of the test above: a conditional constraint, which MySQL leaves out, is reported for a model of ours."""
    model = next(model for model in our_models() if model._meta.label_lower == "people.unsubscription")
    constraint = models.UniqueConstraint(fields=["kind"], condition=models.Q(user_id=1), name="people_never")
    model._meta.constraints.append(constraint)
    try:
        assert [each for each in problems([apps.get_app_config("people")]) if "models.W036" in each]
    finally:
        model._meta.constraints.remove(constraint)
