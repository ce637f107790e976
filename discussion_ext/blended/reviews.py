"""Who reviews whose report: the reports that fewest people have first."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import PostedData, ReviewTargetData


def draw_reviews(*, usage_key: UsageKey, stage_id: str, user_id: int) -> list[ReviewTargetData]:
    """Give a learner reports to review, up to the number that is asked, and return all that the learner has."""
    raise NotImplementedError


def write_review(*, usage_key: UsageKey, stage_id: str, user_id: int, contribution_id: int, text: str) -> PostedData:
    """Write the review of a report that was drawn, or change it."""
    raise NotImplementedError
