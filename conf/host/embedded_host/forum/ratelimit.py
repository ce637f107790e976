"""How many posts a new learner may make in a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseAccessRole
from lms.djangoapps.discussion.toggles import ENABLE_RATE_LIMIT_IN_DISCUSSION
from openedx.core.djangoapps.django_comment_common.models import (
    FORUM_ROLE_ADMINISTRATOR,
    FORUM_ROLE_COMMUNITY_TA,
    FORUM_ROLE_GROUP_MODERATOR,
    FORUM_ROLE_MODERATOR,
    Role,
)

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
TRUSTED_ROLES = (
    FORUM_ROLE_ADMINISTRATOR,
    FORUM_ROLE_MODERATOR,
    FORUM_ROLE_GROUP_MODERATOR,
    FORUM_ROLE_COMMUNITY_TA,
)


def is_content_creation_rate_limited(
    request: Any, course_key: CourseKey | str | None = None, increment: bool = True
) -> bool:
    """Say whether this person posts too fast; ``increment`` counts this call as a post.

    Behind the flag ``discussions.enable_rate_limit``. The course team, moderators and accounts older than
    SKIP_RATE_LIMIT_ON_ACCOUNT_AFTER_DAYS are never limited.
    """
    if isinstance(course_key, str):
        course_key = CourseKey.from_string(course_key)
    user = request.user
    if _is_trusted(user, course_key) or not ENABLE_RATE_LIMIT_IN_DISCUSSION.is_enabled(course_key):
        return False
    count, period = _parse_rate(getattr(settings, "DISCUSSION_RATELIMIT", "100/m"))
    window = int(timezone.now().timestamp()) // period
    key = f"host_forum.content_creation.{user.id}.{window}"
    cache.add(key, 0, timeout=period)
    posted = cache.incr(key) if increment else cache.get(key, 0) + 1
    return posted > count


def _is_trusted(user: Any, course_key: CourseKey | None) -> bool:
    days = getattr(settings, "SKIP_RATE_LIMIT_ON_ACCOUNT_AFTER_DAYS", 0)
    if user.is_staff or user.date_joined < timezone.now() - timedelta(days=days):
        return True
    roles = ("instructor", "staff", "limited_staff")
    return (
        CourseAccessRole.objects.filter(user=user, course_id=course_key, role__in=roles).exists()
        or Role.objects.filter(users=user, course_id=course_key, name__in=TRUSTED_ROLES).exists()
    )


def _parse_rate(rate: str) -> tuple[int, int]:
    """Turn "10/m" into (10, 60); "5/10s" into (5, 10)."""
    count, _, period = rate.partition("/")
    return int(count), int(period[:-1] or 1) * PERIODS[period[-1]]
