"""By which words a member is found: those of what they say of themselves to all members."""

from __future__ import annotations

from typing import Final

from chapters.ages import is_of_age
from chapters.data import INTRODUCTION_FIELDS
from chapters.edx_platform import profiles
from chapters.models import Membership
from discussion_ext.api import boards

_LONGEST: Final = 32
#: So many words stand for one member at most; an introduction has room for a few more of the shortest.
_MOST: Final = 150


def list_words(row: Membership) -> set[str]:
    """Return the words of a member's introduction, without the fields that only organizers see; none of the young."""
    account = profiles.find_account(row.user_id)
    if account is None or not is_of_age(account.year_of_birth, account.country):
        return set()
    private = set(row.private_fields.split())
    shown = [getattr(row, name) for name in INTRODUCTION_FIELDS if name not in private]
    return set(sorted(read_words(" ".join(shown)))[:_MOST])


def read_words(text: str) -> set[str]:
    """Return the words of a text as they are stored."""
    return {word[:_LONGEST] for word in boards.search_words(text)}
