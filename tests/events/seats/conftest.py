"""A chapter and the people around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from chapters.data import ChapterData
from common.djangoapps.student.models import UserProfile
from people import api as people
from tests.chapters.factories import make_chapter


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter in Nairobi; people with the numbers 1 to 9 have accounts, and no role in it."""
    numbers = range(1, 10)
    User.objects.bulk_create(User(pk=each, username=f"number-{each}", email=f"{each}@example.org") for each in numbers)
    profiles = UserProfile.objects
    profiles.bulk_create(UserProfile(user_id=each, name=f"Number {each}", year_of_birth=1990) for each in numbers)
    return make_chapter()


@pytest.fixture
def after(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Return a function that does something as a request of its own, and what follows from it after the commit."""

    def do(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            found = act()
        people.run_errands()
        return found

    return do
