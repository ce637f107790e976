"""Shim of edx-platform's `lms.djangoapps.certificates.migrations` for the embedded host."""
