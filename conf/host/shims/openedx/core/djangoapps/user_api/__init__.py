"""Shim of edx-platform's `openedx.core.djangoapps.user_api` for the embedded host."""
