"""Who is near enough to a chapter to be invited to it. Online and topic chapters are near everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from chapters.data import ChapterData, ChapterScope
from chapters.edx_platform import profiles
from people import api as people

_PLACES: Final = (ChapterScope.CITY, ChapterScope.COUNTRY)


@dataclass(frozen=True, kw_only=True)
class WhereaboutsData:
    """Where somebody is, as their profile says: ``country`` empty where it does not, ``zone`` an IANA name."""

    country: str
    zone: str


def list_whereabouts(user_ids: Collection[int]) -> dict[int, WhereaboutsData]:
    """Return where each of these people is, in a fixed number of queries; accounts that are gone are left out."""
    zones = people.person_zones(list(user_ids))
    found = profiles.list_accounts(user_ids)
    return {pk: WhereaboutsData(country=account.country, zone=zones[pk].key) for pk, account in found.items()}


def is_near(chapter: ChapterData, where: WhereaboutsData) -> bool:
    """Tell whether somebody is near: in the chapter's country or, where none is known, on its clock."""
    if chapter.scope not in _PLACES:
        return True
    if where.country and chapter.country:
        return where.country == chapter.country
    return where.zone == chapter.zone.key


def distance(chapter: ChapterData, where: WhereaboutsData) -> int:
    """Return how far a chapter is, for an order: 0 a city on one's own clock, 1 another, 2 a country, 3 anywhere."""
    if chapter.scope is ChapterScope.CITY:
        return 0 if where.zone == chapter.zone.key else 1
    return 2 if chapter.scope is ChapterScope.COUNTRY else 3
