"""Shim of edx-platform's `openedx.core.djangoapps.user_api.preferences` for the embedded host."""
