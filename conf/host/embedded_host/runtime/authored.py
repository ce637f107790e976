"""Authored fields: read from the course tree, written (in Studio only) to the draft."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import UsageKey
from xblock.field_data import FieldData
from xblock.fields import Reference, ReferenceList, ReferenceValueDict

from embedded_host.courses.store import CourseStore
from embedded_host.courses.tree import INHERITED_FIELDS, CourseTree, Node
from embedded_host.models import Branch


class AuthoredFieldData(FieldData):
    """What authors wrote, with the values that blocks inherit from those above as their defaults."""

    def __init__(self, tree: CourseTree) -> None:
        self.tree = tree

    def get(self, block: Any, name: str) -> Any:
        """Return the stored value; ``KeyError`` where none is set."""
        node = self._node(block)
        if name == "children":
            return list(node.children)
        if name == "parent":
            return self.tree.parents[node.usage_key]
        return _from_json(block.fields[name], node.fields[name])

    def has(self, block: Any, name: str) -> bool:
        """Tell whether the block itself sets the field."""
        node = self._node(block)
        if name == "children":
            return bool(node.children)
        if name == "parent":
            return node.usage_key in self.tree.parents
        return name in node.fields

    def default(self, block: Any, name: str) -> Any:
        """Return the inherited value; ``KeyError`` leaves it to the field's own default."""
        if name not in INHERITED_FIELDS:
            raise KeyError(name)
        return self.tree.inherited(block.scope_ids.usage_id, name)

    def set(self, block: Any, name: str, value: Any) -> None:
        """Store one field of the draft."""
        self.set_many(block, {name: value})

    def set_many(self, block: Any, update_dict: dict[str, Any]) -> None:
        """Store fields of the draft in one write; the tree of this runtime follows."""
        values = {name: to_json(value) for name, value in update_dict.items() if name not in {"children", "parent"}}
        if values:
            self._write(block, {**self._node(block).fields, **values})

    def delete(self, block: Any, name: str) -> None:
        """Let the field have its default again."""
        fields = dict(self._node(block).fields)
        if name in fields:
            del fields[name]
            self._write(block, fields)

    def _write(self, block: Any, fields: dict[str, Any]) -> None:
        usage_key = block.scope_ids.usage_id
        CourseStore(Branch.DRAFT).set_fields(usage_key, fields)
        self.tree = self.tree.with_fields(usage_key, fields)

    def _node(self, block: Any) -> Node:
        node = self.tree.find(block.scope_ids.usage_id)
        if node is None:
            raise KeyError(str(block.scope_ids.usage_id))
        return node


def _from_json(field: Any, value: Any) -> Any:
    if isinstance(field, Reference) and isinstance(value, str):
        return UsageKey.from_string(value)
    if isinstance(field, ReferenceList) and isinstance(value, list):
        return [UsageKey.from_string(each) for each in value]
    if isinstance(field, ReferenceValueDict) and isinstance(value, dict):
        return {name: UsageKey.from_string(each) for name, each in value.items()}
    return value


def to_json(value: Any) -> Any:
    """Return the value with usage keys as strings."""
    if isinstance(value, UsageKey):
        return str(value)
    if isinstance(value, list):
        return [to_json(each) for each in value]
    if isinstance(value, dict):
        return {name: to_json(each) for name, each in value.items()}
    return value
