"""Test settings of the Studio."""

from edx_django_utils.plugins import add_plugins

from . import testing
from .cms import *  # noqa: F403

testing.apply(globals())

add_plugins(__name__, "cms.djangoapp", "test")
