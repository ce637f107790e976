"""A chapter and the people around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chapters.data import ChapterData
from people import api as people
from tests.chapters.factories import make_chapter


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter in Nairobi."""
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
