"""Forgetting a person in blended tasks: words go, results stay."""

from __future__ import annotations

from discussion_ext.models import Appeal, StageDecision


def forget_person(user_id: int) -> None:
    """Erase what somebody who left asked, and what others wrote about them. Call it in a transaction."""
    Appeal.objects.filter(user_id=user_id).update(text="", answer="")
    StageDecision.objects.filter(user_id=user_id).update(reason="")
