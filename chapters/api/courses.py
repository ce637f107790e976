"""Chapters in a course: whether it shows them, and which, to whom."""

from chapters.availability import is_on, set_on
from chapters.course_panel import find_listed_chapter, get_course_panel, list_course_chapters

__all__ = [
    "find_listed_chapter",
    "get_course_panel",
    "is_on",
    "list_course_chapters",
    "set_on",
]
