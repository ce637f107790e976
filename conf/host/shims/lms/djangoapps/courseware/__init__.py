"""Shim of edx-platform's `lms.djangoapps.courseware` for the embedded host."""
