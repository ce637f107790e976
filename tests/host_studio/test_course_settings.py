"""Cards of features, advanced settings, a new run, and the library stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opaque_keys.edx.keys import CourseKey
from opaque_keys.edx.locator import LibraryUsageLocatorV2
from web_fragments.fragment import Fragment
from xblock.core import XBlock

from common.djangoapps.student.models import CourseEnrollment
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.studio.libraries import build_library_block
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration
from xmodule.modulestore.django import COURSE_PUBLISHED


def test_the_discussion_card(author_client: Client, course_key: CourseKey) -> None:
    url = f"/pages-and-resources/{course_key}"
    assert "Discussion" in author_client.get(url).content.decode()
    author_client.post(url, {"app": "discussion", "enabled": "0"})
    assert not DiscussionsConfiguration.is_enabled(course_key)
    author_client.post(url, {"app": "discussion", "enabled": "1"})
    assert DiscussionsConfiguration.is_enabled(course_key)
    assert author_client.post(url, {"app": "no such card", "enabled": "1"}).status_code == 404


@pytest.fixture
def published() -> Iterator[list[Any]]:
    heard: list[Any] = []

    def on_published(course_key: Any, **kwargs: Any) -> None:
        heard.append(course_key)

    COURSE_PUBLISHED.connect(on_published)
    yield heard
    COURSE_PUBLISHED.disconnect(on_published)


def test_discussion_topics_are_live_at_once(author_client: Client, course_key: CourseKey, published: list[Any]) -> None:
    topics = {"Ethics": {"id": "ethics"}, "倫理": {"id": "ethics-zh"}}
    answer = author_client.post(
        f"/settings/advanced/{course_key}", {"name": "discussion_topics", "value": json.dumps(topics)}
    )
    assert answer.status_code == 302
    assert CourseStore(Branch.PUBLISHED).get_course(course_key).discussion_topics == topics
    assert CourseStore(Branch.PUBLISHED).get_course(course_key).display_name == "Managing people"
    assert published == [course_key]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("discussion_topics", "{"),
        ("discussion_topics", "[]"),
        ("discussion_topics", '{"Ethics": 7}'),
        ("discussion_topics", '{"Ethics": {"id": ""}}'),
        ("discussion_topics", '{"Ethics": {"id": 7}}'),
        ("discussion_topics", '{"A": {"id": "x"}, "B": {"id": "x"}}'),
        ("advanced_modules", "[7]"),
        ("advanced_modules", '"done"'),
        ("allow_anonymous_to_peers", "1"),
    ],
)
def test_bad_settings_are_refused_and_kept_on_the_page(
    author_client: Client, course_key: CourseKey, published: list[Any], name: str, value: str
) -> None:
    before = dict(
        CourseStore(Branch.DRAFT).get_tree(course_key).nodes[course_key.make_usage_key("course", "course")].fields
    )
    answer = author_client.post(f"/settings/advanced/{course_key}", {"name": name, "value": value})
    assert answer.status_code == 400
    assert f'id="error-{name}"' in answer.content.decode()
    tree = CourseStore(Branch.DRAFT).get_tree(course_key)
    assert dict(tree.nodes[tree.root_key].fields) == before
    assert published == []


@pytest.fixture
def unit_only_in_draft(course_key: CourseKey) -> None:
    subsection = course_key.make_usage_key("sequential", "s")
    CourseStore(Branch.DRAFT).create_child(None, subsection, "vertical", "new", fields={"display_name": "Not live"})


def test_a_new_run(
    author_client: Client, author: User, course_key: CourseKey, unit_only_in_draft: None, published: list[Any]
) -> None:
    url = f"/course_rerun/{course_key}"
    assert (
        author_client.post(url, {"display_name": "Again", "run": "2026", "start": "2026-09-01T08:00"}).status_code
        == 200
    )
    assert published == [], "the run exists"
    answer = author_client.post(url, {"display_name": "Again", "run": "autumn", "start": "2026-09-01T08:00"})
    new_key = CourseKey.from_string("course-v1:School+People101+autumn")
    assert (answer.status_code, answer.url) == (302, f"/course/{new_key}")
    assert published == [new_key]
    live, draft = (CourseStore(branch).get_tree(new_key) for branch in (Branch.PUBLISHED, Branch.DRAFT))
    before = CourseStore(Branch.DRAFT).get_tree(course_key)
    assert [node.usage_key.block_id for node in draft.walk()] == [node.usage_key.block_id for node in before.walk()]
    assert {node.usage_key.course_key for node in draft.walk()} == {new_key}
    new_unit = new_key.make_usage_key("vertical", "new")
    assert (draft.find(new_unit) is not None, live.find(new_unit)) == (True, None)
    course = CourseStore(Branch.PUBLISHED).get_course(new_key)
    assert (course.display_name, str(course.start)) == ("Again", "2026-09-01 08:00:00+00:00")
    assert CourseStore(Branch.DRAFT).get_course(course_key).display_name == "Managing people"
    assert CourseEnrollment.is_enrolled(author, new_key)
    assert author_client.get(f"/course/{new_key}").status_code == 200


class WhereBlock(XBlock):
    """Says where it is."""

    def student_view(self, context: Any = None) -> Fragment:
        """Draw the key and the person."""
        return Fragment(f"<p>{self.scope_ids.usage_id} for {self.scope_ids.user_id}</p>")


def test_a_block_in_a_library_has_no_course_and_nobody(client: Client, db: None, install_block: Any) -> None:
    staff = User.objects.create_user("root", "root@example.org", "pw", is_staff=True)
    install_block("where", WhereBlock)
    block = build_library_block(staff, "where")
    assert isinstance(block.scope_ids.usage_id, LibraryUsageLocatorV2)
    assert not isinstance(block.scope_ids.usage_id.context_key, CourseKey)
    client.force_login(staff)
    page = client.get("/library-preview/where").content.decode()
    assert "lb:School:cases:where:preview for None" in page
