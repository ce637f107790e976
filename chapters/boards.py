"""The boards of chapters as the engine knows them: their keys, and the chapter as their owner.

Who may do what on a board is asked of ``access`` before the engine is called; the engine asks here who may still read
when it has something to tell somebody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import boards
from discussion_ext.data import BoardPostFactData
from people import api as people
from people.data import NameData, RangeData

from . import addresses
from .access import Access, list_roles
from .ages import is_of_age
from .data import ORGANIZER_ROLES, Action, Audience, ChapterData, ChapterRole
from .edx_platform import profiles
from .exceptions import NotFoundError
from .membership.listing import name_members
from .models import Chapter
from .reading import get_chapter
from .records import bans_in_force, memberships_to_read, to_ban, to_membership
from .signals import CHAPTER_POST_RECORDED, ChapterPostFactData
from .standpoints import Facts

PREFIX: Final = "chapter"
ACTIVITY: Final = "chapters.board_activity"

#: A chapter's last sign of life is kept to this precision: one write for it, not one for each post.
_PRECISION: Final = timedelta(hours=12)
_MOST_TOLD: Final = 20


def register() -> None:
    """Make chapters known as owners of boards; called once, when the app is ready."""
    boards.register_board_owner(PREFIX, ChapterBoards(), course_id=stored_under)
    people.register_reserved_key("CHAPTERS_BOARD_COURSE_KEY")
    people.register_ranges(
        [RangeData("CHAPTERS_BOARD_COURSE_KEY", "a course key of which no course exists", _is_course_key)]
    )
    people.register_errand(ACTIVITY, run_activity)


def stored_under() -> str:
    """Return the key, of which no course exists, under which posts of chapters' boards are stored."""
    return str(settings.CHAPTERS_BOARD_COURSE_KEY)


def board_key(chapter_id: int, audience: Audience) -> str:
    """Return the key of a chapter's board: "chapter:12:alumni"."""
    return f"{PREFIX}:{chapter_id}:{audience.value}"


def read_board_key(key: str) -> tuple[int, Audience] | None:
    """Return the chapter and the audience of a board; None for a key that is no chapter's."""
    prefix, _colon, rest = key.partition(":")
    number, _colon, audience = rest.partition(":")
    if prefix != PREFIX or not (number.isascii() and number.isdigit()) or audience not in set(Audience):
        return None
    return int(number), Audience(audience)


def ensure_boards(chapter: ChapterData) -> None:
    """Make the boards of a chapter that are not there yet."""
    for audience in chapter.boards:
        key = board_key(chapter.id, audience)
        boards.ensure_board(key=key, topic_id=f"chapter-{chapter.id}-{audience.value}")


