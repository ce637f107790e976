"""What our models and migrations promise, read from Django's registry: nothing here names a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

OUR_APPS = ("people", "gamification", "discussion_ext", "chapters")


@dataclass(frozen=True)
class Key:
    """An index or a constraint: the table's columns in its order, and its name where it has one of its own."""

    table: str
    columns: tuple[str, ...]
    is_unique: bool
    name: str | None = None


def our_models() -> list[type[models.Model]]:
    """Return every model of the suite, those made for many-to-many fields included."""
    return [model for app in OUR_APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_fields if isinstance(field, models.CharField | models.TextField)]


def keys_of(model: type[models.Model]) -> Iterator[Key]:
    """Yield every index and unique constraint that a model declares, its primary key and its foreign keys included."""
    options = model._meta
    for field in options.local_fields:
        if field.primary_key or field.unique:
            yield Key(options.db_table, (field.column,), is_unique=True)
        elif field.db_index:
            yield Key(options.db_table, (field.column,), is_unique=False)
    for fields in options.unique_together:
        yield Key(options.db_table, _columns(model, fields), is_unique=True)
    for constraint in options.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield Key(options.db_table, _columns(model, constraint.fields), is_unique=True, name=constraint.name)
    for index in options.indexes:
        yield Key(options.db_table, _columns(model, index.fields), is_unique=False, name=index.name)


def all_keys() -> list[Key]:
    return [key for model in our_models() for key in keys_of(model)]


def column(table: str, name: str) -> models.Field[Any, Any]:
    """Return the field behind a column."""
    model = next(model for model in our_models() if model._meta.db_table == table)
    return next(field for field in model._meta.local_fields if field.column == name)


def _columns(model: type[models.Model], fields: Any) -> tuple[str, ...]:
    return tuple(str(model._meta.get_field(name.lstrip("-")).column) for name in fields)
