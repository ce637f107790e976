"""Posts, votes and reports as the forum keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from discussion_ext.data import ForumPostData

from .forum_keys import COMMENT, THREAD, is_thread, pk_of
from .forum_retirement import is_rewritten_at_retirement


def read_post(post: Any) -> ForumPostData:
    """Return what we need of a ``CommentThread`` or ``Comment`` of the forum."""
    is_comment = hasattr(post, "comment_thread_id")
    thread = post.comment_thread if is_comment else post
    thread_key = f"{THREAD}:{thread.pk}"
    parent_key = f"{COMMENT}:{post.parent_id}" if is_comment and post.parent_id else thread_key
    return ForumPostData(
        key=f"{COMMENT}:{post.pk}" if is_comment else thread_key,
        course_id=post.course_id,
        topic_id=thread.commentable_id or "",
        author_id=post.author_id,
        title="" if is_comment else thread.title,
        body=post.body or "",
        is_question=thread.thread_type == "question",
        is_anonymous=bool(post.anonymous or post.anonymous_to_peers),
        is_retired=is_rewritten_at_retirement(post),
        parent_key=parent_key if is_comment else None,
        thread_key=thread_key,
        group_id=thread.group_id,
        created_at=post.created_at,
    )


def post_key(post: Any) -> str:
    """Return the key of a forum object without reading anything else of it."""
    return f"{COMMENT if hasattr(post, 'comment_thread_id') else THREAD}:{post.pk}"


def target_key(reaction: Any) -> str | None:
    """Return the key of the post that a forum vote or flag is on, None for anything else."""
    from django.contrib.contenttypes.models import ContentType

    # By its id: Django remembers the types.
    model = ContentType.objects.get_for_id(reaction.content_type_id).model
    kind = {"commentthread": THREAD, "comment": COMMENT}.get(model)
    return f"{kind}:{reaction.content_object_id}" if kind else None


def find_post(key: str) -> ForumPostData | None:
    """Return the post under a key, None when it is gone."""
    post = _posts(key).filter(pk=pk_of(key)).first()
    return read_post(post) if post is not None else None


def existing_keys(keys: Iterable[str]) -> set[str]:
    """Return those of the keys whose posts exist, in at most two queries."""
    from forum.models import Comment, CommentThread

    wanted = list(keys)
    found: set[str] = set()
    for kind, model in ((THREAD, CommentThread), (COMMENT, Comment)):
        ids = [pk_of(key) for key in wanted if key.startswith(f"{kind}:")]
        if ids:
            found.update(f"{kind}:{pk}" for pk in model.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return found


def list_posts(kind: str, *, after: int, since: datetime, limit: int) -> list[tuple[int, ForumPostData]]:
    """Return a batch of threads or comments (``kind``) that were written or touched since a moment, with ids beyond
    ``after``, oldest first.
    """
    posts = _posts(f"{kind}:0").filter(pk__gt=after, updated_at__gte=since).order_by("pk")[:limit]
    return [(post.pk, read_post(post)) for post in posts]


def has_vote(key: str, *, user_id: int) -> bool:
    """Tell whether the person has voted for a post."""
    from forum.models import UserVote

    return _reactions_to(key, UserVote).filter(user_id=user_id, vote=1).exists()


def list_voters(key: str) -> list[int]:
    """Return the ids of those who have voted for a post."""
    from forum.models import UserVote

    return list(_reactions_to(key, UserVote).filter(vote=1).values_list("user_id", flat=True))


def has_flag(key: str, *, user_id: int) -> bool:
    """Tell whether the person reports a post."""
    from forum.models import AbuseFlagger

    return _reactions_to(key, AbuseFlagger).filter(user_id=user_id).exists()


def list_flaggers(key: str) -> list[int]:
    """Return the ids of those who report a post."""
    from forum.models import AbuseFlagger

    return list(_reactions_to(key, AbuseFlagger).values_list("user_id", flat=True))


def _reactions_to(key: str, model: Any) -> QuerySet[Any]:
    from django.contrib.contenttypes.models import ContentType
    from forum.models import Comment, CommentThread

    kind = ContentType.objects.get_for_model(CommentThread if is_thread(key) else Comment)
    return model.objects.filter(content_type=kind, content_object_id=pk_of(key))


def _posts(key: str) -> QuerySet[Any]:
    from forum.models import Comment, CommentThread

    if is_thread(key):
        return CommentThread.objects.all()
    return Comment.objects.select_related("comment_thread")
