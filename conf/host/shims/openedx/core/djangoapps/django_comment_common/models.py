"""Forum roles of a course."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_noop
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey

FORUM_ROLE_ADMINISTRATOR = gettext_noop("Administrator")
FORUM_ROLE_MODERATOR = gettext_noop("Moderator")
FORUM_ROLE_GROUP_MODERATOR = gettext_noop("Group Moderator")
FORUM_ROLE_COMMUNITY_TA = gettext_noop("Community TA")
FORUM_ROLE_STUDENT = gettext_noop("Student")


class Role(models.Model):
    """A forum role in one course and the people who hold it.

    .. no_pii:
    """

    name = models.CharField(max_length=30)
    users = models.ManyToManyField(User, related_name="roles")
    course_id = CourseKeyField(max_length=255, blank=True, db_index=True)

    class Meta:
        db_table = "django_comment_client_role"

    def __str__(self) -> str:
        return f"{self.name} for {self.course_id or 'all courses'}"

    @staticmethod
    def user_has_role_for_course(user: User, course_id: CourseKey, role_names: list[str]) -> bool:
        """Say whether the person holds one of the roles in the course."""
        return Role.objects.filter(course_id=course_id, name__in=role_names, users=user).exists()


def assign_role(course_id: CourseKey, user: User, rolename: str) -> None:
    """Give a person a forum role, which is made when it is missing."""
    role = Role.objects.filter(course_id=course_id, name=rolename).order_by("pk").first()
    if role is None:
        role = Role.objects.create(course_id=course_id, name=rolename)
    role.users.add(user)


def assign_default_role(course_id: CourseKey, user: User) -> None:
    """Give a person the learner role."""
    assign_role(course_id, user, FORUM_ROLE_STUDENT)


def assign_default_role_on_enrollment(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Give the learner role to whoever enrols; leaving the course does not take it away."""
    assign_default_role(instance.course_id, instance.user)
