"""What is written beside a post of a board when the forum's receiver records it: its topic, its writer, its pictures.

Called in the receiver's savepoint. Only rows of the author are written; counts, words to search and news come after the
commit (`folding`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from discussion_ext.data import BoardPostFactData, ContributionState, TopicKind
from discussion_ext.intents import Intent
from discussion_ext.models import Board, Contribution, Picture, Topic, TopicReader
from people import api as people

from .owners import is_board_course, owner_of


def find_board(course_id: str, topic_id: str) -> Board | None:
    """Return the board on which a post stands, None for a post of a course and for one under a key without a board."""
    return Board.objects.filter(topic_id=topic_id).first() if is_board_course(course_id) else None


def add_to_board(contribution: Contribution, board: Board, intent: Intent | None) -> None:
    """Write down what a new post is to its board. Nobody's list grows by a post from a person who has left."""
    intent = intent or Intent()
    if contribution.root_id is None:
        topic: Topic | None = Topic.objects.create(
            board=board,
            contribution=contribution,
            kind=intent.topic_kind or TopicKind.EXPERIENCE,
            closes_at=intent.closes_at,
            last_post_at=contribution.created_at,
            last_author_id=contribution.author_id,
            created_at=contribution.created_at,
        )
    else:
        topic = Topic.objects.filter(contribution_id=contribution.root_id).first()
    if topic is None or contribution.is_erased:
        return
    note_writer(topic.pk, contribution.author_id)
    attach_pictures(contribution, board, intent.picture_uids)


def note_writer(topic_id: int, user_id: int) -> None:
    """Let who writes in a topic follow it, unless they said no, and have seen what stands there."""
    row = TopicReader(topic_id=topic_id, user_id=user_id, seen_at=timezone.now(), is_followed=True)
    people.insert_or_update(row, by=["topic", "user_id"], update=["seen_at"])
    TopicReader.objects.filter(topic_id=topic_id, user_id=user_id, is_followed__isnull=True).update(is_followed=True)


def attach_pictures(contribution: Contribution, board: Board, uids: Sequence[str]) -> None:
    """Give a post the pictures that its author uploaded for it."""
    if uids:
        theirs = Picture.objects.filter(uid__in=uids, user_id=contribution.author_id, board=board)
        theirs.filter(contribution__isnull=True).update(contribution=contribution)


def tell_owner(contribution: Contribution) -> None:
    """Tell the owner of a board the present state of a post."""
    topic_of = Topic.objects.filter(contribution_id=contribution.root_id or contribution.pk).select_related("board")
    topic = topic_of.first()
    board = topic.board if topic is not None else find_board(contribution.course_id, contribution.topic_id)
    if board is None:
        return
    moments = (contribution.created_at, contribution.edited_at, contribution.state_at)
    owner_of(board.key).on_post(
        BoardPostFactData(
            board_key=board.key,
            topic_id=topic.pk if topic is not None else None,
            post_id=contribution.pk,
            revision=contribution.revision,
            author_id=contribution.author_id,
            is_topic=contribution.root_id is None,
            state=ContributionState(contribution.state),
            occurred_at=max(moment for moment in moments if moment is not None),
        )
    )
