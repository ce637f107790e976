"""Boards, and where topics, posts and pictures are: what has to be known before somebody may see them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from discussion_ext.data import BoardData, BoardPlaceData, ContributionState, TopicState
from discussion_ext.exceptions import ContributionNotFoundError
from discussion_ext.models import Board, Contribution, Picture, Topic
from people import api as people

from .owners import course_id_of

LARGEST_ID = 2**63 - 1


def ensure_board(*, key: str, topic_id: str) -> BoardData:
    """Return a board, which is made where there is none yet; KeyError where nobody owns such boards.

    ``topic_id`` is its commentable in the forum, unique among all boards; a board keeps the one it was made with.
    """
    board = Board.objects.filter(key=key).first()
    if board is None:
        with transaction.atomic():
            people.insert_or_update(Board(key=key, course_id=course_id_of(key), topic_id=topic_id), by=["key"])
            # A locking read: it sees what somebody else has just made.
            board = Board.objects.select_for_update().get(key=key)
    return BoardData(id=board.pk, key=board.key, course_id=board.course_id, topic_id=board.topic_id)


def get_board(key: str) -> Board:
    """Return a board, or raise ContributionNotFoundError."""
    board = Board.objects.filter(key=key).first()
    if board is None:
        raise ContributionNotFoundError(_("There is no such board."))
    return board


def get_boards(keys: Iterable[str]) -> list[Board]:
    """Return those of these boards that are there; nothing has been written on the others."""
    return list(Board.objects.filter(key__in=set(keys)).order_by("pk"))


def get_topic(topic_id: int) -> Topic:
    """Return a topic with its board and first post, whatever its state, or raise ContributionNotFoundError."""
    found = Topic.objects.select_related("board", "contribution").filter(pk=topic_id) if is_id(topic_id) else None
    topic = found.first() if found is not None else None
    if topic is None:
        raise ContributionNotFoundError(_("There is no such topic."))
    return topic


def get_post(post_id: int) -> tuple[Contribution, Topic]:
    """Return a post of a board with its topic, whatever its state, or raise ContributionNotFoundError."""
    post = Contribution.objects.filter(pk=post_id, task__isnull=True).first() if is_id(post_id) else None
    topics = Topic.objects.select_related("board", "contribution")
    topic = topics.filter(contribution_id=post.root_id or post.pk).first() if post is not None else None
    if post is None or topic is None:
        raise ContributionNotFoundError(_("There is no such post."))
    return post, topic


def locate_topic(topic_id: int) -> BoardPlaceData:
    """Return where a topic is, whatever its state, or raise ContributionNotFoundError."""
    topic = get_topic(topic_id)
    return _place(topic, topic.contribution)


def locate_post(post_id: int) -> BoardPlaceData:
    """Return where a post is, whatever its state, or raise ContributionNotFoundError."""
    post, topic = get_post(post_id)
    return _place(topic, post)


def locate_picture(uid: str) -> BoardPlaceData:
    """Return where a picture is, or raise ContributionNotFoundError."""
    picture = Picture.objects.select_related("board").filter(uid=uid).first()
    if picture is None:
        raise ContributionNotFoundError(_("There is no such picture."))
    if picture.contribution_id is not None:
        return locate_post(picture.contribution_id)
    return BoardPlaceData(
        board_key=picture.board.key,
        topic_id=None,
        post_id=None,
        author_id=picture.user_id,
        state=None,
        topic_state=None,
    )


def is_id(value: int) -> bool:
    """Tell whether a number can be that of a row; larger ones make a database stumble."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def _place(topic: Topic, post: Contribution) -> BoardPlaceData:
    return BoardPlaceData(
        board_key=topic.board.key,
        topic_id=topic.pk,
        post_id=post.pk,
        author_id=post.author_id,
        state=ContributionState(post.state),
        topic_state=TopicState(topic.state),
    )
