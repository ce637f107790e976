"""Shim of edx-platform's `common` for the embedded host."""
