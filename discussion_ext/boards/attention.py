"""What readers have seen and follow. What is new to somebody is what was written since, and not by them.

What is older than ``DISCUSSION_EXT_NEW_DAYS`` is new to nobody: that bounds what has to be looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from discussion_ext.data import TopicShelf
from discussion_ext.models import Board, BoardReader, Topic, TopicReader
from people import api as people

from .places import get_boards, get_topic

#: More than so many new topics are not counted.
MOST_NEW: Final = 99


def follow(*, topic_id: int, user_id: int, is_on: bool) -> None:
    """Follow a topic, or say that one does not want to: then writing in it changes nothing about that."""
    row = TopicReader(topic_id=get_topic(topic_id).pk, user_id=user_id, is_followed=is_on)
    people.insert_or_update(row, by=["topic", "user_id"], update=["is_followed"])


def mark_seen(*, topic_id: int, user_id: int) -> None:
    """Note that somebody has seen all of a topic."""
    row = TopicReader(topic_id=get_topic(topic_id).pk, user_id=user_id, seen_at=timezone.now())
    people.insert_or_update(row, by=["topic", "user_id"], update=["seen_at"])


def mark_board_read(*, board_key: str, user_id: int) -> None:
    """Note that somebody does not want to be shown what is on a board as new; nothing is on one that is not there."""
    for board in get_boards([board_key]):
        row = BoardReader(board=board, user_id=user_id, read_at=timezone.now())
        people.insert_or_update(row, by=["board", "user_id"], update=["read_at"])


def count_new(*, board_keys: Sequence[str], user_id: int) -> dict[str, int]:
    """Return for each board in how many listed topics something is new to somebody, 99 at most.

    Three queries for any number of boards. Each board's part stops at its 99th, so that no crowd is counted.
    """
    boards = get_boards(board_keys)
    since = read_since([board.pk for board in boards], user_id)
    counts = dict.fromkeys(board_keys, 0)
    if not boards:
        return counts
    parts, values = [], []
    for board in boards:
        sql, arguments = _new_on(board, user_id, since[board.pk]).query.get_compiler(connection=connection).as_sql()
        parts.append(f"SELECT COUNT(*) FROM ({sql}) AS board_{board.pk}")  # noqa: S608 - Django's own statement
        values += arguments
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'({part})' for part in parts)}", values)
        numbers = cursor.fetchone()
    return counts | {board.key: int(number) for board, number in zip(boards, numbers, strict=True)}


def read_since(board_ids: Collection[int], user_id: int) -> Mapping[int, datetime]:
    """Return for each board from when on something can be new to somebody; one query."""
    floor = timezone.now() - timedelta(days=int(settings.DISCUSSION_EXT_NEW_DAYS))
    marked = BoardReader.objects.filter(board__in=list(board_ids), user_id=user_id, read_at__isnull=False)
    read = dict(marked.values_list("board_id", "read_at"))
    return {board_id: max(floor, read.get(board_id) or floor) for board_id in board_ids}


def _new_on(board: Board, user_id: int, since: datetime) -> QuerySet[Topic, tuple[int]]:
    seen = TopicReader.objects.filter(topic=OuterRef("pk"), user_id=user_id, seen_at__gte=OuterRef("last_post_at"))
    recent = Topic.objects.filter(board=board, shelf=TopicShelf.LIST, last_post_at__gt=since)
    others = recent.exclude(last_author_id=user_id).filter(~Exists(seen))
    return others.order_by("-last_post_at").values_list("pk")[:MOST_NEW]
