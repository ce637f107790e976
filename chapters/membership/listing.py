"""Members as other members see them: pages, search and one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chapters.data import Audience, ChapterData, MemberCardData, MemberPage

if TYPE_CHECKING:
    from chapters.access import Access


def list_members(
    *,
    chapter: ChapterData,
    viewer: Access,
    text: str = "",
    audience: Audience | None = None,
    cursor: str = "",
    limit: int | None = None,
) -> MemberPage:
    """Return members, newest first, as the viewer may see them; a fixed number of queries."""
    raise NotImplementedError


def get_member(*, chapter: ChapterData, viewer: Access, user_id: int) -> MemberCardData:
    """Return one member as the viewer may see them, or raise NotFoundError."""
    raise NotImplementedError
