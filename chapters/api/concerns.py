"""Confidential reports: making one, handling it, and reading what became of one's own."""

from chapters.concern_rows import visible_concerns
from chapters.concerns import (
    add_note,
    close_concern,
    count_concerns,
    create_concern,
    get_concern,
    get_own_concern,
    list_concerns,
    list_own_concerns,
    take_in_hand,
)

__all__ = [
    "add_note",
    "close_concern",
    "count_concerns",
    "create_concern",
    "get_concern",
    "get_own_concern",
    "list_concerns",
    "list_own_concerns",
    "take_in_hand",
    "visible_concerns",
]
