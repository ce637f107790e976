"""To whom a board belongs. Owners stand above this package: they register, are told of facts and asked questions.

An owner is known by the first part of a board's key: "chapter" owns "chapter:12:alumni". All boards of an owner are
stored under one course key, of which no course exists.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from discussion_ext.data import BoardPostFactData
from people import api as people
from people.data import NameData


class BoardOwner:
    """What the owner of boards decides; without answers of its own it shows nothing to anybody.

    ``on_`` methods run in the transaction of what they tell, and only insert rows.
    """

    def on_post(self, fact: BoardPostFactData) -> None:
        """Hear that a post appeared, changed, went or came back."""

    def list_readers(self, board_key: str, user_ids: Collection[int]) -> set[int]:
        """Return which of these people may read the board now; asked in a constant number of queries."""
        return set()

    def list_moderators(self, board_key: str, *, but: Collection[int] = ()) -> Collection[int]:
        """Return who decides about reported posts that ``but`` these people wrote: who runs the place, a few."""
        return ()

    def name_people(self, board_key: str, user_ids: Iterable[int]) -> Mapping[int, NameData]:
        """Return how these people are shown to readers of the board."""
        return people.display_names(user_ids, surface="post", context_key=self.context_key(board_key))

    def context_key(self, board_key: str) -> str:
        """Return what the audit log and names call the place: by default the board itself."""
        return board_key

    def say_place(self, board_key: str) -> str:
        """Return what mails call the place, in the active language."""
        return ""

    def topic_url(self, board_key: str, topic_id: int, post_id: int | None = None) -> str:
        """Return the path of a topic, or of a post in it, on the LMS; empty where there is no page."""
        return ""

    def reports_url(self, board_key: str) -> str:
        """Return the path at which moderators look at reports; empty where there is no page."""
        return ""

    def picture_url(self, uid: str) -> str:
        """Return the path of a picture, served after asking who may read; empty where there is no page."""
        return ""


_NOBODY: Final = BoardOwner()
_owners: Final[dict[str, tuple[BoardOwner, Callable[[], str]]]] = {}


def register_board_owner(prefix: str, owner: BoardOwner, *, course_id: Callable[[], str]) -> None:
    """Make an owner known, once, when its app is ready.

    ``prefix`` is the part of its boards' keys before the first colon; ``course_id`` gives the key under which their
    posts are stored, as the settings have it now. Its setting is registered as a reserved key by the owner.
    """
    _owners[prefix] = (owner, course_id)


def owner_of(board_key: str) -> BoardOwner:
    """Return a board's owner; one that shows nothing where the app that made the board is gone."""
    return _owners.get(board_key.partition(":")[0], (_NOBODY, str))[0]


def course_id_of(board_key: str) -> str:
    """Return the key under which posts of a board are stored; KeyError where nobody owns it."""
    return _owners[board_key.partition(":")[0]][1]()


def list_course_ids() -> frozenset[str]:
    """Return the keys, of which no courses exist, under which posts of boards are stored."""
    return frozenset(course_id() for _owner, course_id in _owners.values())


def is_board_course(course_id: str) -> bool:
    """Tell whether posts under this key belong to boards."""
    return any(course_id == stored_under() for _owner, stored_under in _owners.values())
