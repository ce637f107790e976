"""A course with a discussion, and people in different roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from edx_django_utils.cache import RequestCache
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment, UserProfile
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_MODERATOR, assign_role

TOPICS = {"Ethics": {"id": "ethics", "sort_key": "2"}, "Welcome": {"id": "welcome", "sort_key": "1"}}


@pytest.fixture(autouse=True)
def _fresh_flags() -> Iterator[None]:
    """Waffle flags are remembered for the length of a request."""
    RequestCache.clear_all_namespaces()
    yield
    RequestCache.clear_all_namespaces()


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """A published course with two topics."""
    key = CourseKey.from_string("course-v1:School+People101+2026")
    fields = {"display_name": "Managing people", "discussion_topics": TOPICS}
    CourseStore(Branch.DRAFT).create_course(key, fields)
    return key


@pytest.fixture
def make_person(course_key: CourseKey) -> Callable[..., User]:
    """Make a person; enrolled unless told otherwise."""

    def make(username: str, *, enrolled: bool = True, role: str = "", **fields: Any) -> User:
        user = User.objects.create_user(username, f"{username}@example.org", "pw", **fields)
        UserProfile.objects.get_or_create(user=user, defaults={"name": username.title()})
        if enrolled:
            CourseEnrollment.objects.create(user=user, course_id=course_key)
        if role:
            assign_role(course_key, user, role)
        return user

    return make


@pytest.fixture
def anna(make_person: Callable[..., User]) -> User:
    """A learner."""
    return make_person("anna")


@pytest.fixture
def ben(make_person: Callable[..., User]) -> User:
    """Another learner."""
    return make_person("ben")


@pytest.fixture
def moderator(make_person: Callable[..., User]) -> User:
    """A learner with the moderator's role."""
    return make_person("mona", role=FORUM_ROLE_MODERATOR)


@pytest.fixture
def outsider(make_person: Callable[..., User]) -> User:
    """Somebody who is not in the course."""
    return make_person("otto", enrolled=False)


@pytest.fixture
def request_of() -> Callable[[User], Any]:
    """Make a request of a person, as the layer expects one."""

    def make(user: User) -> Any:
        request = RequestFactory().post("/", HTTP_REFERER="https://host.example/courses/")
        request.user = user
        return request

    return make


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Make a signed-in client."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def thread_data(course_key: CourseKey) -> dict[str, Any]:
    """What is needed for a thread."""
    return {
        "course_id": str(course_key),
        "topic_id": "ethics",
        "type": "discussion",
        "title": "Should managers be friends?",
        "raw_body": "I wonder **why** not.",
    }
