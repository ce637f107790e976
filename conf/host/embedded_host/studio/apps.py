"""App configuration of Studio's pages."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """Studio's pages; Studio only."""

    name = "embedded_host.studio"
    label = "host_studio"
