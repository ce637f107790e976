"""Connect the receivers of all plugins, once every app is loaded."""

from django.apps import AppConfig
from django.conf import settings
from edx_django_utils.plugins import connect_plugin_receivers

from .constants import ProjectType


class PluginsConfig(AppConfig):
    """Tells the service by its URL configuration, as the platform does."""

    name = "openedx.core.djangoapps.plugins"
    label = "plugins"

    def ready(self) -> None:
        """Connect every plugin receiver of this service; one path that does not resolve stops them all."""
        connect_plugin_receivers(ProjectType.LMS if settings.ROOT_URLCONF == "lms.urls" else ProjectType.CMS)
