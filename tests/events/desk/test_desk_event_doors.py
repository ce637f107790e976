"""Pages of events at the desk: who may open which, and what a form changes that came from somebody who may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from chapters.api import events, series
from chapters.data import EventState, SeriesFrequency, SeriesRuleData
from chapters.models import Event
from people.models import AuditEntry
from tests.events import factories

from .conftest import EventDesk

pytestmark = pytest.mark.django_db

ORGANIZERS = {"lead", "second"}
DRAFTERS = ORGANIZERS | {"host"}
DESK = DRAFTERS | {"helper", "moderator"}
HOLDERS = ORGANIZERS | {"guest_host"}
ROLES = ("lead", "second", "host", "helper", "moderator", "guest_host")

#: Pages of the chapter's events, with who of its people may open them.
CHAPTER_PAGES = {
    "desk_events": DESK,
    "desk_event_new": DRAFTERS,
    "desk_event_templates": DRAFTERS,
    "desk_presences": ORGANIZERS,
}
#: Pages of an event that "guest_host" hosts and that is over.
EVENT_PAGES = {
    "desk_event": HOLDERS | {"host"},
    "desk_event_edit": ORGANIZERS,
    "desk_event_copy": DRAFTERS,
    "desk_event_result": HOLDERS,
    "desk_attendees": HOLDERS,
    "desk_attendees_print": HOLDERS,
    "desk_attendees_csv": ORGANIZERS,
    "desk_event_presences": HOLDERS,
    "desk_event_mail": HOLDERS,
}
#: Pages of one that is to come.
COMING_PAGES = {"desk_event_cancel": ORGANIZERS}


def check(desk: EventDesk, page: str, may: set[str], *args: object) -> None:
    """Open a page as everybody: the community team opens all, people outside the team none."""
    seen = {role: desk.get(getattr(desk, role), page, *args).status_code for role in ROLES}
    assert seen == {role: 200 if role in may else 403 for role in ROLES}
    assert desk.get(desk.manager, page, *args).status_code == 200
    for stranger in (desk.member, desk.outsider, desk.other_lead):
        assert desk.get(stranger, page, *args).status_code in {403, 404}
    assert desk.get(None, page, *args).status_code == 302


@pytest.mark.parametrize("page", CHAPTER_PAGES)
def test_a_page_of_the_chapter_opens_for_those_who_may(desk: EventDesk, page: str) -> None:
    """Hosts draft, helpers see the list, and a host of one event has no desk."""
    check(desk, page, CHAPTER_PAGES[page])


@pytest.mark.parametrize("page", EVENT_PAGES)
def test_a_page_of_an_event_opens_for_those_who_may(desk: EventDesk, page: str) -> None:
    """Whoever hosts an event without a role holds it, and changes nothing that was announced."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead, host_ids=(desk.guest_host,))
    may = EVENT_PAGES[page]
    if page == "desk_event_edit":
        assert desk.get(desk.lead, page, event.id).status_code == 200
    check(desk, page, may, event.id)


@pytest.mark.parametrize("page", COMING_PAGES)
def test_a_page_of_an_event_to_come_opens_for_those_who_may(desk: EventDesk, page: str) -> None:
    """Only who publishes events calls them off."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead, host_ids=(desk.guest_host,))
    check(desk, page, COMING_PAGES[page], event.id)


def test_a_series_opens_for_those_who_draft(desk: EventDesk) -> None:
    """As a new event does; a date of it can be left out by who deletes drafts."""
    start = factories.in_days()
    rule = SeriesRuleData(frequency=SeriesFrequency.WEEKLY, starts_on=start.date(), at=start.time(), count=3)
    made = series.create_series(
        chapter_id=desk.chapter.id, actor_id=desk.lead, plan=factories.make_plan(starts_local=start), rule=rule
    )
    check(desk, "desk_series", DRAFTERS, made.id)
    date = made.dates[0].event.id
    seen = {role: desk.get(getattr(desk, role), "desk_event_skip", date).status_code for role in ROLES}
    assert seen == {role: 200 if role in DRAFTERS else 404 for role in ROLES}, "nobody else knows of drafts"


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("desk_event", {"act": "publish"}),
        ("desk_event", {"act": "delete"}),
        ("desk_event", {"act": "template", "name": "Mine"}),
        ("desk_event_edit", {"title": "Mine", "revision": "0"}),
        ("desk_event_cancel", {"reason": "I do not like it"}),
        ("desk_attendees", {"username": "amina", "mode": "offline"}),
        ("desk_attendees_csv", {"reason": "Curious"}),
        ("desk_event_mail", {"subject": "Hi", "body": "Hi", "audience": "all", "request_key": "0" * 32}),
        ("desk_event_result", {"text": "Nothing", "revision": "0", "act": "publish"}),
    ],
)
def test_a_form_is_taken_from_nobody_who_may_not(desk: EventDesk, page: str, sent: dict[str, Any]) -> None:
    """Whatever they send, nothing is recorded and nothing changes."""
    event = factories.make_event(desk.chapter, actor_id=desk.lead)
    draft = factories.make_draft(desk.chapter, actor_id=desk.lead)
    before = list(Event.objects.order_by("pk").values())
    recorded = AuditEntry.objects.count()
    for target in (event, draft):
        for stranger in (desk.member, desk.outsider, desk.other_lead, desk.helper, desk.moderator):
            assert desk.post(stranger, page, target.id, **sent).status_code in {403, 404}
    assert list(Event.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.count() == recorded


def test_an_event_of_another_chapter_is_none_of_this_one(desk: EventDesk) -> None:
    """Its number leads nowhere under this chapter's address, also for who may everything here."""
    event = factories.make_event(desk.elsewhere, actor_id=desk.other_lead)
    for page in (*EVENT_PAGES, *COMING_PAGES):
        assert desk.get(desk.lead, page, event.id).status_code == 404, page
    assert desk.post(desk.lead, "desk_event", event.id, act="publish").status_code == 404
    assert events.get_event(event.id).state is EventState.PUBLISHED


def test_a_host_without_a_role_is_led_to_no_page_that_is_closed(desk: EventDesk) -> None:
    """Every link of theirs opens."""
    event = factories.make_past_event(desk.chapter, actor_id=desk.lead, host_ids=(desk.guest_host,))
    client = desk.sign_in(desk.guest_host)
    page = client.get(desk.url("desk_event", event.id)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = {part.split('"')[0] for part in main.split('href="')[1:]}
    inside = [link for link in links if link.startswith("/chapters/")]
    assert reverse("chapters:desk_event_result", args=[desk.chapter.slug, event.id]) in inside
    assert {link: client.get(link).status_code for link in inside} == dict.fromkeys(inside, 200)
