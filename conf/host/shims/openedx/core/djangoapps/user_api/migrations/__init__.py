"""Shim of edx-platform's `openedx.core.djangoapps.user_api.migrations` for the embedded host."""
