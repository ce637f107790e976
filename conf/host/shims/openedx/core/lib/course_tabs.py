"""The manager of course tabs."""

from __future__ import annotations

from edx_django_utils.plugins import PluginManager


class CourseTabPluginManager(PluginManager):
    """Finds tab classes by their entry points."""

    NAMESPACE = "openedx.course_tab"

    @classmethod
    def get_tab_types(cls) -> list[type]:
        """Return tab classes in order of priority, those without one last."""
        return sorted(
            cls.get_available_plugins().values(),
            key=lambda tab: (tab.priority is None, tab.priority or 0, tab.type),
        )
