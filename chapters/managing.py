"""Chapters as the community team sees them, and what was done in one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from people import api as people

from .cursors import read_cursor, write_cursor
from .data import (
    ORGANIZER_ROLES,
    ChapterAuditPage,
    ChapterData,
    ChapterState,
    ManagedChapterData,
    ManagedPage,
)
from .models import Chapter, Term
from .profiles import fold
from .records import chapters_to_read, to_chapter

_MOST_WORDS: Final = 6


def list_for_manager(
    *,
    text: str = "",
    state: ChapterState | None = None,
    region_id: int | None = None,
    is_without_organizer: bool = False,
    cursor: str = "",
    limit: int | None = None,
) -> ManagedPage:
    """Return a page of chapters in any state, or in one: newest first, proposals in the order in which they came.

    Five queries however many there are. Raises InvalidValueError("cursor").
    """
    rows = chapters_to_read()
    for word in fold(text[:100]).split()[:_MOST_WORDS]:
        rows = rows.filter(search_text__contains=word)
    wanted = {"state": state, "region_id": region_id, "needs_organizer": True if is_without_organizer else None}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    is_oldest_first = state is ChapterState.PROPOSED
    if place := read_cursor(cursor, (int,)):
        rows = rows.filter(pk__gt=place[0]) if is_oldest_first else rows.filter(pk__lt=place[0])
    size = limit or settings.CHAPTERS_PAGE_SIZE
    found = list(rows.order_by("pk" if is_oldest_first else "-pk")[: size + 1])
    shown = found[:size]
    runs = _list_running([row.pk for row in shown])
    return ManagedPage(
        chapters=tuple(_to_managed(row, runs.get(row.pk, ())) for row in shown),
        cursor=write_cursor(shown[-1].pk) if len(found) > size else "",
    )


def get_managed(chapter: ChapterData) -> ManagedChapterData:
    """Return one chapter as the community team sees it."""
    row = chapters_to_read().get(pk=chapter.id)
    return _to_managed(row, _list_running([row.pk]).get(row.pk, ()))


def list_audit(*, chapter_id: int, cursor: str = "", limit: int = 50) -> ChapterAuditPage:
    """Return a page of what was done in a chapter, newest first. Confidential reports are never among it.

    Raises InvalidValueError("cursor").
    """
    before = read_cursor(cursor, (datetime, int))
    entries = people.list_recent_audit(
        context_key=f"chapter:{chapter_id}", before=(before[0], before[1]) if before else None, limit=limit + 1
    )
    shown = entries[:limit]
    more = write_cursor(shown[-1].recorded_at, shown[-1].id) if len(entries) > limit else ""
    return ChapterAuditPage(entries=tuple(shown), cursor=more)


def _list_running(chapter_ids: list[int]) -> dict[int, tuple[int, ...]]:
    runs: defaultdict[int, set[int]] = defaultdict(set)
    terms = Term.objects.filter(chapter_id__in=chapter_ids, ended_at__isnull=True, role__in=ORGANIZER_ROLES)
    for chapter_id, user_id in terms.values_list("chapter_id", "user_id"):
        runs[chapter_id].add(user_id)
    return {chapter_id: tuple(sorted(ids)) for chapter_id, ids in runs.items()}


def _to_managed(row: Chapter, organizers: tuple[int, ...]) -> ManagedChapterData:
    is_waiting = row.state == ChapterState.PROPOSED
    since = row.state_at or row.created_at
    return ManagedChapterData(
        chapter=to_chapter(row),
        organizers=organizers,
        state_at=row.state_at,
        last_active_at=row.last_active_at,
        due_at=since + timedelta(days=settings.CHAPTERS_PROPOSAL_DAYS) if is_waiting else None,
    )
