"""Errors of the course store."""

from typing import Any


class ItemNotFoundError(Exception):
    """There is no such block or course."""


class DuplicateCourseError(Exception):
    """There is a course with this key already."""

    def __init__(self, course_id: Any, existing_entry: Any) -> None:
        super().__init__(f"Cannot create course {course_id}, which duplicates {existing_entry}")
