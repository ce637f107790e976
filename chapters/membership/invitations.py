"""Who may come in because of a course: invited once, and reminded by nothing."""

from __future__ import annotations

from chapters.data import InvitationData


def list_invitations(user_id: int) -> list[InvitationData]:
    """Return open invitations of a person to chapters that can be joined, newest first, at most 20."""
    raise NotImplementedError


def find_invitation(*, user_id: int, course_key: str) -> InvitationData | None:
    """Return the newest open invitation that a course gave, for its certificate page and its tab."""
    raise NotImplementedError


def dismiss_invitation(*, invitation_id: int, user_id: int) -> InvitationData:
    """Put an invitation away. Raises NotFoundError for any but one's own."""
    raise NotImplementedError
