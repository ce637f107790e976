"""How sessions, sittings and seats are named in meetings, errands and the audit log."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

#: The first part of the keys of meetings that are sittings.
OWNER: Final = "sitting"


class SessionErrand(StrEnum):
    """What is left to be done after the commit."""

    SITTING_CHANGED = "discussion.sitting_changed"
    SEAT_OPENED = "discussion.seat_opened"
    LEARNER_CHANGED = "discussion.learner_changed"
    SESSION_CHANGED = "discussion.session_changed"
    IMPORT_CONFIRMED = "discussion.sitting_import"


def meeting_key(sitting_id: int) -> str:
    """Return the key of a sitting's meeting."""
    return f"{OWNER}:{sitting_id}"


def sitting_id_of(key: str) -> int:
    """Return the sitting of a meeting's key."""
    return int(key.partition(":")[2])


def slot_of(session_id: int, user_id: int) -> str:
    """Return the slot of a learner's one seat in a session."""
    return f"session:{session_id}:user:{user_id}"


def target_of(session_id: int) -> str:
    """Return what the audit log calls a session."""
    return f"session:{session_id}"
