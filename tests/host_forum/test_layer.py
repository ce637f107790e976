"""The write side: checks, signals and events as the LMS has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.dispatch import Signal
from forum.models import AbuseFlagger, Comment, CommentThread, EditHistory, ForumUser, Subscription, UserVote
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.signals import (
    FORUM_RESPONSE_COMMENT_CREATED,
    FORUM_THREAD_CREATED,
    FORUM_THREAD_RESPONSE_CREATED,
)
from rest_framework.exceptions import PermissionDenied

from common.djangoapps.student.models import CourseEnrollment
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from lms.djangoapps.discussion.rest_api import api
from lms.djangoapps.discussion.rest_api.exceptions import (
    CommentNotFoundError,
    DiscussionBlackOutException,
    DiscussionDisabledError,
    ThreadNotFoundError,
)
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration, PostingRestriction
from openedx.core.djangoapps.django_comment_common import signals
from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_STUDENT, Role
from openedx.core.lib.exceptions import CourseNotFoundError

NAMES = [name for name, value in vars(signals).items() if isinstance(value, Signal)]
EVENTS = {
    "event:thread": FORUM_THREAD_CREATED,
    "event:response": FORUM_THREAD_RESPONSE_CREATED,
    "event:comment": FORUM_RESPONSE_COMMENT_CREATED,
}


@pytest.fixture
def heard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every legacy signal and every openedx-event, in the order they were sent."""
    found: list[tuple[str, dict[str, Any]]] = []
    connected = []
    for name, signal in [*((name, getattr(signals, name)) for name in NAMES), *EVENTS.items()]:

        def receive(_name: str = name, **kwargs: Any) -> None:
            found.append((_name, kwargs))

        signal.connect(receive, weak=False)
        connected.append((signal, receive))
    yield found
    for signal, receive in connected:
        signal.disconnect(receive)


def names(heard: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _kwargs in heard]


def test_a_new_user_has_the_learner_role_and_is_met_by_the_forum_later(
    anna: User, course_key: CourseKey, request_of: Callable[..., Any], thread_data: dict[str, Any]
) -> None:
    assert not ForumUser.objects.filter(user=anna).exists()
    api.create_thread(request_of(anna), {**thread_data, "following": True})
    assert ForumUser.objects.filter(user=anna).count() == 1
    assert Role.objects.get(course_id=course_key, name=FORUM_ROLE_STUDENT, users=anna)


def test_create_thread_stores_announces_and_shows(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any], heard: list[Any], course_key: CourseKey
) -> None:
    shown = api.create_thread(request_of(anna), {**thread_data, "following": True, "raw_body": "x" * 3000})

    stored = CommentThread.objects.get()
    assert (str(stored.pk), stored.author, stored.commentable_id) == (shown["id"], anna, "ethics")
    assert shown["author"] == "anna"
    assert shown["following"] is True
    assert Subscription.objects.filter(subscriber=anna).count() == 1
    assert names(heard) == ["thread_created", "thread_followed", "event:thread"]
    created, followed, event = (kwargs for _name, kwargs in heard)
    assert created["user"] == anna
    assert created["notify_all_learners"] is False
    assert created["post"].course_id == str(course_key)
    assert created["post"].id == shown["id"]
    assert not isinstance(followed["user"], User)
    thread = event["thread"]
    assert isinstance(thread.course_id, str)
    assert thread.course_id == str(course_key)
    assert isinstance(thread.id, str)
    assert (len(thread.body), thread.truncated) == (2000, True)
    assert (thread.title, thread.title_truncated) == ("Should managers be friends?", False)
    assert (thread.category_id, thread.category_name) == ("ethics", "Ethics")
    assert thread.options == {"followed": True, "notify_all_learners": False}
    assert thread.discussion is None
    assert thread.url == "https://host.example/courses/"
    assert thread.user.pii.username == "anna"
    assert thread.user_forums_roles == ["Student"]


