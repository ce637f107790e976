"""A chapter whose events are made through the api, and two programs that read its calendars."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chapters.api import events
from chapters.data import ChapterData, EventData, EventOpenTo, EventPlanData
from people import api as people
from tests.chapters.factories import make_account, make_chapter, make_member, make_organizer

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import vobject

#: A Monday.
NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Stop the clock at `NOW`, a second later at each look; call it to set it anew."""
    shown, ticks = [NOW], itertools.count()
    monkeypatch.setattr(timezone, "now", lambda: shown[0] + timedelta(seconds=next(ticks)))

    def turn(moment: datetime) -> None:
        shown[0] = moment

    return turn


@pytest.fixture
def chapter(db: None) -> ChapterData:
    """Return an active chapter."""
    return make_chapter(
        "Amsterdam", slug="amsterdam", city="Amsterdam", country="NL", zone="Europe/Amsterdam", languages="en"
    )


@pytest.fixture
def lead(chapter: ChapterData) -> int:
    """Return the id of who runs it."""
    return make_organizer(chapter, make_account("Lotte de Wit"))


@pytest.fixture
def member(chapter: ChapterData) -> int:
    """Return the id of a member."""
    return make_member(chapter, make_account("Anna Bakker")).user_id


@pytest.fixture
def make(chapter: ChapterData, lead: int) -> Callable[..., EventData]:
    """Return a function that makes an event, published unless said otherwise: keywords are the plan's."""

    def create(*, publishes: bool = True, **changes: Any) -> EventData:
        values: dict[str, Any] = {
            "title": "Case evening",
            "starts_local": datetime.fromisoformat("2027-01-18 19:00"),
            "zone": "Europe/Amsterdam",
            "place": "Westerstraat 100",
            "open_to": EventOpenTo.ANYONE,
            "host_ids": (lead,),
        }
        event = events.create_event(chapter_id=chapter.id, actor_id=lead, plan=EventPlanData(**{**values, **changes}))
        return events.publish_event(event_id=event.id, actor_id=lead) if publishes else event

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


@pytest.fixture
def as_(client: Any) -> Callable[[int], Any]:
    """Return a function that signs somebody in."""

    def sign_in(user_id: int) -> Any:
        client.force_login(User.objects.get(pk=user_id))
        return client

    return sign_in


@pytest.fixture
def read() -> Callable[[bytes], list[dict[str, Any]]]:
    """Return a function that reads a calendar by both programs and gives what they agree on, entry by entry."""

    def both(text: bytes) -> list[dict[str, Any]]:
        one = [_of_icalendar(each) for each in icalendar.Calendar.from_ical(text).walk("VEVENT")]
        with _zones_of_its_own():
            other = [_of_vobject(each) for each in getattr(vobject.readOne(text.decode()), "vevent_list", [])]
        assert one == other
        return one

    return both


@contextmanager
def _zones_of_its_own() -> Iterator[None]:
    """Let vobject read a file's own zones: it keeps the first rules that it ever met under a name."""
    known = vobject.icalendar.__dict__["__tzidMap"]
    before = dict(known)
    known.clear()
    vobject.icalendar.registerTzid("UTC", vobject.icalendar.utc)
    try:
        yield
    finally:
        known.clear()
        known.update(before)


def _of_icalendar(entry: Any) -> dict[str, Any]:
    return {
        "uid": str(entry["uid"]),
        "sequence": int(entry["sequence"]),
        "status": str(entry["status"]),
        "title": str(entry["summary"]),
        "start": entry.decoded("dtstart").astimezone(UTC),
        "end": entry.decoded("dtend").astimezone(UTC),
        "wall": entry.decoded("dtstart").replace(tzinfo=None),
        "place": str(entry.get("location", "")),
        "text": str(entry.get("description", "")),
        "url": str(entry["url"]),
    }


def _of_vobject(entry: Any) -> dict[str, Any]:
    return {
        "uid": entry.uid.value,
        "sequence": int(entry.sequence.value),
        "status": entry.status.value,
        "title": entry.summary.value,
        "start": entry.dtstart.value.astimezone(UTC),
        "end": entry.dtend.value.astimezone(UTC),
        "wall": entry.dtstart.value.replace(tzinfo=None),
        "place": entry.location.value if hasattr(entry, "location") else "",
        "text": entry.description.value if hasattr(entry, "description") else "",
        "url": entry.url.value,
    }
