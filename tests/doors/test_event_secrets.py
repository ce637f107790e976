"""What stays among few at an event, and that looking at events changes nothing.

Every door of events is opened as everybody, and all of them again for every kind of event there is: one whose place is
hidden, one that begins, one that is over, a draft. No answer may hold what is not for who asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from chapters.api import events
from people import api as people
from tests.doors.calls import call_of
from tests.doors.chapter_calls import SLUG
from tests.doors.event_world import (
    ASKED,
    NEEDS,
    PRESENCE,
    RATED,
    SECRETS,
    feed_of,
    ticket_of,
)
from tests.doors.table import CHAPTER_ROLES, rows
from tests.doors.test_fuzz import fingerprint
from tests.doors.test_secrets import body_of, walk
from tests.doors.world import World

ROWS: Final = rows("Chapter events")
#: Pages and answers about one event that are there to be looked at.
LOOKS: Final = sorted({row.door.split()[0].removeprefix("chapters:") for row in ROWS if "GET" in row["Methods"]})
EVENTS: Final = ("event", "event open", "event soon", "event held", "event unwritten", "event draft", "event off")
#: Other places of a chapter where events are spoken of.
PLACES: Final = (
    "",
    "about/",
    "people/",
    "boards/",
    "desk/",
    "desk/log/",
    "events/?when=past",
    "desk/events/?show=drafts",
)

TEAM: Final = frozenset({"lead", "co-organizer", "manager", "site staff", "superuser"})
INSIDE: Final = TEAM | {"member", "alumni", "board moderator", "host", "check-in helper", "event host"}
#: Who is shown what. Hosts of the chapter make drafts, also from a copy, which has the place and the link; helpers at
#: the door have the place on the roll.
MEANT: Final[dict[str, frozenset[str]]] = {
    "host": INSIDE,
    "place": TEAM | {"event host", "host", "check-in helper", "member"},
    "link": TEAM | {"event host", "host", "alumni"},
    "needs": TEAM | {"event host", "member"},
    "asked": TEAM | {"event host", "member"},
    "presence": TEAM | {"event host"},
    "rated": frozenset(),
    "letter": TEAM | {"event host"},
    "draft": TEAM | {"host"},
    "notes": TEAM | {"event host"},
    "ticket": frozenset({"member"}),
    "feed": frozenset({"member"}),
}


#: In the quick run those who come closest to what is not for them.
QUICK: Final = ("anonymous", "stranger", "member", "check-in helper")


def quickly(roles: Iterable[str], quick: Collection[str]) -> list[Any]:
    """Return roles for a test that opens everything; most of them are asked in the slow run."""
    return [role if role in quick else pytest.param(role, marks=pytest.mark.slow) for role in roles]


def addresses(world: World) -> list[str]:
    """Return all that is looked at: every page about one event for each kind of event, the roll, and other places."""
    found = [f"/chapters/{SLUG}/{place}" for place in PLACES]
    for name in EVENTS:
        event = events.get_event(world.ids[name])
        found += [reverse("discussion_ext:host_check_in", args=[event.uid])]
        found += [reverse("discussion_ext:api_roll", args=[event.uid])]
        for page in LOOKS:
            try:
                found.append(reverse(f"chapters:{page}", kwargs={"slug": SLUG, "event_id": event.id}))
            except NoReverseMatch:
                continue  # it is about something else than one event
    return found


def everything(world: World, client: Client) -> Iterator[tuple[str, Any]]:
    """Open every door of events, each as if none had been opened before, and look at all addresses."""
    yield from walk(world, client, [row.door for row in ROWS])
    for address in addresses(world):
        yield address, client.get(address)
    cache.clear()


def words(world: World) -> dict[str, str]:
    """Return what is kept among few, by name."""
    return SECRETS | {"ticket": ticket_of(world, "member"), "feed": feed_of(world, "member")}


def find_leaks(world: World, role: str, names: set[str]) -> list[tuple[str, str]]:
    """Return where somebody reads which of these words."""
    known = {name: word for name, word in words(world).items() if name in names}
    leaks = []
    for door, response in everything(world, world.client(role)):
        text = body_of(response).replace(response.wsgi_request.path, "")  # its own address stands in the page's forms
        leaks += [(door, name) for name, word in known.items() if word in text]
    return leaks


@pytest.mark.parametrize("role", quickly(CHAPTER_ROLES, QUICK))
def test_nobody_reads_what_is_not_for_them(world: World, role: str) -> None:
    hidden = {name for name, roles in MEANT.items() if role not in roles}
    assert find_leaks(world, role, hidden) == []


def test_a_calendar_that_is_shared_has_no_secret(world: World) -> None:
    """Whoever gets hold of the member's address reads neither the place, which the member knows, nor any link."""
    for door in ("chapters:chapter_feed", "chapters:chapter_calendar", "chapters:event_calendar"):
        text = call_of(door, world).send(world.client("member")).content.decode().replace("\r\n ", "")
        assert "BEGIN:VEVENT" in text, door
        assert [name for name, word in words(world).items() if word in text] == [], door


@pytest.mark.parametrize("role", quickly(("member", "alumni", "lead", "event host", "host"), ("member", "event host")))
def test_those_for_whom_it_is_read_it(world: World, role: str) -> None:
    """The twin: the same walk finds all that is meant for somebody."""
    meant = {name for name, roles in MEANT.items() if role in roles}
    assert {name for _door, name in find_leaks(world, role, meant)} == meant


def test_the_link_comes_shortly_before_and_only_to_who_comes_online(world: World) -> None:
    url = reverse("chapters:api_event", kwargs={"slug": SLUG, "event_id": world.ids["event soon"]})
    later = reverse("chapters:api_event", kwargs={"slug": SLUG, "event_id": world.ids["event"]})
    shown = {role: bool(world.client(role).get(url).json()["link"]) for role in ("member", "alumni", "event host")}
    assert shown == {"member": False, "alumni": True, "event host": True}
    assert world.client("alumni").get(later).json()["link"] == ""


def test_exports_of_others_leave_it_out(world: World) -> None:
    exported = "".join(people.export_person(world.people["event host"].pk, actor_id=None))
    assert [word for word in (NEEDS, ASKED, PRESENCE, RATED) if word in exported] == []
    own = "".join(people.export_person(world.people["member"].pk, actor_id=None))
    assert (NEEDS in own, ASKED in own, RATED in own, PRESENCE in own) == (True, True, False, False)


@pytest.mark.parametrize(
    "role",
    quickly(("anonymous", "stranger", "member", "alumni", "lead", "event host", "superuser"), ("anonymous", "lead")),
)
def test_looking_changes_nothing(world: World, role: str) -> None:
    """Whatever is opened by GET or HEAD, by whomever: links in mails and programs that follow them do nothing."""
    client, before = world.client(role), fingerprint()
    for row in ROWS:
        call = call_of(row.door, world)
        for method in ("GET", "HEAD"):
            call.send(client, method)
    for address in addresses(world):
        client.get(address)
    after = fingerprint()
    assert [name for name, found in after.items() if found != before[name]] == []


def test_the_comparison_sees_an_answer(world: World) -> None:
    """The twin: a POST of the same walk is seen."""
    before = fingerprint()
    with transaction.atomic():
        call_of("chapters:event_decline POST", world).send(world.client("member"))
        after = fingerprint()
        transaction.set_rollback(True)
    assert after["chapters.Rsvp"] != before["chapters.Rsvp"]
