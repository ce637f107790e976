"""The unit page: blocks, drafts, publishing, handlers."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.content_authoring.signals import XBLOCK_DUPLICATED, XBLOCK_PUBLISHED
from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.fields import Scope, String

from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from embedded_host.studio import editing
from lms.djangoapps.courseware.models import StudentModule
from xmodule.modulestore.django import COURSE_PUBLISHED

from .conftest import children, post_json


class NoteBlock(XBlock):
    """A block with an editor, a learner's field and a hook for copies."""

    display_name = String(default="Note", scope=Scope.settings)
    text = String(default="", scope=Scope.content)
    mine = String(default="", scope=Scope.user_state)

    def student_view(self, context: Any = None) -> Fragment:
        """Draw the note."""
        if self.text == "broken":
            raise ValueError("a broken note")
        return Fragment(f"<p>note: {self.text}</p>")

    def studio_view(self, context: Any = None) -> Fragment:
        """Draw the editor."""
        fragment = Fragment("<textarea></textarea>")
        fragment.initialize_js("NoteEditor", {"text": self.text})
        return fragment

    def studio_post_duplicate(self, store: Any, source: Any) -> None:
        """Mark the copy."""
        self.text = f"copy of {source.text}"

    @XBlock.json_handler
    def write(self, data: Any, suffix: str = "") -> dict[str, Any]:
        """Save the text, and try to save something of a learner's."""
        self.text = data["text"]
        self.mine = "never stored"
        return {"user": self.scope_ids.user_id}


@pytest.fixture(autouse=True)
def _note_block(install_block: Any) -> None:
    install_block("note", NoteBlock)


@pytest.fixture
def note_key(unit_key: UsageKey) -> UsageKey:
    made = CourseStore(Branch.DRAFT).create_child(None, unit_key, "note", "n", fields={"text": "first"})
    return made.location


def draft_fields(usage_key: UsageKey) -> dict[str, Any]:
    return dict(CourseStore(Branch.DRAFT).get_tree(usage_key.course_key).nodes[usage_key].fields)


