"""Which accounts are still there."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import get_user_model


def list_present(user_ids: Collection[int]) -> set[int]:
    """Return which of these people have an account that may be used and have not asked to leave, in one query."""
    # The address is the first to go when retirement is asked for, the name follows.
    domain = "@" + getattr(settings, "RETIRED_EMAIL_DOMAIN", "retired.invalid")
    prefix = getattr(settings, "RETIRED_USERNAME_PREFIX", "retired__user_")
    found = get_user_model().objects.filter(pk__in=user_ids, is_active=True)
    found = found.exclude(username__startswith=prefix).exclude(email__endswith=domain)
    return set(found.values_list("pk", flat=True))
