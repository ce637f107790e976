"""A course in Studio and its team."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.core import XBlock

from common.djangoapps.student.roles import CourseStaffRole
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch


@pytest.fixture
def install_block(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, type[XBlock]], None]:
    """Make a type of block known for one test."""

    def install(name: str, block_class: type[XBlock]) -> None:
        entry_point = Mock(load=Mock(return_value=block_class), group="xblock.v1")
        entry_point.name = name
        monkeypatch.setattr(XBlock, "extra_entry_points", [*XBlock.extra_entry_points, (name, entry_point)])

    return install


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """A course with one section, one subsection and one unit that is live with a text."""
    key = CourseKey.from_string("course-v1:School+People101+2026")
    store = CourseStore(Branch.DRAFT)
    root = store.create_course(key, {"display_name": "Managing people"}).location
    for block_type, title in (("chapter", "Week 1"), ("sequential", "Friends"), ("vertical", "A case")):
        root = store.create_child(None, root, block_type, block_type[0], fields={"display_name": title}).location
    store.create_child(None, root, "html", "text", fields={"display_name": "Read", "data": "<p>Once upon a time</p>"})
    store.publish(root)
    return key


@pytest.fixture
def unit_key(course_key: CourseKey) -> UsageKey:
    """The unit."""
    return course_key.make_usage_key("vertical", "v")


@pytest.fixture
def text_key(course_key: CourseKey) -> UsageKey:
    """The text in the unit."""
    return course_key.make_usage_key("html", "text")


@pytest.fixture
def author(course_key: CourseKey) -> User:
    """Somebody in the course team."""
    user = User.objects.create_user("author", "author@example.org", "pw")
    CourseStaffRole(course_key).add_users(user)
    return user


@pytest.fixture
def author_client(author: User) -> Client:
    """The author, signed in."""
    client = Client()
    client.force_login(author)
    return client


def children(branch: str, usage_key: UsageKey) -> list[str]:
    """Return the titles below a block in one branch."""
    tree = CourseStore(branch).get_tree(usage_key.course_key)
    return [str(tree.nodes[key].fields.get("display_name", key.block_type)) for key in tree.nodes[usage_key].children]


def post_json(client: Client, url: str, data: Any) -> Any:
    """Post JSON to a handler."""
    return client.post(url, json.dumps(data), content_type="application/json")
