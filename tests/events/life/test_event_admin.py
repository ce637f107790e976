"""Events in the admin: found and looked at, with nothing that could break what is counted, and nobody's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chapters.api import events
from chapters.data import ChapterData, EventData
from chapters.models import Event, EventMail, EventResult, EventSeries, EventTemplate, Rsvp
from tests.chapters.factories import make_account
from tests.events.factories import make_event, make_rsvp

SECRET = "Only hosts read this"
TABLES = (Event, EventSeries, Rsvp, EventTemplate, EventMail, EventResult)


@pytest.fixture
def root(db: None) -> Client:
    """Return a browser of a superuser."""
    client = Client()
    client.force_login(User.objects.get(pk=make_account("Root", is_staff=True, is_superuser=True)))
    return client


@pytest.fixture
def rows(chapter: ChapterData, lead: int, event: EventData) -> dict[Any, Any]:
    """Return a row of each table."""
    template = events.save_template(event_id=event.id, actor_id=lead, name="Evening")
    by: dict[str, Any] = {"event_id": event.id, "author_id": lead}
    return {
        Event: Event.objects.get(pk=event.id),
        EventSeries: EventSeries.objects.create(
            chapter_id=chapter.id, title="Evenings", frequency="weekly", starts_on="2026-12-01", at="19:00"
        ),
        Rsvp: make_rsvp(event, needs_note=SECRET, note=SECRET),
        EventTemplate: EventTemplate.objects.get(pk=template.id),
        EventMail: EventMail.objects.create(**by, audience="all", subject=SECRET, body=SECRET, request_key="1"),
        EventResult: EventResult.objects.create(**by, text=SECRET),
    }


def url(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:chapters_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", TABLES)
def test_every_row_is_found_and_none_is_changed(root: Client, rows: dict[Any, Any], model: Any) -> None:
    row = rows[model]
    found = root.get(url(model, "changelist"), {"q": "zzz" if model is EventTemplate else str(row.pk)})
    assert found.status_code == 200
    shown = root.get(url(model, "change", row.pk))
    assert shown.status_code == 200
    assert SECRET not in shown.content.decode()
    assert b"_save" not in shown.content
    assert root.get(url(model, "add")).status_code == 403
    before = model.objects.values().get(pk=row.pk)
    assert root.post(url(model, "change", row.pk), {"room_taken": 7, "state": "draft"}).status_code == 403
    assert model.objects.values().get(pk=row.pk) == before
    if model is not EventTemplate:
        assert root.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("number", [1, 12])
def test_a_list_of_events_costs_the_same_however_many(
    root: Client, chapter: ChapterData, lead: int, number: int, django_assert_max_num_queries: Any
) -> None:
    for _event in range(number):
        make_event(chapter, actor_id=lead, title=f"Evening {number}")
    with django_assert_max_num_queries(10):
        page = root.get(url(Event, "changelist"), {"q": chapter.slug})
    assert page.content.decode().count(f"Evening {number}") == number


def test_what_organizers_wrote_is_found_by_no_address(root: Client, rows: dict[Any, Any]) -> None:
    for lookup in ("needs_note__startswith", "note", "answers__text__contains"):
        assert root.get(url(Rsvp, "changelist"), {lookup: "O"}).status_code in {302, 400}


def test_a_template_of_the_site_is_deleted_and_a_chapters_is_not(
    root: Client, event: EventData, lead: int, rows: dict[Any, Any]
) -> None:
    everybodys = events.save_template(event_id=event.id, actor_id=lead, name="A workshop", is_for_all=True)
    assert root.post(url(EventTemplate, "delete", rows[EventTemplate].pk), {"post": "yes"}).status_code == 403
    assert root.post(url(EventTemplate, "delete", everybodys.id), {"post": "yes"}).status_code == 302
    assert list(EventTemplate.objects.values_list("name", flat=True)) == ["Evening"]
