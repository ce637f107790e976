"""What may have happened before somebody comes to a door, staged in the world that is undone afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment
from discussion_ext import api as cases
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from gamification import api as points
from lms.djangoapps.courseware.masquerade import MASQUERADE_SETTINGS_KEY
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from tests.doors.world import COURSE, NOWHERE, World

Visit = tuple[Client, CourseKey]


def visit(situation: str, world: World, role: str) -> Visit:
    """Return the browser of somebody for whom the situation holds, and the course they ask about."""
    return SITUATIONS[situation](world, role)


def _inactive(world: World, role: str) -> Visit:
    """The account was never activated, or was switched off."""
    User.objects.filter(pk=world.people[role].pk).update(is_active=False)
    return world.client(role), COURSE


def _masquerade(world: World, role: str) -> Visit:
    """A member of the team looks at the course as this learner, or the team's member as some learner."""
    client = world.client("team")
    session = client.session
    as_whom = world.people["learner"].username if role == "learner" else None
    session[MASQUERADE_SETTINGS_KEY] = {str(COURSE): {"role": "student", "user_name": as_whom}}
    session.save()
    return client, COURSE


def _left(world: World, role: str) -> Visit:
    """The person has left the course, or is no longer in its team."""
    from common.djangoapps.student.roles import CourseStaffRole

    CourseEnrollment.unenroll(world.people[role], COURSE)
    CourseStaffRole(COURSE).remove_users(world.people[role])
    return world.client(role), COURSE


def _not_started(world: World, role: str) -> Visit:
    """The course begins tomorrow."""
    CourseOverview.objects.filter(id=COURSE).update(start=timezone.now() + timedelta(days=1))
    return world.client(role), COURSE


def _hidden(world: World, role: str) -> Visit:
    """The blocks are for staff only."""
    store = CourseStore(Branch.DRAFT)
    for usage_key in world.blocks.values():
        fields = store.get_tree(usage_key.course_key).nodes[usage_key].fields
        store.set_fields(usage_key, {**fields, "visible_to_staff_only": True})
        store.publish(usage_key)
    return world.client(role), COURSE


def _off(world: World, role: str) -> Visit:
    """The course's team turned cases and points off."""
    cases.set_on(COURSE, False, actor_id=None)
    points.set_on(COURSE, False, actor_id=None)
    cache.clear()
    return world.client(role), COURSE


def _no_course(world: World, role: str) -> Visit:
    """There is no such course."""
    return world.client(role), NOWHERE


SITUATIONS: dict[str, Callable[[World, str], Visit]] = {
    "inactive": _inactive,
    "masquerade": _masquerade,
    "left": _left,
    "not started": _not_started,
    "hidden": _hidden,
    "off": _off,
    "no course": _no_course,
}
