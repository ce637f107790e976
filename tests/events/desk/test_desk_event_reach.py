"""How far somebody of the team reaches: dates of a series that others hold, and lists whose every link opens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from chapters.api import events
from chapters.data import EventData
from tests.events import factories

from .conftest import EventDesk
from .test_desk_event_edit import fill, make_series

pytestmark = pytest.mark.django_db


def hold(desk: EventDesk, event_id: int) -> EventData:
    """Let somebody with the role of a host hold one date beside the lead; return it."""
    event = events.get_event(event_id)
    desk.post(desk.lead, "desk_event_edit", event_id, **fill(desk, event, hosts=[desk.lead, desk.host]))
    return events.get_event(event_id)


def links_of(page: str) -> set[str]:
    """Return where the links of a page's list lead."""
    return set(re.findall(r'href="(/chapters/[^"?#]*)"', page[page.index("<ul") : page.index("</main>")]))


def test_who_holds_one_date_does_not_change_those_that_others_hold(desk: EventDesk) -> None:
    first, second, *_later = make_series(desk)
    held = hold(desk, first)
    sent = fill(desk, held, title="Taken over", scope="following")
    assert desk.post(desk.host, "desk_event_edit", first, **sent).status_code == 403
    assert {events.get_event(pk).title for pk in (first, second)} == {held.title}
    assert desk.post(desk.host, "desk_event_edit", first, **sent | {"scope": "this"}).status_code == 302
    assert events.get_event(first).title == "Taken over"


def test_who_holds_all_dates_that_follow_changes_them(desk: EventDesk) -> None:
    *_earlier, third, fourth = make_series(desk)
    for pk in (fourth, third):
        hold(desk, pk)
    sent = fill(desk, events.get_event(third), title="Taken over", scope="following")
    assert desk.post(desk.host, "desk_event_edit", third, **sent).status_code == 302


@pytest.mark.parametrize("role", ["helper", "moderator", "host", "second"])
def test_every_link_of_the_lists_opens(desk: EventDesk, role: str) -> None:
    """Whoever may only check people in is led to what members see, and to the door."""
    reader = getattr(desk, role)
    factories.make_past_event(desk.chapter, actor_id=desk.lead)
    today = factories.make_event(desk.chapter, actor_id=desk.lead)
    factories.put_start(today, timezone.now() + timedelta(minutes=20))
    make_series(desk)
    client = desk.sign_in(reader)
    for show in ("coming", "past"):
        page = client.get(desk.url("desk_events"), {"show": show}).content.decode()
        links = links_of(page)
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("role", ["host", "second"])
def test_every_link_of_a_series_opens(desk: EventDesk, role: str) -> None:
    found = events.get_event(make_series(desk)[0])
    client = desk.sign_in(getattr(desk, role))
    links = links_of(client.get(desk.url("desk_series", found.series_id)).content.decode())
    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
