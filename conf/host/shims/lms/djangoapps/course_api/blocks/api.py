"""The course tree as a flat mapping, as far as edx-completion's REST views ask for it."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import UsageKey

from xmodule.modulestore.django import modulestore


def get_blocks(request: Any, usage_key: UsageKey, user: Any = None, **kwargs: Any) -> dict[str, Any]:
    """Return the blocks below ``usage_key`` by their ids."""
    wanted = kwargs.get("block_types_filter")
    blocks = {}
    for block in modulestore().get_descendants(usage_key):
        if not wanted or block.location.block_type in wanted:
            blocks[str(block.location)] = {
                "id": str(block.location),
                "block_id": block.location.block_id,
                "type": block.location.block_type,
                "display_name": block.display_name_with_default,
                "children": [str(child) for child in getattr(block, "children", [])],
            }
    return {"root": str(usage_key), "blocks": blocks}
