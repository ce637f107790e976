"""Shim of edx-platform's `openedx.core.djangoapps.content.course_overviews` for the embedded host."""
