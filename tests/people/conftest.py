"""People to test with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def make_person(db) -> Callable[..., Any]:
    """Return a maker of accounts with a profile."""
    from common.djangoapps.student.models import UserProfile

    def make(username: str = "amina", *, name: str = "Amina Otieno", **fields: Any) -> Any:
        user = get_user_model().objects.create(username=username, email=f"{username}@example.com", **fields)
        UserProfile.objects.update_or_create(user=user, defaults={"name": name})
        return user

    return make


@pytest.fixture
def person(make_person) -> Any:
    """Return an active account called Amina Otieno."""
    return make_person()
