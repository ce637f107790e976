"""From which age on somebody has a profile that other members see, and meets people in person. A pure rule."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.conf import settings


def is_of_age(year_of_birth: int | None, country: str, *, today: date | None = None) -> bool:
    """Tell whether somebody has reached the age that their country asks for.

    Profiles know the year only: somebody counts as old enough from the first of January *after* the year in which they
    reach the age, so that nobody is taken for older than they are.
    """
    if year_of_birth is None:
        return bool(settings.CHAPTERS_AGE_UNKNOWN_IS_ADULT)
    year = (today or datetime.now(UTC).date()).year
    return year - year_of_birth > minimum_age(country)


def minimum_age(country: str) -> int:
    """Return the age that a country asks for, in years; "" is one that is not known."""
    ages = settings.CHAPTERS_MINIMUM_AGES
    return int(ages.get(country.upper(), ages.get("", 16)))
