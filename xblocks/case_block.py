"""What the screens and acts of a case ask of the block they serve: a case, or a stage that is discussed like one."""

from __future__ import annotations

from typing import Any, Protocol


class CaseBlock(Protocol):
    """A block with posts of its own. ``screens`` is the folder of its ``region``, ``head`` and ``stand`` templates."""

    runtime: Any
    scope_ids: Any
    drafts: Any
    has_read: Any

    @property
    def screens(self) -> str:
        """Return the folder of templates."""

    @property
    def case_html(self) -> str:
        """Return what is discussed, as safe HTML."""
