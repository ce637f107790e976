"""Who is in a course, in which role and cohort, and who is asking now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey

_TEAM_ROLES = ("staff", "limited_staff", "instructor")


def is_enrolled(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is actively enrolled."""
    from common.djangoapps.student.models import CourseEnrollment

    return CourseEnrollment.objects.filter(user_id=user_id, course_id=course_key, is_active=True).exists()


def is_course_team(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is staff of the course or of the site."""
    from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole, GlobalStaff

    # Asked with every post: only what roles look at is read.
    user = get_user_model().objects.filter(pk=user_id, is_active=True).only("is_active", "is_staff").first()
    return user is not None and (
        GlobalStaff().has_user(user)
        or CourseStaffRole(course_key).has_user(user)
        or CourseInstructorRole(course_key).has_user(user)
    )


def count_learners(course_key: CourseKey, *, without: QuerySet[Any] | None = None) -> int:
    """Return how many people are actively enrolled to learn; ``without`` selects user ids."""
    return _learners(course_key, without=without).count()


def list_learner_ids(
    course_key: CourseKey, *, without: QuerySet[Any] | None = None, after: int = 0, offset: int = 0, limit: int = 100
) -> list[int]:
    """Return ids of people enrolled to learn in order, starting beyond ``after``; ``without`` selects user ids."""
    found = _learners(course_key, without=without).filter(user_id__gt=after)
    return list(found.order_by("user_id").values_list("user_id", flat=True)[offset : offset + limit])


def is_learner(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is actively enrolled to learn."""
    return _learners(course_key, without=None).filter(user_id=user_id).exists()


def list_teachers(course_key: CourseKey) -> QuerySet[Any]:
    """Return the ids of those who teach here, as a query: a team role in the course or its organisation, site staff."""
    from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment

    whole_organisation = Q(course_id=CourseKeyField.Empty, org=course_key.org)
    roles = CourseAccessRole.objects.filter(Q(course_id=course_key) | whole_organisation, role__in=_TEAM_ROLES)
    enrolled = CourseEnrollment.objects.filter(course_id=course_key)
    is_teacher = Q(user_id__in=roles.values("user_id")) | Q(user__is_staff=True)
    return enrolled.filter(is_teacher).values("user_id")


def _learners(course_key: CourseKey, *, without: QuerySet[Any] | None) -> QuerySet[Any]:
    from common.djangoapps.student.models import CourseEnrollment

    found = CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    found = found.exclude(user_id__in=list_teachers(course_key))
    return found if without is None else found.exclude(user_id__in=without)


def cohort_id(user_id: int, course_key: CourseKey) -> int:
    """Return the person's cohort in the course, 0 for none."""
    from openedx.core.djangoapps.course_groups.cohorts import get_cohort_id

    user = get_user_model().objects.filter(pk=user_id).first()
    return (get_cohort_id(user, course_key) or 0) if user is not None else 0


def current_user_id() -> int | None:
    """Return who is really making the current request (under masquerade: the member of staff), None outside one."""
    from crum import get_current_user

    user = get_current_user()
    return user.pk if user is not None and user.is_authenticated else None


def current_request_of(user_id: int) -> Any | None:
    """Return the current request if this person makes it, else None."""
    from crum import get_current_request

    return get_current_request() if current_user_id() == user_id else None
