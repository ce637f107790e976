"""Shim of edx-platform's `openedx.core.djangoapps.user_api.accounts` for the embedded host."""
