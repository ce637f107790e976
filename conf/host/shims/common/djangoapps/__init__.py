"""Shim of edx-platform's `common.djangoapps` for the embedded host."""
