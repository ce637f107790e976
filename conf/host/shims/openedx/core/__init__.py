"""Shim of edx-platform's `openedx.core` for the embedded host."""
