"""Shim of edx-platform's `openedx.core.djangoapps.content.course_overviews.migrations` for the embedded host."""
