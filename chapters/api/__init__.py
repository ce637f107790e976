"""What other packages may use of chapters, by subject."""

from chapters.access import Access, decide, find_access, is_manager
from chapters.reading import find_chapter, get_chapter, get_chapters

__all__ = [
    "Access",
    "decide",
    "find_access",
    "find_chapter",
    "get_chapter",
    "get_chapters",
    "is_manager",
]
