"""Forgetting a person in every part of this package."""

from __future__ import annotations

from .membership.retirement import forget_person


def retire_person(user_id: int) -> None:
    """Forget somebody who leaves the site; may be repeated."""
    forget_person(user_id)
