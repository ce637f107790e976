"""A course in which cases and points are on, and what is done at the end of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .scenes import Scene, act_as, make_scene

Request = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _no_hurry(settings: Any) -> None:
    """Let people post as fast as tests do."""
    settings.DISCUSSION_EXT_RATE_LIMIT = ""


@pytest.fixture
def lively_course(course_key: CourseKey) -> CourseKey:
    """Return the course with cases and points on."""
    from completion.test_utils import override_waffle_switch
    from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH

    from discussion_ext import api as cases
    from gamification import api as points
    from people import api as people

    cases.set_on(course_key, True, actor_id=1)
    points.set_on(course_key, True, actor_id=1)
    people.run_errands(kind="discussion.course")  # nothing has been published in it
    with override_waffle_switch(ENABLE_COMPLETION_TRACKING_SWITCH, True):
        yield course_key


@pytest.fixture
def request_of(request: pytest.FixtureRequest) -> Request:
    """Return a context that is one request: a transaction, after which there is done what waited for its commit."""
    marker = request.node.get_closest_marker("django_db")
    is_committing = bool(marker and marker.kwargs.get("transaction"))
    capture = None if is_committing else request.getfixturevalue("django_capture_on_commit_callbacks")

    @contextmanager
    def run() -> Iterator[None]:
        try:
            if capture is None:
                with transaction.atomic():
                    yield
            else:
                with capture(execute=True), transaction.atomic():
                    yield
        finally:
            act_as(None)

    return run


@pytest.fixture
def scene(lively_course: CourseKey, request_of: Request) -> Callable[[int], Scene]:
    """Return a maker of scenes."""

    def make(number: int) -> Scene:
        with request_of():
            return make_scene(number, lively_course)

    return make


@pytest.fixture
def sweep(request_of: Request) -> Callable[[], None]:
    """Return what the periodic jobs do, an hour later."""

    def run() -> None:
        from discussion_ext import api as cases
        from gamification import api as points
        from people import api as people

        later = timezone.now() + timedelta(hours=1)
        people.run_errands(now=later)
        cases.sweep()
        points.sweep_entries(min_age_seconds=0)
        people.process_deliveries(now=later)

    return run
