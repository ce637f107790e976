"""The names by which plugins say which service and which settings they extend."""

from edx_django_utils.plugins import PluginContexts, PluginSettings, PluginSignals, PluginURLs

__all__ = ["PluginContexts", "PluginSettings", "PluginSignals", "PluginURLs", "ProjectType", "SettingsType"]


class ProjectType:
    """The services a plugin may extend."""

    LMS = "lms.djangoapp"
    CMS = "cms.djangoapp"


class SettingsType:
    """The kinds of settings a plugin may add."""

    PRODUCTION = "production"
    COMMON = "common"
    DEVSTACK = "devstack"
    TEST = "test"
