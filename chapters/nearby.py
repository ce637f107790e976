"""How many learners in a country have no chapter: counted once a day for all countries, never while somebody waits.

The numbers live in the site's cache only; where it has forgotten them nothing is said until the next count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from .data import MembershipState
from .edx_platform import profiles
from .models import Membership

_KEY: Final = "chapters.people_without_chapter"
_DAY: Final = 24 * 3600

#: Fewer people than this are not said, and what is said is rounded down to a multiple of it.
FEWEST: Final = 20


def find_people(country: str) -> int:
    """Return how many learners of a country have no chapter, rounded down; 0 where they are few or nobody knows."""
    counted: Mapping[str, int] = (cache.get(_KEY) or {}).get("countries", {}) if country else {}
    return counted.get(country, 0) // FEWEST * FEWEST


def is_due() -> bool:
    """Tell whether the numbers are older than a day."""
    counted = cache.get(_KEY)
    return counted is None or timezone.now().timestamp() - counted["at"] > _DAY


def count_people() -> int:
    """Count learners without a chapter by country, keep the numbers for three days; return how many countries."""
    members = Membership.objects.filter(state=MembershipState.MEMBER).values("user_id")
    countries = profiles.count_learners_by_country(without=members)
    cache.set(_KEY, {"at": timezone.now().timestamp(), "countries": countries}, 3 * _DAY)
    return len(countries)
