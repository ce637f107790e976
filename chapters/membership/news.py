"""What members, applicants and organizers are told of memberships. How it is said stands in ``chapters/news.py``.

News never costs the act that it is about: what cannot be added is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from chapters import addresses
from chapters.data import ORGANIZER_ROLES, Audience
from chapters.edx_platform import profiles
from chapters.models import Ban, Chapter, Membership, Term
from people import api as people

from .kinds import NewsKind

log = logging.getLogger(__name__)


def tell_added(row: Membership, *, course_name: str) -> None:
    """Tell somebody that a course has made them a member."""
    _tell(NewsKind.ADDED, row.chapter_id, [row.user_id], key=f"{row.pk}:{row.times_joined}", course=course_name)


def tell_board_open(row: Membership, audience: Audience, *, key: str) -> None:
    """Tell a member that another board is open to them."""
    _tell(NewsKind.BOARD_OPEN, row.chapter_id, [row.user_id], key=key, page="boards", audience=audience.value)


def tell_accepted(row: Membership, *, note: str) -> None:
    """Tell an applicant that they are a member now."""
    _tell(NewsKind.ACCEPTED, row.chapter_id, [row.user_id], key=f"{row.pk}:{row.times_joined}", note=note)


def tell_declined(row: Membership, *, note: str, at: datetime) -> None:
    """Tell an applicant that organizers said no, and why."""
    _tell(NewsKind.DECLINED, row.chapter_id, [row.user_id], key=f"{row.pk}:{at.isoformat()}", note=note)


def tell_removed(row: Membership, *, reason: str) -> None:
    """Tell somebody that they were removed, and why."""
    _tell(NewsKind.REMOVED, row.chapter_id, [row.user_id], key=f"{row.pk}:{row.times_joined}", reason=reason)


def tell_banned(ban: Ban) -> None:
    """Tell somebody that they cannot be in a chapter, why, until when, and that they can say what they think of it."""
    until = ban.expires_at.isoformat() if ban.expires_at else ""
    about: dict[str, Any] = {"reason": ban.reason, "until": until, "ban_id": ban.pk}
    _tell(NewsKind.BANNED, ban.chapter_id, [ban.user_id], key=str(ban.pk), page="appeal", **about)


def tell_ban_over(ban: Ban, *, answer: str) -> None:
    """Tell somebody that they may come in again."""
    _tell(NewsKind.BAN_LIFTED, ban.chapter_id, [ban.user_id], key=str(ban.pk), answer=answer)


def tell_appeal_refused(ban: Ban) -> None:
    """Tell somebody that their appeal was read, and what was answered."""
    about = {"answer": ban.appeal_answer, "ban_id": ban.pk}
    _tell(NewsKind.APPEAL_REFUSED, ban.chapter_id, [ban.user_id], key=str(ban.pk), page="appeal", **about)


def tell_appealed(ban: Ban) -> None:
    """Tell the organizers who did not decide it that an appeal waits; who did only where nobody else is there.

    Where nobody runs the chapter the community team hears of it.
    """
    organizers = list_organizers(ban.chapter_id)
    others = [each for each in organizers if each != ban.banned_by] or organizers or profiles.list_managers()
    _tell(NewsKind.APPEALED, ban.chapter_id, others, key=str(ban.pk), page="desk_bans", ban_id=ban.pk)


def tell_requests_due(chapter_id: int, *, waiting: int, overdue: int, today: date) -> int:
    """Remind the organizers, once a day, of requests whose time is nearly over; return how many were told."""
    about = {"waiting": waiting, "overdue": overdue}
    organizers = list_organizers(chapter_id)
    key = f"{chapter_id}:{today.isoformat()}"
    return _tell(NewsKind.REQUESTS_DUE, chapter_id, organizers, key=key, page="desk_requests", **about)


def list_organizers(chapter_id: int) -> list[int]:
    """Return the people who run a chapter now."""
    terms = Term.objects.filter(chapter_id=chapter_id, ended_at__isnull=True, role__in=list(ORGANIZER_ROLES))
    return sorted(set(terms.values_list("user_id", flat=True)))


def _tell(kind: str, chapter_id: int, user_ids: Iterable[int], *, key: str, page: str = "chapter", **about: Any) -> int:
    """Add one item for each of these people and return for how many it was the first."""
    told = 0
    for user_id in user_ids:
        item = f"{kind}:{key}:{user_id}"
        try:
            slug, name = Chapter.objects.values_list("slug", "name").get(pk=chapter_id)
            url = addresses.chapter_url(slug, page)
            context = {"chapter_id": chapter_id, "chapter": name, "url": url, **about}
            told += people.add_news(key=item, user_id=user_id, kind=kind, context=context)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with the telling, the act stands
            log.error("chapters.news_not_added key=%s error=%s", item, people.name_error(error))
    return told
