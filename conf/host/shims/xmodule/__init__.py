"""Shim of edx-platform's `xmodule` for the embedded host."""
