"""Posts as objects: attributes come when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from forum.models import ForumUser

from lms.djangoapps.discussion.rest_api import api
from openedx.core.djangoapps.django_comment_common.comment_client.comment import Comment
from openedx.core.djangoapps.django_comment_common.comment_client.thread import Thread
from openedx.core.djangoapps.django_comment_common.comment_client.user import User as ForumPerson
from openedx.core.djangoapps.django_comment_common.comment_client.utils import CommentClientRequestError


@pytest.fixture
def thread_id(anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any]) -> str:
    return api.create_thread(request_of(anna), thread_data)["id"]


def test_a_thread_is_fetched_once(anna: User, thread_id: str, thread_data: dict[str, Any]) -> None:
    thread = Thread.find(thread_id)
    assert thread.attributes == {"id": thread_id}
    assert thread.title == thread_data["title"]
    with CaptureQueriesContext(connection) as queries:
        assert (thread.user_id, thread.username, thread["commentable_id"]) == (str(anna.id), "anna", "ethics")
        assert thread.get("body") == thread_data["raw_body"]
    assert len(queries) == 0
    assert thread.votes["up_count"] == 0


def test_names_that_do_not_exist(thread_id: str) -> None:
    thread = Thread.find(thread_id)
    with pytest.raises(AttributeError):
        thread.colour  # noqa: B018
    with pytest.raises(KeyError):
        thread["colour"]


def test_posts_that_do_not_exist(db: None) -> None:
    with pytest.raises(CommentClientRequestError):
        Thread.find("999").retrieve()
    with pytest.raises(CommentClientRequestError):
        Comment.find("999").body  # noqa: B018


def test_only_what_changed_is_saved(anna: User, thread_id: str) -> None:
    mine, theirs = Thread.find(thread_id).retrieve(), Thread.find(thread_id).retrieve()
    theirs.title = "Their title"
    theirs.save()
    mine.body = "My text"
    mine.save()
    assert (mine.title, mine.body) == ("Their title", "My text")


def test_a_comment_knows_its_thread(anna: User, thread_id: str, request_of: Callable[..., Any]) -> None:
    made = api.create_comment(request_of(anna), {"thread_id": thread_id, "raw_body": "Because."})
    comment = Comment.find(made["id"])
    assert comment.parent_id is None
    assert comment.thread.commentable_id == "ethics"


def test_a_person_without_a_forum_row_gets_one(anna: User, thread_id: str, ben: User) -> None:
    ForumUser.objects.filter(user=ben).delete()
    person = ForumPerson.from_django_user(ben).retrieve()
    assert (person.id, person.username) == (str(ben.id), "ben")
    person.vote(Thread.find(thread_id), "up")
    assert Thread.find(thread_id).votes["up_count"] == 1
