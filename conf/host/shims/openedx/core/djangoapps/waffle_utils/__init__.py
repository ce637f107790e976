"""Shim of edx-platform's ``openedx.core.djangoapps.waffle_utils`` for the embedded host."""

from __future__ import annotations

from edx_toggles.toggles import WaffleFlag
from opaque_keys.edx.keys import CourseKey


class CourseWaffleFlag(WaffleFlag):
    """A waffle flag that is asked per course; the host has no per-course overrides, so the flag itself decides."""

    def is_enabled(self, course_key: CourseKey | None = None) -> bool:
        """Tell whether the flag is on."""
        if course_key is not None and not isinstance(course_key, CourseKey):
            raise TypeError(f"course_key must be a CourseKey, not {type(course_key).__name__}")
        return super().is_enabled()
