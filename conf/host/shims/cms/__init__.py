"""Shim of edx-platform's `cms` for the embedded host."""
