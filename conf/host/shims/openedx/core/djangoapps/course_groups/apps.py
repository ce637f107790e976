"""Application of the cohorts."""

from django.apps import AppConfig


class CourseGroupsConfig(AppConfig):
    """Cohorts: at most one per learner and course."""

    name = "openedx.core.djangoapps.course_groups"
    label = "course_groups"
    default_auto_field = "django.db.models.BigAutoField"
