"""Settings of the LMS. Plugins come last, as on the platform."""

from edx_django_utils.plugins import add_plugins, get_plugin_apps

from .common import *  # noqa: F403

SERVICE_VARIANT = "lms"
ROOT_URLCONF = "lms.urls"
STATIC_URL = "/static/"

INSTALLED_APPS = [
    *INSTALLED_APPS,  # noqa: F405
    "lms.djangoapps.certificates",
    "embedded_host.forum",
    *get_plugin_apps("lms.djangoapp"),
]

add_plugins(__name__, "lms.djangoapp", "common")
add_plugins(__name__, "lms.djangoapp", "production")