class ChapterBoards(boards.BoardOwner):
    """What the engine asks about boards of chapters. A chapter that is gone lets nobody in."""

    def on_post(self, fact: BoardPostFactData) -> None:
        """Tell the outside world of a post, and have the chapter's last sign of life noted where it is an old one."""
        found = read_board_key(fact.board_key)
        if found is None:
            return
        chapter_id, audience = found
        _announce(fact, chapter_id, audience)
        is_old = Q(last_active_at__isnull=True) | Q(last_active_at__lt=timezone.now() - _PRECISION)
        if Chapter.objects.filter(is_old, pk=chapter_id).exists():
            people.add_errand(kind=ACTIVITY, key=str(chapter_id), facts={"chapter": chapter_id}, run_after_commit=True)

    def list_readers(self, board_key: str, user_ids: Collection[int]) -> set[int]:
        """Return which of these people may read the board now; six queries for any number of them."""
        chapter, audience = _find(board_key)
        if chapter is None:
            return set()
        found = _find_accesses(chapter, user_ids)
        return {pk for pk, access in found.items() if access.can(Action.READ_BOARD, audience=audience)}

    def list_moderators(self, board_key: str, *, but: Collection[int] = ()) -> Collection[int]:
        """Return who moderates the board: organizers and moderators of the chapter, managers where nobody is left."""
        chapter, audience = _find(board_key)
        if chapter is None:
            return ()
        roles = list_roles(chapter.id)
        looks_after = ORGANIZER_ROLES | {ChapterRole.MODERATOR}
        team = [pk for pk, held in roles.items() if held & looks_after and pk not in but]
        found = _find_accesses(chapter, team)
        able = [pk for pk, access in sorted(found.items()) if access.can(Action.MODERATE, audience=audience)]
        return (able or [pk for pk in profiles.list_managers() if pk not in but])[:_MOST_TOLD]

    def name_people(self, board_key: str, user_ids: Iterable[int]) -> Mapping[int, NameData]:
        """Return people as they are shown in the chapter."""
        found = read_board_key(board_key)
        return name_members(found[0], user_ids) if found else {}

    def context_key(self, board_key: str) -> str:
        """Return the key of the chapter: its boards share names and audit log."""
        return board_key.rpartition(":")[0]

    def say_place(self, board_key: str) -> str:
        """Return the chapter's name."""
        chapter, _audience = _find(board_key)
        return chapter.name if chapter else ""

    def topic_url(self, board_key: str, topic_id: int, post_id: int | None = None) -> str:
        """Return the path of a topic, or of a post, which leads to its page of the topic."""
        chapter, _audience = _find(board_key)
        if chapter is None:
            return ""
        if post_id is not None:
            return reverse("chapters:post", kwargs={"slug": chapter.slug, "post_id": post_id})
        return reverse("chapters:topic", kwargs={"slug": chapter.slug, "topic_id": topic_id})

    def reports_url(self, board_key: str) -> str:
        """Return the path at which the chapter's moderators look at reports."""
        chapter, _audience = _find(board_key)
        return addresses.chapter_url(chapter.slug, "board_reports") if chapter else ""

    def picture_url(self, uid: str) -> str:
        """Return the path of a picture."""
        return reverse("chapters:picture", kwargs={"uid": uid})


def run_activity(facts: Mapping[str, Any]) -> None:
    """Note that a chapter lives; looked at now, so that it may run late and twice."""
    Chapter.objects.filter(pk=facts["chapter"]).update(last_active_at=timezone.now())


def _announce(fact: BoardPostFactData, chapter_id: int, audience: Audience) -> None:
    if fact.topic_id is None or not CHAPTER_POST_RECORDED.has_listeners():
        return
    data = ChapterPostFactData(
        chapter_id=chapter_id,
        audience=audience.value,
        post_id=fact.post_id,
        topic_id=fact.topic_id,
        author_id=fact.author_id,
        is_topic=fact.is_topic,
        revision=fact.revision,
        state=fact.state.value,
        occurred_at=fact.occurred_at,
    )
    people.announce(CHAPTER_POST_RECORDED, data, key=f"{fact.post_id} {fact.revision}")


def _find(board_key: str) -> tuple[ChapterData | None, Audience]:
    found = read_board_key(board_key)
    if found is None:
        return None, Audience.EVERYONE
    try:
        return get_chapter(found[0]), found[1]
    except NotFoundError:
        return None, found[1]


def _find_accesses(chapter: ChapterData, user_ids: Collection[int]) -> dict[int, Access]:
    """Return what several people are to a chapter, by id, without what only joining asks for; four queries."""
    accounts = profiles.list_accounts(user_ids)
    members = {
        row.user_id: to_membership(row)
        for row in memberships_to_read().filter(chapter_id=chapter.id, user_id__in=list(accounts))
    }
    bans = {
        row.user_id: to_ban(row)
        for row in bans_in_force().filter(chapter_id=chapter.id, user_id__in=list(accounts)).order_by("pk")
    }
    terms = list_roles(chapter.id)
    return {
        pk: Access(
            Facts(
                chapter=chapter,
                user_id=pk,
                is_active=account.is_active,
                is_manager=account.is_manager,
                is_of_age=is_of_age(account.year_of_birth, account.country),
                membership=members.get(pk),
                ban=bans.get(pk),
                terms=terms,
            )
        )
        for pk, account in accounts.items()
    }


def _is_course_key(value: Any) -> bool:
    return bool(CourseKey.from_string(value).is_course)
