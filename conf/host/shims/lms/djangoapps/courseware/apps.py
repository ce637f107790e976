"""App configuration of the shim."""

from django.apps import AppConfig


class CoursewareConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "lms.djangoapps.courseware"
    label = "courseware"
    verbose_name = "Courseware"
    default_auto_field = "django.db.models.AutoField"
