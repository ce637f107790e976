"""Seeding of forum roles."""

from opaque_keys.edx.keys import CourseKey

from .models import (
    FORUM_ROLE_ADMINISTRATOR,
    FORUM_ROLE_COMMUNITY_TA,
    FORUM_ROLE_GROUP_MODERATOR,
    FORUM_ROLE_MODERATOR,
    FORUM_ROLE_STUDENT,
    Role,
)

ROLE_NAMES = (
    FORUM_ROLE_ADMINISTRATOR,
    FORUM_ROLE_MODERATOR,
    FORUM_ROLE_GROUP_MODERATOR,
    FORUM_ROLE_COMMUNITY_TA,
    FORUM_ROLE_STUDENT,
)


def are_permissions_roles_seeded(course_id: CourseKey) -> bool:
    """Say whether every forum role of the course exists."""
    return set(Role.objects.filter(course_id=course_id).values_list("name", flat=True)) >= set(ROLE_NAMES)


def seed_permissions_roles(course_key: CourseKey) -> None:
    """Create the forum roles of a course; may be called again."""
    present = set(Role.objects.filter(course_id=course_key).values_list("name", flat=True))
    Role.objects.bulk_create([Role(course_id=course_key, name=name) for name in ROLE_NAMES if name not in present])


class ThreadContext:
    """Where a thread belongs: to the course or to a team."""

    STANDALONE = "standalone"
    COURSE = "course"
