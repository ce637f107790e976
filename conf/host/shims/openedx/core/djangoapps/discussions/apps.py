"""Application of the discussion configuration."""

from django.apps import AppConfig


class DiscussionsConfig(AppConfig):
    """Whether a course has a discussion and who may post when."""

    name = "openedx.core.djangoapps.discussions"
    label = "discussions"
    default_auto_field = "django.db.models.BigAutoField"
