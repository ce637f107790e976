"""Threads and comments as the discussion API shows them to one person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.http import urlencode

from .access import Requester, can_delete, editable_fields
from .inputs import CLOSE_REASONS
from .render import render_body


def represent_thread(requester: Requester, thread: Any) -> dict[str, Any]:
    """Return a thread; ``anonymous`` authors are hidden, moderators see who wrote ``anonymous_to_peers``."""
    shown = _represent_post(requester, thread, thread=thread)
    is_question = thread["thread_type"] == "question"
    comments = thread.get("comments_count") or 0
    unread = thread.get("unread_comments_count")
    unread = comments if unread is None else unread
    is_read = bool(thread.get("read"))
    knows_moderation = requester.is_moderator or requester.is_author(thread)
    reason = thread.get("close_reason_code")
    closed_by = thread.get("closed_by")
    return {
        **shown,
        "course_id": thread["course_id"],
        "topic_id": thread["commentable_id"],
        "group_id": thread.get("group_id"),
        "type": thread["thread_type"],
        "title": thread["title"],
        "preview_body": strip_tags(shown["rendered_body"]).replace("\n", " ").strip(),
        "abuse_flagged_count": thread.get("abuse_flagged_count") if requester.is_moderator else None,
        "pinned": bool(thread.get("pinned")),
        "closed": bool(thread.get("closed")),
        "following": _follows(requester, thread),
        "comment_count": comments + 1,
        "unread_comment_count": unread + 1 if not is_read and unread == comments else unread,
        "comment_list_url": None if is_question else _comments_url(requester, thread),
        "endorsed_comment_list_url": _comments_url(requester, thread, endorsed=True) if is_question else None,
        "non_endorsed_comment_list_url": _comments_url(requester, thread, endorsed=False) if is_question else None,
        "read": is_read,
        "has_endorsed": bool(thread.get("endorsed")),
        "response_count": thread.get("resp_total"),
        "close_reason_code": reason if knows_moderation else None,
        "close_reason": str(CLOSE_REASONS[reason]) if knows_moderation and reason in CLOSE_REASONS else None,
        "closed_by": closed_by if knows_moderation else None,
    }


def represent_comment(requester: Requester, comment: Any, *, thread: Any) -> dict[str, Any]:
    """Return a response or comment of ``thread``, with its children when they were fetched."""
    endorsement = comment.get("endorsement") or {}
    endorser_id = endorsement.get("user_id")
    return {
        **_represent_post(requester, comment, thread=thread),
        "thread_id": comment["thread_id"],
        "parent_id": comment.get("parent_id"),
        "endorsed": bool(comment.get("endorsed")),
        "endorsed_by": _username(endorser_id) if _may_name_endorser(requester, thread, endorser_id) else None,
        "endorsed_by_label": requester.labels.get(int(endorser_id)) if endorser_id else None,
        "endorsed_at": endorsement.get("time"),
        "child_count": comment.get("child_count") or 0,
        "children": [represent_comment(requester, child, thread=thread) for child in comment.get("children") or []],
        "abuse_flagged_any_user": bool(comment.get("abuse_flaggers")) if requester.is_moderator else None,
    }


def _represent_post(requester: Requester, post: Any, *, thread: Any) -> dict[str, Any]:
    hidden = is_hidden(requester, post)
    history = post.get("edit_history") or []
    flaggers = post.get("abuse_flaggers") or []
    reported_by_me = str(requester.user.id) in flaggers
    may_see_edit = requester.is_moderator or requester.is_author(post)
    return {
        "id": post["id"],
        "author": None if hidden else post["username"],
        "author_label": None if hidden else requester.labels.get(int(post["user_id"])),
        "created_at": post["created_at"],
        "updated_at": post["updated_at"],
        "raw_body": post["body"],
        "rendered_body": render_body(post["body"]),
        "abuse_flagged": bool(flaggers) if requester.is_moderator else reported_by_me,
        "voted": _has_voted(requester, post),
        "vote_count": (post.get("votes") or {}).get("up_count", 0),
        "editable_fields": sorted(editable_fields(post, requester, thread=thread)),
        "can_delete": can_delete(post, requester),
        "anonymous": bool(post.get("anonymous")),
        "anonymous_to_peers": bool(post.get("anonymous_to_peers")),
        "last_edit": dict(history[-1]) if history and may_see_edit else None,
    }


def is_hidden(requester: Requester, post: Any) -> bool:
    """Say whether the author's name stays hidden from this person."""
    if post.get("anonymous"):
        return True
    return bool(post.get("anonymous_to_peers")) and not requester.has_forum_role


def _may_name_endorser(requester: Requester, thread: Any, endorser_id: Any) -> bool:
    """Naming the asker who endorsed would name the author of an anonymous question."""
    if not endorser_id:
        return False
    return not is_hidden(requester, thread) or int(endorser_id) in requester.labels


def _username(user_id: Any) -> str | None:
    return User.objects.filter(pk=user_id).values_list("username", flat=True).first()


def _has_voted(requester: Requester, post: Any) -> bool:
    from django.contrib.contenttypes.models import ContentType
    from forum.models import Comment, CommentThread, UserVote

    model = CommentThread if post["type"] == "thread" else Comment
    return UserVote.objects.filter(
        user_id=requester.user.id,
        content_type=ContentType.objects.get_for_model(model),
        content_object_id=int(post["id"]),
        vote=1,
    ).exists()


def _follows(requester: Requester, thread: Any) -> bool:
    from django.contrib.contenttypes.models import ContentType
    from forum.models import CommentThread, Subscription

    return Subscription.objects.filter(
        subscriber_id=requester.user.id,
        source_content_type=ContentType.objects.get_for_model(CommentThread),
        source_object_id=int(thread["id"]),
    ).exists()


def _comments_url(requester: Requester, thread: Any, *, endorsed: bool | None = None) -> str:
    query = {"thread_id": thread["id"], **({} if endorsed is None else {"endorsed": endorsed})}
    return requester.request.build_absolute_uri(f"{reverse('comment-list')}?{urlencode(query)}")
