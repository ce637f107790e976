"""Lists of topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discussion_ext.data import (
    BoardTopicData,
    BoardTopicPage,
    CadenceData,
    TopicKind,
    TopicOrder,
)


def list_topics(
    *,
    board_keys: Sequence[str],
    user_id: int,
    order: TopicOrder = TopicOrder.RECENT,
    kind: TopicKind | None = None,
    is_archived: bool = False,
    is_followed: bool = False,
    cursor: str = "",
    limit: int | None = None,
) -> BoardTopicPage:
    """Return a page of topics; pinned ones come first on the first page."""
    raise NotImplementedError


def list_latest(
    *, board_keys: Sequence[str], since: datetime, limit: int, user_id: int = 0
) -> tuple[BoardTopicData, ...]:
    """Return the topics in which something was written since a moment, latest first, for digests."""
    raise NotImplementedError


def count_topics(board_keys: Sequence[str]) -> int:
    """Return how many topics these boards list, without counting them."""
    raise NotImplementedError


def find_cadence(*, board_key: str, author_id: int) -> CadenceData:
    """Return how many topics somebody has begun today, and has open."""
    raise NotImplementedError