def test_response_and_comment_send_their_own_events(
    anna: User, ben: User, request_of: Callable[..., Any], thread_data: dict[str, Any], heard: list[Any]
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    heard.clear()
    response = api.create_comment(request_of(ben), {"thread_id": thread["id"], "raw_body": "Because."})
    comment = api.create_comment(
        request_of(anna), {"thread_id": thread["id"], "parent_id": response["id"], "raw_body": "Why?"}
    )

    assert names(heard) == ["comment_created", "event:response", "comment_created", "event:comment"]
    event = heard[3][1]["thread"]
    assert event.id == comment["id"]
    assert event.discussion == {"id": thread["id"]}
    assert (event.title, event.thread_type, event.anonymous, event.group_id) == (None, None, None, None)
    assert event.body == "Why?"
    assert heard[0][1]["post"].parent_id is None
    assert heard[2][1]["post"].parent_id == response["id"]
    assert Comment.objects.get(pk=comment["id"]).depth == 1


def test_a_comment_on_a_comment_is_too_deep(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any]
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    data = {"thread_id": thread["id"], "raw_body": "One"}
    response = api.create_comment(request_of(anna), data)
    comment = api.create_comment(request_of(anna), {**data, "parent_id": response["id"]})
    with pytest.raises(ValidationError) as refused:
        api.create_comment(request_of(anna), {**data, "parent_id": comment["id"]})
    assert list(refused.value.message_dict) == ["parent_id"]
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"raw_body": ""}, "raw_body"),
        ({"raw_body": " \n "}, "raw_body"),
        ({"raw_body": {"a": 1}}, "raw_body"),
        ({"raw_body": "half a character \ud800"}, "raw_body"),
        ({"title": "t" * 1025}, "title"),
        ({"type": "poem"}, "type"),
        ({"topic_id": ""}, "topic_id"),
        ({"topic_id": "t" * 256}, "topic_id"),
        ({"course_id": ""}, "course_id"),
        ({"course_id": "nonsense"}, "course_id"),
        ({"following": "perhaps"}, "following"),
        ({"pinned": True}, "pinned"),
        ({"author": "somebody"}, "author"),
    ],
)
def test_bad_thread_input_names_the_field(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    api.create_thread(request_of(anna), thread_data)
    with pytest.raises(ValidationError) as refused:
        api.create_thread(request_of(anna), {**thread_data, **change})
    assert list(refused.value.message_dict) == [field]
    assert CommentThread.objects.count() == 1


@pytest.mark.parametrize("data", [[], "text", 7, None])
def test_input_that_is_no_object_is_refused(anna: User, request_of: Callable[..., Any], data: Any) -> None:
    with pytest.raises(ValidationError):
        api.create_thread(request_of(anna), data)


def test_only_people_of_the_course_may_post(
    outsider: User, request_of: Callable[..., Any], thread_data: dict[str, Any], course_key: CourseKey
) -> None:
    with pytest.raises(CourseNotFoundError):
        api.create_thread(request_of(outsider), thread_data)
    CourseEnrollment.objects.create(user=outsider, course_id=course_key)
    assert api.create_thread(request_of(outsider), thread_data)["id"]


def test_a_key_without_a_course_is_not_found(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any]
) -> None:
    with pytest.raises(CourseNotFoundError):
        api.create_thread(request_of(anna), {**thread_data, "course_id": "course-v1:community+discussion_ext+held"})


def test_a_course_without_discussion(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any], course_key: CourseKey
) -> None:
    DiscussionsConfiguration.set_enabled(course_key, False)
    with pytest.raises(DiscussionDisabledError):
        api.create_thread(request_of(anna), thread_data)


def test_blackout_stops_learners_and_not_moderators(
    anna: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    course_key: CourseKey,
) -> None:
    DiscussionsConfiguration.set_enabled(course_key, True, posting_restrictions=PostingRestriction.ENABLED)
    with pytest.raises(DiscussionBlackOutException):
        api.create_thread(request_of(anna), thread_data)
    thread = api.create_thread(request_of(moderator), thread_data)
    with pytest.raises(DiscussionBlackOutException):
        api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "Late"})


