"""What stays among few: a confidential report is hidden from whom it accuses, a private board from who is not on it.

Every door of the suite and of the platform's forum is opened, and no answer may hold the text, or a way to it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from chapters.models import Concern, ConcernNote
from people import api as people
from tests.doors.calls import call_of
from tests.doors.chapter_world import SECRET, TEXTS
from tests.doors.table import rows
from tests.doors.world import COURSE, World, handler_url

NOTE = "The landlord confirms it."
TITLES = ("Pages and REST", "Chapters", "Chapter events", "Handlers in the LMS")
DOORS = [row.door for title in TITLES for row in rows(title)]


def body_of(response: Any) -> str:
    """Return all of an answer as text, whatever it is made of; JSON without its escapes."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    text = data.decode("utf-8", "replace")
    return json.dumps(json.loads(text), ensure_ascii=False) if _is_json(response) else text


def _is_json(response: Any) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")


def walk(world: World, client: Client, doors: list[str]) -> Iterator[tuple[str, Any]]:
    """Open doors, each as if none had been opened before."""
    for door in doors:
        with transaction.atomic():
            yield door, call_of(door, world).send(client)
            transaction.set_rollback(True)
        cache.clear()


def admin_pages() -> list[str]:
    """Return the lists of the admin, and searches in them for the report."""
    pages = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    return [*pages, "/admin/chapters/concern/?q=letters", "/admin/chapters/concern/?text__icontains=letters"]


class TestAReport:
    """A member has reported the lead organizer; somebody handles it."""

    @pytest.fixture(params=["lead", "accused manager"])
    def accused(self, request: Any, world: World) -> Client:
        """Return the browser of whom the report accuses: the lead, who may even have become a superuser since."""
        user = world.people["lead"]
        if request.param == "accused manager":
            type(user).objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
        concern = Concern.objects.get(pk=world.ids["concern"])
        ConcernNote.objects.create(concern=concern, author_id=world.people["manager"].pk, text=NOTE)
        return world.client("lead")

    def addresses(self, world: World) -> list[str]:
        """Return where the report itself is."""
        number = world.ids["concern"]
        return [
            f"/chapters/mine/reports/{number}/",
            f"/chapters/manage/reports/{number}/",
            f"/chapters/api/v1/manage/concerns/{number}/",
            f"/admin/chapters/concern/{number}/change/",
            f"/admin/chapters/concern/{number}/history/",
            f"/admin/chapters/concern/{number}/delete/",
        ]

    def test_no_door_shows_it(self, world: World, accused: Client) -> None:
        for door, response in walk(world, accused, DOORS):
            text = body_of(response)
            assert SECRET not in text, door
            assert NOTE not in text, door
            own_address = response.wsgi_request.path  # stands in the page's own forms
            assert not re.search(rf"reports/{world.ids['concern']}/", text.replace(own_address, "")), door

    def test_its_own_addresses_are_none(self, world: World, accused: Client) -> None:
        for address in self.addresses(world):
            response = accused.get(address)
            assert response.status_code in {302, 403, 404}, address
            assert SECRET not in body_of(response), address
            if response.status_code == 302:
                assert response.url == "/admin/" or response.url.startswith("/admin/login/"), address

    def test_the_admin_does_not_list_it(self, world: World, accused: Client) -> None:
        for address in admin_pages():
            text = body_of(accused.get(address))
            assert SECRET not in text, address
            assert f"/chapters/concern/{world.ids['concern']}/" not in text, address

    def test_their_export_leaves_it_out(self, world: World) -> None:
        exported = "".join(people.export_person(world.people["lead"].pk, actor_id=None))
        assert SECRET not in exported
        assert NOTE not in exported

    def test_its_reporter_and_its_handlers_see_it(self, world: World) -> None:
        """The twin: the same walk finds the text for those who may read it."""
        seen = {
            role: [door for door, response in walk(world, world.client(role), DOORS) if SECRET in body_of(response)]
            for role in ("member", "manager")
        }
        assert set(seen["member"]) == {"chapters:my_report", "chapters:api_own_concerns"}
        assert {"chapters:manage_concern", "chapters:api_concerns", "chapters:api_concern"} <= set(seen["manager"])


