"""App configuration of the shim."""

from django.apps import AppConfig


class UserApiConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "openedx.core.djangoapps.user_api"
    label = "user_api"
    verbose_name = "User preferences"
    default_auto_field = "django.db.models.AutoField"
