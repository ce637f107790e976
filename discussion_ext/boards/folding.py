"""What follows from a post of a board after the commit: its topic's numbers, the words by which it is found, news.

Rows are locked in one order: the post with those above it (by the caller), its topic, its board.
"""

from __future__ import annotations

from typing import Final

from django.db.models import F, QuerySet
from django.utils import timezone

from discussion_ext.data import ContributionState, TopicShelf, TopicState
from discussion_ext.models import Board, BoardWord, Contribution, Topic

from .words import search_words

#: So many topics stand at the top of a board.
MOST_PINNED: Final = 3

_BATCH: Final = 1000


def fold_post(contribution: Contribution, *, step: int) -> None:
    """Bring topic and board up to date with a locked post; ``step`` is by how much it changed the count of replies."""
    topics = Topic.objects.select_for_update()
    topic = topics.filter(contribution_id=contribution.root_id or contribution.pk).first()
    if topic is None:
        return
    _index(contribution, topic.board_id)
    if contribution.root_id is None:
        settle_topic(topic, is_live=contribution.state == ContributionState.LIVE)
    elif step:
        last = _last_reply(contribution.root_id)
        topic.last_post_at = last.created_at if last else topic.created_at
        topic.last_author_id = last.author_id if last else _author_of(contribution.root_id)
        topic.replies = max(0, topic.replies + step)
        topic.save(update_fields=["last_post_at", "last_author_id", "replies"])


def settle_topic(topic: Topic, *, is_live: bool) -> None:
    """Put a locked topic on the shelf that follows from its state, and bring its board's counts along."""
    topic.shelf = shelf_of(topic, is_live=is_live)
    is_listed = topic.shelf == TopicShelf.LIST
    if topic.is_counted != is_listed:
        topic.is_counted = is_listed
        Board.objects.filter(pk=topic.board_id).update(listed=F("listed") + (1 if is_listed else -1))
    if topic.pinned_at is not None and not is_listed:
        topic.pinned_at = None
        Board.objects.filter(pk=topic.board_id).update(pinned=F("pinned") - 1)
    topic.save(update_fields=["shelf", "is_counted", "pinned_at"])


def shelf_of(topic: Topic, *, is_live: bool) -> TopicShelf:
    """Return where a topic is found."""
    if not is_live:
        return TopicShelf.NOWHERE
    return TopicShelf.ARCHIVE if topic.state == TopicState.ARCHIVED else TopicShelf.LIST


def forget_board_words(contribution_ids: list[int]) -> None:
    """Let nobody find these posts by their words any more."""
    BoardWord.objects.filter(contribution__in=contribution_ids).delete()


def is_closed(topic: Topic) -> bool:
    """Tell whether nothing can be written in a topic any more, also where the job that closes it has not come by."""
    return topic.state != TopicState.OPEN or (topic.closes_at is not None and topic.closes_at <= timezone.now())


def _last_reply(root_id: int) -> Contribution | None:
    """Return the latest live reply; the index is read from its end, past those that were taken away."""
    replies: QuerySet[Contribution] = Contribution.objects.filter(root_id=root_id, state=ContributionState.LIVE)
    return replies.only("created_at", "author_id").order_by("-ordinal").first()


def _author_of(contribution_id: int) -> int | None:
    return Contribution.objects.filter(pk=contribution_id).values_list("author_id", flat=True).first()


def _index(contribution: Contribution, board_id: int) -> None:
    """Keep the words of a live post, and none of another."""
    is_found = contribution.state == ContributionState.LIVE and not contribution.is_erased
    wanted = search_words(f"{contribution.title}\n{contribution.body}") if is_found else set()
    known = dict(BoardWord.objects.filter(contribution=contribution).values_list("word", "pk"))
    # By their keys: a range of words would be locked with the gaps into which others write theirs.
    gone = [pk for word, pk in known.items() if word not in wanted]
    for start in range(0, len(gone), _BATCH):
        BoardWord.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    rows = [
        BoardWord(board_id=board_id, word=word, contribution=contribution) for word in sorted(wanted - known.keys())
    ]
    BoardWord.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
