"""What one person's courses give them in chapters: standings, invitations and memberships."""

from __future__ import annotations

from opaque_keys.edx.keys import CourseKey


def asks_for(course_key: CourseKey) -> bool:
    """Tell whether a rule of any chapter asks for a course; one query."""
    raise NotImplementedError


def await_person(user_id: int, course_key: CourseKey) -> None:
    """Have somebody placed after the commit; one insert."""
    raise NotImplementedError


def place_person(user_id: int) -> None:
    """Make standings, invitations and memberships of one person what the rules say; twice comes to the same."""
    raise NotImplementedError
