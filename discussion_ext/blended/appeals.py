"""Questions of learners to look at a stage again, and the answers of the team."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import AppealData, AppealPage


def appeal(*, usage_key: UsageKey, stage_id: str, user_id: int, text: str) -> AppealData:
    """Ask the course team to look at a stage again: once for each stage, until some days after it closed."""
    raise NotImplementedError


def list_appeals(*, usage_key: UsageKey, page: int = 1) -> AppealPage:
    """Return the questions that are not answered, oldest first, then the answered ones, newest first."""
    raise NotImplementedError


def answer_appeal(
    *, usage_key: UsageKey, appeal_id: int, actor_id: int, text: str, share: float | None = None
) -> AppealData:
    """Answer a question; ``share`` (0 to 1, not less than there is) marks the stage with it."""
    raise NotImplementedError
