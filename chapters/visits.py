"""Who stands before a board: the way to a topic, post or picture, and whether it is open to them.

A visit is the answer: it exists only for somebody who may read the board. Topics and posts of other chapters are not
found; what is on a board that is closed to the reader is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO

from django.utils.translation import gettext as _

from discussion_ext.api import boards
from discussion_ext.data import BoardPlaceData, ContributionState, PictureData

from .access import Access, find_access
from .boards import board_key, read_board_key
from .data import ORGANIZER_ROLES, Action, Audience, ChapterData, DecisionData
from .exceptions import NotAllowedError, NotFoundError
from .reading import get_chapter


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at one board of a chapter that they may read. ``place`` is the topic or post they came for, if any."""

    chapter: ChapterData
    access: Access
    audience: Audience
    user_id: int
    place: BoardPlaceData | None = None

    @property
    def key(self) -> str:
        """Return the board's key in the engine."""
        return board_key(self.chapter.id, self.audience)

    @property
    def topic_id(self) -> int:
        """Return the topic they came for."""
        return _known(self.place.topic_id if self.place else None)

    @property
    def post_id(self) -> int:
        """Return the post they came for; the topic's own where they came for a topic."""
        return _known(self.place.post_id if self.place else None)

    @property
    def is_moderator(self) -> bool:
        """Tell whether they look after the board's posts."""
        return self.may(Action.MODERATE).is_allowed

    def may(self, action: Action) -> DecisionData:
        """Return whether they may do this on this board."""
        return self.access.decide(action, audience=self.audience)

    def require(self, action: Action) -> None:
        """Raise NotAllowedError unless they may do this on this board."""
        decision = self.may(action)
        if not decision.is_allowed:
            raise NotAllowedError(decision)


@dataclass(frozen=True, kw_only=True)
class BoardDoor:
    """A board of a chapter as a reader stands before it. ``new`` counts topics they have not seen, at most 99."""

    audience: Audience
    decision: DecisionData
    new: int = 0


def list_doors(chapter: ChapterData, access: Access) -> list[BoardDoor]:
    """Return the boards of a chapter; those that are closed to the reader with the reason, and never with a number."""
    decisions = {each: access.decide(Action.READ_BOARD, audience=each) for each in chapter.boards}
    keys = {each: board_key(chapter.id, each) for each, decision in decisions.items() if decision.is_allowed}
    new = boards.count_new(board_keys=list(keys.values()), user_id=access.user_id or 0) if keys else {}
    return [
        BoardDoor(audience=each, decision=decision, new=new.get(keys[each], 0) if each in keys else 0)
        for each, decision in decisions.items()
    ]


def open_board(chapter: ChapterData, access: Access, audience: Audience) -> Visit:
    """Return a visit to a board. Raises NotAllowedError where it is not open to the reader."""
    visit = Visit(chapter=chapter, access=access, audience=audience, user_id=access.user_id or 0)
    visit.require(Action.READ_BOARD)
    return visit


def open_topic(chapter: ChapterData, access: Access, topic_id: int) -> Visit:
    """Return a visit to a topic of the chapter. Raises NotFoundError for another chapter's, NotAllowedError."""
    return _open_place(chapter, access, lambda: boards.locate_topic(topic_id))


def open_post(chapter: ChapterData, access: Access, post_id: int) -> Visit:
    """Return a visit to a post of the chapter. Raises NotFoundError for another chapter's, NotAllowedError."""
    return _open_place(chapter, access, lambda: boards.locate_post(post_id))


def open_picture(uid: str, user_id: int) -> tuple[PictureData, IO[bytes], str]:
    """Return a picture, its open file and its content type, for whoever may read the post that it is in.

    Before there is a post it is its author's alone, and once the post is not live any more nobody's. Raises
    NotFoundError, which does not tell a picture that one may not see from none.
    """
    missing = NotFoundError(_("There is no such picture, or it is not open to you."))
    try:
        place = boards.locate_picture(uid)
    except boards.ContributionNotFoundError as error:
        raise missing from error
    found = read_board_key(place.board_key)
    chapter = get_chapter(found[0]) if found else None
    if found is None or chapter is None:
        raise missing
    visit = Visit(
        chapter=chapter, access=find_access(chapter, user_id), audience=found[1], user_id=user_id, place=place
    )
    is_shown = place.author_id == user_id if place.post_id is None else place.state == ContributionState.LIVE
    if not visit.may(Action.READ_BOARD).is_allowed or not is_shown:
        raise missing
    try:
        return boards.open_picture(uid)
    except boards.ContributionNotFoundError as error:
        raise missing from error


def list_organizers(access: Access) -> frozenset[int]:
    """Return who runs the chapter now, for the mark beside their names."""
    return frozenset(user_id for user_id, roles in access.facts.terms.items() if roles & ORGANIZER_ROLES)


def _open_place(chapter: ChapterData, access: Access, locate: Callable[[], BoardPlaceData]) -> Visit:
    missing = NotFoundError(_("There is no such topic in this chapter."))
    try:
        place = locate()
    except boards.ContributionNotFoundError as error:
        raise missing from error
    found = read_board_key(place.board_key)
    if found is None or found[0] != chapter.id:
        raise missing
    return replace(open_board(chapter, access, found[1]), place=place)


def _known(number: int | None) -> int:
    """Return an id that a visit to a topic or post always has."""
    if number is None:
        raise NotFoundError(_("There is no such topic in this chapter."))
    return number
