"""A course tree in memory: read once per version, shared by requests, never changed in place."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey

from embedded_host.models import Block, Branch, Course

# Fields whose value counts for everything below, as on the platform.
INHERITED_FIELDS = frozenset({"start", "due", "graded", "visible_to_staff_only", "self_paced", "group_access"})


@dataclass(frozen=True)
class Node:
    """One block of the tree: authored fields as JSON values, children in order, OLX where the type is unknown."""

    usage_key: UsageKey
    block_type: str
    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    children: tuple[UsageKey, ...] = ()
    definition: str = ""


@dataclass(frozen=True)
class CourseTree:
    """All blocks of one branch of a course."""

    course_key: CourseKey
    nodes: Mapping[UsageKey, Node]
    parents: Mapping[UsageKey, UsageKey]

    @property
    def root_key(self) -> UsageKey:
        """Return the key of the course block."""
        return self.course_key.make_usage_key("course", "course")

    def find(self, usage_key: UsageKey) -> Node | None:
        """Return the node or None."""
        return self.nodes.get(usage_key)

    def walk(self, usage_key: UsageKey | None = None) -> Iterator[Node]:
        """Yield the node and everything below it, in the order of the course."""
        node = self.nodes.get(usage_key or self.root_key)
        if node is None:
            return
        yield node
        for child in node.children:
            yield from self.walk(child)

    def ancestors(self, usage_key: UsageKey) -> Iterator[Node]:
        """Yield the nodes above, nearest first."""
        while (parent := self.parents.get(usage_key)) is not None:
            yield self.nodes[parent]
            usage_key = parent

    def inherited(self, usage_key: UsageKey, name: str) -> Any:
        """Return the JSON value that the nearest ancestor sets; ``KeyError`` where none does."""
        for node in self.ancestors(usage_key):
            if name in node.fields:
                return node.fields[name]
        raise KeyError(name)

    def with_fields(self, usage_key: UsageKey, fields: Mapping[str, Any]) -> CourseTree:
        """Return a tree in which the node has these fields instead."""
        changed = replace(self.nodes[usage_key], fields=MappingProxyType(dict(fields)))
        return build_tree(self.course_key, {**self.nodes, usage_key: changed}.values())


def build_tree(course_key: CourseKey, nodes: Any) -> CourseTree:
    """Return the tree of these nodes; children that are not among them (not published yet) are left out."""
    by_key = {node.usage_key: node for node in nodes}
    present = {
        key: replace(node, children=tuple(child for child in node.children if child in by_key))
        for key, node in by_key.items()
    }
    parents = {child: key for key, node in present.items() for child in node.children}
    return CourseTree(course_key, MappingProxyType(present), MappingProxyType(parents))


def get_tree(course_key: CourseKey, branch: str) -> CourseTree | None:
    """Return the tree of a branch or None; one query while the course does not change."""
    course = Course.objects.filter(course_key=course_key).first()
    if course is None:
        return None
    version = course.draft_version if branch == Branch.DRAFT else course.published_version
    return _load_tree(course.pk, course_key, str(branch), version)


@functools.lru_cache(maxsize=16)
def _load_tree(course_id: int, course_key: CourseKey, branch: str, version: uuid.UUID) -> CourseTree:
    rows = Block.objects.filter(course_id=course_id, branch=branch)
    return build_tree(course_key, (_node(row, course_key) for row in rows))


def _node(row: Block, course_key: CourseKey) -> Node:
    return Node(
        usage_key=row.usage_key.map_into_course(course_key),
        block_type=row.block_type,
        fields=MappingProxyType(row.fields),
        children=tuple(UsageKey.from_string(child) for child in row.children),
        definition=row.definition,
    )
