"""A chapter in Nairobi with its lead, a member and a published event: what tests of events share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from chapters.data import ChapterData, EventData
from tests.chapters.factories import make_account, make_chapter, make_manager, make_member, make_organizer
from tests.events.factories import make_event


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter without members."""
    return make_chapter()


@pytest.fixture
def lead(chapter: ChapterData) -> int:
    """Return the id of the chapter's lead organizer."""
    return make_organizer(chapter, make_account("Wanjiru Kamau"))


@pytest.fixture
def member(chapter: ChapterData) -> int:
    """Return the id of a member without a role."""
    return make_member(chapter, make_account("Amina Yusuf")).user_id


@pytest.fixture
def outsider(db: None) -> int:
    """Return the id of somebody who is not in the chapter."""
    return make_account("Oscar Outside")


@pytest.fixture
def manager(db: None) -> int:
    """Return the id of a community manager."""
    return make_manager()


@pytest.fixture
def event(chapter: ChapterData, lead: int) -> EventData:
    """Return a published event in ten days, in a room without a limit, hosted by the lead."""
    return make_event(chapter, actor_id=lead)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context at whose end everything that waits for the commit is done."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
