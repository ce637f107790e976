"""The course store: what ``modulestore()`` returns. The LMS reads published trees, Studio reads and writes drafts.

As on the platform, course, chapter and sequential have no draft of their own: a change to them is live at once. What
stands below them (units and their blocks) is live when it is published.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.content_authoring.data import CourseData, XBlockData
from openedx_events.content_authoring.signals import (
    COURSE_CREATED,
    XBLOCK_CREATED,
    XBLOCK_DELETED,
    XBLOCK_PUBLISHED,
    XBLOCK_UPDATED,
)

from common.djangoapps.split_modulestore_django.models import SplitModulestoreCourseIndex
from embedded_host.models import Block, Branch, Course, hash_key
from xmodule.modulestore.django import SignalHandler
from xmodule.modulestore.exceptions import DuplicateCourseError, ItemNotFoundError

from . import assets, overviews
from .tree import CourseTree, Node, get_tree

ALWAYS_LIVE = frozenset({"course", "chapter", "sequential"})


def current_store() -> CourseStore:
    """Return the store of this service."""
    return CourseStore(Branch.DRAFT if settings.SERVICE_VARIANT == "cms" else Branch.PUBLISHED)


class CourseStore:
    """Reads one branch; what it writes goes to the draft and, where there is none, to both."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        self._kept: dict[CourseKey, CourseTree] | None = None

    # Reading ----------------------------------------------------------------------------------------------------------

    def get_tree(self, course_key: CourseKey) -> CourseTree:
        """Return the tree of the course or raise ``ItemNotFoundError``."""
        tree = self._kept.get(course_key) if self._kept is not None else None
        if tree is None:
            tree = get_tree(course_key, self.branch)
        if tree is None or tree.find(tree.root_key) is None:
            raise ItemNotFoundError(str(course_key))
        if self._kept is not None:
            self._kept[course_key] = tree
        return tree

    def has_course(self, course_key: CourseKey, ignore_case: bool = False, **_: Any) -> CourseKey | None:
        """Return the key of the course if it exists, else None."""
        return course_key if Course.objects.filter(course_key=course_key).exists() else None

    def has_item(self, usage_key: UsageKey, **_: Any) -> bool:
        """Tell whether the block exists in this branch."""
        tree = get_tree(usage_key.course_key, self.branch)
        return tree is not None and tree.find(usage_key) is not None

    def get_course(self, course_key: CourseKey, depth: int | None = 0, **_: Any) -> Any:
        """Return the course block or None."""
        try:
            return self.get_item(course_key.make_usage_key("course", "course"))
        except ItemNotFoundError:
            return None

    def get_courses(self, **_: Any) -> list[Any]:
        """Return the course blocks of all courses."""
        keys = Course.objects.order_by("course_key").values_list("course_key", flat=True)
        return [course for key in keys if (course := self.get_course(key)) is not None]

    def get_item(self, usage_key: UsageKey, depth: int | None = 0, **_: Any) -> Any:
        """Return the block, bound to nobody, or raise ``ItemNotFoundError``."""
        runtime = self._runtime(usage_key.course_key)
        if runtime.tree.find(usage_key) is None:
            raise ItemNotFoundError(str(usage_key))
        return runtime.get_block(usage_key)

    def get_items(
        self,
        course_key: CourseKey,
        qualifiers: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,  # the platform's name for it
        **_: Any,
    ) -> list[Any]:
        """Return the blocks of the course that match: qualifiers ``category``, ``name`` or fields; in course order.

        Raise ``ItemNotFoundError`` where there is no such course.
        """
        runtime = self._runtime(course_key)
        wanted = {**(qualifiers or {}), **(settings or {})}
        found = []
        for node in runtime.tree.walk():
            if _is_among(node.block_type, wanted.get("category")) and _is_among(
                node.usage_key.block_id, wanted.get("name")
            ):
                block = runtime.get_block(node.usage_key)
                rest = {name: value for name, value in wanted.items() if name not in {"category", "name"}}
                if all(_is_among(getattr(block, name, None), value) for name, value in rest.items()):
                    found.append(block)
        return found

    def get_descendants(self, usage_key: UsageKey) -> Iterator[Any]:
        """Yield the block and everything below it, in the order of the course."""
        runtime = self._runtime(usage_key.course_key)
        for node in runtime.tree.walk(usage_key):
            yield runtime.get_block(node.usage_key)

    def get_parent_location(self, usage_key: UsageKey, **_: Any) -> UsageKey | None:
        """Return the key of the block above, or None."""
        return self.get_tree(usage_key.course_key).parents.get(usage_key)

    @contextlib.contextmanager
    def bulk_operations(self, course_key: CourseKey, **_: Any) -> Iterator[None]:
        """Group reads and writes: a transaction in Studio; in the LMS, which writes nothing, one look at the course."""
        if self.branch == Branch.DRAFT:
            with transaction.atomic():
                yield
            return
        outer = self._kept
        self._kept = outer if outer is not None else {}
        try:
            yield
        finally:
            self._kept = outer

    def _runtime(self, course_key: CourseKey) -> Any:
        from embedded_host.runtime.build import build_unbound_runtime

        return build_unbound_runtime(self.get_tree(course_key), is_author_mode=self.branch == Branch.DRAFT)

    # Writing ----------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def create_course(self, course_key: CourseKey, fields: Mapping[str, Any], user_id: int | None = None) -> Any:
        """Make an empty course; ``fields`` are JSON values."""
        SplitModulestoreCourseIndex.objects.create(course_id=course_key)
        course = Course.objects.create(course_key=course_key)
        root = course_key.make_usage_key("course", "course")
        self._insert(course, Node(root, "course", dict(fields)))
        self._copy_to_published(course, [root])
        course_published(course_key)
        COURSE_CREATED.send_event(course=CourseData(course_key=course_key))
        return CourseStore(Branch.DRAFT).get_item(root)

    @transaction.atomic
    def clone_course(
        self,
        source_course_id: CourseKey,
        dest_course_id: CourseKey,
        user_id: int | None,
        fields: Mapping[str, Any] | None = None,
    ) -> Any:
        """Copy a course, drafts and files too, under another key; blocks keep their ids. ``fields`` are the course's.

        Raise ``DuplicateCourseError`` where there is a course under that key. As on the platform no block is told.
        """
        if self.has_course(dest_course_id):
            raise DuplicateCourseError(str(dest_course_id))
        source = Course.objects.get(course_key=source_course_id)
        SplitModulestoreCourseIndex.objects.create(course_id=dest_course_id)
        copy = Course.objects.create(course_key=dest_course_id, published_at=timezone.now())
        keys = {str(key): str(key.map_into_course(dest_course_id)) for key in self.get_tree(source_course_id).nodes}
        rows = [_moved(row, copy, keys) for row in source.blocks.all()]
        for row in rows:
            if row.block_type == "course":
                row.fields = {**row.fields, **(fields or {})}
        Block.objects.bulk_create(rows, batch_size=200)
        assets.copy_files(source_course_id, dest_course_id)
        course_published(dest_course_id)
        return CourseStore(Branch.DRAFT).get_course(dest_course_id)

    @transaction.atomic
    def create_child(
        self,
        user_id: int | None,
        parent_usage_key: UsageKey,
        block_type: str,
        block_id: str | None = None,
        fields: Mapping[str, Any] | None = None,
        position: int | None = None,
        definition: str = "",
    ) -> Any:
        """Make a block below ``parent_usage_key`` (at the end by default); ``fields`` are JSON values."""
        course, parent = self._draft_row(parent_usage_key)
        key = parent_usage_key.course_key.make_usage_key(block_type, block_id or uuid.uuid4().hex)
        self._insert(course, Node(key, block_type, dict(fields or {}), definition=definition))
        parent.children.insert(len(parent.children) if position is None else position, str(key))
        parent.save()
        self._keep_live(course, parent_usage_key)
        self._keep_live(course, key)
        self._touch(course)
        XBLOCK_CREATED.send_event(xblock_info=XBlockData(usage_key=key, block_type=block_type))
        return CourseStore(Branch.DRAFT).get_item(key)

    def create_item(self, user_id: int | None, course_key: CourseKey, block_type: str, **kwargs: Any) -> Any:
        """Make a block below the course block."""
        return self.create_child(user_id, course_key.make_usage_key("course", "course"), block_type, **kwargs)

    def update_item(self, block: Any, user_id: int | None = None, **_: Any) -> Any:
        """Save a block of a draft runtime."""
        block.save()
        return block

    @transaction.atomic
    def set_fields(self, usage_key: UsageKey, fields: Mapping[str, Any]) -> None:
        """Replace the authored fields of a draft (JSON values)."""
        course, row = self._draft_row(usage_key)
        row.fields = dict(fields)
        row.save()
        self._keep_live(course, usage_key)
        self._touch(course)
        XBLOCK_UPDATED.send_event(xblock_info=XBlockData(usage_key=usage_key, block_type=row.block_type))

    @transaction.atomic
    def set_children(self, usage_key: UsageKey, children: Sequence[UsageKey]) -> None:
        """Put the children of a draft into another order; the set of children must stay the same."""
        course, row = self._draft_row(usage_key)
        if sorted(map(str, children)) != sorted(row.children):
            raise ValueError(f"children: not the same blocks as before in {usage_key}")
        row.children = [str(child) for child in children]
        row.save()
        self._keep_live(course, usage_key)
        self._touch(course)
        XBLOCK_UPDATED.send_event(xblock_info=XBlockData(usage_key=usage_key, block_type=row.block_type))

    @transaction.atomic
    def delete_item(self, usage_key: UsageKey, user_id: int | None = None, **_: Any) -> None:
        """Delete a draft with everything below; below an always live parent the published version goes too."""
        tree = CourseStore(Branch.DRAFT).get_tree(usage_key.course_key)
        parent_key = tree.parents.get(usage_key)
        if parent_key is None:
            raise ItemNotFoundError(str(usage_key))
        course, parent = self._draft_row(parent_key)
        parent.children = [child for child in parent.children if child != str(usage_key)]
        parent.save()
        doomed = [hash_key(node.usage_key) for node in tree.walk(usage_key)]
        course.blocks.filter(branch=Branch.DRAFT, key_hash__in=doomed).delete()
        is_live = parent_key.block_type in ALWAYS_LIVE
        if is_live:
            course.blocks.filter(branch=Branch.PUBLISHED, key_hash__in=doomed).delete()
        self._keep_live(course, parent_key)
        self._touch(course)
        XBLOCK_DELETED.send_event(xblock_info=XBlockData(usage_key=usage_key, block_type=usage_key.block_type))
        if is_live:
            SignalHandler(CourseStore).send("item_deleted", usage_key=usage_key, user_id=user_id)
            course_published(usage_key.course_key)

    @transaction.atomic
    def publish(self, usage_key: UsageKey, user_id: int | None = None, **_: Any) -> Any:
        """Make the draft of a block and everything below it live, and tell everybody."""
        course, _row = self._draft_row(usage_key)
        draft = CourseStore(Branch.DRAFT).get_tree(usage_key.course_key)
        live = get_tree(usage_key.course_key, Branch.PUBLISHED)
        wanted = [node.usage_key for node in draft.walk(usage_key)]
        gone = {node.usage_key for node in live.walk(usage_key)} - set(wanted) if live else set()
        moved_away = {key for key in gone if draft.find(key) is not None}
        course.blocks.filter(
            branch=Branch.PUBLISHED, key_hash__in=[hash_key(key) for key in gone - moved_away]
        ).delete()
        above = [node.usage_key for node in draft.ancestors(usage_key) if node.block_type in ALWAYS_LIVE]
        self._copy_to_published(course, [*wanted, *above])
        XBLOCK_PUBLISHED.send_event(xblock_info=XBlockData(usage_key=usage_key, block_type=usage_key.block_type))
        course_published(usage_key.course_key)
        return CourseStore(Branch.PUBLISHED).get_item(usage_key)

    @transaction.atomic
    def revert_to_published(self, usage_key: UsageKey, user_id: int | None = None, **_: Any) -> Any:
        """Make the draft of a block and everything below it equal to what is live; raises where nothing is."""
        course, _row = self._draft_row(usage_key)
        live = get_tree(usage_key.course_key, Branch.PUBLISHED)
        draft = CourseStore(Branch.DRAFT).get_tree(usage_key.course_key)
        if live is None or live.find(usage_key) is None:
            raise ItemNotFoundError(str(usage_key))
        keys = {node.usage_key for tree in (draft, live) for node in tree.walk(usage_key)}
        hashes = [hash_key(key) for key in keys]
        course.blocks.filter(branch=Branch.DRAFT, key_hash__in=hashes).delete()
        rows = list(course.blocks.filter(branch=Branch.PUBLISHED, key_hash__in=hashes))
        for row in rows:
            row.pk, row.branch = None, Branch.DRAFT
        Block.objects.bulk_create(rows, batch_size=200)
        self._touch(course)
        XBLOCK_UPDATED.send_event(xblock_info=XBlockData(usage_key=usage_key, block_type=usage_key.block_type))
        return self.get_item(usage_key)

    def has_changes(self, block: Any) -> bool:
        """Tell whether the draft of the block, or anything below it, differs from what is live."""
        key = block.scope_ids.usage_id
        draft = get_tree(key.course_key, Branch.DRAFT)
        live = get_tree(key.course_key, Branch.PUBLISHED)
        if draft is None or live is None:
            return True
        return list(draft.walk(key)) != list(live.walk(key))

    def has_published_version(self, block: Any) -> bool:
        """Tell whether the block is live in any version."""
        key = block.scope_ids.usage_id
        live = get_tree(key.course_key, Branch.PUBLISHED)
        return live is not None and live.find(key) is not None

    def _draft_row(self, usage_key: UsageKey) -> tuple[Course, Block]:
        row = Block.objects.select_related("course").filter(branch=Branch.DRAFT, key_hash=hash_key(usage_key)).first()
        if row is None:
            raise ItemNotFoundError(str(usage_key))
        return row.course, row

    def _insert(self, course: Course, node: Node) -> None:
        Block.objects.create(
            course=course,
            branch=Branch.DRAFT,
            key_hash=hash_key(node.usage_key),
            usage_key=node.usage_key,
            block_type=node.block_type,
            fields=dict(node.fields),
            definition=node.definition,
        )

    def _keep_live(self, course: Course, usage_key: UsageKey) -> None:
        """Copy a block that has no draft of its own to the published branch."""
        if usage_key.block_type in ALWAYS_LIVE:
            self._copy_to_published(course, [usage_key])

    def _copy_to_published(self, course: Course, usage_keys: Sequence[UsageKey]) -> None:
        hashes = [hash_key(key) for key in usage_keys]
        course.blocks.filter(branch=Branch.PUBLISHED, key_hash__in=hashes).delete()
        rows = course.blocks.filter(branch=Branch.DRAFT, key_hash__in=hashes)
        Block.objects.bulk_create([_published(row) for row in rows], batch_size=200)
        Course.objects.filter(pk=course.pk).update(published_version=uuid.uuid4(), published_at=timezone.now())
        self._touch(course)

    def _touch(self, course: Course) -> None:
        Course.objects.filter(pk=course.pk).update(draft_version=uuid.uuid4())


