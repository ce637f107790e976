"""What a course shows somebody of its chapters: in its tab, in the block of a unit, and on the certificate page.

Everything is read in a fixed number of queries, however many chapters a course has and however many people are in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import boards

from .boards import board_key, read_board_key
from .data import (
    CardData,
    ChapterData,
    ChapterState,
    CourseChapterData,
    CoursePanelData,
    CourseTopicData,
    EventOpenTo,
    InvitationData,
    MembershipData,
)
from .directory import list_cards, list_of_course
from .events.reading import next_events
from .membership.invitations import list_invitations
from .membership.reading import list_memberships
from .reading import find_chapter

#: Which chapters a course can name: those that are in the directory.
LISTED: Final = frozenset({ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT})

_LATEST_DAYS: Final = 60
_MOST_CHAPTERS: Final = 50


def get_course_panel(
    course_key: CourseKey, *, user_id: int | None, slug: str = "", limit: int = 3, topics: int = 3
) -> CoursePanelData:
    """Return what a course shows of its chapters; of the one with this ``slug`` where an author named it.

    ``user_id`` None is somebody of whom nothing is known: no membership, no invitation, no talk. ``limit`` chapters (1
    to 20) and ``topics`` (0 to 20) at most. A named chapter that is not in the directory any longer is not shown.
    """
    cards = _find_cards(course_key, user_id=user_id, slug=slug)
    memberships = _index_memberships(user_id)
    invitations = _index_invitations(user_id)
    chapters = [CourseChapterData(card=card, invitation=_find_invitation(card, invitations)) for card in cards]
    chapters.sort(key=_rank)
    shown = _with_next_events(chapters[:limit])
    mine = {each.chapter.id: each.chapter for each in chapters if each.chapter.id in memberships}
    return CoursePanelData(
        chapters=shown,
        topics=_list_topics(mine, memberships, user_id=user_id, limit=topics),
        has_more=len(chapters) > len(shown),
    )


def find_listed_chapter(slug: str) -> ChapterData | None:
    """Return a chapter that an author may name: one of the directory; None for every other text."""
    chapter = find_chapter(slug) if slug else None
    return chapter if chapter is not None and chapter.state in LISTED else None


def list_course_chapters(course_key: CourseKey) -> list[ChapterData]:
    """Return the chapters that belong to a course, for its authors; at most 50."""
    return [card.chapter for card in list_of_course(course_key, user_id=None, limit=_MOST_CHAPTERS)]


def _find_cards(course_key: CourseKey, *, user_id: int | None, slug: str) -> Sequence[CardData]:
    if not slug:
        return list_of_course(course_key, user_id=user_id, limit=_MOST_CHAPTERS)
    chapter = find_listed_chapter(slug)
    return list_cards([chapter], user_id=user_id) if chapter is not None else ()


def _find_invitation(card: CardData, invitations: Mapping[int, InvitationData]) -> InvitationData | None:
    """Return the invitation to a chapter; members have accepted theirs by being there."""
    return None if card.is_mine else invitations.get(card.chapter.id)


def _with_next_events(chapters: Sequence[CourseChapterData]) -> tuple[CourseChapterData, ...]:
    """Return chapters with what is next in each: of one's own any event, of others what is open to anyone."""
    mine = [each.chapter.id for each in chapters if each.is_mine]
    found = next_events([each.chapter.id for each in chapters], open_to=[EventOpenTo.ANYONE], inside=mine)
    return tuple(replace(each, next_event=found.get(each.chapter.id)) for each in chapters)


def _rank(chapter: CourseChapterData) -> int:
    return 0 if chapter.is_mine else 1 if chapter.invitation is not None else 2


def _index_memberships(user_id: int | None) -> dict[int, MembershipData]:
    found = list_memberships(user_id) if user_id is not None else []
    return {membership.chapter_id: membership for membership in found}


def _index_invitations(user_id: int | None) -> dict[int, InvitationData]:
    found = list_invitations(user_id) if user_id is not None else []
    # Newest first, so that the newest of several to one chapter is the one that stays.
    return {invitation.chapter.id: invitation for invitation in reversed(found)}


def _list_topics(
    chapters: Mapping[int, ChapterData],
    memberships: Mapping[int, MembershipData],
    *,
    user_id: int | None,
    limit: int,
) -> tuple[CourseTopicData, ...]:
    keys = [
        board_key(chapter.id, audience)
        for chapter in chapters.values()
        for audience in chapter.boards
        if audience in memberships[chapter.id].audiences
    ]
    if not keys or not limit:
        return ()
    since = timezone.now() - timedelta(days=_LATEST_DAYS)
    latest = boards.list_latest(board_keys=keys, since=since, limit=limit, user_id=user_id or 0)
    places = ((topic, read_board_key(topic.board_key)) for topic in latest)
    return tuple(
        CourseTopicData(chapter=chapters[place[0]], audience=place[1], topic=topic) for topic, place in places if place
    )
