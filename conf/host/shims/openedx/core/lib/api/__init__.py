"""Shim of edx-platform's `openedx.core.lib.api` for the embedded host."""
