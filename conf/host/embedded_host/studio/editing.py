"""Changes of a course: add, rename, move, duplicate, delete, and what differs from the live version."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey
from openedx_events.content_authoring.data import DuplicatedXBlockData
from openedx_events.content_authoring.signals import XBLOCK_DUPLICATED
from xblock.core import XBlock
from xblock.fields import Scope
from xblock.plugin import PluginMissingError

from embedded_host.courses.store import CourseStore, course_published
from embedded_host.courses.tree import CourseTree, Node, get_tree
from embedded_host.models import Branch
from embedded_host.runtime.build import build_author_runtime

from .access import draft_store

CHILD_TYPES = {"course": "chapter", "chapter": "sequential", "sequential": "vertical"}
# What the menu of a unit offers, before the types in the course's "advanced_modules".
UNIT_TYPES = ("html", "case_discussion", "blended_task", "points_panel")


class EditError(Exception):
    """A change that cannot be made; the message is for the author."""


@dataclass(frozen=True)
class BlockType:
    """A type of block the author can add."""

    name: str
    title: str


@dataclass(frozen=True)
class Change:
    """A block that differs from its live version."""

    kind: str
    title: str


def title_of(node: Node) -> str:
    """Return the title an author knows a block by."""
    title = node.fields.get("display_name")
    return str(title) if title else type_title(node.block_type)


def type_title(block_type: str) -> str:
    """Return the name of a type of block."""
    known = {
        "chapter": _("Section"),
        "sequential": _("Subsection"),
        "vertical": _("Unit"),
        "html": _("Text"),
        "problem": _("Problem"),
        "video": _("Video"),
    }
    if block_type in known:
        return known[block_type]
    try:
        field = XBlock.load_class(block_type).fields.get("display_name")
    except PluginMissingError:
        field = None
    title = field.default if field is not None else None
    return str(title) if title else block_type.replace("_", " ").capitalize()


def list_block_types(course: Any) -> list[BlockType]:
    """Return the types a unit can get: the host's and ours, then the advanced ones of the course."""
    names = dict.fromkeys([*UNIT_TYPES, *(str(name) for name in getattr(course, "advanced_modules", None) or [])])
    return [BlockType(name=name, title=type_title(name)) for name in names if _is_installed(name)]


def _is_installed(block_type: str) -> bool:
    try:
        XBlock.load_class(block_type)
    except PluginMissingError:
        return False
    return True


def add_block(user: Any, tree: CourseTree, parent_key: UsageKey, *, block_type: str, title: str = "") -> UsageKey:
    """Add a block at the end of its parent and return its key."""
    parent = tree.nodes[parent_key]
    expected = CHILD_TYPES.get(parent.block_type)
    if expected and block_type != expected:
        raise EditError(_("Type: this part of the course holds other blocks."))
    if not expected and (block_type in CHILD_TYPES or not _is_installed(block_type) or block_type == "vertical"):
        raise EditError(_("Type: this block is not installed."))
    if parent.block_type not in {*CHILD_TYPES, "vertical"}:
        raise EditError(_("Type: this block holds no others."))
    fields = {"display_name": _checked_title(title)} if title or expected else {}
    return draft_store().create_child(user.id, parent_key, block_type, fields=fields).location


def rename_block(user: Any, tree: CourseTree, usage_key: UsageKey, title: str) -> None:
    """Give a block another title."""
    draft_store().set_fields(usage_key, {**tree.nodes[usage_key].fields, "display_name": _checked_title(title)})


def _checked_title(title: str) -> str:
    title = "".join(char for char in title if unicodedata.category(char) != "Cc").strip()  # XML cannot hold them
    if not title:
        raise EditError(_("Title: write one."))
    if len(title) > 255:
        raise EditError(_("Title: at most 255 characters."))
    return title


def set_due(user: Any, usage_key: UsageKey, due: str) -> None:
    """Say until when a subsection is due, as ``2026-03-02T12:00`` in UTC; empty for no date. It is live at once."""
    if usage_key.block_type != "sequential":
        raise EditError(_("Due date: only subsections have one here."))
    try:
        moment = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    except ValueError as error:
        raise EditError(_("Due date: this is not a date.")) from error
    save_fields(user, usage_key, {"due": moment})
    course_published(usage_key.course_key)


def move_block(tree: CourseTree, usage_key: UsageKey, *, step: int) -> None:
    """Move a block up (-1) or down (1) among its neighbours; at the end nothing happens."""
    parent_key = tree.parents.get(usage_key)
    if parent_key is None:
        raise EditError(_("The course itself cannot be moved."))
    children = list(tree.nodes[parent_key].children)
    place = children.index(usage_key)
    wanted = max(0, min(len(children) - 1, place + step))
    children.insert(wanted, children.pop(place))
    draft_store().set_children(parent_key, children)


