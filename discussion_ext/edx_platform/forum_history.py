"""The forum of one course from its beginning, read in batches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Min

from discussion_ext.data import ForumPostData

from .forum_keys import THREAD, pk_of
from .forum_reading import read_post


def find_next_forum_course(after: str) -> str | None:
    """Return the first course key beyond this one, in the order of the database, in whose forum anything was written.

    One step in an index for each course, however many threads there are.
    """
    from forum.models import CommentThread

    return CommentThread.objects.filter(course_id__gt=after).aggregate(first=Min("course_id"))["first"]


def list_course_posts(
    kind: str, *, course_id: str, after: int, since: datetime | None, limit: int
) -> list[tuple[int, ForumPostData]]:
    """Return a batch of a course's threads or comments (``kind``) with ids beyond ``after``, in their order."""
    from forum.models import Comment, CommentThread

    posts = CommentThread.objects.all() if kind == THREAD else Comment.objects.select_related("comment_thread")
    found = posts.filter(course_id=course_id, pk__gt=after)
    if since is not None:
        found = found.filter(created_at__gte=since)
    return [(post.pk, read_post(post)) for post in found.order_by("pk")[:limit]]


def list_votes_for(keys: Collection[str]) -> list[tuple[str, int]]:
    """Return who voted for these posts, as pairs of key and user id; all keys are of one kind."""
    from forum.models import UserVote

    return _list_reactions(UserVote, keys, vote=1)


def list_flags_on(keys: Collection[str]) -> list[tuple[str, int]]:
    """Return who reports these posts, as pairs of key and user id; all keys are of one kind."""
    from forum.models import AbuseFlagger

    return _list_reactions(AbuseFlagger, keys)


def list_retired(user_ids: Collection[int]) -> set[int]:
    """Return whose account is closed for good, or gone."""
    accounts = dict(get_user_model().objects.filter(pk__in=user_ids).values_list("pk", "username"))
    prefix = settings.RETIRED_USERNAME_PREFIX
    return {user_id for user_id in user_ids if accounts.get(user_id, prefix).startswith(prefix)}


def _list_reactions(model: Any, keys: Collection[str], **wanted: Any) -> list[tuple[str, int]]:
    from django.contrib.contenttypes.models import ContentType
    from forum.models import Comment, CommentThread

    by_pk = {pk_of(key): key for key in keys}
    is_of_threads = any(key.startswith(THREAD) for key in keys)
    kind = ContentType.objects.get_for_model(CommentThread if is_of_threads else Comment)
    found = model.objects.filter(content_type=kind, content_object_id__in=list(by_pk), **wanted)
    return [(by_pk[pk], user_id) for pk, user_id in found.order_by("pk").values_list("content_object_id", "user_id")]
