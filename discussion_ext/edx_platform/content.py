"""What a course contains: its task blocks, topics and name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext.data import BlendedConfigData, CaseConfigData, TopicData


def list_task_configurations(course_key: CourseKey) -> Iterator[tuple[UsageKey, CaseConfigData | BlendedConfigData]]:
    """Return every task block of the published course with what it asks; a course that is gone has none."""
    from xmodule.modulestore.django import modulestore

    if not modulestore().has_course(course_key):
        return
    for block in modulestore().get_items(course_key, qualifiers={"category": "case_discussion"}):
        yield block.scope_ids.usage_id.map_into_course(course_key), block.task_configuration()
    for block in modulestore().get_items(course_key, qualifiers={"category": "blended_task"}):
        yield block.scope_ids.usage_id.map_into_course(course_key), block.blended_configuration()


def list_topics(course_key: CourseKey) -> list[TopicData]:
    """Return the course-wide topics that the course team has made."""
    from xmodule.modulestore.django import modulestore

    course = modulestore().get_course(course_key)
    topics = (course.discussion_topics or {}) if course is not None else {}
    return [TopicData(id=str(entry["id"]), title=title) for title, entry in topics.items() if entry.get("id")]


def list_courses_ended_before(moment: datetime) -> list[str]:
    """Return the keys of courses that were over at a moment."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    return [str(key) for key in CourseOverview.objects.filter(end__lt=moment).values_list("id", flat=True)]


def get_course_title(course_key: CourseKey) -> str:
    """Return the course's name, empty where it is unknown."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    return CourseOverview.objects.filter(id=course_key).values_list("display_name", flat=True).first() or ""
