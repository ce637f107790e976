"""What one learner sees of a blended task, in bounded queries."""

from __future__ import annotations

from datetime import datetime

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import BlendedViewData


def view_task(*, usage_key: UsageKey, user_id: int, now: datetime | None = None) -> BlendedViewData:
    """Return everything that a learner sees, as of now: what is stale is evaluated."""
    raise NotImplementedError
