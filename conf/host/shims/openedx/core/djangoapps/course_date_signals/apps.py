"""Application that records dates when a course is published."""

from django.apps import AppConfig


class CourseDatesSignalsConfig(AppConfig):
    """Listens to published courses."""

    name = "openedx.core.djangoapps.course_date_signals"
    label = "course_date_signals"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import handlers  # noqa: F401
