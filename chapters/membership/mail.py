"""How often a member hears by mail what is new."""

from __future__ import annotations

from datetime import date

from chapters.data import Digest, MembershipData


def set_mail(
    *, chapter_id: int, user_id: int, digest: Digest | None = None, paused_until: date | None = None
) -> MembershipData:
    """Set how often, and until which day nothing comes (None: it comes). ``digest`` None leaves it as it is.

    Raises InvalidValueError ("paused_until": a day to come, within a year) and NotFoundError.
    """
    raise NotImplementedError
