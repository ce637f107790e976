"""Shim of edx-platform's `openedx.core.djangoapps` for the embedded host."""
