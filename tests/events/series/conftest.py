"""A chapter in Amsterdam in January 2027, who runs it and who comes: what tests of series share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from chapters.api import series as api
from chapters.data import ChapterData, EventPlanData, SeriesData
from people import api as people
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer
from tests.events.series.makers import NOW, make_plan, make_rule


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Stop the clock at `NOW`; call it to set it anew."""
    shown = [NOW]
    monkeypatch.setattr(timezone, "now", lambda: shown[0])

    def turn(moment: datetime) -> None:
        shown[0] = moment

    return turn


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter."""
    return make_chapter("Amsterdam", city="Amsterdam", country="NL", zone="Europe/Amsterdam", languages="en nl")


@pytest.fixture
def lead(chapter: ChapterData) -> int:
    """Return the id of who runs it."""
    return make_organizer(chapter, make_account("Lotte de Wit"))


@pytest.fixture
def members(chapter: ChapterData) -> list[int]:
    """Return the ids of three members."""
    return [make_member(chapter, make_account(name)).user_id for name in ("Anna", "Bram", "Chidi")]


@pytest.fixture
def plan(lead: int) -> EventPlanData:
    """Return what each date is: an evening for members with room for ten."""
    return make_plan(host_ids=(lead,))


@pytest.fixture
def make(chapter: ChapterData, lead: int, plan: EventPlanData, after: Callable[..., Any]) -> Callable[..., SeriesData]:
    """Return a function that makes a series, published unless said otherwise: keywords are the rule's."""

    def create(*, publishes: bool = True, of: EventPlanData = plan, **changes: Any) -> SeriesData:
        made = api.create_series(chapter_id=chapter.id, actor_id=lead, plan=of, rule=make_rule(**changes))
        return after(lambda: api.publish_series(series_id=made.id, actor_id=lead)) if publishes else made

    return create


@pytest.fixture
def after(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Return a function that does something as a request of its own, and what follows from it after the commit."""

    def do(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            found = act()
        people.run_errands()
        return found

    return do
