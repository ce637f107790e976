"""Settings of Studio. Plugins come last, as on the platform; ``forum`` and ``completion`` are not installed here."""

from edx_django_utils.plugins import add_plugins, get_plugin_apps

from .common import *  # noqa: F403

SERVICE_VARIANT = "cms"
ROOT_URLCONF = "cms.urls"
STATIC_URL = "/static/studio/"
LOGIN_REDIRECT_URL = "/home/"

INSTALLED_APPS = [*INSTALLED_APPS, "embedded_host.studio", *get_plugin_apps("cms.djangoapp")]  # noqa: F405

add_plugins(__name__, "cms.djangoapp", "common")
add_plugins(__name__, "cms.djangoapp", "production")
