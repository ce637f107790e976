"""Shim of edx-platform's `openedx` for the embedded host."""
