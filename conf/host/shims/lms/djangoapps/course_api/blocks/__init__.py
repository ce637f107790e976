"""Shim of edx-platform's `lms.djangoapps.course_api.blocks` for the embedded host."""
