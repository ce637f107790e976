"""Shim of edx-platform's `lms.djangoapps.course_api` for the embedded host."""
