"""The admin of chapters: what operators see, what they change, and what is hidden even from superusers."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from chapters import concerns
from chapters.data import ChapterRole, ConcernKind, MembershipState
from chapters.models import Chapter, Concern, Membership, Region, Term
from people import api as people
from people.models import AuditEntry, Delivery, NewsItem

from . import factories
from .desk_town import Desk

pytestmark = pytest.mark.django_db

OURS = [model for model in site._registry if model._meta.app_label == "chapters"]
READ_ONLY = [model for model in OURS if model._meta.model_name not in {"region", "chapter", "courseswitch"}]


@pytest.fixture
def desk() -> Desk:
    """Return a chapter with its team."""
    return Desk()


@pytest.fixture
def root() -> int:
    """Return the id of a superuser."""
    return factories.make_account("Root", is_staff=True, is_superuser=True)


def _admin(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def _url(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_opens_and_searches(desk: Desk, root: int, model: Any) -> None:
    """With rows in it, and for words that find nothing."""
    desk.ask("Brian Mutua")
    factories.make_ban(desk.chapter, desk.outsider)
    client = _admin(root)
    assert client.get(_url(model, "changelist")).status_code == 200
    assert client.get(_url(model, "changelist"), {"q": "zzz"}).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert client.get(_url(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.model_name)
def test_members_and_terms_are_neither_added_nor_changed_nor_deleted(desk: Desk, root: int, model: Any) -> None:
    """Not by a superuser, not by typing the address."""
    client = _admin(root)
    assert client.post(_url(model, "add"), {}).status_code == 403
    row = model._default_manager.first()
    if row is not None:
        assert client.post(_url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert client.post(_url(model, "change", row.pk), {"state": "left"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk if row else 1], "post": "yes"}
    client.post(_url(model, "changelist"), chosen)
    assert row is None or model._default_manager.filter(pk=row.pk).exists()


def test_a_chapter_gets_its_region_and_nothing_else(desk: Desk, root: int) -> None:
    """Through the api, into its log; a state or a number of members that is sent along is not read."""
    region = factories.make_region()
    sent = {"region": region.pk, "guidelines_version": "2", "state": "archived", "members": 9999, "slug": "x"}
    before = Chapter.objects.get(pk=desk.chapter.id)
    assert _admin(root).post(_url(Chapter, "change", desk.chapter.id), sent).status_code == 302
    row = Chapter.objects.get(pk=desk.chapter.id)
    assert (row.region_id, row.guidelines_version) == (region.pk, "2")
    assert (row.state, row.members, row.slug) == (before.state, before.members, before.slug)
    changed = [entry.data["changed"] for entry in AuditEntry.objects.filter(verb="chapter.change").order_by("pk")]
    assert changed == [["guidelines_version"], ["region_id"]]
    assert _admin(root).post(_url(Chapter, "delete", desk.chapter.id), {"post": "yes"}).status_code == 403
    assert Chapter.objects.filter(pk=desk.chapter.id).exists()


def test_regions_are_set_up_here(root: int) -> None:
    """Added, named and ordered."""
    assert _admin(root).post(_url(Region, "add"), {"name": "Asia", "slug": "asia", "position": 2}).status_code == 302
    assert Region.objects.get(slug="asia").position == 2


@pytest.mark.parametrize("column", ["leave_reason", "why__contains", "position__startswith", "leave_note__contains"])
def test_what_is_not_shown_cannot_be_asked_for_by_an_address(desk: Desk, root: int, column: str) -> None:
    """Why somebody left, or what they say of themselves, is no filter."""
    desk.join("Gone", state=MembershipState.LEFT, leave_reason="unpleasant")
    assert _admin(root).get(_url(Membership, "changelist"), {column: "unpleasant"}).status_code == 400
    content = _admin(root).get(_url(Membership, "changelist")).content.decode()
    assert "unpleasant" not in content


def _report(desk: Desk, *, about: tuple[int, ...] = (), is_anonymous: bool = False) -> Concern:
    made = concerns.create_concern(
        chapter_id=desk.chapter.id,
        reporter_id=desk.member,
        kind=ConcernKind.CONDUCT,
        text="He shouted at us",
        about=about,
        is_anonymous=is_anonymous,
    )
    return Concern.objects.get(pk=made.id)


def test_a_report_is_hidden_from_the_superuser_whom_it_accuses(desk: Desk, root: int) -> None:
    """By the list, the address, the history and the search; another superuser sees it."""
    report = _report(desk, about=(root,))
    other = factories.make_account("Other Root", is_staff=True, is_superuser=True)
    pages = [_url(Concern, "changelist"), _url(Concern, "change", report.pk), _url(Concern, "history", report.pk)]
    for page in pages:
        response = _admin(root).get(page, follow=True)
        assert "He shouted" not in response.content.decode()
        assert f"/concern/{report.pk}/change/" not in response.content.decode()
    assert f"/concern/{report.pk}/change/" not in _admin(root).get(pages[0], {"q": report.pk}).content.decode()
    assert f"/concern/{report.pk}/change/" in _admin(other).get(pages[0]).content.decode()
    assert "He shouted" in _admin(other).get(pages[1]).content.decode()


def test_no_log_and_no_mail_tells_operators_of_a_report(desk: Desk, root: int) -> None:
    """Else the accused finds, by a key or a number, that there is one, who handles it, and who made it."""
    report = _report(desk, about=(root,), is_anonymous=True)
    handler = factories.make_manager()
    people.compose_news()
    concerns.take_in_hand(concern_id=report.pk, actor_id=handler)
    concerns.close_concern(concern_id=report.pk, actor_id=handler, outcome="We talked to him")
    assert people.compose_news()
    client = _admin(root)
    hidden = {
        AuditEntry: AuditEntry.objects.filter(context_key=f"concern:{report.pk}"),
        NewsItem: NewsItem.objects.filter(kind__startswith="chapter_concern"),
        Delivery: Delivery.objects.filter(user_id=desk.member, kind="notice"),
    }
    for model, rows in hidden.items():
        assert rows.exists()
        content = client.get(_url(model, "changelist")).content.decode()
        assert "chapter_concern" not in content
        assert f"concern:{report.pk}" not in content
        for row in rows:
            assert _url(model, "change", row.pk) not in content
            assert client.get(_url(model, "change", row.pk)).status_code == 302


def test_a_report_is_hidden_from_staff_with_a_role_in_its_chapter(desk: Desk) -> None:
    """Also from who had the role when the report was made."""
    staff = factories.make_account("Sam Staff", is_staff=True, is_superuser=True)
    factories.make_organizer(desk.chapter, staff, role=ChapterRole.HOST)
    report = _report(desk)
    assert f"/concern/{report.pk}/" not in _admin(staff).get(_url(Concern, "changelist")).content.decode()
    Term.objects.filter(user_id=staff).update(open_key=None, ended_at=report.created_at)
    assert f"/concern/{report.pk}/" not in _admin(staff).get(_url(Concern, "changelist")).content.decode()


def test_an_unnamed_reporter_is_not_found_out(desk: Desk, root: int) -> None:
    """Neither shown, nor asked for by an address, nor searched for."""
    report = _report(desk, is_anonymous=True)
    client = _admin(root)
    content = client.get(_url(Concern, "change", report.pk)).content.decode()
    assert "reporter" not in content
    assert client.get(_url(Concern, "changelist"), {"reporter_id": desk.member}).status_code == 400
    assert client.get(_url(Concern, "changelist"), {"reporter_id__gte": 1}).status_code == 400
    found = client.get(_url(Concern, "changelist"), {"q": f"{report.pk + 1000}"}).content.decode()
    assert f"/concern/{report.pk}/change/" not in found
