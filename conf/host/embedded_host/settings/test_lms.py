"""Test settings of the LMS."""

from edx_django_utils.plugins import add_plugins

from . import testing
from .lms import *  # noqa: F403

testing.apply(globals())

add_plugins(__name__, "lms.djangoapp", "test")
