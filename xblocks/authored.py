"""Write a block's authored fields as OLX: the platform's default also writes what a learner keeps in a block."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from xblock.fields import Field, UserScope

_STRUCTURE = frozenset({"children", "parent", "content"})


def write_authored(block: Any, node: Any, *, leave_out: Collection[str] = ()) -> None:
    """Name ``node`` after the block and give it every authored field that is set, but for those in ``leave_out``."""
    node.tag = block.xml_element_name()
    node.set("xblock-family", block.entry_point)
    for name, authored in block.fields.items():
        if name not in leave_out and _is_authored(name, authored) and authored.is_set_on(block):
            block._add_field(node, name, authored)  # noqa: SLF001  the part of the default export that is ours to call


def _is_authored(name: str, field: Field) -> bool:
    return name not in _STRUCTURE and field.scope.user == UserScope.NONE
