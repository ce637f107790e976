"""Shim of edx-platform's `lms.djangoapps.grades.signals` for the embedded host."""
