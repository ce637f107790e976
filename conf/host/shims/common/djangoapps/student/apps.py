"""App configuration of the shim."""

from django.apps import AppConfig


class StudentConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "common.djangoapps.student"
    label = "student"
    verbose_name = "Students"
    default_auto_field = "django.db.models.AutoField"
