"""Search by words."""

from __future__ import annotations

from collections.abc import Sequence

from discussion_ext.data import (
    BoardTopicPage,
)


def search_topics(*, board_keys: Sequence[str], user_id: int, text: str, cursor: str = "") -> BoardTopicPage:
    """Return topics with a post that has all words of a text, newest post first."""
    raise NotImplementedError


def search_words(text: str) -> set[str]:
    """Return the words by which a text is found."""
    raise NotImplementedError
