"""A course with a case, its people, and short ways to post."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext.data import CaseConfigData, PostedData

COURSE = CourseKey.from_string("course-v1:Meridian+LEAD+2026")
CASE = COURSE.make_usage_key("case_discussion", "bakery")

# Sentences with few words in common, so that no text is taken for a copy of another by accident.
_SUBJECTS = ["Mirjam", "Dov", "manager", "baker", "customer", "driver", "supplier", "auditor", "neighbour", "colleague"]
_VERBS = ["asks", "blames", "praises", "watches", "follows", "invites", "warns", "supports", "questions", "ignores"]
_OBJECTS = ["rota", "label", "printer", "schedule", "overtime", "recipe", "inspection", "invoice", "meeting", "mistake"]


def text_of(number: int, seed: int = 0) -> str:
    """Return a text of so many words; texts with different seeds share no run of words."""
    parts = []
    for index in itertools.count():
        a, b, c = (index * 7 + seed * 3) % 10, (index * 3 + seed * 7) % 10, (index + seed) % 10
        parts += [f"{_SUBJECTS[a]}{seed}x{index}", _VERBS[b] + str(seed), f"{_OBJECTS[c]}{seed}y{index}"]
        if len(parts) >= number:
            return " ".join(parts[:number])
    return ""


@pytest.fixture
def words() -> Callable[..., str]:
    """Return the maker of texts: so many words, unlike those of another seed."""
    return text_of


@pytest.fixture(autouse=True)
def _no_hurry(settings: Any) -> None:
    """Let people post as fast as tests do."""
    settings.DISCUSSION_EXT_RATE_LIMIT = ""


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """Return a course in which cases and points are on."""
    from discussion_ext import api
    from gamification import api as gamification
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
    from people import api as people

    CourseOverview.objects.get_or_create(id=COURSE, defaults={"display_name": "Leading teams", "org": "Meridian"})
    api.set_on(COURSE, True, actor_id=1)
    gamification.set_on(COURSE, True, actor_id=1)
    # Nothing has been published in it: its cases come from the tests.
    people.run_errands(kind="discussion.course")
    return COURSE


@pytest.fixture
def enrol(course_key: CourseKey) -> Callable[..., int]:
    """Return a maker of enrolled people; it gives their ids."""
    from django.contrib.auth.models import User
    from forum.models import ForumUser

    from common.djangoapps.student.models import CourseEnrollment, UserProfile

    numbers = itertools.count(1)

    def make(name: str = "", *, is_enrolled: bool = True) -> int:
        number = next(numbers)
        user = User.objects.create(username=name or f"learner{number}", email=f"learner{number}@example.org")
        UserProfile.objects.get_or_create(user=user, defaults={"name": f"Learner {name or number}"})
        ForumUser.objects.get_or_create(user=user)
        if is_enrolled:
            CourseEnrollment.objects.create(user=user, course_id=course_key, is_active=True)
        return user.pk

    return make


@pytest.fixture
def learner(enrol: Callable[..., int]) -> int:
    """Return the id of an enrolled learner."""
    return enrol("amara")


@pytest.fixture
def peer(enrol: Callable[..., int]) -> int:
    """Return the id of another enrolled learner."""
    return enrol("tomas")


@pytest.fixture
def staff(enrol: Callable[..., int], course_key: CourseKey) -> int:
    """Return the id of a member of the course team."""
    from common.djangoapps.student.models import CourseAccessRole

    user_id = enrol("ruben", is_enrolled=False)
    CourseAccessRole.objects.create(user_id=user_id, org="Meridian", course_id=course_key, role="staff")
    return user_id


@pytest.fixture
def make_case(course_key: CourseKey) -> Callable[..., UsageKey]:
    """Return a maker of published cases: ten words for a position, two answers of five, five to look back."""
    from discussion_ext import api

    def make(name: str = "bakery", **values: Any) -> UsageKey:
        usage_key = course_key.make_usage_key("case_discussion", name)
        config = {"title": "A name and a measure", "position_min": 10, "answer_min": 5, "look_back_min": 5, **values}
        api.sync_task(usage_key=usage_key, course_key=course_key, config=CaseConfigData(**config))
        return usage_key

    return make


@pytest.fixture
def case(make_case: Callable[..., UsageKey]) -> UsageKey:
    """Return the key of a held case."""
    return make_case()


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context in which what waits for the commit is done at its end."""

    @contextmanager
    def run() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return run


@pytest.fixture
def take_position(case: UsageKey, committed: Callable[[], Any]) -> Callable[..., PostedData]:
    """Return a short way to take a position in the held case."""
    from discussion_ext import api

    def take(user_id: int, body: str = "", *, usage_key: UsageKey = case) -> PostedData:
        with committed():
            return api.post_position(usage_key=usage_key, user_id=user_id, body=body or text_of(12, 1000 + user_id))

    return take
