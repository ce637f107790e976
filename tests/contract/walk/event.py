"""Events of a chapter, met over HTTP: planned by organizers, answered by members, and read by calendar programs."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar

from tests.contract.walk.chapter import Chapter, rows_in_admin
from tests.contract.walk.pages import Page
from tests.contract.walk.person import Person, eventually

ZONE: Final = "Europe/Amsterdam"
PLACE: Final = "Neude Library, Neude 11, Utrecht"
LINK: Final = "https://meet.example.org/walkers"


@dataclass(frozen=True)
class Event:
    """An event of a chapter by its number."""

    chapter: Chapter
    id: int

    @property
    def path(self) -> str:
        """Return where its pages begin."""
        return f"{self.chapter.path}events/{self.id}/"

    def page(self, person: Person, rest: str = "") -> Page:
        """Open one of its pages."""
        return Page.open(person, self.path + rest)

    def desk(self, person: Person, rest: str = "") -> Page:
        """Open one of its pages at the desk."""
        return self.chapter.page(person, f"desk/events/{self.id}/{rest}")

    def ask(self, person: Person, rest: str = "", method: str = "GET", **options: Any) -> Any:
        """Ask its REST API."""
        return self.chapter.ask(person, f"events/{self.id}/{rest}", method, **options)

    def read(self, person: Person, rest: str = "") -> dict[str, Any]:
        """Return what its REST API says; anything but 200 fails."""
        answer = self.ask(person, rest)
        assert answer.status_code == 200, f"{rest} {answer.status_code} {answer.text[:300]}"
        return dict(answer.json())

    def change(self, person: Person, **fields: Any) -> dict[str, Any]:
        """Change its plan."""
        changed = self.ask(person, "", "PATCH", json={"revision": self.read(person)["revision"], **fields})
        assert changed.status_code == 200, changed.text[:300]
        return dict(changed.json())

    def answer(self, person: Person, mode: str = "offline", **fields: Any) -> str:
        """Say that somebody comes, and return what it came to."""
        answered = self.ask(person, "answer/", "PUT", json={"mode": mode, **fields})
        assert answered.status_code == 200, answered.text[:300]
        return str(answered.json()["state"])

    def decline(self, person: Person) -> None:
        """Say that somebody cannot come."""
        declined = self.ask(person, "decline/", "POST", json={})
        assert declined.status_code == 200, declined.text[:300]

    def state(self, person: Person) -> str:
        """Return what somebody's answer is now, empty without one."""
        answer = self.ask(person, "answer/")
        return str(answer.json()["state"]) if answer.status_code == 200 else ""


def make_event(lead: Person, chapter: Chapter, title: str, starts_local: datetime, **plan: Any) -> Event:
    """Plan an event and publish it."""
    said = {"title": title, "starts_local": f"{starts_local:%Y-%m-%dT%H:%M}", "zone": ZONE, "place": PLACE, **plan}
    made = chapter.ask(lead, "events/", "POST", json=said)
    assert made.status_code == 201, made.text[:500]
    event = Event(chapter, made.json()["id"])
    published = event.ask(lead, "publish/", "POST", json={})
    assert published.status_code == 200, published.text[:500]
    return event


def in_days(days: int) -> datetime:
    """Return half past six on the chapter's clock, so many days from today."""
    evening = datetime.now(ZoneInfo(ZONE)) + timedelta(days=days)
    return evening.replace(hour=18, minute=30, second=0, microsecond=0, tzinfo=None)


def in_minutes(minutes: int) -> datetime:
    """Return the whole minute that comes so many minutes from now, on the chapter's clock."""
    soon = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=minutes)
    return soon.replace(second=0, microsecond=0, tzinfo=None)


# -- calendars ---------------------------------------------------------------------------------------------------------


def read_calendar(person: Person, address: str) -> dict[str, Any]:
    """Return the entries of a calendar by their UID, as a calendar program reads them."""
    parts = urlsplit(address)
    answer = person.lms("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers={"Accept": "*/*"})
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    assert answer.headers["Content-Type"].startswith("text/calendar"), answer.headers["Content-Type"]
    (calendar,) = Calendar.from_ical(answer.content, multiple=True)
    assert not calendar.errors
    return {str(entry["UID"]): entry for entry in calendar.walk("VEVENT")}


# -- what people are told ----------------------------------------------------------------------------------------------


def count_news(admin: Person, user_id: int, kind: str) -> int:
    """Return how often somebody was or will be told something of a kind."""
    return rows_in_admin(admin, "people/newsitem", q=user_id, kind__exact=kind)


def count_mails(admin: Person, user_id: int, kind: str = "event_notice") -> int:
    """Return how many mails about events went out to somebody."""
    return rows_in_admin(admin, "people/delivery", q=user_id, kind=kind, state__exact="sent")


def hears(admin: Person, user_id: int, kind: str, times: int = 1) -> bool:
    """Tell whether somebody is told something exactly so often, once workers have done what is left to them."""
    eventually(lambda: count_news(admin, user_id, kind) >= times)
    return count_news(admin, user_id, kind) == times


def run_jobs(*names: str) -> bool:
    """Run jobs of the LMS in one process, as its clock would; without ``CONTRACT_MANAGE``, return False."""
    manage = os.environ.get("CONTRACT_MANAGE", "")
    calls = "; ".join(
        ["from django.core.management import call_command", *(f"call_command({name!r})" for name in names)]
    )
    if manage:
        command = [*shlex.split(manage), "shell", "-c", calls]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return bool(manage)
