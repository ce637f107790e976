"""Who did what to what, and why: the log behind every "who decided this?"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from .data import AuditEntryData, AuditPage
from .models import AuditEntry

_PAGE_SIZE: Final = 50
_BATCH: Final = 500
_confidential: set[str] = set()


def register_confidential_context(prefix: str) -> None:
    """Keep entries from operators whose ``context_key`` begins so; called in ``AppConfig.ready()``.

    Whoever may see them is shown them by the package they belong to.
    """
    _confidential.add(prefix)


def leave_out_confidential(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Return what operators may see of these entries."""
    for prefix in sorted(_confidential):
        entries = entries.exclude(context_key__startswith=prefix)
    return entries


def record_audit(
    *,
    actor_id: int | None,
    verb: str,
    target: str,
    context_key: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> AuditEntryData:
    """Add an entry: ``verb`` like "contribution.remove", ``target`` like "contribution:12"; None acts for the system.

    Call it inside the transaction of the act itself, so that neither stands without the other.
    """
    entry = AuditEntry.objects.create(
        actor_id=actor_id, verb=verb, target=target, context_key=context_key, reason=reason, data=dict(data or {})
    )
    return _to_data(entry)


def list_audit(
    *,
    context_key: str | None = None,
    target: str | None = None,
    actor_id: int | None = None,
    page: int = 1,
    page_size: int = _PAGE_SIZE,
) -> AuditPage:
    """Return a page of entries, newest first, narrowed by what is given. Pages outside the range give the nearest."""
    wanted = {"context_key": context_key, "target": target, "actor_id": actor_id}
    entries = AuditEntry.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    paginator = Paginator(entries.order_by("-recorded_at", "-pk"), page_size)
    shown = paginator.get_page(page)
    return AuditPage(
        entries=[_to_data(entry) for entry in shown],
        page=shown.number,
        pages=paginator.num_pages,
        total=paginator.count,
    )


def list_recent_audit(
    *, context_key: str, before: tuple[datetime, int] | None = None, limit: int = _PAGE_SIZE
) -> list[AuditEntryData]:
    """Return entries of one context, newest first, at most ``limit``; ``before`` is moment and id of the last one seen.

    Costs the same on every page: nothing is counted and nothing skipped.
    """
    entries = AuditEntry.objects.filter(context_key=context_key)
    if before is not None:
        at, pk = before
        entries = entries.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, pk__lt=pk))
    return [_to_data(entry) for entry in entries.order_by("-recorded_at", "-pk")[:limit]]


def iter_audit(targets: Iterable[str]) -> Iterator[AuditEntryData]:
    """Yield every entry with one of these targets, however many there are; those of one target in their order."""
    for batch in _batches(targets):
        entries = AuditEntry.objects.filter(target__in=batch).order_by("target", "pk")
        yield from (_to_data(entry) for entry in entries.iterator(chunk_size=_BATCH))


def forget_reasons(targets: Iterable[str]) -> int:
    """Erase the words, not the acts, of entries about somebody who leaves the site; return how many entries.

    The one change that an entry ever meets: what was done, by whom and when stays on record.
    """
    return sum(
        AuditEntry.objects.filter(target__in=batch).exclude(reason="").update(reason="") for batch in _batches(targets)
    )


def _batches(targets: Iterable[str]) -> Iterator[list[str]]:
    left = iter(targets)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _to_data(entry: AuditEntry) -> AuditEntryData:
    return AuditEntryData(
        id=entry.pk,
        actor_id=entry.actor_id,
        verb=entry.verb,
        target=entry.target,
        context_key=entry.context_key,
        reason=entry.reason,
        recorded_at=entry.recorded_at,
        data=entry.data,
    )
