"""A course to ask the platform about: made in the embedded host, or inside a real LMS on its own database.

Everything is written in one transaction per module that is rolled back, and each test in a savepoint of it; tasks run
at once, in the same transaction. What a real LMS keeps outside its database (the texts of the course in MongoDB, posts
in the search's index) stays behind under a key that nothing refers to. Ask a site at rest, a staging site best: the
transaction holds locks for as long as a module takes, some seconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

IS_HOST = os.environ.get("DJANGO_SETTINGS_MODULE", "").startswith("embedded_host.")

_TRIES = 3
_START = datetime(2020, 1, 1, tzinfo=UTC)
_TOPICS = {"Introductions": {"id": "introductions"}}


@dataclass(frozen=True)
class Place:
    """A course with one unit that holds a text and a case, and people in it."""

    course_key: CourseKey
    unit_key: UsageKey
    text_key: UsageKey
    case_key: UsageKey
    learner: Any
    classmate: Any
    teacher: Any
    outsider: Any

    @property
    def course_id(self) -> str:
        """Return the course's key as text."""
        return str(self.course_key)


if not IS_HOST:

    @pytest.fixture(scope="session")
    def django_db_setup() -> None:
        """Make no test database: the service's own is asked."""
        from celery import current_app

        current_app.conf.task_always_eager = True


@pytest.fixture(autouse=True)
def _skip_what_studio_has_not(request: pytest.FixtureRequest) -> None:
    from django.conf import settings

    if settings.ROOT_URLCONF == "cms.urls" and request.node.get_closest_marker("only_lms"):
        pytest.skip("Only the LMS has it.")


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    """Return the course; all that a module writes is rolled back with it."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        yield _make_place_in_transaction(stack)


@pytest.fixture
def create_course() -> Any:
    """Return a function that creates a course as Studio does."""
    return _create_course


@pytest.fixture
def request_of() -> Iterator[Any]:
    """Return a function that makes somebody's request the current one."""
    import crum
    from django.test import RequestFactory

    def make(user: Any) -> Any:
        request = RequestFactory().post("/", HTTP_HOST="testserver")
        request.user = user
        request.session = {}
        crum.set_current_request(request)
        return request

    yield make
    crum.set_current_request(None)


def _make_place_in_transaction(stack: ExitStack) -> Place:
    """Make the course in a transaction that ``stack`` will roll back; once more where others at work deadlocked it."""
    from django.db import DatabaseError

    for _ in range(_TRIES):
        with ExitStack() as attempt, suppress(DatabaseError):
            attempt.enter_context(_rolled_back())
            place = _make_place()
            stack.push(attempt.pop_all())
            return place
    pytest.fail("Others at work in this database stopped each try. Ask again when less is going on.")


@contextmanager
def _rolled_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _make_place() -> Place:
    mark = uuid4().hex[:8]
    course_key = CourseKey.from_string(f"course-v1:contract+{mark}+check")
    teacher = _make_account(f"teacher_{mark}")
    course = _create_course(course_key, teacher, display_name="A course to ask about", discussion_topics=_TOPICS)
    unit_key, text_key, case_key = _fill_in_host(course) if IS_HOST else _fill_on_platform(course, teacher)
    people = {name: _make_account(f"{name}_{mark}") for name in ("learner", "classmate", "outsider")}
    _let_in(course_key, teacher, [people["learner"], people["classmate"]])
    return Place(course_key, unit_key, text_key, case_key, teacher=teacher, **people)


def _make_account(username: str) -> Any:
    from django.contrib.auth import get_user_model

    from common.djangoapps.student.models import UserProfile

    user = get_user_model().objects.create_user(username, f"{username}@example.com", uuid4().hex)
    UserProfile.objects.update_or_create(user=user, defaults={"name": f"{username.title()} Example"})
    return user


def _let_in(course_key: CourseKey, teacher: Any, learners: list[Any]) -> None:
    from common.djangoapps.student.models import CourseEnrollment
    from common.djangoapps.student.roles import CourseStaffRole

    if not IS_HOST:
        from openedx.core.djangoapps.django_comment_common.utils import seed_permissions_roles

        seed_permissions_roles(course_key)
    for learner in learners:
        CourseEnrollment.enroll(learner, course_key)
    CourseStaffRole(course_key).add_users(teacher)


def _create_course(course_key: CourseKey, author: Any, **fields: Any) -> Any:
    """Create a course as Studio does."""
    if IS_HOST:
        from embedded_host.courses.store import CourseStore
        from embedded_host.models import Branch

        return CourseStore(Branch.DRAFT).create_course(course_key, {**fields, "start": _START.isoformat()})
    from xmodule.modulestore.django import modulestore

    store = modulestore()
    with store.default_store("split"):
        name = (course_key.org, course_key.course, course_key.run)
        return store.create_course(*name, author.id, fields={**fields, "start": _START})


def _fill_in_host(course: Any) -> list[UsageKey]:
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    store, parent = CourseStore(Branch.DRAFT), course.location
    for block_type in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, block_type, block_type).location
    children = [store.create_child(None, parent, name, name).location for name in ("html", "case_discussion")]
    store.publish(parent)
    return [parent, *children]


def _fill_on_platform(course: Any, author: Any) -> list[UsageKey]:
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
    from xmodule.modulestore import ModuleStoreEnum
    from xmodule.modulestore.django import modulestore

    store, parent = modulestore(), course.location
    with store.branch_setting(ModuleStoreEnum.Branch.draft_preferred):
        for block_type in ("chapter", "sequential", "vertical"):
            parent = store.create_child(author.id, parent, block_type, block_type).location
        children = [store.create_child(author.id, parent, name, name).location for name in ("html", "case_discussion")]
        store.publish(parent, author.id)
    CourseOverview.get_from_id(course.id)
    return [key.map_into_course(course.id) for key in (parent, *children)]
