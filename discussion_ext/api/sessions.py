"""Class sessions and their sittings."""
