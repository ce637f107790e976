"""Coming in: at once, or by a request that organizers answer."""

from __future__ import annotations

from collections.abc import Mapping

from chapters.data import IntroductionData, MembershipData


def join(
    *, chapter_id: int, user_id: int, introduction: IntroductionData, answers: Mapping[int, str] | None = None
) -> MembershipData:
    """Make somebody a member, or ask organizers where the chapter has questions; twice comes to the same.

    ``answers`` are texts by the number of the question. Raises InvalidValueError (names the field: "position", "why",
    "answer-12"), BannedError, StateError and NotAllowedError (the entry's audience).
    """
    raise NotImplementedError


def withdraw_request(*, chapter_id: int, user_id: int) -> MembershipData:
    """Take a request back. Raises NotFoundError where none is open."""
    raise NotImplementedError


def introduce(*, chapter_id: int, user_id: int, introduction: IntroductionData) -> MembershipData:
    """Change what a member says of themselves. Raises InvalidValueError and NotFoundError."""
    raise NotImplementedError
