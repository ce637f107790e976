"""Words from the course team to those who are behind, once a day for each."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import BlendedFilter


def nudge(  # noqa: PLR0913 - as the list that it goes to
    *,
    usage_key: UsageKey,
    actor_id: int,
    user_id: int | None = None,
    show: BlendedFilter = "behind",
    stage_id: str = "",
    sitting_id: int | None = None,
    search: str = "",
) -> int:
    """Remind one learner, or those of a list, of what is open; return how many."""
    raise NotImplementedError