@pytest.mark.parametrize(("days", "is_open"), [(-1, False), (1, True)])
def test_scheduled_blackout(
    anna: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    course_key: CourseKey,
    days: int,
    is_open: bool,
) -> None:
    start = datetime.now(UTC) + timedelta(days=days)
    period = [start.isoformat(), (start + timedelta(days=3)).isoformat()]
    root = course_key.make_usage_key("course", "course")
    CourseStore(Branch.DRAFT).set_fields(root, {"display_name": "Managing people", "discussion_blackouts": [period]})
    DiscussionsConfiguration.set_enabled(course_key, True, posting_restrictions=PostingRestriction.SCHEDULED)
    if is_open:
        assert api.create_thread(request_of(anna), thread_data)
    else:
        with pytest.raises(DiscussionBlackOutException):
            api.create_thread(request_of(anna), thread_data)


def test_votes_both_ways_and_never_for_oneself(
    anna: User, ben: User, request_of: Callable[..., Any], thread_data: dict[str, Any], heard: list[Any]
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    response = api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "Because."})
    heard.clear()
    for update, post in ((api.update_thread, thread), (api.update_comment, response)):
        with pytest.raises(ValidationError) as refused:
            update(request_of(anna), post["id"], {"voted": True})
        assert list(refused.value.message_dict) == ["voted"]
        assert update(request_of(ben), post["id"], {"voted": True})["vote_count"] == 1
        assert update(request_of(ben), post["id"], {"voted": True})["vote_count"] == 1
        assert UserVote.objects.filter(user=ben, vote=1).count() == 1
        assert update(request_of(ben), post["id"], {"voted": False})["vote_count"] == 0
        assert not UserVote.objects.exists()
    assert names(heard) == ["thread_voted", "thread_voted", "comment_voted", "comment_voted"]


def test_reports_signal_only_when_made(
    anna: User,
    ben: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    heard: list[Any],
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    response = api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "Because."})
    heard.clear()
    api.update_thread(request_of(ben), thread["id"], {"abuse_flagged": True})
    api.update_comment(request_of(ben), response["id"], {"abuse_flagged": True})
    assert [(name, kwargs["sender"]) for name, kwargs in heard] == [
        ("thread_flagged", "flag_abuse_for_thread"),
        ("comment_flagged", "flag_abuse_for_comment"),
    ]
    heard.clear()
    api.update_comment(request_of(moderator), response["id"], {"abuse_flagged": False})
    api.update_thread(request_of(ben), thread["id"], {"abuse_flagged": False})
    assert not AbuseFlagger.objects.exists()
    assert heard == []


def test_edit_by_author_and_by_moderator(
    anna: User,
    ben: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    heard: list[Any],
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    heard.clear()
    with pytest.raises(ValidationError) as refused:
        api.update_thread(request_of(ben), thread["id"], {"raw_body": "Mine now"})
    assert list(refused.value.message_dict) == ["raw_body"]
    assert heard == []
    api.update_thread(request_of(anna), thread["id"], {"raw_body": "Better", "title": "Friends?"})
    shown = api.update_thread(
        request_of(moderator), thread["id"], {"raw_body": "Best", "edit_reason_code": "needs-clarity"}
    )
    assert (shown["raw_body"], shown["title"]) == ("Best", "Friends?")
    assert CommentThread.objects.get().author == anna
    assert list(EditHistory.objects.order_by("pk").values_list("editor__username", "original_body")) == [
        ("anna", "I wonder **why** not."),
        ("mona", "Better"),
    ]
    assert names(heard) == ["thread_edited", "thread_edited"]


def test_endorsing(
    anna: User,
    ben: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    heard: list[Any],
) -> None:
    question = api.create_thread(request_of(anna), {**thread_data, "type": "question"})
    response = api.create_comment(request_of(ben), {"thread_id": question["id"], "raw_body": "Because."})
    heard.clear()
    with pytest.raises(ValidationError):
        api.update_comment(request_of(ben), response["id"], {"endorsed": True})
    assert api.update_comment(request_of(anna), response["id"], {"endorsed": True})["endorsed"] is True
    assert Comment.objects.get().endorsement["user_id"] == str(anna.id)
    assert api.update_comment(request_of(moderator), response["id"], {"endorsed": False})["endorsed"] is False
    assert names(heard) == ["comment_edited", "comment_endorsed", "comment_edited"]


def test_a_closed_thread_takes_no_answers(
    anna: User, moderator: User, request_of: Callable[..., Any], thread_data: dict[str, Any]
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    with pytest.raises(ValidationError):
        api.update_thread(request_of(anna), thread["id"], {"closed": True, "close_reason_code": "off-topic"})
    with pytest.raises(ValidationError) as refused:
        api.update_thread(request_of(moderator), thread["id"], {"closed": True})
    assert list(refused.value.message_dict) == ["close_reason_code"]
    closed = api.update_thread(request_of(moderator), thread["id"], {"closed": True, "close_reason_code": "off-topic"})
    assert (closed["closed"], closed["closed_by"], closed["close_reason_code"]) == (True, "mona", "off-topic")
    with pytest.raises(PermissionDenied):
        api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "Late"})
    with pytest.raises(ValidationError):
        api.update_thread(request_of(anna), thread["id"], {"raw_body": "Changed"})
    assert api.update_thread(request_of(moderator), thread["id"], {"closed": False})["closed"] is False
    assert api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "In time"})


