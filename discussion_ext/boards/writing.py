"""What people write on boards: topics, replies, changes of both, and marks for what helped.

Posts go to the platform's forum; the one receiver records them. Whether somebody may write on a board is asked before;
what the topic itself allows is checked here.

Rows are locked in one order: the writer's row on the board, the posts that are answered or changed, the topic.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext import counts, edx_platform, words
from discussion_ext.data import ContributionState, TopicDraftData, TopicKind
from discussion_ext.exceptions import (
    CaseNotOpenError,
    ContributionNotFoundError,
    ForumRefusedError,
    InvalidTextError,
    InvalidValueError,
    NotAllowedError,
)
from discussion_ext.intents import Intent
from discussion_ext.models import Board, BoardReader, Contribution, Picture, Topic
from discussion_ext.posting import call_forum, place, vote_for
from people import api as people

from .folding import is_closed
from .pictures import let_go
from .places import get_board, get_post, get_topic
from .recording import attach_pictures, note_writer
from .texts import read_line, read_text

LONGEST_TITLE: Final = 150
LONGEST_BODY: Final = 10_000
MOST_PICTURES: Final = 4

_SENT_TWICE: Final = timedelta(minutes=1)
_LONGEST_OPEN: Final = timedelta(days=366)


def start_topic(*, board_key: str, author_id: int, draft: TopicDraftData) -> int:
    """Begin a topic and return its id. What is sent twice (a double click, a retry) is posted once.

    Raises InvalidTextError or InvalidValueError, whose ``field`` is a name of TopicDraftData.
    """
    board = get_board(board_key)
    title, body = check_title(draft.title), check_body(draft.body)
    closes_at = _check_closing(draft.closes_at)
    uids = _check_pictures(draft.picture_uids)
    with transaction.atomic():
        writer = _lock_writer(board, author_id)
        said = _hash("topic", str(draft.kind), title, body)
        if (earlier := _find_twin(writer, said)) is not None:
            return earlier
        _check_own(uids, board, author_id)
        intent = Intent(topic_kind=TopicKind(draft.kind), closes_at=closes_at, picture_uids=uids)
        post = partial(
            edx_platform.create_thread,
            course_id=board.course_id,
            topic_id=board.topic_id,
            author_id=author_id,
            title=title,
            body=body,
            is_held=True,
        )
        contribution = _recorded(call_forum(post, intent))
        topic_id = Topic.objects.values_list("pk", flat=True).get(contribution=contribution)
        _keep_said(writer, said, topic_id)
    return topic_id


def reply(
    *, topic_id: int, author_id: int, body: str, parent_id: int | None = None, picture_uids: Sequence[str] = ()
) -> int:
    """Answer a topic, or a post in it, and return the new post's id. What is sent twice is posted once.

    What is written in answer to a comment stands beside it: the forum knows topics, responses and comments. Raises
    CaseNotOpenError where the topic is closed, ContributionNotFoundError where what is answered is gone.
    """
    topic = get_topic(topic_id)
    text, uids = check_body(body), _check_pictures(picture_uids)
    with transaction.atomic():
        writer = _lock_writer(topic.board, author_id)
        said = _hash("reply", str(topic.pk), str(parent_id or ""), text)
        if (earlier := _find_twin(writer, said)) is not None:
            return earlier
        parent = _lock_live(_find_answered(topic, parent_id))
        _check_open(topic)
        _check_own(uids, topic.board, author_id)
        where = place(parent)
        post = partial(
            edx_platform.create_comment,
            parent_key=where.forum_key or "",
            course_id=topic.board.course_id,
            author_id=author_id,
            body=text,
        )
        contribution = _recorded(call_forum(post, Intent(picture_uids=uids)))
        note_writer(topic.pk, author_id)
        _keep_said(writer, said, contribution.pk)
    return contribution.pk


def edit_post(
    *,
    post_id: int,
    author_id: int,
    body: str,
    title: str | None = None,
    picture_uids: Sequence[str] | None = None,
) -> None:
    """Change one's own post while its topic is open.

    ``title`` is for a topic's own post, None to leave it; ``picture_uids`` are all pictures that it shall have, None to
    leave them: those left out are deleted.
    """
    post, topic = get_post(post_id)
    text = check_body(body)
    new_title = check_title(title) if title is not None and post.root_id is None else None
    uids = _check_pictures(picture_uids) if picture_uids is not None else None
    with transaction.atomic():
        post = _lock_live(post)
        _check_author(post, author_id)
        _check_open(topic)
        if uids is not None:
            _change_pictures(post, topic.board, uids)
        change = partial(
            edx_platform.update_post,
            post.forum_key or "",
            course_id=topic.board.course_id,
            editor_id=author_id,
            body=text,
            title=new_title,
        )
        call_forum(lambda: change() or "", Intent(actor_id=author_id))


def withdraw_post(*, post_id: int, author_id: int) -> None:
    """Take one's own post back, with everything beneath it, whose authors keep their credit; also in a closed topic."""
    post, topic = get_post(post_id)
    with transaction.atomic():
        writer = _lock_writer(topic.board, author_id)
        post = _lock_live(post)
        _check_author(post, author_id)
        _keep_said(writer, "", post.pk)  # who writes the same again means it
        intent = Intent(actor_id=author_id, state=ContributionState.WITHDRAWN)
        key, course_id = post.forum_key or "", topic.board.course_id
        call_forum(lambda: edx_platform.delete_post(key, course_id=course_id), intent)


