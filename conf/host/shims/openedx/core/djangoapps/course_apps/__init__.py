"""Shim of edx-platform's `openedx.core.djangoapps.course_apps` for the embedded host."""
