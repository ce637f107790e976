"""Walk our migrations one step at a time, with rows in every table on the way."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from .schema import OUR_APPS

Step = tuple[str, str]
# By model and then by what tells its rows apart: the row as a dictionary.
Rows = dict[str, dict[Any, dict[str, Any]]]


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


# Values of tables whose rows have to make sense to the migration that moves them, by the number of the row.
SEEDS: dict[str, dict[str, Callable[[int], Any]]] = {
    "gamification.missedcompletion": {
        "user_id": lambda number: number,
        "block_key": lambda number: f"block-v1:Org+C+1+type@html+block@{number}",
        "key": lambda number: _sha1(f"{number}:block-v1:Org+C+1+type@html+block@{number}"),
    },
    "discussion_ext.repair": {
        "forum_key": lambda number: f"comment:{number}",
        "intent": lambda number: {"kind": "answer", "actor_id": number},
    },
}
# What tells the rows of a table apart where their numbers do not last.
IDENTITY = {"gamification.missedcompletion": "key", "discussion_ext.repair": "forum_key"}
_NOON = datetime(2026, 11, 19, 12, 0, 0, 250000, tzinfo=UTC)


class Walker:
    """Applies and takes back migrations of our apps in one database."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self._numbers = itertools.count(1)

    def steps(self) -> list[Step]:
        """Return every migration of ours in an order that their dependencies allow."""
        graph = MigrationExecutor(self.connection).loader.graph
        leaves = [leaf for app in OUR_APPS for leaf in graph.leaf_nodes(app)]
        plan = [step for leaf in leaves for step in graph.forwards_plan(leaf)]
        return [step for step in dict.fromkeys(plan) if step[0] in OUR_APPS]

    def forward(self, step: Step) -> None:
        """Apply one migration, and what it depends on."""
        MigrationExecutor(self.connection).migrate([step])

    def forward_to_the_end(self) -> None:
        """Apply all of ours."""
        MigrationExecutor(self.connection).migrate(self.steps())

    def back(self, step: Step) -> None:
        """Take back one migration, and what depends on it."""
        executor = MigrationExecutor(self.connection)
        parents = [parent.key for parent in executor.loader.graph.node_map[step].parents if parent.key[0] == step[0]]
        executor.migrate(parents or [(step[0], None)])

    def applied(self) -> set[Step]:
        loader = MigrationExecutor(self.connection).loader
        return {step for step in loader.applied_migrations if step[0] in OUR_APPS}

    def state(self) -> ProjectState:
        """Return the models as the migrations applied so far left them."""
        loader = MigrationExecutor(self.connection).loader
        return loader.project_state([step for step in self.steps() if step in self.applied()])

    def models(self) -> list[Any]:
        """Return the models of the state, those that others refer to first."""
        return _by_reference(
            model for model in self.state().apps.get_models(include_auto_created=True) if _label(model) in OUR_APPS
        )

    def seed(self, *, rows: int = 3, only: Collection[str] = ()) -> None:
        """Put rows into every table there is now, or into some of them."""
        for model in self.models():
            if not only or model._meta.label_lower in only:
                model._base_manager.bulk_create([self._new(model) for _ in range(rows)])

    def rows(self) -> Rows:
        """Return everything that is stored in our tables."""
        return {model._meta.label_lower: self._stored(model) for model in self.models()}

    def tables(self) -> set[str]:
        """Return our tables that are there."""
        names = self.connection.introspection.table_names()
        return {name for name in names if name.startswith(tuple(f"{app}_" for app in OUR_APPS))}

    def _stored(self, model: Any) -> dict[Any, dict[str, Any]]:
        identity = IDENTITY.get(model._meta.label_lower, "pk")
        columns = [field.attname for field in model._meta.concrete_fields if identity == "pk" or not field.primary_key]
        return {row[identity]: row for row in model._base_manager.values(*dict.fromkeys([*columns, identity]))}

    def _new(self, model: Any) -> Any:
        number = next(self._numbers)
        values = {
            field.name: value_for(field, number)
            for field in model._meta.concrete_fields
            if not isinstance(field, models.AutoField | models.BigAutoField)
        }
        return model(**values | {name: value(number) for name, value in SEEDS.get(model._meta.label_lower, {}).items()})


def _label(model: Any) -> str:
    return model._meta.app_label


def _by_reference(found: Iterable[Any]) -> list[Any]:
    waiting, ordered = list(found), []
    while waiting:
        free = [model for model in waiting if not (_references(model) & set(waiting))]
        ordered += free
        waiting = [model for model in waiting if model not in free]
    return ordered


def _references(model: Any) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation} - {model}


def _pairs(field: Any) -> bool:
    """Tell whether a key is made of references alone and begins with this one."""
    keys = [each.fields for each in field.model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    of_references = [key for key in keys if all(field.model._meta.get_field(name).is_relation for name in key)]
    return any(key[0] == field.name for key in of_references)


def value_for(field: Any, number: int) -> Any:
    """Return a value that no other row has, and that a careless step would damage: accents, emoji, fractions."""
    if field.is_relation:
        if field.null and field.related_model is field.model:
            return None
        others = field.related_model.objects
        # Each table gets at least three rows at a time, one after the other.
        return others.order_by("-pk")[number % 3] if field.unique or _pairs(field) else others.last()
    kind = field.get_internal_type()
    if field.choices:
        choices = [value for value, _label_ in field.choices]
        return choices[number % len(choices)]
    makers: dict[str, Any] = {
        "BooleanField": lambda: number % 2 == 0,
        "DateField": lambda: date(2026, 11, 19) + timedelta(days=number),
        "DateTimeField": lambda: _NOON + timedelta(minutes=number),
        "TimeField": lambda: time(7, number % 60),
        "DurationField": lambda: timedelta(days=number % 60, microseconds=1),
        "PositiveSmallIntegerField": lambda: number % 30_000,
        "FloatField": lambda: number + 0.25,
        "JSONField": lambda: {"number": number, "text": "Zoë 🎉"},
        "CharField": lambda: f"é{number} 👍"[: field.max_length],
        "ExactCharField": lambda: f"é{number} 👍"[: field.max_length],
        "TextField": lambda: f"Zoë wrote\n{number} 🎉 ",
    }
    return makers[kind]() if kind in makers else number


def each_step(walker: Walker) -> Iterator[Step]:
    """Yield every migration of ours, with all before it applied and it not."""
    for step in walker.steps():
        if step not in walker.applied():
            yield step
