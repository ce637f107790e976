"""Which audiences a member belongs to: by course rules, or granted by a person."""

from __future__ import annotations

from chapters.data import Audience, MembershipData


def grant_standing(*, chapter_id: int, user_id: int, audience: Audience, actor_id: int, reason: str) -> MembershipData:
    """Give a member an audience that no job takes away. Raises NotFoundError (no member), InvalidValueError."""
    raise NotImplementedError


def revoke_standing(*, chapter_id: int, user_id: int, audience: Audience, actor_id: int, reason: str) -> MembershipData:
    """Take a manual grant back; where a rule gives the audience as well, it stays, as the rule's."""
    raise NotImplementedError
