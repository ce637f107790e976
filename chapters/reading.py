"""Chapters by their slug and by their numbers: each call is three queries however many chapters it returns."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from .data import ChapterData, ChapterState
from .exceptions import NotFoundError
from .records import chapters_to_read, to_chapter


def find_chapter(slug: str) -> ChapterData | None:
    """Return the chapter of a slug in any state, None where there is none. Who may see it is `find_access`'s to say."""
    row = chapters_to_read().filter(slug=slug).first()
    return to_chapter(row) if row else None


def get_chapter(chapter_id: int) -> ChapterData:
    """Return a chapter by number, or raise NotFoundError."""
    found = get_chapters([chapter_id])
    if not found:
        raise NotFoundError(_("There is no such chapter, or not any more."), field="chapter_id")
    return found[chapter_id]


def get_chapters(chapter_ids: Iterable[int]) -> dict[int, ChapterData]:
    """Return the chapters that exist, by number."""
    return {row.pk: to_chapter(row) for row in chapters_to_read().filter(pk__in=list(chapter_ids))}


def list_proposals(user_id: int) -> list[ChapterData]:
    """Return the chapters that somebody proposed and nobody has answered yet, the newest first."""
    waiting = chapters_to_read().filter(proposed_by=user_id, state=ChapterState.PROPOSED)
    return [to_chapter(row) for row in waiting.order_by("-pk")[:_MOST_PROPOSALS]]


_MOST_PROPOSALS = 10
