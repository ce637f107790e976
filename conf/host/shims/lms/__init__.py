"""Shim of edx-platform's `lms` for the embedded host."""
