"""Write side of the discussion: checks, the forum, then the signals and events, in the LMS's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from rest_framework.exceptions import PermissionDenied

from lms.djangoapps.discussion.rest_api.exceptions import DiscussionBlackOutException
from openedx.core.djangoapps.discussions.config.waffle import ENABLE_DISCUSSIONS_MFE
from openedx.core.djangoapps.django_comment_common import signals
from openedx.core.djangoapps.django_comment_common.comment_client.comment import Comment
from openedx.core.djangoapps.django_comment_common.comment_client.thread import Thread
from openedx.core.djangoapps.django_comment_common.comment_client.utils import CommentClientRequestError

from . import events
from .access import (
    Requester,
    access_comment,
    access_course,
    access_thread,
    can_delete,
    editable_fields,
    is_divided,
    is_open_for,
)
from .inputs import CommentInput, ThreadInput, check_fields, check_input, check_object
from .serialize import represent_comment, represent_thread

NOT_INITIALIZABLE = "This field is not initializable."
NOT_EDITABLE = "This field is not editable."


@transaction.atomic
def create_thread(request: Any, thread_data: Mapping[str, Any]) -> dict[str, Any]:
    """Create a thread as the request's user and return its representation.

    Sends thread_created (and thread_followed), then FORUM_THREAD_CREATED.
    """
    data = check_object(thread_data)
    data.pop("enable_in_context_sidebar", None)
    requester = access_course(request, _course_key_of(data))
    if not is_open_for(requester):
        raise DiscussionBlackOutException
    notify_all_learners = bool(data.pop("notify_all_learners", False))
    new = Thread(user_id=str(requester.user.id), type="thread", closed=False)
    check_fields(data, editable_fields(new, requester) | {"course_id"}, NOT_INITIALIZABLE)
    values, actions = check_input(ThreadInput, data)
    if "group_id" not in data and is_divided(requester.course_key):
        values["group_id"] = requester.cohort_id
    thread = Thread(user_id=str(requester.user.id), **values)
    thread.save()
    signals.thread_created.send(sender=None, user=requester.user, post=thread, notify_all_learners=notify_all_learners)
    shown = represent_thread(requester, thread)
    _do_actions(requester, thread, actions, shown)
    events.announce_thread(
        requester, thread, followed=actions.get("following", False), notify_all_learners=notify_all_learners
    )
    return shown


@transaction.atomic
def create_comment(request: Any, comment_data: Mapping[str, Any]) -> dict[str, Any]:
    """Create a response, or with ``parent_id`` a comment on one, and return its representation.

    Sends comment_created, then FORUM_THREAD_RESPONSE_CREATED or FORUM_RESPONSE_COMMENT_CREATED.
    """
    data = check_object(comment_data)
    data.pop("enable_in_context_sidebar", None)
    if not data.get("thread_id"):
        raise ValidationError({"thread_id": ["This field is required."]})
    thread, requester = access_thread(request, str(data["thread_id"]))
    if not is_open_for(requester):
        raise DiscussionBlackOutException
    if thread["closed"]:
        raise PermissionDenied
    new = Comment(user_id=str(requester.user.id), type="comment")
    allowed = editable_fields(new, requester, thread=thread) | {"thread_id", "parent_id"}
    check_fields(data, allowed, NOT_INITIALIZABLE)
    values, actions = check_input(CommentInput, data)
    _check_parent(values)
    values |= {"user_id": str(requester.user.id), "course_id": thread["course_id"]}
    if values.get("endorsed"):
        values["endorsement_user_id"] = str(requester.user.id)
    comment = Comment(**values)
    comment.save()
    signals.comment_created.send(sender=None, user=requester.user, post=comment)
    shown = represent_comment(requester, comment, thread=thread)
    _do_actions(requester, comment, actions, shown)
    events.announce_comment(requester, comment, commentable_id=thread["commentable_id"])
    return shown


@transaction.atomic
def update_thread(request: Any, thread_id: str, update_data: Mapping[str, Any]) -> dict[str, Any]:
    """Change a thread and return its representation. Sends thread_edited only when a stored field was given."""
    thread, requester = access_thread(request, thread_id)
    data = check_object(update_data)
    check_fields(data, editable_fields(thread, requester), NOT_EDITABLE)
    values, actions = check_input(ThreadInput, data, partial=True)
    if values.get("closed") and not (values.get("close_reason_code") or thread["close_reason_code"]):
        raise ValidationError({"close_reason_code": ["This field is required to close a thread."]})
    if values:
        _save_thread(requester, thread, values)
        signals.thread_edited.send(sender=None, user=requester.user, post=thread)
    shown = represent_thread(requester, thread)
    _do_actions(requester, thread, actions, shown)
    return {**shown, "read": True, "unread_comment_count": 0}


@transaction.atomic
def update_comment(request: Any, comment_id: str, update_data: Mapping[str, Any]) -> dict[str, Any]:
    """Change a response or comment and return its representation.

    Sends comment_edited when a stored field was given and comment_endorsed for ``endorsed: true`` only.
    """
    comment, thread, requester = access_comment(request, comment_id)
    data = check_object(update_data)
    check_fields(data, editable_fields(comment, requester, thread=thread), NOT_EDITABLE)
    values, actions = check_input(CommentInput, data, partial=True)
    if values:
        _save_comment(requester, comment, values)
        signals.comment_edited.send(sender=None, user=requester.user, post=comment)
    shown = represent_comment(requester, comment, thread=thread)
    _do_actions(requester, comment, actions, shown)
    if data.get("endorsed") is True:
        signals.comment_endorsed.send(sender=None, user=requester.user, post=comment)
    return shown


@transaction.atomic
def delete_thread(request: Any, thread_id: str) -> None:
    """Delete a thread and what is below it; thread_deleted is sent for the thread alone, after the rows are gone."""
    thread, requester = access_thread(request, thread_id)
    if not can_delete(thread, requester):
        raise PermissionDenied
    thread.delete()
    signals.thread_deleted.send(sender=None, user=requester.user, post=thread)
    events.track(requester, "deleted", thread, body=thread["body"][: events.MAX_BODY])


@transaction.atomic
def delete_comment(request: Any, comment_id: str) -> None:
    """Delete a response with its comments, or one comment; comment_deleted is sent for this one alone."""
    comment, _thread, requester = access_comment(request, comment_id)
    if not can_delete(comment, requester):
        raise PermissionDenied
    comment.delete()
    signals.comment_deleted.send(sender=None, user=requester.user, post=comment)
    events.track(requester, "deleted", comment, body=comment["body"][: events.MAX_BODY])


def _course_key_of(data: Mapping[str, Any]) -> CourseKey:
    if not data.get("course_id"):
        raise ValidationError({"course_id": ["This field is required."]})
    try:
        return CourseKey.from_string(str(data["course_id"]))
    except InvalidKeyError as error:
        raise ValidationError({"course_id": ["Invalid value."]}) from error


def _check_parent(values: Mapping[str, Any]) -> None:
    """A parent is a response of the same thread: there are two levels and no more."""
    if not values.get("parent_id"):
        return
    try:
        parent = Comment(id=values["parent_id"]).retrieve()
    except CommentClientRequestError:
        parent = None
    if parent is None or parent["thread_id"] != values["thread_id"]:
        raise ValidationError(
            {"parent_id": ["parent_id does not identify a comment in the thread identified by thread_id."]}
        )
    if parent["parent_id"]:
        raise ValidationError({"parent_id": ["Comment level is too deep."]})


def _save_thread(requester: Requester, thread: Thread, values: dict[str, Any]) -> None:
    actor_id = str(requester.user.id)
    if "closed" in values:
        values = {**values, "closing_user_id": actor_id}
    if "body" in values:
        values = {**values, "editing_user_id": actor_id}
    for name, value in values.items():
        thread[name] = value
    thread.save()
    if "closed" in values:
        events.track(
            requester,
            "locked" if values["closed"] else "unlocked",
            thread,
            lock_reason=values.get("close_reason_code"),
        )
    if "body" in values:
        events.track(requester, "edited", thread, edit_reason=values.get("edit_reason_code"), content_type="Post")


def _save_comment(requester: Requester, comment: Comment, values: dict[str, Any]) -> None:
    actor_id = str(requester.user.id)
    if "endorsed" in values:
        values = {**values, "endorsement_user_id": actor_id}
    if "body" in values:
        values = {**values, "editing_user_id": actor_id}
    for name, value in values.items():
        comment[name] = value
    comment.save()
    if "body" in values:
        events.track(requester, "edited", comment, edit_reason=values.get("edit_reason_code"))


def _do_actions(requester: Requester, post: Any, actions: Mapping[str, bool], shown: dict[str, Any]) -> None:
    """Do what needs a call of its own, only where it changes something, and correct the representation."""
    for name, wanted in actions.items():
        if bool(shown.get(name)) != wanted:
            shown[name] = wanted
            ACTIONS[name](requester, post, wanted, shown)


def _follow(requester: Requester, post: Any, wanted: bool, _shown: dict[str, Any]) -> None:
    call, signal = (
        (requester.person.follow, signals.thread_followed)
        if wanted
        else (requester.person.unfollow, signals.thread_unfollowed)
    )
    call(post)
    # The platform passes the forum person here, not the Django user.
    signal.send(sender=None, user=requester.person, post=post)
    events.track(requester, "followed" if wanted else "unfollowed", post, followed=wanted)


def _vote(requester: Requester, post: Any, wanted: bool, shown: dict[str, Any]) -> None:
    signal = signals.thread_voted if post["type"] == "thread" else signals.comment_voted
    # Before the vote is stored, and the same signal for a vote taken back.
    signal.send(sender=None, user=requester.user, post=post)
    if wanted:
        requester.person.vote(post, "up")
    else:
        requester.person.unvote(post)
    shown["vote_count"] += 1 if wanted else -1
    events.track(requester, "voted", post, vote_value="up", undo_vote=not wanted)


def _report(requester: Requester, post: Any, wanted: bool, _shown: dict[str, Any]) -> None:
    if not wanted:
        post.unFlagAbuse(requester.person, post, requester.is_moderator)
        events.track(requester, "unreported", post, reported_status_cleared=not post["abuse_flaggers"])
        return
    post.flagAbuse(requester.person, post)
    events.track(requester, "reported", post, body=post["body"][: events.MAX_BODY])
    if ENABLE_DISCUSSIONS_MFE.is_enabled(requester.course_key):
        kind = post["type"]
        signal = signals.thread_flagged if kind == "thread" else signals.comment_flagged
        signal.send(sender=f"flag_abuse_for_{kind}", user=requester.person, post=post)


def _read(requester: Requester, post: Any, wanted: bool, shown: dict[str, Any]) -> None:
    if wanted:
        requester.person.read(post)
        shown["unread_comment_count"] = 0


def _pin(requester: Requester, post: Any, wanted: bool, _shown: dict[str, Any]) -> None:
    if wanted:
        post.pin(requester.person, post.id)
    else:
        post.un_pin(requester.person, post.id)


ACTIONS = {"following": _follow, "voted": _vote, "abuse_flagged": _report, "read": _read, "pinned": _pin}
