"""What the platform knows about people, one question per function."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery

from .data import ContactData


def list_contacts(user_ids: Iterable[int]) -> dict[int, ContactData]:
    """Return the accounts that exist, by id, in one query; the full name is empty where the profile has none."""
    rows = (
        get_user_model()
        .objects.filter(pk__in=list(user_ids))
        .values_list("pk", "username", "profile__name", "email", "is_active")
    )
    retired_prefix = getattr(settings, "RETIRED_USERNAME_PREFIX", "retired__user_")
    return {
        pk: ContactData(
            user_id=pk,
            username=username,
            full_name=name or "",
            email=email,
            is_active=is_active,
            is_retired=username.startswith(retired_prefix),
        )
        for pk, username, name, email, is_active in rows
    }


def list_time_zones(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the zone names that people set in their account, by id."""
    return _preferences(user_ids, "time_zone")


def list_languages(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the language codes that people set in their account, by id."""
    from openedx.core.djangoapps.lang_pref import LANGUAGE_KEY

    return _preferences(user_ids, LANGUAGE_KEY)


def time_zone_column(user_id: OuterRef) -> Subquery:
    """Return the zone name somebody set in their account as a column of a query about people: it saves a query."""
    from openedx.core.djangoapps.user_api.models import UserPreference

    return Subquery(UserPreference.objects.filter(user_id=user_id, key="time_zone").values("value")[:1])


def _preferences(user_ids: Iterable[int], key: str) -> dict[int, str]:
    from openedx.core.djangoapps.user_api.models import UserPreference

    rows = UserPreference.objects.filter(user_id__in=list(user_ids), key=key)
    return dict(rows.values_list("user_id", "value"))
