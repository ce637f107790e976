"""Tutor plugin of the community suite for Open edX."""

# The version of the suite that is installed unless the configuration says otherwise.
__version__ = "0.1.0"
