"""Writing to the forum without the LMS around it: no access checks, events or notifications."""

from __future__ import annotations

from typing import Any

from .forum_keys import COMMENT, THREAD, is_thread, pk_of


def create_thread(
    *,
    course_id: str,
    topic_id: str,
    author_id: int,
    title: str,
    body: str,
    is_held: bool,
    is_anonymous: bool = False,
    group_id: int | None = None,
) -> str:
    """Post a thread without the LMS around it and return its key; held ones stay out of every list of the platform.

    ``is_anonymous`` hides the author from classmates, and a ``group_id`` the thread from other cohorts.
    """
    from forum import api as forum_api

    thread = forum_api.create_thread(
        title=title,
        body=body,
        course_id=course_id,
        user_id=str(author_id),
        commentable_id=topic_id,
        context="standalone" if is_held else "course",
        anonymous_to_peers=is_anonymous,
        group_id=group_id,
    )
    return f"{THREAD}:{thread['id']}"


def create_comment(*, parent_key: str, course_id: str, author_id: int, body: str, is_anonymous: bool = False) -> str:
    """Post under a thread or a response without the LMS around it and return the new key."""
    from forum import api as forum_api

    common: dict[str, Any] = {
        "body": body,
        "user_id": str(author_id),
        "course_id": course_id,
        "anonymous": False,
        "anonymous_to_peers": is_anonymous,
    }
    if is_thread(parent_key):
        comment = forum_api.create_parent_comment(thread_id=str(pk_of(parent_key)), **common)
    else:
        comment = forum_api.create_child_comment(parent_comment_id=str(pk_of(parent_key)), **common)
    return f"{COMMENT}:{comment['id']}"


def update_post(key: str, *, course_id: str, editor_id: int, body: str, title: str | None = None) -> None:
    """Change the text of a post, and a thread's ``title`` where one is given; the forum keeps the former text."""
    from forum import api as forum_api

    change = forum_api.update_thread if is_thread(key) else forum_api.update_comment
    more = {"title": title} if title is not None and is_thread(key) else {}
    change(str(pk_of(key)), body=body, course_id=course_id, editing_user_id=str(editor_id), **more)


def delete_post(key: str, *, course_id: str) -> None:
    """Delete a post with everything beneath it."""
    from forum import api as forum_api

    delete = forum_api.delete_thread if is_thread(key) else forum_api.delete_comment
    delete(str(pk_of(key)), course_id=course_id)


def set_vote(key: str, *, course_id: str, user_id: int, is_up: bool) -> None:
    """Vote for a post, or take the vote back."""
    from forum import api as forum_api

    _introduce(user_id)
    if is_up:
        vote = forum_api.update_thread_votes if is_thread(key) else forum_api.update_comment_votes
        vote(str(pk_of(key)), user_id=str(user_id), value="up", course_id=course_id)
    else:
        unvote = forum_api.delete_thread_vote if is_thread(key) else forum_api.delete_comment_vote
        unvote(str(pk_of(key)), user_id=str(user_id), course_id=course_id)


def flag_post(key: str, *, course_id: str, user_id: int) -> None:
    """Report a post."""
    from forum import api as forum_api

    _introduce(user_id)
    flag = forum_api.update_thread_flag if is_thread(key) else forum_api.update_comment_flag
    flag(str(pk_of(key)), action="flag", user_id=str(user_id), course_id=course_id)


def unflag_post(key: str, *, course_id: str, user_id: int) -> None:
    """Take all reports of a post back, as a moderator who looked at it."""
    from forum import api as forum_api

    _introduce(user_id)
    flag = forum_api.update_thread_flag if is_thread(key) else forum_api.update_comment_flag
    flag(str(pk_of(key)), action="unflag", user_id=str(user_id), update_all=True, course_id=course_id)


def _introduce(user_id: int) -> None:
    """Make somebody known to the forum, which refuses votes and reports of people it has never met.

    The platform does so at registration and with the first look at the discussions page; accounts that come in another
    way and only use our pages would be strangers for ever.
    """
    from forum.models import ForumUser

    ForumUser.objects.get_or_create(user_id=user_id)
