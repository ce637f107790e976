"""Shim of edx-platform's `common.djangoapps.student.migrations` for the embedded host."""