def _published(row: Block) -> Block:
    return Block(
        course_id=row.course_id,
        branch=Branch.PUBLISHED,
        key_hash=row.key_hash,
        usage_key=row.usage_key,
        block_type=row.block_type,
        fields=row.fields,
        children=row.children,
        definition=row.definition,
    )


def _moved(row: Block, course: Course, keys: Mapping[str, str]) -> Block:
    """Return a copy of the block in another course, where it names that course's blocks."""
    usage_key = row.usage_key.map_into_course(course.course_key)
    return Block(
        course=course,
        branch=row.branch,
        key_hash=hash_key(usage_key),
        usage_key=usage_key,
        block_type=row.block_type,
        fields=_with_keys(row.fields, keys),
        children=_with_keys(row.children, keys),
        definition=row.definition,
    )


def _with_keys(value: Any, keys: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _with_keys(each, keys) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_keys(each, keys) for each in value]
    return keys.get(value, value) if isinstance(value, str) else value


def _is_among(value: Any, wanted: Any) -> bool:
    """Tell whether ``value`` is the wanted one, or one of them; None wants nothing in particular."""
    if wanted is None:
        return True
    return value in wanted if isinstance(wanted, list | tuple | set) else value == wanted


def course_published(course_key: CourseKey) -> None:
    """Bring the overview up to date and send the signal that a course was published."""
    tree = get_tree(course_key, Branch.PUBLISHED)
    if tree is not None:
        overviews.refresh(tree)
    SignalHandler(CourseStore).send("course_published", course_key=course_key)
