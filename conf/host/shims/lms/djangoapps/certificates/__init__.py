"""Shim of edx-platform's `lms.djangoapps.certificates` for the embedded host."""
