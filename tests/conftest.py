"""What every test shares: which folder belongs to which service, a course and the people in it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep Studio's tests for a run with Studio's settings, and the browser's for a run that asks for them."""
    wanted = config.getoption("markexpr") or ""
    if collection_path.name == "e2e" and ("e2e" not in wanted or "not e2e" in wanted):
        return True
    is_studio_run = "test_cms" in (config.getoption("ds") or "")
    is_studio_test = "host_studio" in collection_path.parts
    if collection_path.is_file() and is_studio_test is not is_studio_run and collection_path.name != "conftest.py":
        return True
    return None


# What Open edX asks for, and what MySQL and MariaDB do by themselves.
ISOLATION_LEVELS = ("read committed", "repeatable read")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that commits to a database server once at each isolation level.

    ``@pytest.mark.isolation("read committed")`` names the levels for a test to which another says nothing.
    """
    of_server, of_database = map(metafunc.definition.get_closest_marker, ("mariadb", "django_db"))
    if of_server and of_database and of_database.kwargs.get("transaction"):
        chosen = metafunc.definition.get_closest_marker("isolation")
        metafunc.parametrize("isolation", chosen.args if chosen else ISOLATION_LEVELS, indirect=True)


@pytest.fixture(autouse=True)
def isolation(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Return the isolation level of every connection opened during the test, also by processes that it starts."""
    if request.node.get_closest_marker("mariadb") and "DATABASE_URL" not in os.environ:
        pytest.skip("needs DATABASE_URL of a MariaDB or MySQL server")
    level = getattr(request, "param", None)
    if level is None:
        yield None
        return
    from django.db import connection, connections

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.databases["default"]["OPTIONS"], "isolation_level", level)
        patch.setenv("DATABASE_ISOLATION", level)
        connection.close()
        yield level
    connection.close()


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    """Begin and end every test as a process that has served nobody: what one remembers is no business of the next.

    Databases are rolled back, and ids and course keys come again; caches, the current request and the active language
    and zone would outlive them.
    """
    _forget_everything()
    yield
    _forget_everything()


def _forget_everything() -> None:
    import crum
    from django.core.cache import cache
    from django.utils import timezone, translation
    from edx_django_utils.cache import RequestCache

    from gamification import courses
    from gamification.schemes import versions

    cache.clear()
    RequestCache.clear_all_namespaces()
    courses._memory.clear()
    versions._memory.clear()
    crum.set_current_request(None)
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """Return the key of a course in the host's store: one empty course, open since 2026."""
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    key = CourseKey.from_string("course-v1:Meridian+LT1+2026")
    fields = {"display_name": "Leading Teams Across Cultures", "start": "2026-01-01T00:00:00Z"}
    CourseStore(Branch.DRAFT).create_course(key, fields)
    return key


@pytest.fixture
def make_account(db: None) -> Callable[..., Any]:
    """Return a maker of accounts with a profile."""
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import UserProfile

    def make(username: str, *, name: str = "") -> Any:
        user = User.objects.create_user(username, f"{username}@example.com", "password")
        UserProfile.objects.update_or_create(user=user, defaults={"name": name})
        return user

    return make


@pytest.fixture
def make_learner(make_account: Callable[..., Any], course_key: CourseKey) -> Callable[..., Any]:
    """Return a maker of accounts that are enrolled in the course."""
    from common.djangoapps.student.models import CourseEnrollment

    def make(username: str, *, name: str = "") -> Any:
        user = make_account(username, name=name)
        CourseEnrollment.enroll(user, course_key)
        return user

    return make


@pytest.fixture
def learner(make_learner: Callable[..., Any]) -> Any:
    """Return an enrolled learner called Amara Okafor."""
    return make_learner("amara", name="Amara Okafor")


@pytest.fixture
def outsider(make_account: Callable[..., Any]) -> Any:
    """Return somebody who is not enrolled."""
    return make_account("oscar", name="Oscar Outside")


@pytest.fixture
def course_team(make_account: Callable[..., Any], course_key: CourseKey) -> Any:
    """Return a member of the course team who is not enrolled."""
    from common.djangoapps.student.roles import CourseStaffRole

    user = make_account("tess", name="Tess Team")
    CourseStaffRole(course_key).add_users(user)
    return user


@pytest.fixture
def points_course(course_key: CourseKey) -> CourseKey:
    """Return the course with points turned on."""
    from gamification import api

    api.set_on(course_key, True, actor_id=None)
    return course_key


@pytest.fixture
def earn(points_course: CourseKey, django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Return a function that lets somebody earn points in the course, folded as after a commit."""
    from gamification import api

    numbers = itertools.count(1)

    def record(user: Any, kind: str, when: str, *, source: str = "", times: int = 1, **details: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(times):
                api.record_activity(
                    source=source or f"test:{next(numbers)}",
                    revision=1,
                    user_id=user.id,
                    course_key=points_course,
                    kind=kind,
                    occurred_at=datetime.fromisoformat(when),
                    **details,
                )

    return record


@pytest.fixture
def take_back(points_course: CourseKey, django_capture_on_commit_callbacks: Any) -> Callable[..., None]:
    """Return a function that takes back what a source gave."""
    from gamification import api

    def void(user: Any, kind: str, when: str, *, source: str, reason: str) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            api.void_activity(
                source=source,
                revision=2,
                user_id=user.id,
                course_key=points_course,
                kind=kind,
                occurred_at=datetime.fromisoformat(when),
                reason=reason,
            )

    return void
