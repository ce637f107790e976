"""The outline: add, rename, move, duplicate, delete."""

from __future__ import annotations

from typing import Any

from django.test import Client
from edx_when.models import ContentDate
from opaque_keys.edx.keys import CourseKey, UsageKey

from embedded_host.models import Branch

from .conftest import children


def test_sections_subsections_and_units(author_client: Client, course_key: CourseKey) -> None:
    root = course_key.make_usage_key("course", "course")
    url = f"/course/{course_key}/act"
    answer = author_client.post(url, {"act": "add", "block": str(root), "title": " Week 2 "}, follow=True)
    assert answer.status_code == 200
    assert children(Branch.DRAFT, root) == ["Week 1", "Week 2"]
    assert children(Branch.PUBLISHED, root) == ["Week 1", "Week 2"]
    chapter = course_key.make_usage_key("chapter", "c")
    author_client.post(url, {"act": "rename", "block": str(chapter), "title": "First\x01 week\x1b"})
    author_client.post(url, {"act": "down", "block": str(chapter)})
    assert children(Branch.DRAFT, root) == ["Week 2", "First week"]
    author_client.post(url, {"act": "down", "block": str(chapter)})
    assert children(Branch.DRAFT, root) == ["Week 2", "First week"]
    author_client.post(url, {"act": "up", "block": str(chapter)})
    assert children(Branch.DRAFT, root) == ["First week", "Week 2"]


def test_a_new_unit_is_a_draft(author_client: Client, course_key: CourseKey) -> None:
    subsection = course_key.make_usage_key("sequential", "s")
    author_client.post(f"/course/{course_key}/act", {"act": "add", "block": str(subsection), "title": "Case 2"})
    assert children(Branch.DRAFT, subsection) == ["A case", "Case 2"]
    assert children(Branch.PUBLISHED, subsection) == ["A case"]
    page = author_client.get(f"/course/{course_key}").content.decode()
    assert page.count("Never published") == 1
    assert page.count(">Live<") == 1


def test_duplicating_copies_what_is_below(author_client: Client, course_key: CourseKey, unit_key: UsageKey) -> None:
    subsection = course_key.make_usage_key("sequential", "s")
    author_client.post(f"/course/{course_key}/act", {"act": "duplicate", "block": str(unit_key)})
    titles = children(Branch.DRAFT, subsection)
    assert titles[0] == "A case"
    assert "A case" in titles[1]
    from embedded_host.courses.store import CourseStore

    copy = CourseStore(Branch.DRAFT).get_tree(course_key).nodes[subsection].children[1]
    assert copy != unit_key
    assert children(Branch.DRAFT, copy) == ["Read"]


def test_deleting_takes_what_is_below(author_client: Client, course_key: CourseKey, text_key: UsageKey) -> None:
    chapter = course_key.make_usage_key("chapter", "c")
    author_client.post(f"/course/{course_key}/act", {"act": "delete", "block": str(chapter)})
    from embedded_host.courses.store import CourseStore

    for branch in Branch.values:
        tree = CourseStore(branch).get_tree(course_key)
        assert tree.find(text_key) is None
        assert tree.find(chapter) is None


def test_bad_forms_change_nothing(author_client: Client, course_key: CourseKey) -> None:
    root = course_key.make_usage_key("course", "course")
    url = f"/course/{course_key}/act"
    empty = author_client.post(url, {"act": "add", "block": str(root), "title": "  "}, follow=True)
    assert "Title: write one." in empty.content.decode()
    long = author_client.post(url, {"act": "rename", "block": str(root), "title": "x" * 256}, follow=True)
    assert "255" in long.content.decode()
    assert author_client.post(url, {"act": "delete", "block": str(root)}, follow=True).status_code == 200
    assert author_client.post(url, {"act": "explode", "block": str(root)}).status_code == 404
    assert author_client.post(url, {"act": "up", "block": "nonsense"}).status_code == 404
    assert children(Branch.DRAFT, root) == ["Week 1"]


def test_a_subsection_gets_a_due_date(author_client: Client, course_key: CourseKey) -> None:
    def due_dates() -> list[Any]:
        rows = ContentDate.objects.filter(course_id=course_key, field="due", active=True)
        return [(row.location.block_id, row.policy.abs_date.isoformat()) for row in rows]

    url = f"/course/{course_key}/act"
    form = {"act": "due", "block": str(course_key.make_usage_key("sequential", "s")), "due": "2026-03-02T12:00"}
    author_client.post(url, form)
    assert due_dates() == [("s", "2026-03-02T12:00:00+00:00")]
    assert 'value="2026-03-02T12:00"' in author_client.get(f"/course/{course_key}").content.decode()
    for bad in ({"due": "soon"}, {"block": str(course_key.make_usage_key("vertical", "v"))}):
        assert "Due date:" in author_client.post(url, {**form, **bad}, follow=True).content.decode()
    assert due_dates() == [("s", "2026-03-02T12:00:00+00:00")]
    author_client.post(url, {**form, "due": ""})
    assert due_dates() == []
