"""Base class and manager of the cards by which a course team turns features on and off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from edx_django_utils.plugins import PluginManager
from opaque_keys.edx.keys import CourseKey


class CourseApp(ABC):
    """One card of a course's *Pages & Resources*."""

    app_id: str = ""
    name: str = ""
    description: str = ""
    documentation_links: dict[str, str] = {}

    @classmethod
    @abstractmethod
    def is_available(cls, course_key: CourseKey) -> bool:
        """Tell whether the card is shown for the course at all."""

    @classmethod
    @abstractmethod
    def is_enabled(cls, course_key: CourseKey) -> bool:
        """Tell whether the feature is on in the course."""

    @classmethod
    @abstractmethod
    def set_enabled(cls, course_key: CourseKey, enabled: bool, user: Any) -> bool:
        """Turn the feature on or off and return the new state."""

    @classmethod
    @abstractmethod
    def get_allowed_operations(cls, course_key: CourseKey, user: Any = None) -> dict[str, bool]:
        """Return which of ``enable`` and ``configure`` the person may do."""


class CourseAppsPluginManager(PluginManager):
    """Finds the cards by their entry points."""

    NAMESPACE = "openedx.course_app"

    @classmethod
    def get_apps_available_for_course(cls, course_key: CourseKey) -> Iterator[type[CourseApp]]:
        """Yield the cards available for the course."""
        for plugin in cls.get_available_plugins().values():
            if plugin.is_available(course_key):
                yield plugin
