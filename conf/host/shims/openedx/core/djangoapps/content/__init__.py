"""Shim of edx-platform's `openedx.core.djangoapps.content` for the embedded host."""
