"""Cohorts: membership, signals, and threads that are kept apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.signals import COHORT_MEMBERSHIP_CHANGED

from lms.djangoapps.discussion.rest_api import api
from lms.djangoapps.discussion.rest_api.exceptions import ThreadNotFoundError
from openedx.core.djangoapps.course_groups import cohorts
from openedx.core.djangoapps.course_groups.models import CohortMembership, CourseCohort
from openedx.core.djangoapps.course_groups.signals.signals import COHORT_MEMBERSHIP_UPDATED
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration


@pytest.fixture
def two_cohorts(course_key: CourseKey) -> tuple[Any, Any]:
    cohorts.set_course_cohorted(course_key, True)
    return (
        cohorts.add_cohort(course_key, "Morning", CourseCohort.MANUAL),
        cohorts.add_cohort(course_key, "Evening", CourseCohort.MANUAL),
    )


def test_a_learner_is_in_one_cohort(anna: User, course_key: CourseKey, two_cohorts: tuple[Any, Any]) -> None:
    morning, evening = two_cohorts
    cohorts.add_user_to_cohort(morning, anna)
    with pytest.raises(ValueError, match="already present"):
        cohorts.add_user_to_cohort(morning, "anna")
    assert cohorts.add_user_to_cohort(evening, "anna@example.org") == (anna, "Morning", False)
    assert CohortMembership.objects.filter(user=anna).count() == 1
    assert cohorts.get_cohort_id(anna, course_key) == evening.id
    assert (list(morning.users.all()), list(evening.users.all())) == ([], [anna])


def test_signals_of_joining_and_leaving(anna: User, course_key: CourseKey, two_cohorts: tuple[Any, Any]) -> None:
    heard: list[Any] = []

    def on_updated(**kwargs: Any) -> None:
        heard.append(("updated", kwargs["user"], kwargs["course_key"]))

    def on_changed(cohort: Any, **kwargs: Any) -> None:
        heard.append(("changed", cohort.name, CohortMembership.objects.filter(user=anna).exists()))

    COHORT_MEMBERSHIP_UPDATED.connect(on_updated)
    COHORT_MEMBERSHIP_CHANGED.connect(on_changed)
    try:
        cohorts.add_user_to_cohort(two_cohorts[0], anna)
        cohorts.remove_user_from_cohort(two_cohorts[0], "anna")
    finally:
        COHORT_MEMBERSHIP_UPDATED.disconnect(on_updated)
        COHORT_MEMBERSHIP_CHANGED.disconnect(on_changed)
    updated = ("updated", anna, course_key)
    assert heard == [("changed", "Morning", False), updated, updated]


def test_a_course_without_cohorts(anna: User, course_key: CourseKey) -> None:
    assert cohorts.get_cohort(anna, course_key) is None
    assert not CohortMembership.objects.exists()


def test_learners_without_a_cohort_get_the_automatic_one(
    anna: User, course_key: CourseKey, two_cohorts: tuple[Any, Any]
) -> None:
    assert cohorts.get_cohort(anna, course_key, assign=False) is None
    assert cohorts.get_cohort(AnonymousUser(), course_key) is None
    cohort = cohorts.get_cohort(anna, course_key)
    assert (cohort.name, cohorts.get_cohort(anna, course_key, assign=False)) == (cohorts.DEFAULT_COHORT_NAME, cohort)


def test_divided_threads_are_for_the_cohort_and_the_team(
    anna: User,
    ben: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    course_key: CourseKey,
    two_cohorts: tuple[Any, Any],
) -> None:
    cohorts.add_user_to_cohort(two_cohorts[0], anna)
    cohorts.add_user_to_cohort(two_cohorts[1], ben)
    DiscussionsConfiguration.set_enabled(course_key, True, plugin_configuration={"division_scheme": "cohort"})
    thread = api.create_thread(request_of(anna), thread_data)
    assert thread["group_id"] == two_cohorts[0].id
    with pytest.raises(ThreadNotFoundError):
        api.get_thread(request_of(ben), thread["id"])
    assert api.get_thread(request_of(moderator), thread["id"])["id"] == thread["id"]
    DiscussionsConfiguration.set_enabled(course_key, True, plugin_configuration={})
    assert api.get_thread(request_of(ben), thread["id"])["id"] == thread["id"]
