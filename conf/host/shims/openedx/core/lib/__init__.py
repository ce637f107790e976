"""Shim of edx-platform's `openedx.core.lib` for the embedded host."""
