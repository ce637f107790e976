"""Whom a changed configuration would touch, before it is published."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import BlendedConfigData, ChangePreviewData


def preview_change(*, usage_key: UsageKey, config: BlendedConfigData, limit: int = 500) -> ChangePreviewData:
    """Evaluate up to ``limit`` learners with another configuration, without keeping anything."""
    raise NotImplementedError
