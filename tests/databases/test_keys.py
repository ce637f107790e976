"""Keys that look alike are not alike: case, accents, emoji and blanks at the end tell two of them apart everywhere.

The collation of a usual installation says otherwise, so every text column that is unique, indexed or looked up has to
be one of those that are compared exactly. Which columns these are is read from models and code, not listed here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db import IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from opaque_keys.edx.keys import CourseKey

from discussion_ext import api as cases
from discussion_ext.data import CaseConfigData
from gamification import api as points
from people import api as people
from people.fields import ExactCharField

from .schema import OUR_APPS, Key, all_keys, column, our_models, text_fields
from .walk import Walker, value_for

# Pairs that utf8mb4_unicode_ci takes for one.
ALIKE = ["e", "E", "é", "e ", "👍", "🎉"]

_LOOKING = {"filter", "exclude", "get", "get_or_create", "update_or_create", "Q", "get_object_or_404", "When", "aget"}
#: Asking whether there is any text, or searching in it, compares no keys.
_NO_COMPARISON = {"isnull", "contains"}
#: Names of columns of the platform that we look up, and that mean something else in a table of ours.
PLATFORMS_OWN = {"field"}  # edx_when.ContentDate
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def text_keys() -> list[tuple[Key, str]]:
    """Return every unique key with each of its text columns."""
    return [
        (key, name)
        for key in all_keys()
        if key.is_unique
        for name in key.columns
        if isinstance(column(key.table, name), models.CharField)
    ]


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: f"{key.table}({','.join(key.columns)})")
def test_text_in_a_key_is_exact(key: Key) -> None:
    texts = [column(key.table, name) for name in key.columns]
    assert [
        field for field in texts if isinstance(field, models.CharField) and not isinstance(field, ExactCharField)
    ] == []


def looked_up() -> Iterator[tuple[str, str]]:
    """Yield the names by which our code looks rows up, and where; asking whether there is any text is no comparison."""
    for app in OUR_APPS:
        folder = Path(apps.get_app_config(app).path)
        for path in sorted(folder.rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in _LOOKING:
                    for keyword in node.keywords:
                        if isinstance(keyword.value, ast.Constant) and keyword.value.value == "":
                            continue
                        yield keyword.arg or "", f"{path.relative_to(folder.parent)}:{node.lineno}"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_text_that_is_looked_up_is_exact() -> None:
    fields = [field for model in our_models() for field in model._meta.local_fields]
    prose = {field for model in our_models() for field in text_fields(model) if not isinstance(field, ExactCharField)}
    # A name that another model uses for a number or a key says nothing about which of the two is meant.
    loose = {field.name for field in prose} - {field.name for field in fields if field not in prose}
    found = [
        (where, name)
        for name, where in looked_up()
        if set(name.split("__")) & loose - PLATFORMS_OWN and name.rpartition("__")[2] not in _NO_COMPARISON
    ]
    assert found == []
    assert {"course_key", "forum_key", "context_key"} <= {name for name, _where in looked_up()}, (
        "nothing is found any more"
    )


def test_what_the_admin_looks_up_is_exact() -> None:
    for model, site in admin.site._registry.items():
        if model in our_models():
            exact = [name[1:] for name in site.search_fields if name.startswith("=")]
            fields = [get_fields_from_path(model, name)[-1] for name in exact if name.rpartition("__")[2] != "pk"]
            assert [f for f in fields if isinstance(f, models.CharField) and not isinstance(f, ExactCharField)] == []


def is_in_key(model: Any, name: str) -> bool:
    """Tell whether a column is part of a key of several: what is NULL there repeats nothing."""
    return any(name in each.fields for each in model._meta.constraints if isinstance(each, models.UniqueConstraint))


def row_of(model: Any, number: int, made: dict[Any, Any] | None = None) -> Any:
    """Return a row that is not stored; those it refers to are, one of each model."""
    values = {}
    made = {} if made is None else made
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField | models.BigAutoField):
            continue
        if field.is_relation and (not field.null or is_in_key(model, field.name)):
            other = field.related_model
            if other not in made:
                (made[other],) = other._base_manager.bulk_create([row_of(other, number, made)])
            values[field.name] = made[other]
        else:
            values[field.name] = None if field.is_relation else value_for(field, number)
    return model(**values)


@pytest.mark.django_db
@pytest.mark.parametrize("on", ["here", pytest.param("server", marks=pytest.mark.mariadb)])
@pytest.mark.parametrize(("key", "name"), text_keys(), ids=lambda each: getattr(each, "table", each))
def test_keys_that_look_alike_are_two(key: Key, name: str, on: str) -> None:
    model = next(model for model in our_models() if model._meta.db_table == key.table)
    first = row_of(model, 1)
    for number, text in enumerate(ALIKE, start=2):
        row = row_of(model, number)
        for other in key.columns:
            setattr(row, column(key.table, other).attname, getattr(first, column(key.table, other).attname))
        setattr(row, name, text)
        # Not save(): some tables refuse what is saved twice.
        model._base_manager.bulk_create([row])
    for text in ALIKE:
        assert model._base_manager.filter(**{name: text}).count() == 1, text
        assert model._base_manager.filter(**{f"{name}__in": [text]}).count() == 1, text
    again = row_of(model, 99)
    for other in key.columns:
        setattr(again, column(key.table, other).attname, getattr(first, column(key.table, other).attname))
    setattr(again, name, "é")
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.bulk_create([again])


@pytest.mark.mariadb
@pytest.mark.parametrize("scratch", ["server"], indirect=True)
def test_before_exact_keys_two_courses_were_one(scratch: BaseDatabaseWrapper) -> None:
    """The twin of everything here: what the first tables did on this server."""
    walker = Walker(scratch)
    walker.forward(("gamification", "0001_ledger_totals_and_boards"))
    courses = next(model for model in walker.models() if model._meta.label_lower == "gamification.pointscourse")
    courses.objects.create(course_key="course-v1:Org+Ab+1", is_on=True)
    assert courses.objects.filter(course_key="course-v1:Org+AB+1").exists()
    assert courses.objects.filter(course_key="course-v1:Org+Äb+1 ").exists()
    with pytest.raises(IntegrityError):
        courses.objects.create(course_key="course-v1:Org+AB+1", is_on=False)


COURSES = [CourseKey.from_string(f"course-v1:Org+{name}+1") for name in ("Ab", "AB", "Äb")]


@pytest.mark.django_db
@pytest.mark.parametrize("on", ["here", pytest.param("server", marks=pytest.mark.mariadb)])
class TestCoursesThatLookAlike:
    """Three courses whose keys differ in case or in an accent have nothing in common."""

    def test_switches(self, on: str) -> None:
        cases.set_on(COURSES[0], True, actor_id=1)
        points.set_on(COURSES[0], True, actor_id=1)
        assert [cases.is_on(key) for key in COURSES] == [True, False, False]
        assert [points.is_on(key) for key in COURSES] == [True, False, False]
        points.set_on(COURSES[1], True, actor_id=1)
        points.set_on(COURSES[0], False, actor_id=1)
        assert [points.is_on(key) for key in COURSES] == [False, True, False]

    def test_points_boards_and_schemes(self, on: str, django_capture_on_commit_callbacks: Any) -> None:
        from gamification.models import PointsCourse, SchemeVersion

        for number, key in enumerate(COURSES, start=1):
            points.set_on(key, True, actor_id=1)
            with django_capture_on_commit_callbacks(execute=True):
                points.record_activity(
                    source=f"test:{number}",
                    revision=1,
                    user_id=7,
                    course_key=key,
                    kind="case_finished",
                    occurred_at=NOON,
                    facts={},
                )
        assert PointsCourse.objects.count() == 3
        assert [points.get_standing(7, key).points for key in COURSES] == [10, 10, 10]
        assert [len(points.list_entries(user_id=7, course_key=key).entries) for key in COURSES] == [1, 1, 1]
        text = (Path(apps.get_app_config("gamification").path) / "schemes/default.yaml").read_text(encoding="utf-8")
        for key in COURSES[:2]:
            points.install_scheme(text, course_key=key, actor_id=1)
        assert SchemeVersion.objects.count() == 2
        assert [SchemeVersion.objects.filter(scope=str(key)).count() for key in COURSES] == [1, 1, 0]

    def test_names_and_the_audit_log(self, on: str) -> None:
        for key, choice in zip(COURSES, ["name", "hidden", "pseudonym"], strict=True):
            people.choose_name(user_id=7, surface="board", context_key=str(key), choice=choice)
            people.record_audit(actor_id=1, verb="test", target="t", context_key=str(key))
        chosen = [people.get_name_choice(7, surface="board", context_key=str(key)).value for key in COURSES]
        assert chosen == ["name", "hidden", "pseudonym"]
        assert [people.list_audit(context_key=str(key)).total for key in COURSES] == [1, 1, 1]

    def test_cases_and_their_posts(self, on: str) -> None:
        from discussion_ext.configurations import sync_course
        from discussion_ext.models import Contribution, Task

        for number, key in enumerate(COURSES):
            cases.set_on(key, True, actor_id=1)
            usage_key = key.make_usage_key("case_discussion", "one")
            task = cases.sync_task(usage_key=usage_key, course_key=key, config=CaseConfigData(title=f"Case {number}"))
            Contribution.objects.create(
                course_id=str(key), task_id=task.id, kind="position", author_id=7, created_at=NOON, worded_at=NOON
            )
        assert Task.objects.count() == 3
        found = [cases.find_task(key.make_usage_key("case_discussion", "one")) for key in COURSES]
        assert [task.config.title for task in found if task] == ["Case 0", "Case 1", "Case 2"]
        assert [Contribution.objects.filter(course_id=str(key)).count() for key in COURSES] == [1, 1, 1]
        # Publishing one, which has no block any more, leaves the cases of the others alone.
        sync_course(COURSES[0])
        assert dict(Task.objects.values_list("course_id", "is_active")) == {
            str(COURSES[0]): False,
            str(COURSES[1]): True,
            str(COURSES[2]): True,
        }
