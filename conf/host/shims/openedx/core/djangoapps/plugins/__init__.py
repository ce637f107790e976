"""Shim of edx-platform's `openedx.core.djangoapps.plugins` for the embedded host."""
