"""App configuration of the shim."""

from django.apps import AppConfig


class GradesConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "lms.djangoapps.grades"
    label = "grades"
    verbose_name = "Grades"
    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Connect the handlers that turn a published score into stored and announced ones."""
        from .signals import handlers  # noqa: F401
