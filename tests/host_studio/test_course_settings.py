"""Cards of features, advanced settings, cohorts, and the library stand-in."""

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
from openedx.core.djangoapps.course_groups import cohorts
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


def test_cohorts(author_client: Client, course_key: CourseKey) -> None:
    learner = User.objects.create_user("learner", "learner@example.org", "pw")
    CourseEnrollment.objects.create(user=learner, course_id=course_key)
    url = f"/cohorts/{course_key}"
    author_client.post(url, {"act": "switch", "value": "1"})
    author_client.post(url, {"act": "create", "name": "Morning"})
    twice = author_client.post(url, {"act": "create", "name": "Morning"}, follow=True)
    assert "two cohorts" in twice.content.decode()
    group = cohorts.get_cohort_by_name(course_key, "Morning")
    author_client.post(url, {"act": "join", "cohort": group.id, "name": "learner@example.org"})
    assert cohorts.get_cohort_id(learner, course_key) == group.id
    unknown = author_client.post(url, {"act": "join", "cohort": group.id, "name": "nobody"}, follow=True)
    assert "Learner:" in unknown.content.decode()
    author_client.post(url, {"act": "leave", "cohort": group.id, "name": "learner"})
    assert cohorts.get_cohort(learner, course_key, assign=False) is None
    assert author_client.post(url, {"act": "join", "cohort": "999999", "name": "learner"}).status_code == 404
    author_client.post(url, {"act": "switch", "value": "0"})
    assert not cohorts.is_course_cohorted(course_key)


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
