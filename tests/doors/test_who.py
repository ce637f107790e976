"""Every door, opened as everybody: the answers are those of docs/doors.md."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import RequestFactory

from chapters.course_apps import ChaptersCourseApp
from chapters.tabs import ChaptersTab
from discussion_ext.course_apps import CasesCourseApp
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from gamification.course_apps import PointsCourseApp
from gamification.tabs import PointsTab
from tests.doors.calls import call_of
from tests.doors.situations import visit
from tests.doors.table import ROLES, SITUATIONS, Row, chapter_rows, roles_of, row, rows
from tests.doors.world import COURSE, World

OPEN = [*rows("Pages and REST"), *rows("Handlers in the LMS")]


def said(response: Any) -> str:
    """Return an answer as a cell of the table says it."""
    if response.status_code != 302:
        return str(response.status_code)
    if response.url.startswith(("/login", "/admin/login/")):
        return "302 login"
    return "302 chapter" if re.fullmatch(r"/chapters/[a-z-]+/", response.url) else "302 saved"


@pytest.mark.parametrize("line", OPEN, ids=lambda line: line.door)
@pytest.mark.parametrize("role", ROLES)
def test_roles(world: World, line: Row, role: str) -> None:
    response = call_of(line.door, world).send(world.client(role))
    assert said(response) == line[role], response.content


@pytest.mark.parametrize("line", chapter_rows(), ids=lambda line: line.door)
def test_roles_in_chapters(world: World, line: Row) -> None:
    """Everybody at one door: what each does is undone before the next comes."""
    call, found = call_of(line.door, world), {}
    for role in roles_of(line):
        with transaction.atomic():
            found[role] = said(call.send(world.client(role)))
            transaction.set_rollback(True)
        cache.clear()
    assert found == {role: line[role] for role in roles_of(line)}


@pytest.mark.parametrize("line", rows("Situations"), ids=lambda line: line.door)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_situations(world: World, line: Row, situation: str) -> None:
    client, course = visit(situation, world, line["Who"])
    response = call_of(line.door, world, course).send(client)
    assert said(response) == line[situation], response.content


def test_a_situation_is_asked_of_somebody_who_comes_in_otherwise() -> None:
    """A refusal in a situation would say nothing about somebody who is refused anyway."""
    for line in rows("Situations"):
        table = "Handlers in the LMS" if "." in line.door else "Pages and REST"
        usual = row(table, line.door)
        refused_always = {usual[role] for role in ROLES} == {"403"}
        assert usual[line["Who"]][0] in "23" or refused_always, line.door


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("card", [CasesCourseApp, ChaptersCourseApp, PointsCourseApp], ids=lambda card: card.app_id)
def test_cards(world: World, card: Any, role: str) -> None:
    user = world.people.get(role, AnonymousUser())
    may = row("Course cards and tab", f"openedx.course_app {card.app_id}")[role]
    assert card.get_allowed_operations(COURSE, user)["enable"] is (may == "yes")
    if may == "yes":
        assert card.set_enabled(COURSE, False, user) is False
    else:
        with pytest.raises(PermissionDenied):
            card.set_enabled(COURSE, False, user)
    assert card.is_enabled(COURSE) is (may == "no")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("tab", [ChaptersTab, PointsTab], ids=lambda tab: tab.type)
def test_the_tabs(world: World, tab: Any, role: str) -> None:
    course = CourseStore(Branch.PUBLISHED).get_course(COURSE)
    seen = tab.is_enabled(course, world.people.get(role, AnonymousUser()))
    assert seen is (row("Course cards and tab", f"openedx.course_tab {tab.type}")[role] == "yes")


@pytest.mark.parametrize("line", rows("Admin"), ids=lambda line: line.door)
@pytest.mark.parametrize("role", ["anonymous", "team", "site staff", "superuser"])
def test_admin(world: World, line: Row, role: str) -> None:
    assert said(world.client(role).get(_admin_url(line.door))) == line[role]


def _admin_url(door: str) -> str:
    from django.urls import reverse

    if door.startswith("admin:"):
        return reverse(door)
    return f"/admin/{door.replace('.', '/')}/"


@pytest.mark.parametrize("line", [row for row in rows("Admin") if "." in row.door], ids=lambda line: line.door)
def test_what_admins_may_change(world: World, line: Row) -> None:
    page = next(page for model, page in admin.site._registry.items() if model._meta.label_lower == line.door)
    request = RequestFactory().get("/")
    request.user = world.people["superuser"]
    entry = page.model()  # rights may depend on there being a row
    answers = {
        "add": page.has_add_permission(request),
        "change": page.has_change_permission(request, entry),
        "delete": page.has_delete_permission(request, entry),
    }
    assert answers == {act: line[act] == "yes" for act in answers}
