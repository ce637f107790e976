"""Shim of edx-platform's `lms.djangoapps.courseware.migrations` for the embedded host."""
