"""Shim of edx-platform's `lms.djangoapps.grades.migrations` for the embedded host."""