def test_adding_leads_to_the_editor(author_client: Client, unit_key: UsageKey) -> None:
    answer = author_client.post(f"/xblock/{unit_key}/act", {"act": "add", "type": "html"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/edit")
    assert author_client.get(answer["Location"]).status_code == 200
    assert len(children(Branch.DRAFT, unit_key)) == 2
    assert children(Branch.PUBLISHED, unit_key) == ["Read"]


@pytest.mark.parametrize("block_type", ["", "no_such_type", "chapter", "vertical", "course"])
def test_types_a_unit_cannot_hold(author_client: Client, unit_key: UsageKey, block_type: str) -> None:
    answer = author_client.post(f"/xblock/{unit_key}/act", {"act": "add", "type": block_type}, follow=True)
    assert answer.status_code == 200
    assert "Type:" in answer.content.decode()
    assert children(Branch.DRAFT, unit_key) == ["Read"]


def test_the_menu_offers_our_blocks_and_the_advanced_ones(course_key: CourseKey) -> None:
    course = CourseStore(Branch.DRAFT).get_course(course_key)
    course.advanced_modules = ["note", "no_such_type", "html"]
    names = [one.name for one in editing.list_block_types(course)]
    assert names[0] == "html"
    assert names[-1] == "note"
    assert names.count("html") == 1
    assert "no_such_type" not in names


def test_text_has_a_plain_editor(author_client: Client, unit_key: UsageKey, text_key: UsageKey) -> None:
    url = f"/xblock/{text_key}/edit"
    assert "Once upon a time" in author_client.get(url).content.decode()
    answer = author_client.post(url, {"display_name": "Read this", "data": "<p>New</p>"}, follow=True)
    assert "<p>New</p>" in answer.content.decode()
    assert draft_fields(text_key)["display_name"] == "Read this"


def test_own_editor_and_handler_save_to_the_draft_only(
    author_client: Client, note_key: UsageKey, unit_key: UsageKey
) -> None:
    page = author_client.get(f"/xblock/{note_key}/edit").content.decode()
    assert 'data-init="NoteEditor"' in page
    answer = post_json(author_client, f"/xblock/{note_key}/handler/write", {"text": "second"})
    assert (answer.status_code, answer.json()) == (200, {"user": None})
    assert draft_fields(note_key)["text"] == "second"
    assert not StudentModule.objects.exists()
    assert "note: second" in author_client.get(f"/container/{unit_key}").content.decode()


def test_a_body_that_is_no_json_is_refused(author_client: Client, note_key: UsageKey) -> None:
    answer = author_client.post(f"/xblock/{note_key}/handler/write", "{", content_type="application/json")
    assert answer.status_code == 400
    assert draft_fields(note_key)["text"] == "first"


def test_unknown_handlers(author_client: Client, note_key: UsageKey) -> None:
    assert post_json(author_client, f"/xblock/{note_key}/handler/nothing", {}).status_code == 404
    assert post_json(author_client, f"/xblock/{note_key}/handler/student_view", {}).status_code == 404


def test_handlers_need_the_token_of_the_page(author: User, note_key: UsageKey) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    assert post_json(client, f"/xblock/{note_key}/handler/write", {"text": "x"}).status_code == 403
    assert draft_fields(note_key)["text"] == "first"


def test_moving_duplicating_and_deleting(
    author_client: Client, unit_key: UsageKey, note_key: UsageKey, text_key: UsageKey
) -> None:
    heard: list[Any] = []

    def on_duplicated(xblock_info: Any, **kwargs: Any) -> None:
        heard.append((xblock_info.source_usage_key, xblock_info.block_type))

    author_client.post(f"/xblock/{note_key}/act", {"act": "up"})
    assert children(Branch.DRAFT, unit_key) == ["note", "Read"]
    XBLOCK_DUPLICATED.connect(on_duplicated)
    try:
        author_client.post(f"/xblock/{note_key}/act", {"act": "duplicate"})
    finally:
        XBLOCK_DUPLICATED.disconnect(on_duplicated)
    assert heard == [(note_key, "note")]
    titles = children(Branch.DRAFT, unit_key)
    assert (titles[0], titles[2]) == ("note", "Read")
    assert "Note" in titles[1]
    tree = CourseStore(Branch.DRAFT).get_tree(unit_key.course_key)
    copy_key = tree.nodes[unit_key].children[1]
    assert draft_fields(copy_key)["text"] == "copy of first"
    assert draft_fields(note_key)["text"] == "first"
    author_client.post(f"/xblock/{copy_key}/act", {"act": "delete"})
    author_client.post(f"/xblock/{text_key}/act", {"act": "delete"})
    assert children(Branch.DRAFT, unit_key) == ["note"]
    assert children(Branch.PUBLISHED, unit_key) == ["Read"]


def test_publishing_shows_what_changes_and_tells_everybody(
    author_client: Client, unit_key: UsageKey, note_key: UsageKey, text_key: UsageKey
) -> None:
    heard: list[Any] = []

    def on_block(xblock_info: Any, **kwargs: Any) -> None:
        heard.append(("block", xblock_info.usage_key))

    def on_course(course_key: Any, **kwargs: Any) -> None:
        live = CourseStore(Branch.PUBLISHED).get_tree(course_key)
        heard.append(("course", course_key, live.find(note_key) is not None))

    editing.rename_block(User(), CourseStore(Branch.DRAFT).get_tree(unit_key.course_key), text_key, "Read this")
    page = author_client.get(f"/container/{unit_key}").content.decode()
    assert "note: new" in page.lower()
    assert "Read this: edited" in page
    assert [change.kind for change in editing.list_changes(unit_key)] == ["edited", "added"]
    XBLOCK_PUBLISHED.connect(on_block)
    COURSE_PUBLISHED.connect(on_course)
    try:
        author_client.post(f"/xblock/{unit_key}/act", {"act": "publish"})
    finally:
        XBLOCK_PUBLISHED.disconnect(on_block)
        COURSE_PUBLISHED.disconnect(on_course)
    assert heard == [("block", unit_key), ("course", unit_key.course_key, True)]
    assert children(Branch.PUBLISHED, unit_key) == ["Read this", "note"]
    assert editing.list_changes(unit_key) == []


def test_reordering_and_deleting_are_changes(unit_key: UsageKey, note_key: UsageKey, text_key: UsageKey) -> None:
    user = User(pk=1)
    store = CourseStore(Branch.DRAFT)
    editing.publish_block(user, unit_key)
    editing.move_block(store.get_tree(unit_key.course_key), note_key, step=-1)
    assert [(change.kind, change.title) for change in editing.list_changes(unit_key)] == [("reordered", "A case")]
    editing.delete_block(user, store.get_tree(unit_key.course_key), text_key)
    assert [(change.kind, change.title) for change in editing.list_changes(unit_key)] == [("deleted", "Read")]


def test_discarding_brings_the_live_version_back(
    author_client: Client, unit_key: UsageKey, note_key: UsageKey, text_key: UsageKey
) -> None:
    author_client.post(f"/xblock/{text_key}/act", {"act": "delete"})
    assert children(Branch.DRAFT, unit_key) == ["note"]
    author_client.post(f"/xblock/{unit_key}/act", {"act": "discard"})
    assert children(Branch.DRAFT, unit_key) == ["Read"]
    assert editing.list_changes(unit_key) == []
    assert draft_fields(text_key)["data"] == "<p>Once upon a time</p>"
    assert CourseStore(Branch.DRAFT).get_tree(unit_key.course_key).find(note_key) is None


def test_what_was_never_published_cannot_be_discarded(author_client: Client, course_key: CourseKey) -> None:
    subsection = course_key.make_usage_key("sequential", "s")
    store = CourseStore(Branch.DRAFT)
    unit = store.create_child(None, subsection, "vertical", "v2", fields={"display_name": "New"}).location
    answer = author_client.post(f"/xblock/{unit}/act", {"act": "discard"}, follow=True)
    assert "never published" in answer.content.decode()
    assert store.get_tree(course_key).find(unit) is not None


def test_a_block_that_fails_does_not_take_the_page_with_it(
    author_client: Client, unit_key: UsageKey, note_key: UsageKey
) -> None:
    CourseStore(Branch.DRAFT).set_fields(note_key, {"text": "broken"})
    page = author_client.get(f"/container/{unit_key}")
    assert page.status_code == 200
    assert "a broken note" in page.content.decode()
    assert "Once upon a time" in page.content.decode()


def test_titles_are_escaped(author_client: Client, unit_key: UsageKey) -> None:
    author_client.post(f"/xblock/{unit_key}/act", {"act": "rename", "title": "<script>alert(1)</script>"})
    page = author_client.get(f"/container/{unit_key}").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;" in page