def delete_block(user: Any, tree: CourseTree, usage_key: UsageKey) -> None:
    """Delete a block with everything below it."""
    if usage_key not in tree.parents:
        raise EditError(_("The course itself cannot be deleted."))
    draft_store().delete_item(usage_key, user.id)


@transaction.atomic
def duplicate_block(user: Any, tree: CourseTree, usage_key: UsageKey) -> UsageKey:
    """Copy a block with everything below it, right after the original, and return the copy's key."""
    parent_key = tree.parents.get(usage_key)
    if parent_key is None:
        raise EditError(_("The course itself cannot be duplicated."))
    place = tree.nodes[parent_key].children.index(usage_key) + 1
    title = _("Duplicate of '%(title)s'") % {"title": title_of(tree.nodes[usage_key])}
    return _copy_block(user, tree, usage_key, parent_key, position=place, changes={"display_name": title[:255]})


def _copy_block(
    user: Any,
    tree: CourseTree,
    usage_key: UsageKey,
    parent_key: UsageKey,
    *,
    position: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> UsageKey:
    node = tree.nodes[usage_key]
    store = draft_store()
    made = store.create_child(
        user.id,
        parent_key,
        node.block_type,
        fields={**node.fields, **(changes or {})},
        position=position,
        definition=node.definition,
    )
    copy_key = made.location
    copy = author_block(user, copy_key)
    has_children = False
    if hasattr(copy, "studio_post_duplicate"):  # the block may see to its children itself, and says so
        has_children = bool(copy.studio_post_duplicate(store, author_block(user, usage_key)))
        copy.save()
    if not has_children:
        for child in node.children:
            _copy_block(user, tree, child, copy_key)
    XBLOCK_DUPLICATED.send_event(
        xblock_info=DuplicatedXBlockData(usage_key=copy_key, block_type=node.block_type, source_usage_key=usage_key)
    )
    return copy_key


def author_block(user: Any, usage_key: UsageKey) -> Any:
    """Return a block of the draft, bound to nobody, whose authored fields can be saved."""
    tree = draft_store().get_tree(usage_key.course_key)
    return build_author_runtime(tree, user).get_block(usage_key)


def save_fields(user: Any, usage_key: UsageKey, values: Mapping[str, Any]) -> None:
    """Set authored fields of a block, with the field's own checks."""
    block = author_block(user, usage_key)
    for name, value in values.items():
        field = block.fields[name]
        if field.scope not in (Scope.content, Scope.settings):
            raise EditError(_("%(name)s: this is not for authors.") % {"name": name})
        setattr(block, name, field.enforce_type(value))
    block.save()


def list_changes(usage_key: UsageKey) -> list[Change]:
    """Return what publishing the block would change, in the order of the unit, deleted blocks last."""
    draft = get_tree(usage_key.course_key, Branch.DRAFT)
    live = get_tree(usage_key.course_key, Branch.PUBLISHED)
    if draft is None:
        return []
    before = {node.usage_key: node for node in live.walk(usage_key)} if live else {}
    changes = []
    for node in draft.walk(usage_key):
        was = before.pop(node.usage_key, None)
        if was is None:
            changes.append(Change(kind="added", title=title_of(node)))
        elif (dict(was.fields), was.definition) != (dict(node.fields), node.definition):
            changes.append(Change(kind="edited", title=title_of(node)))
        elif _common_order(was.children, node.children) != _common_order(node.children, was.children):
            changes.append(Change(kind="reordered", title=title_of(node)))
    return [*changes, *(Change(kind="deleted", title=title_of(node)) for node in before.values())]


def _common_order(children: tuple[UsageKey, ...], others: tuple[UsageKey, ...]) -> list[UsageKey]:
    """Return those children that the other version has too: additions and deletions are no new order."""
    return [child for child in children if child in others]


def is_live(usage_key: UsageKey) -> bool:
    """Say whether learners have any version of the block."""
    live = get_tree(usage_key.course_key, Branch.PUBLISHED)
    return live is not None and live.find(usage_key) is not None


def publish_block(user: Any, usage_key: UsageKey) -> None:
    """Make the draft live and tell everybody."""
    draft_store().publish(usage_key, user.id)


def discard_changes(usage_key: UsageKey) -> None:
    """Make the draft equal to the live version again."""
    if not is_live(usage_key):
        raise EditError(_("This was never published, so there is nothing to go back to. Delete it instead."))
    CourseStore(Branch.DRAFT).revert_to_published(usage_key)
