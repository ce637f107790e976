"""What a person who leaves has written in the forum where only our pages show it, and in drafts of our blocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from .forum_keys import is_thread, pk_of

_BLOCK_TYPE = "case_discussion"
_DRAFTS = "drafts"


def is_rewritten_at_retirement(post: Any) -> bool:
    """Tell whether the forum has put its "[deleted]" in the place of what a retired person wrote.

    openedx-forum 0.4 names the retired account at the post. 0.3 (Teak, Ulmo) only rewrites: there the account tells,
    which the forum has renamed just before. Somebody who is here and writes "[deleted]" has edited a post.
    """
    from forum.constants import RETIRED_BODY

    if getattr(post, "retired_username", None):
        return True
    if post.body != RETIRED_BODY:
        return False
    username = get_user_model().objects.filter(pk=post.author_id).values_list("username", flat=True).first() or ""
    return username.startswith(settings.RETIRED_USERNAME_PREFIX)


def erase_posts_of(user_id: int, *, course_id: str) -> None:
    """Put the forum's "[deleted]" in the place of all that a person wrote under a course key, former versions too.

    The forum's own retirement leaves the former versions, and does not come by at all where the site's pipeline has no
    step for it.
    """
    from forum.models import Comment, CommentThread

    for model in (CommentThread, Comment):
        _erase(model.objects.filter(author_id=user_id, course_id=course_id))


def erase_posts(keys: Iterable[str]) -> None:
    """Put the forum's "[deleted]" in the place of these posts, as `erase_posts_of` does."""
    from forum.models import Comment, CommentThread

    wanted = list(keys)
    _erase(CommentThread.objects.filter(pk__in=[pk_of(key) for key in wanted if is_thread(key)]))
    _erase(Comment.objects.filter(pk__in=[pk_of(key) for key in wanted if not is_thread(key)]))


def list_drafts(user_id: int) -> Iterator[dict[str, Any]]:
    """Yield what a person has begun to write in cases and not posted: block, name of the text, moment, text."""
    for row in _states(user_id).iterator():
        for name, draft in (_parse(row.state).get(_DRAFTS) or {}).items():
            yield {
                "usage_key": str(row.module_state_key),
                "name": name,
                "at": draft.get("at", ""),
                "text": draft.get("text", ""),
            }


def erase_drafts(user_id: int) -> None:
    """Let the drafts go that a person left in cases; the rest of the learner state is the platform's to keep."""
    for row in _states(user_id).iterator():
        state = _parse(row.state)
        if state.pop(_DRAFTS, None):
            type(row).objects.filter(pk=row.pk).update(state=json.dumps(state))


def _erase(posts: QuerySet[Any]) -> None:
    """Rewrite posts one by one, as the forum does: its search index follows each save."""
    from django.contrib.contenttypes.models import ContentType
    from forum.constants import RETIRED_BODY, RETIRED_TITLE
    from forum.models import EditHistory

    kind = ContentType.objects.get_for_model(posts.model)
    EditHistory.objects.filter(content_type=kind, content_object_id__in=posts.values("pk")).delete()
    for post in posts.iterator():
        post.body = RETIRED_BODY
        if hasattr(post, "title"):
            post.title = RETIRED_TITLE
        if hasattr(post, "author_username"):
            post.author_username = None  # since 0.4: the name that its author had
        post.save()


def _states(user_id: int) -> Any:
    from lms.djangoapps.courseware.models import StudentModule

    return StudentModule.objects.filter(student_id=user_id, module_type=_BLOCK_TYPE).order_by("pk")


def _parse(state: str | None) -> dict[str, Any]:
    parsed = json.loads(state) if state else {}
    return parsed if isinstance(parsed, dict) else {}
