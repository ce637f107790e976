"""Lists of topics: pages from an index, whatever the crowd, and numbers that are kept rather than counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.data import (
    BoardTopicData,
    BoardTopicPage,
    CadenceData,
    ContributionKind,
    ContributionState,
    TopicKind,
    TopicOrder,
    TopicShelf,
)
from discussion_ext.exceptions import InvalidValueError
from discussion_ext.models import Board, Contribution, Topic
from people import api as people

from .cursors import read_cursor, to_moment, to_number, write_cursor
from .drawing import draw_topics
from .folding import MOST_PINNED, is_closed
from .places import get_boards
from .unions import fetch_ids

_MOST_ON_PAGE: Final = 100
_MOST_OWN: Final = 200
_ORDERS: Final[Mapping[TopicOrder, tuple[str, ...]]] = {
    TopicOrder.RECENT: ("-last_post_at", "-pk"),
    TopicOrder.NEW: ("-pk",),
}


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
    """Return a page of topics of one board or several, by their last post or by their age, latest first.

    Pinned ones come first on the first page, beyond its ``limit``. ``is_archived`` shows the archive instead,
    ``is_followed`` only what the reader follows. A forged ``cursor`` raises InvalidValueError.
    """
    size = _check_limit(limit)
    boards = get_boards(board_keys)
    shelf = TopicShelf.ARCHIVE if is_archived else TopicShelf.LIST
    wanted = Q(shelf=shelf)
    if kind is not None:
        wanted &= Q(kind=kind)
    if is_followed:
        wanted &= Q(readers__user_id=user_id, readers__is_followed=True)
    begin = _begin_after(order, cursor)
    pinned = _list_pinned(boards, wanted) if not cursor and not is_archived else []
    # Those pinned are left out here: asked for what is not pinned, the server takes the index of pins, and sorts.
    most = size + 1 + MOST_PINNED * len(boards)
    rows = [topic for topic in _list_first(boards, wanted & begin, order, most) if topic.pinned_at is None]
    shown = rows[:size]
    return BoardTopicPage(
        topics=draw_topics([*pinned, *only_live(shown)], user_id),
        cursor=_end_at(order, shown[-1]) if len(rows) > size else "",
    )


def list_latest(
    *, board_keys: Sequence[str], since: datetime, limit: int, user_id: int = 0
) -> tuple[BoardTopicData, ...]:
    """Return at most ``limit`` topics in which something was written since a moment, latest first, for digests.

    Without a ``user_id`` they are drawn for nobody: nothing is seen, followed or one's own.
    """
    wanted = Q(shelf=TopicShelf.LIST, last_post_at__gt=since)
    rows = _list_first(get_boards(board_keys), wanted, TopicOrder.RECENT, _check_limit(limit))
    return draw_topics(only_live(rows), user_id)


def count_topics(board_keys: Sequence[str]) -> int:
    """Return how many topics these boards list, without counting them."""
    return Board.objects.filter(key__in=set(board_keys)).aggregate(listed=Sum("listed"))["listed"] or 0


def find_cadence(*, board_key: str, author_id: int) -> CadenceData:
    """Return how many topics somebody has begun on a board today, by their own clock, and how many of theirs are open.

    What they took back counts as begun, or taking back would be a way around a limit. Read from the author's latest
    posts, 200 at most.
    """
    boards = get_boards([board_key])
    if not boards:
        return CadenceData(started_today=0, open_now=0)
    own = Contribution.objects.filter(
        author_id=author_id, course_id=boards[0].course_id, kind=ContributionKind.THREAD, topic__board=boards[0]
    ).select_related("topic")
    latest = list(own.order_by("-created_at")[:_MOST_OWN])
    today = people.local_date(author_id, timezone.now())
    return CadenceData(
        started_today=sum(people.local_date(author_id, post.created_at) == today for post in latest[:20]),
        open_now=sum(post.state == ContributionState.LIVE and not is_closed(post.topic) for post in latest),
    )


# -- pages -------------------------------------------------------------------------------------------------------------


def _list_pinned(boards: Sequence[Board], wanted: Q) -> list[Topic]:
    if not boards:
        return []
    found = Topic.objects.filter(wanted, board__in=boards, pinned_at__isnull=False).order_by("-pinned_at", "-pk")
    return only_live(found.select_related("board", "contribution"))


def _list_first(boards: Sequence[Board], wanted: Q, order: TopicOrder, number: int) -> list[Topic]:
    """Return the first topics of several boards together, in two queries.

    The first reads the beginning of each board's index; asked for all boards at once the server would sort them whole.
    """
    if not boards:
        return []
    listed = [Topic.objects.filter(wanted, board=board).order_by(*_ORDERS[order]).values_list("pk") for board in boards]
    ids = fetch_ids([each[:number] for each in listed])
    found = Topic.objects.filter(pk__in=ids).order_by(*_ORDERS[order])
    return list(found.select_related("board", "contribution")[:number])


def only_live(topics: Iterable[Topic]) -> list[Topic]:
    """Leave out topics that were taken away a moment ago, whose shelf follows after the commit."""
    return [topic for topic in topics if topic.contribution.state == ContributionState.LIVE]


def _begin_after(order: TopicOrder, cursor: str) -> Q:
    """Return what comes behind a cursor; as a range of the index with what is left out at its beginning."""
    if order == TopicOrder.NEW:
        numbers = read_cursor(cursor, 1)
        return Q(pk__lt=numbers[0]) if numbers else Q()
    numbers = read_cursor(cursor, 2)
    if not numbers:
        return Q()
    moment, last = to_moment(numbers[0]), numbers[1]
    return Q(last_post_at__lte=moment) & (Q(last_post_at__lt=moment) | Q(pk__lt=last))


def _end_at(order: TopicOrder, last: Topic) -> str:
    if order == TopicOrder.NEW:
        return write_cursor(last.pk)
    return write_cursor(to_number(last.last_post_at), last.pk)


def _check_limit(limit: int | None) -> int:
    """Return how many topics a page shows."""
    if limit is None:
        return int(settings.DISCUSSION_EXT_TOPICS_ON_PAGE)
    if not 0 < limit <= _MOST_ON_PAGE:
        message = _("A page shows between 1 and %(most)d topics.") % {"most": _MOST_ON_PAGE}
        raise InvalidValueError(message, field="limit")
    return limit
