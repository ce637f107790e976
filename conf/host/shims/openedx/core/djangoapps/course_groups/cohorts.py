"""Questions and changes about cohorts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from .models import CohortMembership, CourseCohort, CourseCohortsSettings, CourseUserGroup
from .signals.signals import COHORT_MEMBERSHIP_UPDATED

DEFAULT_COHORT_NAME = "Default Group"


def is_course_cohorted(course_key: CourseKey) -> bool:
    """Say whether the course uses cohorts."""
    return CourseCohortsSettings.objects.filter(course_id=course_key, is_cohorted=True).exists()


def set_course_cohorted(course_key: CourseKey, cohorted: bool) -> None:
    """Switch cohorts on or off; memberships stay."""
    CourseCohortsSettings.objects.update_or_create(course_id=course_key, defaults={"is_cohorted": bool(cohorted)})


def get_cohort_id(user: User, course_key: CourseKey, use_cached: bool = False) -> int | None:
    """Return the id of the learner's cohort, or None."""
    cohort = get_cohort(user, course_key, use_cached=use_cached)
    return None if cohort is None else cohort.id


def get_cohort(
    user: User | None, course_key: CourseKey, assign: bool = True, use_cached: bool = False
) -> CourseUserGroup | None:
    """Return the learner's cohort, or None when the course has no cohorts.

    A learner without one is put in the automatic cohort unless ``assign`` is False.
    """
    if user is None or user.is_anonymous or not is_course_cohorted(course_key):
        return None
    membership = (
        CohortMembership.objects.select_related("course_user_group").filter(course_id=course_key, user=user).first()
    )
    if membership is not None:
        return membership.course_user_group
    if not assign:
        return None
    cohort = get_random_cohort(course_key)
    add_user_to_cohort(cohort, user)
    return cohort


def get_random_cohort(course_key: CourseKey) -> CourseUserGroup:
    """Return the automatic cohort with the fewest members; it is made when there is none."""
    cohorts = list(get_course_cohorts(course_id=course_key, assignment_type=CourseCohort.RANDOM))
    if cohorts:
        return min(cohorts, key=lambda cohort: (cohort.users.count(), cohort.pk))
    return add_cohort(course_key, DEFAULT_COHORT_NAME, CourseCohort.RANDOM)


def get_course_cohorts(
    course: Any = None, course_id: CourseKey | None = None, assignment_type: str | None = None
) -> list[CourseUserGroup]:
    """Return the cohorts of a course by name."""
    cohorts = CourseUserGroup.objects.filter(
        course_id=course.id if course is not None else course_id, group_type=CourseUserGroup.COHORT
    )
    if assignment_type is not None:
        cohorts = cohorts.filter(cohort__assignment_type=assignment_type)
    return list(cohorts.order_by("name"))


def get_cohort_by_name(course_key: CourseKey, name: str) -> CourseUserGroup:
    """Return a cohort; raises CourseUserGroup.DoesNotExist."""
    return CourseUserGroup.objects.get(course_id=course_key, group_type=CourseUserGroup.COHORT, name=name)


def get_cohort_by_id(course_key: CourseKey, cohort_id: int) -> CourseUserGroup:
    """Return a cohort; raises CourseUserGroup.DoesNotExist."""
    return CourseUserGroup.objects.get(course_id=course_key, group_type=CourseUserGroup.COHORT, id=cohort_id)


def is_cohort_exists(course_key: CourseKey, name: str) -> bool:
    """Say whether the course has a cohort of this name."""
    return CourseUserGroup.objects.filter(course_id=course_key, name=name).exists()


@transaction.atomic
def add_cohort(course_key: CourseKey, name: str, assignment_type: str) -> CourseUserGroup:
    """Create a cohort; raises ValueError when the name is taken."""
    if is_cohort_exists(course_key, name):
        raise ValueError("You cannot create two cohorts with the same name")
    group = CourseUserGroup.objects.create(name=name, course_id=course_key)
    CourseCohort.objects.create(course_user_group=group, assignment_type=assignment_type)
    return group


def add_user_to_cohort(cohort: CourseUserGroup, username_or_email_or_user: str | User) -> tuple[User, str | None, bool]:
    """Put a learner in a cohort; return the learner, the name of the cohort left and False (not preassigned).

    Raises User.DoesNotExist for an unknown name, ValueError when already in this cohort.
    """
    user = username_or_email_or_user
    if not isinstance(user, User):
        user = User.objects.get(Q(username=username_or_email_or_user) | Q(email=username_or_email_or_user))
    membership, previous = CohortMembership.assign(cohort, user)
    COHORT_MEMBERSHIP_UPDATED.send(sender=None, user=user, course_key=membership.course_id)
    return user, previous.name if previous else None, False


def remove_user_from_cohort(cohort: CourseUserGroup, username_or_email: str) -> None:
    """Take a learner out of a cohort; raises ValueError when not in it. No openedx-event is sent."""
    user = User.objects.get(Q(username=username_or_email) | Q(email=username_or_email))
    membership = CohortMembership.objects.filter(course_user_group=cohort, user=user).first()
    if membership is None:
        raise ValueError(f"User {username_or_email} was not present in cohort {cohort.name}")
    course_key = membership.course_id
    membership.delete()
    COHORT_MEMBERSHIP_UPDATED.send(sender=None, user=user, course_key=course_key)
