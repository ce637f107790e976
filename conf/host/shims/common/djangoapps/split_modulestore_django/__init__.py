"""Shim of edx-platform's `common.djangoapps.split_modulestore_django` for the embedded host."""
