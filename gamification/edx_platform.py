"""What gamification asks the platform, one question per function. Only this module imports edx-platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse
from opaque_keys.edx.keys import CourseKey, UsageKey

from .data import FinishedUnitData

#: Roles that see and grade learners' work; they do not compete with learners.
TEAM_ROLES = ("staff", "limited_staff", "instructor")


def is_enrolled(user_id: int, course_key: CourseKey) -> bool:
    """Say whether the person is actively enrolled."""
    return user_id in list_enrolled([user_id], course_key)


def list_enrolled(user_ids: Sequence[int], course_key: CourseKey) -> set[int]:
    """Return which of these people are actively enrolled."""
    from common.djangoapps.student.models import CourseEnrollment

    enrollments = CourseEnrollment.objects.filter(course_id=course_key, user_id__in=user_ids, is_active=True)
    return set(enrollments.values_list("user_id", flat=True))


def is_course_team(user_id: int, course_key: CourseKey) -> bool:
    """Say whether the person teaches here: a team role in the course or its organisation, or staff of the site.

    As in the platform, roles give no rights to an account that is not active.
    """
    is_team = user_id in list_course_team([user_id], course_key)
    return is_team and get_user_model().objects.filter(pk=user_id, is_active=True).exists()


def can_load_course(user_id: int, course_key: CourseKey) -> bool:
    """Say whether the platform lets the person into the course now: it has started, is visible, and so on."""
    from lms.djangoapps.courseware.access import has_access
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    overview = CourseOverview.objects.filter(id=course_key).first()
    user = get_user_model().objects.filter(pk=user_id).first()
    return overview is not None and user is not None and bool(has_access(user, "load", overview))


def list_course_team(user_ids: Sequence[int], course_key: CourseKey) -> set[int]:
    """Return which of these people teach here."""
    from common.djangoapps.student.models import CourseAccessRole

    roles = CourseAccessRole.objects.filter(user_id__in=user_ids, role__in=TEAM_ROLES)
    team = {
        user_id
        for user_id, course_id, org in roles.values_list("user_id", "course_id", "org")
        if course_id == course_key or (not course_id and org == course_key.org)
    }
    staff = get_user_model().objects.filter(pk__in=user_ids, is_staff=True)
    return team | set(staff.values_list("pk", flat=True))


def access_course(user: Any, course_key: CourseKey) -> Any:
    """Return the course block that the platform's course navigation draws for ``user``. Raise 404 if it is not theirs.

    It is handed to the platform's own templates and read by nothing of ours.
    """
    from lms.djangoapps.courseware.courses import get_course_with_access

    return get_course_with_access(user, "load", course_key)


def course_title(course_key: CourseKey) -> str:
    """Return the course's name, or its key where the platform has no overview of it."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    title = CourseOverview.objects.filter(id=course_key).values_list("display_name", flat=True).first()
    return title or str(course_key)


def course_home_url(course_key: CourseKey) -> str:
    """Return the address of the course's front page; the platform leads on to its learning app from there."""
    return reverse("course_root", args=[str(course_key)])


def unit_url(course_key: CourseKey, usage_key: object) -> str:
    """Return the address, on the LMS, that leads to a block inside its unit."""
    return f"/courses/{course_key}/jump_to/{usage_key}"


def find_finished_unit(user_id: int, block_key: UsageKey, *, without_types: Iterable[str]) -> FinishedUnitData | None:
    """Return the unit around a block if the person has completed all of it that can be completed; else None.

    Blocks of the types in ``without_types`` are looked past. What shows each learner only some of its children (a
    randomised or a split part) is complete with the first of them, because which ones a person sees is known only while
    that person looks.
    """
    from completion.models import BlockCompletion

    from xmodule.modulestore.django import modulestore

    unit = _find_unit(modulestore().get_item(block_key))
    if unit is None:
        return None
    parts = list(_list_parts(unit, without_types=frozenset(without_types)))
    wanted = {key for part in parts for key in part}
    done = BlockCompletion.objects.filter(
        user_id=user_id, context_key=block_key.course_key, block_key__in=wanted, completion=1.0
    )
    completed = {key.map_into_course(block_key.course_key) for key in done.values_list("block_key", flat=True)}
    if not parts or not all(completed & part for part in parts):
        return None
    return FinishedUnitData(
        usage_key=str(unit.location),
        title=unit.display_name or "",
        url=unit_url(block_key.course_key, unit.location),
    )


def _find_unit(block: Any) -> Any:
    while block is not None and block.scope_ids.block_type != "vertical":
        block = block.get_parent()
    return block


def _list_parts(block: Any, *, without_types: frozenset[str]) -> Iterator[set[UsageKey]]:
    """Yield what has to be completed: per part the blocks of which one is enough (usually there is just one)."""
    from xblock.completable import XBlockCompletionMode

    mode = XBlockCompletionMode.get_mode(block)
    if block.scope_ids.block_type in without_types or mode == XBlockCompletionMode.EXCLUDED:
        return
    if mode != XBlockCompletionMode.AGGREGATOR:
        yield {block.location}
        return
    parts = [part for child in block.get_children() for part in _list_parts(child, without_types=without_types)]
    has_dynamic_children = getattr(block, "has_dynamic_children", None)
    if parts and has_dynamic_children and has_dynamic_children():
        yield set().union(*parts)
    else:
        yield from parts
