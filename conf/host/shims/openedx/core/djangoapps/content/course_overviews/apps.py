"""App configuration of the shim."""

from django.apps import AppConfig


class CourseOverviewsConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "openedx.core.djangoapps.content.course_overviews"
    label = "course_overviews"
    verbose_name = "Course overviews"
    default_auto_field = "django.db.models.AutoField"
