"""The desk of a chapter with events: its team by role, and a host of one event who has no role."""

from __future__ import annotations

import pytest

from chapters.data import ChapterRole
from tests.chapters.desk_town import Desk


class EventDesk(Desk):
    """A chapter with a team for events, beside those whom every desk has."""

    def __init__(self) -> None:
        super().__init__()
        self.host = self.run("Hana Host", ChapterRole.HOST)
        self.helper = self.run("Cyrus Door", ChapterRole.CHECK_IN)
        #: A member without a role, who hosts events that tests make.
        self.guest_host = self.join("Grace Guest")


@pytest.fixture
def desk() -> EventDesk:
    """Return a chapter with its team."""
    return EventDesk()
