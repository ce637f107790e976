"""Talking in a chapter: each act asks whether it may be done, keeps a pace, and lets the boards do it.

Pages and REST share these functions, so that both refuse alike. They raise NotAllowedError (with reason and next step),
``people.TooFastError`` and the refusals of ``discussion_ext.api.boards``, which name the field that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.api import boards
from discussion_ext.data import (
    BoardPostPage,
    BoardReportPage,
    BoardTopicPage,
    PictureData,
    TopicDraftData,
    TopicKind,
    TopicOrder,
    TopicState,
)

from .access import Access
from .boards import board_key, ensure_boards
from .data import Action, Audience, ChapterData
from .exceptions import CadenceError, InvalidValueError
from .paces import keep_pace
from .visits import Visit

# -- reading -----------------------------------------------------------------------------------------------------------


def list_topics(
    visit: Visit,
    *,
    order: TopicOrder = TopicOrder.RECENT,
    kind: TopicKind | None = None,
    is_followed: bool = False,
    is_archived: bool = False,
    cursor: str = "",
) -> BoardTopicPage:
    """Return a page of the board's topics."""
    return boards.list_topics(
        board_keys=[visit.key],
        user_id=visit.user_id,
        order=order,
        kind=kind,
        is_followed=is_followed,
        is_archived=is_archived,
        cursor=cursor,
    )


def search(chapter: ChapterData, access: Access, *, text: str, cursor: str = "") -> BoardTopicPage:
    """Return topics with all words of a text, of every board of the chapter that is open to the reader."""
    keys = [board_key(chapter.id, each) for each in access.boards]
    if not keys:
        access.require(Action.READ_BOARD, audience=Audience.EVERYONE)
    if not text.strip():
        return BoardTopicPage(topics=())
    keep_pace("search", access.user_id or 0)
    return boards.search_topics(board_keys=keys, user_id=access.user_id or 0, text=text, cursor=cursor)


def read_topic(visit: Visit, *, cursor: str = "", at_post_id: int | None = None) -> BoardPostPage:
    """Return the topic that a visit is for, with a page of replies: the one with a post, where one is named."""
    return boards.read_topic(
        topic_id=visit.topic_id,
        user_id=visit.user_id,
        is_moderator=visit.is_moderator,
        cursor=cursor,
        at_post_id=at_post_id,
    )


def list_reports(chapter: ChapterData, access: Access, *, cursor: str = "") -> BoardReportPage:
    """Return reported posts of the chapter's boards, longest waiting first, for whoever looks after them."""
    keys = [board_key(chapter.id, each) for each in chapter.boards if access.can(Action.MODERATE, audience=each)]
    if not keys:
        access.require(Action.MODERATE, audience=Audience.EVERYONE)
    return boards.list_reports(board_keys=keys, actor_id=access.user_id or 0, cursor=cursor)


# -- what members do ---------------------------------------------------------------------------------------------------


def check_cadence(visit: Visit) -> None:
    """Raise CadenceError where an organizer has begun a topic today, or has one that is open, on this board.

    One a day and one at a time builds expectation; five at once are read by nobody. Members ask when they have to.
    """
    if not visit.access.is_organizer:
        return
    cadence = boards.find_cadence(board_key=visit.key, author_id=visit.user_id)
    if cadence.started_today:
        raise CadenceError(
            _("You have started a topic on this board today. One a day is what people follow; tomorrow is another.")
        )
    if cadence.open_now:
        raise CadenceError(
            ngettext(
                "Your last topic on this board is still open. Close it first, or let it run.",
                "%(count)d of your topics on this board are still open. Close them first, or let them run.",
                cadence.open_now,
            )
            % {"count": cadence.open_now}
        )


def start_topic(visit: Visit, draft: TopicDraftData, *, insists: bool = False) -> int:
    """Begin a topic and return its id; an organizer who ``insists`` is not held to the cadence."""
    visit.require(Action.START_TOPIC)
    if not insists:
        check_cadence(visit)
    keep_pace("post", visit.user_id)
    ensure_boards(visit.chapter)
    return boards.start_topic(board_key=visit.key, author_id=visit.user_id, draft=draft)


def reply(visit: Visit, *, body: str, parent_id: int | None = None, picture_uids: Sequence[str] = ()) -> int:
    """Answer the topic, or a response in it, and return the new post's id."""
    visit.require(Action.REPLY)
    keep_pace("post", visit.user_id)
    return boards.reply(
        topic_id=visit.topic_id,
        author_id=visit.user_id,
        body=body,
        parent_id=parent_id,
        picture_uids=picture_uids,
    )


