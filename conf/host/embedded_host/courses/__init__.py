"""The course tree: draft and published versions of blocks, and their import and export."""
