"""Units of courses: what a course has, and who finished it when."""

from discussion_ext.edx_platform import list_units, units_done

__all__ = ["list_units", "units_done"]