def edit_post(visit: Visit, *, body: str, title: str | None = None, picture_uids: Sequence[str] | None = None) -> None:
    """Change one's own post; ``title`` is for a topic's own post."""
    visit.require(Action.REPLY)
    keep_pace("edit", visit.user_id)
    boards.edit_post(post_id=visit.post_id, author_id=visit.user_id, body=body, title=title, picture_uids=picture_uids)


def withdraw_post(visit: Visit) -> bool:
    """Take one's own post back; tell whether the whole topic went with it."""
    visit.require(Action.REPLY)
    keep_pace("edit", visit.user_id)
    boards.withdraw_post(post_id=visit.post_id, author_id=visit.user_id)
    return boards.locate_topic(visit.topic_id).post_id == visit.post_id


def set_helpful(visit: Visit, *, is_helpful: bool) -> int:
    """Say that a post by somebody else is helpful, or no longer; return how many say so."""
    visit.require(Action.REACT)
    keep_pace("react", visit.user_id)
    return boards.set_helpful(post_id=visit.post_id, user_id=visit.user_id, is_helpful=is_helpful)


def report_post(visit: Visit, *, reason: str) -> None:
    """Ask the people who look after the boards to look at a post."""
    visit.require(Action.REPORT_POST)
    keep_pace("report", visit.user_id)
    boards.report_post(post_id=visit.post_id, user_id=visit.user_id, reason=reason)


def follow(visit: Visit, *, is_on: bool) -> None:
    """Follow the topic, or no longer."""
    keep_pace("react", visit.user_id)
    boards.follow(topic_id=visit.topic_id, user_id=visit.user_id, is_on=is_on)


def mark_seen(visit: Visit) -> None:
    """Note that the reader has seen all of the topic."""
    keep_pace("react", visit.user_id)
    boards.mark_seen(topic_id=visit.topic_id, user_id=visit.user_id)


def mark_board_read(visit: Visit) -> None:
    """Note that nothing on the board is new to the reader any more."""
    keep_pace("react", visit.user_id)
    boards.mark_board_read(board_key=visit.key, user_id=visit.user_id)


def preview(visit: Visit, *, text: str) -> SafeString:
    """Return a text as it will look, to somebody who may write on the board."""
    visit.require(Action.REPLY)
    keep_pace("preview", visit.user_id)
    return boards.preview(text)


def add_picture(visit: Visit, *, file: IO[bytes], alt: str) -> PictureData:
    """Keep a picture for a post that is being written. ``alt`` says what it shows, to people who cannot see it."""
    visit.require(Action.REPLY)
    keep_pace("picture", visit.user_id)
    if not alt.strip():
        raise InvalidValueError(_("Say in a few words what the picture shows: not everybody can see it."), field="alt")
    ensure_boards(visit.chapter)
    return boards.add_picture(board_key=visit.key, user_id=visit.user_id, file=file, alt=alt.strip())


# -- what whoever looks after a board does -----------------------------------------------------------------------------


def remove_post(visit: Visit, *, reason: str) -> None:
    """Take a post away; its author reads the reason, which has to be given."""
    _moderate(visit)
    if not reason.strip():
        raise InvalidValueError(_("Say why: the author of the post reads it."), field="reason")
    boards.remove_post(post_id=visit.post_id, actor_id=visit.user_id, reason=reason)


def restore_post(visit: Visit, *, reason: str = "") -> None:
    """Put a post back that was taken away."""
    _moderate(visit)
    boards.restore_post(post_id=visit.post_id, actor_id=visit.user_id, reason=reason)


def settle_reports(visit: Visit, *, is_upheld: bool, reason: str) -> None:
    """Decide all open reports of a post: it goes, for a reason that its author reads, or it stays."""
    _moderate(visit)
    if is_upheld and not reason.strip():
        raise InvalidValueError(_("Say why: the author of the post reads it."), field="reason")
    boards.settle_reports(post_id=visit.post_id, actor_id=visit.user_id, is_upheld=is_upheld, reason=reason)


def set_pinned(visit: Visit, *, is_pinned: bool) -> None:
    """Keep the topic at the top of its board, or let it go."""
    _moderate(visit)
    boards.set_pinned(topic_id=visit.topic_id, actor_id=visit.user_id, is_pinned=is_pinned)


def set_topic_state(visit: Visit, *, state: TopicState) -> None:
    """Open, close or archive the topic."""
    _moderate(visit)
    boards.set_topic_state(topic_id=visit.topic_id, actor_id=visit.user_id, state=state)


def _moderate(visit: Visit) -> None:
    visit.require(Action.MODERATE)
    keep_pace("moderate", visit.user_id)
