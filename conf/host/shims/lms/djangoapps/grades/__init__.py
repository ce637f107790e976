"""Shim of edx-platform's `lms.djangoapps.grades` for the embedded host."""
