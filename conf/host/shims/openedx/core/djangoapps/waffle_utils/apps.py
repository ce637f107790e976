"""App configuration of the shim."""

from django.apps import AppConfig


class WaffleUtilsConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "openedx.core.djangoapps.waffle_utils"
    label = "waffle_utils"
    verbose_name = "Waffle utils"
    default_auto_field = "django.db.models.AutoField"
