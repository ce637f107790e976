"""The names of what members are told, and of what is done for them in the background."""

from __future__ import annotations

from enum import StrEnum


class NewsKind(StrEnum):
    """Kinds of news about memberships, known in ``chapters/news.py``."""

    INVITED = "chapter_invitation"
    ADDED = "chapter_added"
    ACCEPTED = "chapter_accepted"
    DECLINED = "chapter_declined"
    BOARD_OPEN = "chapter_board_open"
    REMOVED = "chapter_removed"
    BANNED = "chapter_banned"
    BAN_LIFTED = "chapter_ban_lifted"
    APPEALED = "chapter_appealed"
    APPEAL_REFUSED = "chapter_appeal_refused"
    REQUESTS_DUE = "chapter_requests_due"
    DIGEST = "chapter_digest"


class MemberErrand(StrEnum):
    """What is done after the commit."""

    PERSON = "chapters.person"
    RULES = "chapters.rules"
