"""Roles of people in courses and on the site."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import CourseAccessRoleData, UserData, UserPersonalData
from openedx_events.learning.signals import COURSE_ACCESS_ROLE_ADDED, COURSE_ACCESS_ROLE_REMOVED

from .models import CourseAccessRole


class GlobalStaff:
    """Staff of the whole site."""

    def has_user(self, user: Any) -> bool:
        """Tell whether the person is site staff."""
        return bool(user and user.is_staff)

    def users_with_role(self) -> QuerySet[User]:
        """Return the site's staff."""
        return User.objects.filter(is_staff=True)


class CourseRole:
    """A named role in one course."""

    ROLE = ""

    def __init__(self, course_key: CourseKey) -> None:
        self.course_key = course_key

    def has_user(self, user: Any) -> bool:
        """Tell whether the person has this role in the course."""
        if not (user and user.is_authenticated and user.is_active):
            return False
        # The platform reads all roles of a person at once, too, and remembers them at the object.
        if not hasattr(user, "_roles"):
            roles = CourseAccessRole.objects.filter(user_id=user.id).values_list("role", "course_id")
            user._roles = set(roles)  # noqa: SLF001 - the platform's name
        return (self.ROLE, self.course_key) in user._roles  # noqa: SLF001

    def add_users(self, *users: User) -> None:
        """Give the role and announce it for those who are new to it."""
        for user in users:
            vars(user).pop("_roles", None)
            _, created = CourseAccessRole.objects.get_or_create(
                user=user, org=self.course_key.org, course_id=self.course_key, role=self.ROLE
            )
            if created:
                COURSE_ACCESS_ROLE_ADDED.send_event(course_access_role_data=self._event_data(user))

    def remove_users(self, *users: User) -> None:
        """Take the role and announce it for those who had it."""
        for user in users:
            vars(user).pop("_roles", None)
            deleted, _ = self._rows().filter(user=user).delete()
            if deleted:
                COURSE_ACCESS_ROLE_REMOVED.send_event(course_access_role_data=self._event_data(user))

    def users_with_role(self) -> QuerySet[User]:
        """Return everybody with this role in the course."""
        return User.objects.filter(
            courseaccessrole__role=self.ROLE, courseaccessrole__course_id=self.course_key
        ).distinct()

    def _rows(self) -> QuerySet[CourseAccessRole]:
        return CourseAccessRole.objects.filter(course_id=self.course_key, role=self.ROLE)

    def _event_data(self, user: User) -> CourseAccessRoleData:
        return CourseAccessRoleData(
            user=UserData(
                pii=UserPersonalData(username=user.username, email=user.email), id=user.id, is_active=user.is_active
            ),
            course_key=self.course_key,
            org_key=self.course_key.org,
            role=self.ROLE,
        )


class CourseStaffRole(CourseRole):
    """Staff of a course."""

    ROLE = "staff"


class CourseLimitedStaffRole(CourseRole):
    """Staff of a course without access to Studio."""

    ROLE = "limited_staff"


class CourseInstructorRole(CourseRole):
    """Instructor (admin) of a course."""

    ROLE = "instructor"


class CourseBetaTesterRole(CourseRole):
    """Beta tester of a course."""

    ROLE = "beta_testers"
