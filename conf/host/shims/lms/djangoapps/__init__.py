"""Shim of edx-platform's `lms.djangoapps` for the embedded host."""
