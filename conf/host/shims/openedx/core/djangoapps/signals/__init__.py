"""Shim of edx-platform's `openedx.core.djangoapps.signals` for the embedded host."""
