"""What boards need to run well: their share of jobs, news, exports and ranges."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final

from discussion_ext.models import BoardReader, Picture, Topic, TopicReader
from people import api as people
from people.data import JobData, RangeData

from . import following
from .pictures import delete_pictures, find_orphans
from .states import close_due, count_due

_MONTH_SECONDS: Final = 31 * 24 * 3600
_BATCH: Final = 100
_CLOSED: Final = "topics closed"
_PURGED: Final = "pictures without a post deleted"


def register() -> None:
    """Make it known; called once, when the app is ready."""
    people.register_ranges(RANGES)
    people.register_job(TEND)
    following.register()
    _register_exports()


def tend_boards(*, limit: int) -> Generator[Mapping[str, int], None, None]:
    """Close topics whose date has passed and delete pictures whose post never came, batch by batch."""
    yield from people.in_batches(lambda number: {_CLOSED: close_due(limit=number)}, limit=limit, size=_BATCH)
    yield from people.in_batches(lambda number: {_PURGED: _purge(number)}, limit=limit, size=_BATCH)


def look_at_boards() -> Mapping[str, int]:
    """Count what would be closed and deleted."""
    return {_CLOSED: count_due(), _PURGED: find_orphans().count()}


def _purge(limit: int) -> int:
    ids = list(find_orphans().order_by("pk").values_list("pk", flat=True)[:limit])
    return delete_pictures(Picture.objects.filter(pk__in=ids, contribution__isnull=True))


def _register_exports() -> None:
    people.register_export(
        "discussion_ext.topics",
        title="Topics you began on discussion boards",
        model="discussion_ext.Topic",
        columns={
            "id": "Number",
            "board": "Board",
            "contribution_id": "Post",
            "kind": "Kind",
            "state": "State",
            "closes_at": "Closes at",
            "pinned_at": "Pinned at",
            "replies": "Replies",
            "created_at": "Begun at",
        },
        rows=_list_topics,
    )
    people.register_export(
        "discussion_ext.topic_readers",
        title="Topics you have read or follow",
        model="discussion_ext.TopicReader",
        columns={"topic_id": "Topic", "seen_at": "Read until", "is_followed": "Followed"},
        rows=lambda user_id: TopicReader.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.board_readers",
        title="Discussion boards you have read or written on",
        model="discussion_ext.BoardReader",
        columns={"board_id": "Board", "read_at": "Marked as read at", "last_at": "Last wrote at"},
        rows=lambda user_id: BoardReader.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.pictures",
        title="Pictures you uploaded for posts",
        model="discussion_ext.Picture",
        columns={
            "uid": "Name",
            "board_id": "Board",
            "contribution_id": "Post",
            "alt": "What it shows",
            "width": "Width",
            "height": "Height",
            "size": "Bytes",
            "created_at": "Uploaded at",
        },
        rows=lambda user_id: Picture.objects.filter(user_id=user_id).order_by("pk"),
    )


def _list_topics(user_id: int) -> Iterator[Mapping[str, Any]]:
    own = Topic.objects.filter(contribution__author_id=user_id).select_related("board").order_by("pk")
    for topic in own.iterator():
        yield {
            "id": topic.pk,
            "board": topic.board.key,
            "contribution_id": topic.contribution_id,
            "kind": topic.kind,
            "state": topic.state,
            "closes_at": topic.closes_at,
            "pinned_at": topic.pinned_at,
            "replies": topic.replies,
            "created_at": topic.created_at,
        }


TEND: Final = JobData(
    name="discussion_ext.tend_boards",
    says="Closes topics of discussion boards whose date has passed, and deletes pictures whose post never came.",
    work=tend_boards,
    look=look_at_boards,
    limit=1000,
)
RANGES: Final = (
    RangeData.whole("DISCUSSION_EXT_TOPICS_ON_PAGE", 1, 100),
    RangeData.whole("DISCUSSION_EXT_NEW_DAYS", 1, 366),
    RangeData.whole("DISCUSSION_EXT_FOLLOWERS_TOLD", 0, 10_000),
    RangeData.whole("DISCUSSION_EXT_PICTURE_LIMIT_KB", 100, 102_400),
    RangeData.whole("DISCUSSION_EXT_PICTURE_MEGAPIXELS", 1, 200),
    RangeData.whole("DISCUSSION_EXT_PICTURE_SIDE", 200, 8000),
    RangeData.number("DISCUSSION_EXT_TEND_BOARDS_EVERY_SECONDS", 0, _MONTH_SECONDS),
)
