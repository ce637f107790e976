"""Shim of edx-platform's `xmodule.modulestore` for the embedded host."""
