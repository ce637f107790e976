"""Thin versions of the platform's own block types: containers, text, and what can only be shown."""
