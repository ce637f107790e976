"""Who may do what in a course; asked at the edge, no by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import edx_platform
from .data import Act

#: What holds where ``DISCUSSION_EXT_ACT_LIMITS`` says nothing else.
ACT_LIMITS: Final[Mapping[Act, str]] = {
    "post": "30/m",
    "edit": "10/m",
    "report": "10/m",
    "mark": "60/m",
    "draft": "60/m",
    "preview": "60/m",
    "export": "6/m",
    "seat": "30/m",
    "import": "6/m",
    "calendar": "60/h",
}


def can_take_part(user_id: int | None, course_key: CourseKey) -> bool:
    """Tell whether the person may post in cases of this course: an active enrolment."""
    return user_id is not None and edx_platform.is_enrolled(user_id, course_key)


def is_course_team(user_id: int | None, course_key: CourseKey) -> bool:
    """Tell whether the person runs this course."""
    return user_id is not None and edx_platform.is_course_team(user_id, course_key)


def keep_pace(act: Act, *, user_id: int) -> None:
    """Count one more ``act`` of a person in case blocks, all courses together. Raises ``people.TooFastError``."""
    limits = {**ACT_LIMITS, **settings.DISCUSSION_EXT_ACT_LIMITS}
    people.keep_pace(act=f"discussion_ext.{act}", who=user_id, limit=limits[act])