def set_helpful(*, post_id: int, user_id: int, is_helpful: bool) -> int:
    """Mark a live post by somebody else as helpful, or take the mark back; return how many marks it has now."""
    post, topic = get_post(post_id)
    with transaction.atomic():
        post = _lock_live(post)
        if post.author_id == user_id:
            raise NotAllowedError(_("Others decide whether your post helped them."))
        return vote_for(post, course_id=topic.board.course_id, user_id=user_id, is_helpful=is_helpful)


# -- what is asked of texts --------------------------------------------------------------------------------------------


def check_title(title: str) -> str:
    """Return a title without blanks around it, in one line, or raise InvalidTextError."""
    text = read_line(title)
    if not words.count_words(text):
        raise InvalidTextError(_("Give the topic a title."), field="title")
    if len(text) > LONGEST_TITLE:
        message = _("The title is too long: at most %(limit)d characters.") % {"limit": LONGEST_TITLE}
        raise InvalidTextError(message, field="title")
    return text


def check_body(body: str) -> str:
    """Return a text without blanks around it, or raise InvalidTextError."""
    text = read_text(body)
    if not text:
        raise InvalidTextError(_("Write your text first."), field="body")
    if len(text) > LONGEST_BODY:
        message = _("The text is too long: at most %(limit)d characters.") % {"limit": LONGEST_BODY}
        raise InvalidTextError(message, field="body")
    return text


def _check_closing(closes_at: datetime | None) -> datetime | None:
    if closes_at is None:
        return None
    if not timezone.now() < closes_at < timezone.now() + _LONGEST_OPEN:
        raise InvalidValueError(_("A topic closes in the future, within a year."), field="closes_at")
    return closes_at


def _check_pictures(uids: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(uids))
    if len(chosen) > MOST_PICTURES:
        message = ngettext(
            "A post has at most %(most)d picture.", "A post has at most %(most)d pictures.", MOST_PICTURES
        )
        raise InvalidValueError(message % {"most": MOST_PICTURES}, field="picture_uids")
    return chosen


def _check_own(uids: Sequence[str], board: Board, author_id: int, *, post: Contribution | None = None) -> None:
    """Refuse pictures that somebody else uploaded, or for another board, or that another post has."""
    theirs = Picture.objects.filter(uid__in=uids, user_id=author_id, board=board)
    if uids and sum(picture.contribution_id in {None, post and post.pk} for picture in theirs) != len(uids):
        raise InvalidValueError(_("A picture is no longer there. Add it again."), field="picture_uids")


def _change_pictures(post: Contribution, board: Board, uids: Sequence[str]) -> None:
    _check_own(uids, board, post.author_id, post=post)
    let_go(Picture.objects.filter(contribution=post).exclude(uid__in=uids))
    attach_pictures(post, board, uids)


# -- rows --------------------------------------------------------------------------------------------------------------


def _lock_writer(board: Board, user_id: int) -> BoardReader:
    """Lock what somebody wrote last on a board: who sends something twice waits here for the first."""
    people.insert_or_update(BoardReader(board=board, user_id=user_id), by=["board", "user_id"])
    return BoardReader.objects.select_for_update().get(board=board, user_id=user_id)


def _find_twin(writer: BoardReader, said: str) -> int | None:
    """Return what came of the same words in the same place a moment ago."""
    is_fresh = writer.last_at is not None and writer.last_at > timezone.now() - _SENT_TWICE
    return writer.last_id if is_fresh and writer.last_hash == said else None


def _keep_said(writer: BoardReader, said: str, made_id: int) -> None:
    BoardReader.objects.filter(pk=writer.pk).update(last_hash=said, last_id=made_id, last_at=timezone.now())


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _find_answered(topic: Topic, parent_id: int | None) -> Contribution:
    if parent_id is None or parent_id == topic.contribution_id:
        return topic.contribution
    post, its_topic = get_post(parent_id)
    if its_topic.pk != topic.pk:
        raise ContributionNotFoundError(_("There is no such post in this topic."))
    return post


def _lock_live(post: Contribution) -> Contribution:
    """Lock a post after those above it, and see it as it is now."""
    locked = counts.lock_with_above(post.pk).get(post.pk)
    if locked is None or locked.state != ContributionState.LIVE:
        raise ContributionNotFoundError(_("This post is no longer there."))
    return locked


def _check_author(post: Contribution, user_id: int) -> None:
    if post.author_id != user_id:
        raise NotAllowedError(_("Only its author can do this."))


def _check_open(topic: Topic) -> None:
    """Refuse to write in a closed topic; the row is locked, so that nobody closes it meanwhile."""
    if is_closed(Topic.objects.select_for_update().get(pk=topic.pk)):
        raise CaseNotOpenError(_("This topic is closed. You can still read it."))


def _recorded(key: str) -> Contribution:
    """Return the record of what was just posted. Where there is none nothing is kept: the writer still has the text."""
    contribution = Contribution.objects.filter(forum_key=key).first()
    if contribution is None:
        failure = ForumRefusedError(_("The forum does not answer right now. Try again in a few minutes."))
        failure.status = 503
        raise failure
    return contribution
