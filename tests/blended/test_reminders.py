"""Learners are told of dates that hold when the mail goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from discussion_ext.data import MeetingMode, MeetingPlanData, SittingData
from people import api as people
from people.models import NewsItem

from .conftest import START, Clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _mail_at_any_hour(settings: Any) -> None:
    settings.PEOPLE_QUIET_HOURS = ["00:00", "00:00"]
    settings.PEOPLE_DIGEST_HOUR = 0


@pytest.fixture
def move(sitting: SittingData, staff: int, settle: Callable[[], None]) -> Callable[[timedelta], None]:
    """Return a way to move the sitting, and to let everything follow from it."""
    from discussion_ext.sessions import sittings

    def change(by: timedelta) -> None:
        starts_at = (START + by).astimezone(ZoneInfo("Africa/Nairobi"))
        plan = MeetingPlanData(
            title="Evening",
            mode=MeetingMode.OFFLINE,
            starts_local=starts_at.replace(tzinfo=None),
            zone="Africa/Nairobi",
            minutes=120,
        )
        sittings.change_sitting(sitting_id=sitting.id, plan=plan, actor_id=staff)
        settle()

    return change


def told(clock: Clock) -> str:
    """Let mails be written and sent; return the words of all."""
    people.compose_news(now=clock())
    people.process_deliveries(now=clock())
    return "\n".join(letter.subject + letter.body for letter in mail.outbox)


@pytest.mark.parametrize(("before", "kind", "words"), [(3, "stage_due", "is due"), (1, "session_soon", "is on")])
class TestDates:
    def test_they_are_told(
        self, learner: int, seat: Any, clock: Clock, settle: Any, before: int, kind: str, words: str
    ) -> None:
        seat(learner)
        clock.at(START - before * DAY + timedelta(hours=1))
        settle()
        assert NewsItem.objects.filter(kind=kind).exists()
        assert words in told(clock)

    def test_what_moved_meanwhile_is_not(
        self, learner: int, seat: Any, clock: Clock, settle: Any, move: Any, before: int, kind: str, words: str
    ) -> None:
        seat(learner)
        clock.at(START - before * DAY + timedelta(hours=1))
        settle()
        move(30 * DAY)
        assert NewsItem.objects.filter(kind=kind).exists()
        assert words not in told(clock)
