"""The people who run a chapter, as its pages name them."""

from __future__ import annotations

from typing import Any

from chapters.api import organizers
from chapters.data import ORGANIZER_ROLES, ChapterData, ChapterRole, TermData
from chapters.membership.listing import name_members

from .words import say_month, say_role

_ORDER = [ChapterRole.LEAD, ChapterRole.CO_ORGANIZER, ChapterRole.MODERATOR, ChapterRole.HOST, ChapterRole.CHECK_IN]


def list_team(chapter: ChapterData) -> list[dict[str, Any]]:
    """Return organizers and moderators as members see them: who leads stands first."""
    shown = [*ORGANIZER_ROLES, ChapterRole.MODERATOR]
    return _draw(chapter, [term for term in organizers.list_terms(chapter.id) if term.role in shown])


def list_public_team(chapter: ChapterData) -> list[dict[str, Any]]:
    """Return the organizers who agreed to be named to everybody."""
    terms = organizers.list_terms(chapter.id)
    return _draw(chapter, [term for term in terms if term.role in ORGANIZER_ROLES and term.is_named_in_public])


def _draw(chapter: ChapterData, terms: list[TermData]) -> list[dict[str, Any]]:
    """Return each person once, with their first role."""
    first: dict[int, TermData] = {}
    for term in sorted(terms, key=lambda each: _ORDER.index(each.role)):
        first.setdefault(term.user_id, term)
    names = name_members(chapter.id, first) if first else {}
    return [
        {
            "name": names[user_id],
            "role": say_role(term.role),
            "until": say_month(term.ends_on) if term.ends_on and term.role in ORGANIZER_ROLES else "",
            "user_id": user_id,
        }
        for user_id, term in first.items()
        if names[user_id].kind != "hidden"
    ]
