"""Record the dates of a course in edx-when when it is published."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from edx_when.api import FIELDS_TO_EXTRACT, set_dates_for_course
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.fields import Scope

from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from xmodule.modulestore.django import SignalHandler

log = logging.getLogger(__name__)


def extract_dates_from_course(course: Any) -> list[tuple[UsageKey, dict[str, Any]]]:
    """Return the dates that blocks set themselves; of a self-paced course only its start and end.

    Due dates that the platform spreads over a self-paced course are left out: the host has no schedules.
    """
    if course.self_paced:
        dates = _field_values(course)
        dates.pop("due", None)
        return [(course.location, dates)]
    tree = CourseStore(Branch.PUBLISHED).get_tree(course.id)
    dated = [node.usage_key for node in tree.walk() if any(name in node.fields for name in FIELDS_TO_EXTRACT)]
    return [(key, _field_values(course.runtime.get_block(key))) for key in dated]


@receiver(SignalHandler.course_published)
def extract_dates(sender: Any, course_key: CourseKey, **kwargs: Any) -> None:
    """Set the course's dates; rows that no block sets any longer become inactive."""
    course = CourseStore(Branch.PUBLISHED).get_course(course_key)
    if course is None:
        return
    try:
        set_dates_for_course(course_key, extract_dates_from_course(course))
    except Exception:
        log.exception("Unable to set dates for %s on course publish", course_key)


def _field_values(block: Any) -> dict[str, Any]:
    fields = (block.fields[name] for name in FIELDS_TO_EXTRACT if name in block.fields)
    own = [field for field in fields if field.scope == Scope.settings and field.is_set_on(block)]
    return {field.name: field.read_from(block) for field in own}
