"""What the LMS tells the world about posts: tracking events for everything, openedx-events for the three creations.

The payloads keep the LMS's habits: ``course_id`` and ``id`` are strings, responses carry None where only threads have a
value, the response a comment belongs to is not named, and the text is cut at 2000 characters.
"""

from __future__ import annotations

from typing import Any

from eventtracking import tracker
from openedx_events.learning.data import DiscussionThreadData, UserData, UserPersonalData
from openedx_events.learning.signals import (
    FORUM_RESPONSE_COMMENT_CREATED,
    FORUM_THREAD_CREATED,
    FORUM_THREAD_RESPONSE_CREATED,
)

from .access import Requester
from .topics import find_topic

MAX_BODY = 2000
MAX_TITLE = 1000

CREATIONS = {
    "edx.forum.thread.created": FORUM_THREAD_CREATED,
    "edx.forum.response.created": FORUM_THREAD_RESPONSE_CREATED,
    "edx.forum.comment.created": FORUM_RESPONSE_COMMENT_CREATED,
}


def announce_thread(requester: Requester, thread: Any, *, followed: bool, notify_all_learners: bool) -> None:
    """Announce a new thread."""
    data = {
        "commentable_id": thread["commentable_id"],
        "group_id": thread.get("group_id"),
        "thread_type": thread["thread_type"],
        "anonymous": thread["anonymous"],
        "anonymous_to_peers": thread["anonymous_to_peers"],
        "options": {"followed": followed, "notify_all_learners": notify_all_learners},
        **_title(thread),
    }
    _announce(requester, "edx.forum.thread.created", thread, data)


def announce_comment(requester: Requester, comment: Any, *, commentable_id: str) -> None:
    """Announce a new response, or a new comment on one."""
    parent_id = comment.get("parent_id")
    data = {
        "commentable_id": commentable_id,
        "discussion": {"id": comment["thread_id"]},
        "options": {"followed": False},
        **({"response": {"id": parent_id}} if parent_id else {}),
    }
    _announce(requester, f"edx.forum.{'comment' if parent_id else 'response'}.created", comment, data)


def track(requester: Requester, action: str, post: Any, **data: Any) -> None:
    """Write a tracking event about a post: edited, deleted, reported, unreported, voted, followed, viewed..."""
    if post["type"] == "thread":
        kind = "thread"
        data = {**_title(post), **data}
    else:
        kind = "comment" if post.get("parent_id") else "response"
    data = {
        "commentable_id": post["commentable_id"] or "",
        "target_username": post.get("username"),
        "own_content": requester.is_author(post),
        **data,
    }
    _emit(requester, f"edx.forum.{kind}.{action}", post, data)


def _announce(requester: Requester, name: str, post: Any, data: dict[str, Any]) -> None:
    body = post["body"]
    data = {**data, "body": body[:MAX_BODY], "truncated": len(body) > MAX_BODY}
    data = _emit(requester, name, post, data)
    user = requester.user
    profile = getattr(user, "profile", None)
    absent = dict.fromkeys(
        [
            "anonymous",
            "anonymous_to_peers",
            "category_id",
            "category_name",
            "group_id",
            "team_id",
            "thread_type",
            "title",
            "title_truncated",
            "discussion",
        ]
    )
    fields = {**absent, **{key: value for key, value in data.items() if key not in ("response", "own_content")}}
    CREATIONS[name].send_event(
        thread=DiscussionThreadData(
            course_id=str(requester.course_key),
            user=UserData(
                id=user.id,
                is_active=user.is_active,
                pii=UserPersonalData(username=user.username, email=user.email, name=profile.name if profile else ""),
            ),
            **fields,
        )
    )


def _emit(requester: Requester, name: str, post: Any, data: dict[str, Any]) -> dict[str, Any]:
    course_key, user = requester.course_key, requester.user
    topic = find_topic(requester.course, data.get("commentable_id"))
    data = {
        **data,
        "id": post["id"],
        **({"category_id": topic.id, "category_name": topic.name} if topic else {}),
        "url": requester.request.META.get("HTTP_REFERER", ""),
        "user_forums_roles": list(user.roles.filter(course_id=course_key).values_list("name", flat=True)),
        "user_course_roles": list(
            user.courseaccessrole_set.filter(course_id=course_key).values_list("role", flat=True)
        ),
    }
    context = {"course_id": str(course_key), "org_id": course_key.org, "user_id": user.id}
    with tracker.get_tracker().context(name, context):
        tracker.emit(name, data)
    return data


def _title(thread: Any) -> dict[str, Any]:
    title = thread["title"]
    return {"title": title[:MAX_TITLE], "title_truncated": len(title) > MAX_TITLE}
