"""What is new on the boards of a chapter, as often as a member wants it: one line in their mail, and only if there is.

``Membership.digest_at`` says when the next one is due. The job takes those that are due in batches; each is moved on,
by a conditional update, in the transaction that adds its line: so a run that dies loses nobody's and repeats nobody's.
Whether the person is still a member, and the boards still open to them, is asked again when the mail is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from discussion_ext.api import boards
from discussion_ext.data import BoardTopicData
from people import api as people
from people.data import JobData

from . import addresses
from .boards import board_key
from .data import Audience, ChapterData, Digest, MembershipState
from .membership.kinds import NewsKind
from .membership.rows import PERIODS
from .models import Membership
from .records import chapters_to_read, memberships_to_read, to_chapter, to_membership

_BATCH: Final = 200
#: So many topics are named in a line; it says how many more there are, counting no further than ``_MOST_TOPICS``.
_NAMED: Final = 3
_MOST_TOPICS: Final = 20

#: The topics of a chapter's boards written in since the longest period, by chapter and audiences: read once a batch.
Latest = dict[tuple[int, frozenset[Audience]], Sequence[BoardTopicData]]


def send_digests(*, limit: int = 10_000) -> Generator[Mapping[str, int], None, None]:
    """Add a line for everybody whose digest is due and who has something new to read."""
    now = timezone.now()
    left = limit
    while left > 0:
        due = memberships_to_read().filter(digest_at__lte=now).order_by("digest_at", "pk")
        batch = list(due[: min(_BATCH, left)])
        if not batch:
            return
        left -= len(batch)
        yield _tell_all(batch, now)


def look_at_digests() -> Mapping[str, int]:
    """Count the digests that are due."""
    return {"digests due": Membership.objects.filter(digest_at__lte=timezone.now()).count()}


def _tell_all(batch: Sequence[Membership], now: datetime) -> Counter[str]:
    rows = chapters_to_read().filter(pk__in={row.chapter_id for row in batch})
    chapters = {row.pk: to_chapter(row) for row in rows}
    latest: Latest = {}
    done: Counter[str] = Counter({"members looked at": len(batch)})
    for row in batch:
        done["digests added"] += _tell(row, chapters[row.chapter_id], latest, now)
    return +done


def _tell(row: Membership, chapter: ChapterData, latest: Latest, now: datetime) -> bool:
    """Move one membership on to its next digest and add a line if something is new; tell whether one was added."""
    period = PERIODS.get(Digest(row.digest))
    wants = row.state == MembershipState.MEMBER and period is not None
    topics: Sequence[BoardTopicData] = ()
    if wants and period is not None and not _is_paused(row, now):
        topics = _list_new(row, chapter, latest, since=now - period)
    with transaction.atomic():
        # By its key alone: to find it by the moment would lock the index before the row, and who changes it does not.
        mine = Membership.objects.select_for_update().filter(pk=row.pk)
        if list(mine.values_list("digest_at", flat=True)) != [row.digest_at]:
            return False
        Membership.objects.filter(pk=row.pk).update(digest_at=_next(row, period, now) if wants else None)
        if not topics:
            return False
        return _add(row, chapter, topics, now)


def _list_new(row: Membership, chapter: ChapterData, latest: Latest, *, since: datetime) -> Sequence[BoardTopicData]:
    """Return the topics on boards open to a member in which somebody else wrote since a moment, latest first."""
    audiences = frozenset(each for each in chapter.boards if each in to_membership(row).audiences)
    key = (chapter.id, audiences)
    if key not in latest:
        longest = timezone.now() - max(PERIODS.values())
        keys = [board_key(chapter.id, each) for each in sorted(audiences)]
        latest[key] = boards.list_latest(board_keys=keys, since=longest, limit=_MOST_TOPICS)
    return [topic for topic in latest[key] if topic.last_post_at > since and not _is_own(topic, row.user_id)]


def _is_own(topic: BoardTopicData, user_id: int) -> bool:
    last = topic.last_author.user_id if topic.last_author else topic.author.user_id
    return last == user_id


def _add(row: Membership, chapter: ChapterData, topics: Sequence[BoardTopicData], now: datetime) -> bool:
    context = {
        "chapter_id": chapter.id,
        "chapter": chapter.name,
        "url": addresses.chapter_url(chapter.slug, "boards"),
        "count": len(topics),
        "topics": [{"id": topic.id, "title": topic.title} for topic in topics[:_NAMED]],
        "audiences": sorted({topic.board_key.rpartition(":")[2] for topic in topics}),
    }
    key = f"{NewsKind.DIGEST}:{row.pk}:{now.date().isoformat()}"
    return people.add_news(
        key=key, user_id=row.user_id, kind=NewsKind.DIGEST, context=context, useful_until=now + timedelta(days=7)
    )


def _is_paused(row: Membership, now: datetime) -> bool:
    """Tell whether somebody wants no mail yet, by their own calendar, in which they chose the day."""
    return row.paused_until is not None and row.paused_until > people.local_date(row.user_id, now)


def _next(row: Membership, period: timedelta | None, now: datetime) -> datetime | None:
    """Return when the next digest is due: after the pause where there is one."""
    if period is None:
        return None
    if row.paused_until is not None and _is_paused(row, now):
        return datetime.combine(row.paused_until, time.min, tzinfo=now.tzinfo) + period
    return now + period


SEND_DIGESTS: Final = JobData(
    name="chapters.send_digests",
    says="Gathers what is new on the boards of chapters for the members whose digest is due.",
    work=send_digests,
    look=look_at_digests,
    limit=10_000,
)
