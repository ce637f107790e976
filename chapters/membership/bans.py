"""Who may not be in a chapter, for how long, and what they say to it."""

from __future__ import annotations

from datetime import datetime

from chapters.data import BanData, BanPage


def ban(*, chapter_id: int, user_id: int, actor_id: int, reason: str, expires_at: datetime | None = None) -> BanData:
    """Keep somebody out and remove them if they are in. An earlier ban in force is replaced.

    Raises InvalidValueError ("reason", "expires_at") and LastOrganizerError.
    """
    raise NotImplementedError


def lift_ban(*, ban_id: int, actor_id: int, reason: str = "") -> BanData:
    """Let somebody come in again. Raises StateError where it is over already, NotFoundError."""
    raise NotImplementedError


def find_ban(*, chapter_id: int, user_id: int) -> BanData | None:
    """Return the ban in force, None where there is none; one query."""
    raise NotImplementedError


def get_ban(ban_id: int) -> BanData:
    """Return a ban by number, or raise NotFoundError."""
    raise NotImplementedError


def list_bans(*, chapter_id: int, cursor: str = "", limit: int | None = None) -> BanPage:
    """Return bans of a chapter, newest first, those that are over included."""
    raise NotImplementedError


def list_appeals(*, chapter_id: int) -> list[BanData]:
    """Return bans in force whose appeal waits for an answer, the oldest first, at most 100."""
    raise NotImplementedError


def appeal(*, ban_id: int, user_id: int, text: str) -> BanData:
    """Say once why a ban is wrong. Raises NotFoundError for any ban but one's own, StateError, InvalidValueError."""
    raise NotImplementedError


def answer_appeal(*, ban_id: int, actor_id: int, answer: str, is_lifted: bool) -> BanData:
    """Answer an appeal once. Who banned answers only where no other organizer could: else NotAllowedError."""
    raise NotImplementedError
