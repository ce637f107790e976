"""The cohorts of a course and who is in them. Asking puts nobody into a cohort."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from opaque_keys.edx.keys import CourseKey


@dataclass(frozen=True)
class CohortData:
    """A cohort of a course."""

    id: int
    name: str


def list_cohorts(course_key: CourseKey) -> list[CohortData]:
    """Return the cohorts of a course by name; none while the course does not use cohorts."""
    from openedx.core.djangoapps.course_groups.cohorts import get_course_cohorts, is_course_cohorted

    if not is_course_cohorted(course_key):
        return []
    found = [CohortData(cohort.id, cohort.name) for cohort in get_course_cohorts(course_id=course_key)]
    return sorted(found, key=lambda cohort: (cohort.name, cohort.id))


def cohorts_of(course_key: CourseKey, user_ids: Collection[int]) -> dict[int, int]:
    """Return the ids of these people's cohorts; who is in none, or everybody while cohorts are off, is left out."""
    from openedx.core.djangoapps.course_groups.cohorts import is_course_cohorted
    from openedx.core.djangoapps.course_groups.models import CohortMembership

    if not is_course_cohorted(course_key):
        return {}
    rows = CohortMembership.objects.filter(course_id=course_key, user_id__in=user_ids)
    return dict(rows.values_list("user_id", "course_user_group_id"))


def list_cohort_members(cohort_id: int, *, after: int = 0, limit: int = 100) -> list[int]:
    """Return ids of a cohort's members who are actively enrolled, in order, starting beyond ``after``."""
    from common.djangoapps.student.models import CourseEnrollment
    from openedx.core.djangoapps.course_groups.models import CohortMembership

    enrolled = CourseEnrollment.objects.filter(
        user_id=OuterRef("user_id"), course_id=OuterRef("course_id"), is_active=True
    )
    members = CohortMembership.objects.filter(Exists(enrolled), course_user_group_id=cohort_id, user_id__gt=after)
    return list(members.order_by("user_id").values_list("user_id", flat=True)[:limit])
