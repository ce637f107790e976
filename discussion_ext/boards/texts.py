"""Texts of people as they can be stored: no null characters, no halves of characters, no blanks around them."""

from __future__ import annotations

from typing import Any


def read_text(value: Any) -> str:
    """Return a text that every database takes; what is no text is empty."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


def read_line(value: Any) -> str:
    """Return a text in one line."""
    return " ".join(read_text(value).split())
