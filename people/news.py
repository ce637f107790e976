"""News: small things worth telling somebody, gathered into one mail a day.

Whoever has something to tell adds an item by key, once. `compose_news` gathers what waits for a person, at the hour of
the day they read such things, into one delivery; kinds that cannot wait go out at once, and alone. Whether an item
still holds is asked twice, of the package that added it: when the mail is composed and when it is sent. So nobody is
reminded of what they have done meanwhile, and after an outage one mail says what is still true.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from .data import DeliveryState, NewsItemData, NewsState
from .deliveries import check_request, request_delivery
from .messages import Digest
from .models import Delivery, NewsItem
from .news_kinds import get_news_kind, is_known, still_holding
from .preferences import get_preferences
from .upkeep.logs import name_error

log = logging.getLogger(__name__)

#: So many lines stand in one mail; what is left waits for the next.
MOST_LINES: Final = 20

#: How the keys of deliveries begin that operators are not shown.
CONFIDENTIAL: Final = "confidential:"

#: Deliveries that reached their person, or may have.
_GONE_OUT: Final = (DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.UNKNOWN)


def add_news(
    *,
    key: str,
    user_id: int,
    kind: str,
    context: Mapping[str, Any],
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
) -> bool:
    """Ask once for something to be told to one person and return whether this was the first time; one insert.

    ``context`` is JSON: titles, links and instants in ISO 8601, no personal data of others. ``due_at`` (aware) is the
    earliest moment; after ``useful_until`` nobody is told.
    """
    get_news_kind(kind)
    check_request(key, context, due_at)
    now = timezone.now()
    try:
        with transaction.atomic():
            NewsItem.objects.create(
                key=key,
                key_hash=_hash(key),
                user_id=user_id,
                kind=kind,
                context=dict(context),
                due_at=max(due_at or now, now),
                useful_until=useful_until,
            )
    except IntegrityError:
        return False
    return True


def add_news_for_many(items: Sequence[NewsItemData], *, useful_until: datetime | None = None) -> int:
    """Ask for many items at once, due now, as `add_news` does for one; return how many were not asked for before.

    Two who ask for the same at the same moment may both count it; it is there once.

    What is known is left out beforehand: InnoDB locks the gap before a row that an insert meets, and two who ask again
    for some items, and anew for others among them, would wait for each other. The rest goes in along the key, so that
    whoever waits has locked only what lies behind the other.
    """
    now = timezone.now()
    for item in items:
        get_news_kind(item.kind)
        check_request(item.key, item.context, None)
    by_hash = {_hash(item.key): item for item in items}
    known = _list_known(by_hash)
    rows = [
        NewsItem(
            key=item.key,
            key_hash=key_hash,
            user_id=item.user_id,
            kind=item.kind,
            context=dict(item.context),
            due_at=now,
            useful_until=useful_until,
        )
        for key_hash, item in sorted(by_hash.items())
        if key_hash not in known
    ]
    NewsItem.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _list_known(hashes: Iterable[str]) -> set[str]:
    return set(NewsItem.objects.filter(key_hash__in=list(hashes)).values_list("key_hash", flat=True))


def drop_news(keys: Iterable[str]) -> int:
    """Let go of news that nobody has been told yet; return how many there were."""
    hashes = [_hash(key) for key in keys]
    waiting = NewsItem.objects.filter(key_hash__in=hashes, state=NewsState.WAITING)
    return waiting.update(state=NewsState.DROPPED, settled_at=timezone.now())


def count_due_news(*, now: datetime | None = None) -> int:
    """Return how many items wait to be gathered."""
    return NewsItem.objects.filter(state=NewsState.WAITING, due_at__lte=now or timezone.now()).count()


def compose_news(*, limit: int = 500, now: datetime | None = None) -> Mapping[str, int]:
    """Gather what is due, at most ``limit`` items, into deliveries; return what became of the items.

    ``told`` stand in a mail, ``dropped`` held no longer, ``later`` wait for the person's hour. Safe beside other runs
    and after a crash: a person's items and their mail change in one transaction.
    """
    moment = now or timezone.now()
    due = NewsItem.objects.filter(state=NewsState.WAITING, due_at__lte=moment).order_by("due_at", "pk")
    readers = list(dict.fromkeys(due.values_list("user_id", flat=True)[:limit]))
    counts: Counter[str] = Counter()
    for user_id in readers:
        try:
            counts.update(_compose_for(user_id, moment))
        except Exception as error:  # noqa: BLE001 - one person's trouble must not stop the others
            log.error("people.news_failed user=%s error=%s", user_id, name_error(error))
            NewsItem.objects.filter(user_id=user_id, state=NewsState.WAITING, due_at__lte=moment).update(
                due_at=moment + timedelta(hours=1)
            )
            counts["failed"] += 1
    return counts


# -- one person --------------------------------------------------------------------------------------------------------


def _compose_for(user_id: int, now: datetime) -> Mapping[str, int]:
    with transaction.atomic():
        waiting = NewsItem.objects.filter(user_id=user_id, state=NewsState.WAITING, due_at__lte=now)
        ids = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True)[: MOST_LINES * 5])
        # By their keys and in one order: a range of waiting rows would be locked with the gaps others insert into.
        locked = NewsItem.objects.select_for_update().filter(pk__in=ids, state=NewsState.WAITING).order_by("pk")
        items = [row for row in locked if row.state == NewsState.WAITING]
        rows, dropped = _sort_out(user_id, items, now)
        soon = [row for row in rows if get_news_kind(row.kind).is_soon]
        daily = [row for row in rows if not get_news_kind(row.kind).is_soon]
        counts = Counter(dropped=dropped)
        for row in soon:
            counts.update(_tell_soon(user_id, row, now))
        if daily:
            counts.update(_tell_daily(user_id, daily, now))
    return counts


def _sort_out(user_id: int, items: Sequence[NewsItem], now: datetime) -> tuple[list[NewsItem], int]:
    """Return what still holds, and how many did not and were let go."""
    fresh = [row for row in items if is_known(row.kind) and (row.useful_until is None or row.useful_until >= now)]
    holding = still_holding(user_id, [_to_data(row) for row in fresh])
    kept = [row for row in fresh if row.key in holding]
    gone = {row.pk for row in items} - {row.pk for row in kept}
    NewsItem.objects.filter(pk__in=gone).update(state=NewsState.DROPPED, settled_at=now)
    return kept, len(gone)


def _tell_soon(user_id: int, row: NewsItem, now: datetime) -> Mapping[str, int]:
    """Put an item that cannot wait into a mail of its own."""
    kind = get_news_kind(row.kind)
    prefix = CONFIDENTIAL if kind.is_confidential else "notice:"
    topic = kind.topic(row.context) if kind.topic else ""
    return _tell(user_id, [row], key=f"{prefix}{row.pk}", kind=kind.mail, now=now, topic=topic)


def _tell_daily(user_id: int, rows: list[NewsItem], now: datetime) -> Mapping[str, int]:
    """Put the lines into today's mail, or leave them for the hour at which there is one again."""
    mine = get_preferences(user_id)
    local = now.astimezone(mine.zone)
    hour = time(settings.PEOPLE_DIGEST_HOUR)
    if local.time() < hour:
        return _leave(rows, _at(local, hour, days=0))
    mails = Delivery.objects.filter(user_id=user_id, kind=Digest.NAME)
    if mails.filter(state=DeliveryState.PENDING).exists():
        return _leave(rows, now + timedelta(hours=1))
    if mails.filter(state__in=_GONE_OUT, claimed_at__gte=_at(local, time.min, days=0)).exists():
        return _leave(rows, _at(local, hour, days=1))  # one of another day was held up and went out today
    key = f"digest:{user_id}:{local.date().isoformat()}"
    told = _tell(user_id, rows[:MOST_LINES], key=key, kind=Digest.NAME, now=now)
    if not told:  # today's mail has been asked for already
        return _leave(rows, _at(local, hour, days=1))
    return Counter(told) + Counter(_leave(rows[MOST_LINES:], _at(local, hour, days=1)))


def _tell(
    user_id: int, rows: Sequence[NewsItem], *, key: str, kind: str, now: datetime, topic: str = ""
) -> Mapping[str, int]:
    context: dict[str, Any] = {"items": [_to_line(row) for row in rows]}
    context |= {"topic": topic} if topic else {}
    if not request_delivery(key=key, user_id=user_id, kind=kind, context=context):
        return {}
    NewsItem.objects.filter(pk__in=[row.pk for row in rows]).update(state=NewsState.TOLD, settled_at=now)
    return {"told": len(rows)}


def _leave(rows: Sequence[NewsItem], due_at: datetime) -> Mapping[str, int]:
    NewsItem.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=due_at)
    return {"later": len(rows)} if rows else {}


def _at(local: datetime, hour: time, *, days: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), hour, tzinfo=local.tzinfo)


def _to_line(row: NewsItem) -> Mapping[str, Any]:
    """Return an item as its mail keeps it until it is sent."""
    until = row.useful_until.isoformat() if row.useful_until else ""
    return {"key": row.key, "kind": row.kind, "context": row.context, "useful_until": until}


def _to_data(row: NewsItem) -> NewsItemData:
    return NewsItemData(key=row.key, user_id=row.user_id, kind=row.kind, context=row.context)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
