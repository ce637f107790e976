"""What the platform knows of a person that decides what they may do in chapters; one question per function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Count, Exists, OuterRef, Q, QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountData:
    """An account: whether it may be used, what it may do on the site, and what its profile says.

    ``is_active`` is False until the address is confirmed, and after the account was closed. ``year_of_birth`` is None
    and ``country`` empty where the profile does not say. ``is_manager``: site staff, or somebody with the permission.
    """

    user_id: int
    is_active: bool
    is_manager: bool
    joined_at: datetime
    year_of_birth: int | None
    country: str


def find_account(user_id: int) -> AccountData | None:
    """Return an account, None where there is none; one query."""
    return list_accounts([user_id]).get(user_id)


def list_accounts(user_ids: Collection[int]) -> dict[int, AccountData]:
    """Return the accounts that exist, by id, in one query."""
    people = get_user_model().objects.filter(pk__in=list(user_ids)).annotate(is_permitted=_has_permission())
    rows = people.values_list(
        "pk",
        "is_active",
        "is_staff",
        "is_superuser",
        "is_permitted",
        "date_joined",
        "profile__year_of_birth",
        "profile__country",
    )
    return {
        pk: AccountData(
            user_id=pk,
            is_active=is_active,
            is_manager=is_active and (is_staff or is_superuser or is_permitted),
            joined_at=joined_at,
            year_of_birth=year,
            country=str(country or "").upper(),
        )
        for pk, is_active, is_staff, is_superuser, is_permitted, joined_at, year, country in rows
    }


def search_accounts(text: str, *, among: QuerySet[Any], limit: int) -> list[int]:
    """Return ids of accounts whose name or username holds a text, among those that a query of ids finds; one query."""
    holds = Q(username__icontains=text) | Q(profile__name__icontains=text)
    found = get_user_model().objects.filter(holds, pk__in=among)
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def find_exactly(text: str) -> list[int]:
    """Return ids of active accounts with exactly this username or mail address; one query by two indexes."""
    found = get_user_model().objects.filter(Q(username=text) | Q(email=text), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True)[:2])


def list_managers() -> list[int]:
    """Return the ids of whom the community team is told by: active accounts with the permission to manage chapters.

    Where nobody was given it, site staff.
    """
    active = get_user_model().objects.filter(is_active=True)
    permitted = list(active.filter(_has_permission()).order_by("pk").values_list("pk", flat=True))
    return permitted or list_staff()


def list_staff() -> list[int]:
    """Return the ids of site staff and superusers with an active account, who may manage chapters too."""
    active = get_user_model().objects.filter(is_active=True)
    return list(active.filter(Q(is_staff=True) | Q(is_superuser=True)).order_by("pk").values_list("pk", flat=True))


def has_permitted_managers() -> bool:
    """Tell whether anybody has the permission to manage chapters, beside the site's staff."""
    return get_user_model().objects.filter(is_active=True).filter(_has_permission()).exists()


def _has_permission() -> Exists:
    """Tell of an account, in the query that reads it, whether it may manage chapters."""
    manages = Permission.objects.filter(content_type__app_label="chapters", codename="manage_chapters")
    holds = Q(user=OuterRef("pk")) | Q(group__user=OuterRef("pk"))
    return Exists(manages.filter(holds))


def count_learners_by_country(*, without: QuerySet[Any]) -> dict[str, int]:
    """Return how many people of each country are enrolled somewhere, those ``without`` (user ids) left out.

    One query that walks the whole site: for jobs only.
    """
    from common.djangoapps.student.models import CourseEnrollment

    enrolled = CourseEnrollment.objects.filter(user_id=OuterRef("pk"), is_active=True)
    theirs = without.filter(user_id=OuterRef("pk"))
    learners = get_user_model().objects.filter(Exists(enrolled), ~Exists(theirs), is_active=True)
    known = learners.exclude(profile__country="").exclude(profile__country__isnull=True)
    rows = known.order_by().values_list("profile__country").annotate(count=Count("pk"))
    return {str(country).upper(): count for country, count in rows}
