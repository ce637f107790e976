"""How often somebody may do what, in all chapters together; people whose account is new less often.

Every limit is a setting: ``CHAPTERS_ACT_LIMITS`` over the defaults below, and ``CHAPTERS_NEW_ACCOUNT_LIMITS`` for the
first days of an account, where it is stricter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from people import api as people

from .edx_platform import profiles

#: What is counted, and how often each may be done where the site says nothing else.
DEFAULTS: Final[Mapping[str, str]] = {
    "propose": "3/d",
    "join": "20/d",
    "leave": "30/h",
    "introduce": "30/h",
    "hello": "60/h",
    "ask": "20/h",
    "review": "300/h",
    "organize": "300/h",
    "post": "60/h",
    "edit": "120/h",
    "react": "300/h",
    "report": "30/h",
    "moderate": "300/h",
    "preview": "300/h",
    "picture": "60/h",
    "search": "120/h",
    "concern": "10/h",
    "appeal": "5/d",
    "export": "10/h",
    "mail": "60/h",
    "invitation": "60/h",
    "event_mail": "10/d",
    "attend": "120/h",
    "calendar": "240/h",
}


def keep_pace(act: str, user_id: int) -> None:
    """Count that somebody does ``act`` (a key of `DEFAULTS`) once more. Raises ``people.TooFastError``."""
    people.keep_pace(act=f"chapters.{act}", who=user_id, limit=find_limit(act))
    strict = settings.CHAPTERS_NEW_ACCOUNT_LIMITS.get(act, "")
    if strict and is_new_account(user_id):
        people.keep_pace(act=f"chapters.new.{act}", who=user_id, limit=strict)


def find_limit(act: str) -> str:
    """Return how often everybody may do something, as "10/h"; empty for no limit."""
    return str(settings.CHAPTERS_ACT_LIMITS.get(act, DEFAULTS[act]))


def is_new_account(user_id: int) -> bool:
    """Tell whether somebody registered in the last days, as ``CHAPTERS_NEW_ACCOUNT_DAYS`` counts them; one query."""
    account = profiles.find_account(user_id)
    newest = timezone.now() - timedelta(days=settings.CHAPTERS_NEW_ACCOUNT_DAYS)
    return account is None or account.joined_at > newest
