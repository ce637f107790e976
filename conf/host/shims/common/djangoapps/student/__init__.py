"""Shim of edx-platform's `common.djangoapps.student` for the embedded host."""
