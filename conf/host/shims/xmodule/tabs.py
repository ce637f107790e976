"""The base class of course tabs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse


def course_reverse_func(view_name: str) -> Callable[[Any, Callable[..., str]], str]:
    """Return a function that gives the address of ``view_name`` in a course."""
    return lambda course, reverse_func: reverse_func(view_name, args=[str(course.id)])


class CourseTab:
    """One tab of a course: its type, title, address and when it is shown."""

    type = ""
    title: Any = None
    body_class: str | None = None
    online_help_token: str | None = None
    is_hideable = False
    is_hidden = False
    priority: int | None = None
    is_movable = False
    is_collection = False
    is_dynamic = False
    is_default = True
    allow_multiple = False
    view_name: str | None = None
    course_staff_only = False
    supports_preview_menu = False

    def __init__(self, tab_dict: dict[str, Any]) -> None:
        self.name = tab_dict.get("name", self.title)
        self.tab_id = tab_dict.get("tab_id", getattr(self, "tab_id", self.type))
        self.course_staff_only = tab_dict.get("course_staff_only", self.course_staff_only)
        self.is_hidden = tab_dict.get("is_hidden", False)
        self.tab_dict = tab_dict

    @property
    def link_func(self) -> Callable[[Any, Callable[..., str]], str]:
        """Return the function that gives the tab's address for a course."""
        return self.tab_dict.get("link_func") or course_reverse_func(self.view_name or "")

    @classmethod
    def is_enabled(cls, course: Any, user: Any = None) -> bool:
        """Tell whether the tab is shown to the person."""
        raise NotImplementedError

    def url(self, course: Any) -> str:
        """Return the tab's address in the course."""
        return self.link_func(course, reverse)
