"""What the authors of blended tasks ask: a versioned copy, with a task of its own for each stage in which people write."""

from __future__ import annotations

from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext.data import BlendedConfigData, TaskData


def stage_key(usage_key: UsageKey, stage_id: str) -> UsageKey:
    """Return the key under which a stage of a blended task keeps its posts."""
    course_key = usage_key.course_key
    return course_key.make_usage_key("blended_stage", f"{usage_key.block_id}.{stage_id}")


def sync_blended(*, usage_key: UsageKey, course_key: CourseKey, config: BlendedConfigData) -> TaskData:
    """Keep this configuration as the present one; two queries where nothing changed."""
    raise NotImplementedError


def find_blended_config(usage_key: UsageKey) -> BlendedConfigData | None:
    """Return what a blended task asks now, None where it was never published."""
    raise NotImplementedError


def list_blended_tasks(course_key: CourseKey) -> list[TaskData]:
    """Return the blended tasks of a course by title, without those that were taken out of it."""
    raise NotImplementedError
