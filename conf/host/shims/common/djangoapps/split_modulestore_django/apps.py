"""App configuration of the shim."""

from django.apps import AppConfig


class SplitModulestoreDjangoConfig(AppConfig):
    """The platform's app of this name, as far as the suite meets it."""

    name = "common.djangoapps.split_modulestore_django"
    label = "split_modulestore_django"
    verbose_name = "Course index"
    default_auto_field = "django.db.models.AutoField"