class TestABoard:
    """What alumni write on their board stays with them and with those who look after the chapter."""

    OUTSIDERS = ("anonymous", "stranger", "member", "banned", "requested", "host", "organizer elsewhere", "learner")

    def platform(self, world: World) -> list[str]:
        """Return every address of the platform by which a thread or its posts can be asked for."""
        from discussion_ext.models import Contribution

        keys = Contribution.objects.filter(pk=world.ids["alumni post"]).values_list("forum_key", flat=True)
        number = keys[0].rpartition(":")[2]
        board = f"chapter-{world.ids['chapter']}-alumni"
        held = "course-v1:community+chapters+held"
        courses = [str(COURSE), held]
        found = [f"/api/discussion/v1/threads/{number}/", f"/api/discussion/v1/comments/?thread_id={number}"]
        found += [f"/api/discussion/v1/comments/{number}/", f"/xblock/{world.blocks['chapters']}"]
        for course in courses:
            found += [
                f"/api/discussion/v1/threads/?course_id={course}",
                f"/api/discussion/v1/threads/?course_id={course}&topic_id={board}",
                f"/api/discussion/v1/threads/?course_id={course}&text_search=certificate",
                f"/api/discussion/v1/course_topics/{course}",
                f"/api/discussion/v1/courses/{course}/",
                f"/courses/{course}/discussion/forum/",
                f"/courses/{course}/discussion/forum/{board}/threads/{number}",
                f"/courses/{course}/discussion/forum/{board}/inline",
                f"/courses/{course}/discussion/forum/search?text=certificate",
                f"/courses/{course}/discussion/threads/{number}",
                f"/chapters/courses/{course}/",
                handler_url(world.blocks["chapters"], "edit_panel"),
            ]
        return found

    def suite(self, world: World) -> list[str]:
        """Return where the suite shows the topic and its posts."""
        topic, post, slug = world.ids["alumni topic"], world.ids["alumni post"], "nairobi-evenings"
        pages = [f"topics/{topic}/", f"posts/{post}/", f"posts/{post}/edit/", "boards/alumni/", "boards/", "about/", ""]
        pages += ["boards/search/?q=certificate", "boards/reports/", "desk/", "desk/log/"]
        api = [
            f"topics/{topic}/",
            "boards/alumni/topics/",
            "search/?q=certificate",
            "boards/",
            "reports/",
            "audit/",
            "",
        ]
        found = [f"/chapters/{slug}/{page}" for page in pages]
        found += [f"/chapters/api/v1/chapters/{slug}/{page}" for page in api]
        elsewhere = "mombasa-mornings"
        found += [f"/chapters/{elsewhere}/topics/{topic}/", f"/chapters/api/v1/chapters/{elsewhere}/topics/{topic}/"]
        return [*found, "/chapters/?q=certificate", "/chapters/api/v1/chapters/?q=certificate"]

    @pytest.mark.parametrize("role", OUTSIDERS)
    def test_nobody_else_reads_it(self, world: World, role: str) -> None:
        client = world.client(role)
        for address in [*self.platform(world), *self.suite(world)]:
            text = body_of(client.get(address))
            assert TEXTS["alumni"] not in text, address
            assert TEXTS["alumni"][:40] not in text, address

    @pytest.mark.parametrize("role", ["stranger", "member"])
    def test_no_act_leads_to_it(self, world: World, role: str) -> None:
        """An answer to what was sent (a reply, a mark, a report) shows no more than a page does."""
        client = world.client(role)
        for door, response in walk(world, client, [door for door in DOORS if door.startswith("chapters:")]):
            assert TEXTS["alumni"][:40] not in body_of(response), door

    @pytest.mark.parametrize("role", ["alumni", "lead", "board moderator"])
    def test_its_readers_do(self, world: World, role: str) -> None:
        """The twin: the same addresses show it to those whom it is for."""
        client = world.client(role)
        seen = [address for address in self.suite(world) if TEXTS["alumni"] in body_of(client.get(address))]
        assert len(seen) >= 2

    def test_the_platform_shows_it_to_nobody(self, world: World) -> None:
        """Its own pages and API know the key of no course: not even its author, nor site staff, finds it there."""
        for role in ("alumni", "superuser"):
            client = world.client(role)
            for address in self.platform(world):
                assert TEXTS["alumni"] not in body_of(client.get(address)), (role, address)
