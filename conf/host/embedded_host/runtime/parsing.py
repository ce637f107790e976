"""A runtime in which blocks read their own OLX: fields go to memory, children to whoever reads the course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.field_data import DictFieldData, FieldData, SplitFieldData
from xblock.fields import Scope

from embedded_host.courses.tree import build_tree

from .authored import AuthoredFieldData, to_json
from .build import AUTHORED_SCOPES, LEARNER_SCOPES
from .runtime import HostRuntime
from .services import BlockI18nService, HostSettingsService


class ParsingRuntime(HostRuntime):
    """Collects what ``parse_xml`` sets. Learner fields in the OLX, if any, are dropped: they belong to no author."""

    def __init__(self, course_key: CourseKey, read_child: Callable[[Any, UsageKey], UsageKey]) -> None:
        self.memory = _MemoryFieldData()
        scopes = dict.fromkeys(AUTHORED_SCOPES, self.memory) | dict.fromkeys(LEARNER_SCOPES, DictFieldData({}))
        super().__init__(
            AuthoredFieldData(build_tree(course_key, [])),
            learner=None,
            learner_id=None,
            learner_state=None,
            is_author_mode=True,
            services={
                "field-data": SplitFieldData(scopes),
                "i18n": BlockI18nService(),
                "settings": HostSettingsService(),
            },
        )
        self._read_child = read_child

    def add_node_as_child(self, block: Any, node: Any) -> None:
        """Read a child element as a block of its own."""
        block.children.append(self._read_child(node, block.scope_ids.usage_id))

    def fields_of(self, usage_key: UsageKey) -> dict[str, Any]:
        """Return the authored fields of a block that was read, as JSON values."""
        return {
            name: to_json(value)
            for name, value in self.memory.values.get(usage_key, {}).items()
            if name not in {"children", "parent"}
        }

    def children_of(self, usage_key: UsageKey) -> tuple[UsageKey, ...]:
        """Return the keys of a read block's children."""
        return tuple(self.memory.values.get(usage_key, {}).get("children", ()))


class _MemoryFieldData(FieldData):
    """Authored fields by usage key."""

    def __init__(self) -> None:
        self.values: dict[UsageKey, dict[str, Any]] = {}

    def get(self, block: Any, name: str) -> Any:
        return self.values[block.scope_ids.usage_id][name]

    def set(self, block: Any, name: str, value: Any) -> None:
        if block.fields[name].scope != Scope.parent:
            self.values.setdefault(block.scope_ids.usage_id, {})[name] = value

    def delete(self, block: Any, name: str) -> None:
        del self.values[block.scope_ids.usage_id][name]

    def has(self, block: Any, name: str) -> bool:
        return name in self.values.get(block.scope_ids.usage_id, {})

    def default(self, block: Any, name: str) -> Any:
        raise KeyError(name)