def test_pinning_sends_nothing(
    anna: User, moderator: User, request_of: Callable[..., Any], thread_data: dict[str, Any], heard: list[Any]
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    heard.clear()
    assert api.update_thread(request_of(moderator), thread["id"], {"pinned": True})["pinned"] is True
    assert CommentThread.objects.get().pinned is True
    assert api.update_thread(request_of(moderator), thread["id"], {"pinned": False})["pinned"] is False
    assert heard == []


def test_delete_is_for_authors_and_moderators(
    anna: User,
    ben: User,
    moderator: User,
    request_of: Callable[..., Any],
    thread_data: dict[str, Any],
    heard: list[Any],
) -> None:
    thread = api.create_thread(request_of(anna), thread_data)
    mine = api.create_comment(request_of(anna), {"thread_id": thread["id"], "raw_body": "Because."})
    api.create_comment(request_of(ben), {"thread_id": thread["id"], "raw_body": "Well."})
    heard.clear()
    with pytest.raises(PermissionDenied):
        api.delete_comment(request_of(ben), mine["id"])
    with pytest.raises(PermissionDenied):
        api.delete_thread(request_of(ben), thread["id"])
    api.delete_comment(request_of(moderator), mine["id"])
    assert heard[0][1]["post"].body == "Because."
    api.delete_thread(request_of(anna), thread["id"])
    assert not CommentThread.objects.exists()
    assert not Comment.objects.exists()
    assert names(heard) == ["comment_deleted", "thread_deleted"]
    assert heard[1][1]["post"].id == thread["id"]
    with pytest.raises(ThreadNotFoundError):
        api.delete_thread(request_of(anna), thread["id"])
    with pytest.raises(CommentNotFoundError):
        api.delete_comment(request_of(anna), mine["id"])


def test_a_failing_receiver_takes_the_post_back(
    anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any]
) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("receiver")

    signals.thread_created.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            api.create_thread(request_of(anna), thread_data)
    finally:
        signals.thread_created.disconnect(fail)
    assert not CommentThread.objects.exists()


def test_anonymous_needs_the_course_to_allow_it(
    anna: User, ben: User, request_of: Callable[..., Any], thread_data: dict[str, Any], course_key: CourseKey
) -> None:
    with pytest.raises(ValidationError):
        api.create_thread(request_of(anna), {**thread_data, "anonymous_to_peers": True})
    root = course_key.make_usage_key("course", "course")
    CourseStore(Branch.DRAFT).set_fields(root, {"display_name": "M", "allow_anonymous_to_peers": True})
    thread = api.create_thread(request_of(anna), {**thread_data, "anonymous_to_peers": True})
    assert api.get_thread(request_of(ben), thread["id"])["author"] is None
