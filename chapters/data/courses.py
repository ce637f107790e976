"""Chapters as a course shows them to one of its people."""

from __future__ import annotations

from dataclasses import dataclass

from discussion_ext.data.boards import BoardTopicData

from .chapters import Audience, CardData, ChapterData
from .events import EventData
from .members import InvitationData

__all__ = ["CourseChapterData", "CoursePanelData", "CourseTopicData"]


@dataclass(frozen=True, kw_only=True)
class CourseChapterData:
    """A chapter that a course shows: its card, the invitation that somebody has to it, and its next event, if any."""

    card: CardData
    invitation: InvitationData | None = None
    next_event: EventData | None = None

    @property
    def chapter(self) -> ChapterData:
        """Return the chapter."""
        return self.card.chapter

    @property
    def is_mine(self) -> bool:
        """Tell whether the person is a member."""
        return self.card.is_mine


@dataclass(frozen=True, kw_only=True)
class CourseTopicData:
    """A topic in which something was written lately, on a board that is open to the person."""

    chapter: ChapterData
    audience: Audience
    topic: BoardTopicData


@dataclass(frozen=True, kw_only=True)
class CoursePanelData:
    """What a course shows somebody of its chapters: their own first, then those to which they are invited, then the
    rest as the directory orders them, those near the person before others.

    ``topics`` are the latest on boards that are open to the person, never of a chapter they are not in. ``has_more``:
    the course has more chapters than are shown.
    """

    chapters: tuple[CourseChapterData, ...]
    topics: tuple[CourseTopicData, ...] = ()
    has_more: bool = False

    @property
    def invitation(self) -> InvitationData | None:
        """Return the first invitation, which is the one to put first."""
        return next((each.invitation for each in self.chapters if each.invitation is not None), None)
