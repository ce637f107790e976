"""Shim of edx-platform's `common.djangoapps.split_modulestore_django.migrations` for the embedded host."""
