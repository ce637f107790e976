"""The discussion pages: everything by plain forms, for learners, moderators and people outside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from forum import api as forum_api
from forum.models import AbuseFlagger, Comment, CommentThread, ForumUser, Subscription, UserVote
from opaque_keys.edx.keys import CourseKey

from lms.djangoapps.discussion.rest_api import api
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration, PostingRestriction


@pytest.fixture
def home(course_key: CourseKey) -> str:
    return f"/courses/{course_key}/discussion/forum/"


@pytest.fixture
def thread(anna: User, request_of: Callable[..., Any], thread_data: dict[str, Any]) -> dict[str, Any]:
    return api.create_thread(request_of(anna), thread_data)


def text(response: Any) -> str:
    return response.content.decode()


def test_a_post_by_form(anna: User, client_of: Callable[..., Client], home: str) -> None:
    client = client_of(anna)
    form = {"topic_id": "ethics", "type": "question", "title": "Friends?", "raw_body": "I **wonder**."}
    answer = client.post(f"{home}new", form, follow=True)
    assert "<h1>Friends?</h1>" in text(answer)
    assert "<strong>wonder</strong>" in text(answer)
    stored = CommentThread.objects.get()
    assert (stored.author, stored.commentable_id, stored.thread_type) == (anna, "ethics", "question")
    assert "Friends?" in text(client.get(home, {"topic": "ethics"}))
    assert "Friends?" not in text(client.get(home, {"topic": "welcome"}))
    assert "Friends?" in text(client.get(home, {"search": "WONDER"}))
    assert "Friends?" not in text(client.get(home, {"search": "walrus"}))
    assert "Friends?" in text(client.get(home, {"mine": "1"}))


@pytest.mark.parametrize("change", [{"title": ""}, {"raw_body": " "}, {"topic_id": "nowhere"}, {"type": "poem"}])
def test_a_form_with_a_mistake_keeps_what_was_written(
    anna: User, client_of: Callable[..., Client], home: str, change: dict[str, str]
) -> None:
    form = {"topic_id": "ethics", "type": "question", "title": "Friends?", "raw_body": "I wonder.", **change}
    answer = client_of(anna).post(f"{home}new", form)
    assert answer.status_code == 400
    assert "forum__error" in text(answer)
    assert not CommentThread.objects.exists()
    kept = "Friends?" if "title" not in change else "I wonder."
    assert kept in text(answer)


def test_answers_and_comments(ben: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]) -> None:
    client, url = client_of(ben), f"{home}threads/{thread['id']}"
    answer = client.post(url, {"raw_body": "Because."})
    response = Comment.objects.get()
    assert answer["Location"] == f"{url}#comment-{response.pk}"
    client.post(url, {"raw_body": "Why?", "parent_id": str(response.pk)})
    assert Comment.objects.get(parent=response).body == "Why?"
    page = text(client.get(url))
    assert "1 answer" in page
    assert page.index("Because.") < page.index("Why?")
    refused = client.post(url, {"raw_body": " ", "parent_id": str(response.pk)})
    assert refused.status_code == 400
    assert client.post(url, {"raw_body": "x", "parent_id": "nonsense"}).status_code == 400
    assert Comment.objects.count() == 2


def test_acts_of_a_learner(ben: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]) -> None:
    client, url = client_of(ben), f"{home}threads/{thread['id']}/act"
    for name, model in (("voted", UserVote), ("following", Subscription), ("abuse_flagged", AbuseFlagger)):
        client.post(url, {"act": name, "value": "1"})
        assert model.objects.count() == 1, name
        client.post(url, {"act": name, "value": "0"})
        assert model.objects.count() == 0, name
    client.post(url, {"act": "pinned", "value": "1"})
    client.post(url, {"act": "closed", "value": "1", "close_reason_code": "off-topic"})
    stored = CommentThread.objects.get()
    assert (stored.pinned, stored.closed) == (False, False)
    assert client.post(url, {"act": "raw_body", "value": "1"}).status_code == 404
    assert client.get(url).status_code == 405


def test_acts_of_a_moderator(
    moderator: User, ben: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]
) -> None:
    url = f"{home}threads/{thread['id']}"
    client_of(ben).post(url, {"raw_body": "Because."})
    response = Comment.objects.get()
    client_of(ben).post(f"{url}/act", {"act": "abuse_flagged", "value": "1"})
    client = client_of(moderator)
    assert "1 report" in text(client.get(home))
    assert "1 report" not in text(client_of(ben).get(home))
    client.post(f"{url}/act", {"act": "pinned", "value": "1"})
    client.post(f"{url}/act", {"act": "endorsed", "value": "1", "comment_id": str(response.pk)})
    client.post(f"{url}/act", {"act": "abuse_flagged", "value": "0"})
    client.post(f"{url}/act", {"act": "closed", "value": "1", "close_reason_code": "off-topic"})
    stored = CommentThread.objects.get()
    assert (stored.pinned, stored.closed, stored.closed_by) == (True, True, moderator)
    assert Comment.objects.get().endorsed is True
    assert not AbuseFlagger.objects.exists()
    late = client_of(ben).post(url, {"raw_body": "Late"}, follow=True)
    assert late.status_code == 400
    assert "This discussion is closed" in text(late)
    assert Comment.objects.count() == 1


def test_editing_and_deleting(
    anna: User, ben: User, moderator: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]
) -> None:
    url = f"{home}threads/{thread['id']}"
    client_of(ben).post(url, {"raw_body": "Because."})
    comment_id = str(Comment.objects.get().pk)
    edited = client_of(anna).post(f"{url}/edit", {"title": "Friends", "raw_body": "New"}, follow=True)
    assert "<h1>Friends</h1>" in text(edited)
    client_of(anna).post(f"{url}/edit", {"raw_body": "Not mine", "comment_id": comment_id})
    client_of(anna).post(f"{url}/delete", {"comment_id": comment_id})
    assert Comment.objects.get().body == "Because."
    client_of(ben).post(f"{url}/delete")
    assert CommentThread.objects.count() == 1
    client_of(moderator).post(f"{url}/delete", {"comment_id": comment_id})
    assert not Comment.objects.exists()
    assert "cannot be undone" in text(client_of(anna).get(f"{url}/delete"))
    gone = client_of(anna).post(f"{url}/delete")
    assert gone["Location"] == home
    assert not CommentThread.objects.exists()


def test_outsiders_and_strangers(
    client: Client, outsider: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]
) -> None:
    urls = [home, f"{home}new", f"{home}threads/{thread['id']}", f"{home}threads/{thread['id']}/edit"]
    assert [client.get(url).status_code for url in urls] == [302] * 4
    stranger = client_of(outsider)
    assert [stranger.get(url).status_code for url in urls] == [404] * 4
    assert stranger.post(f"{home}threads/{thread['id']}/act", {"act": "voted", "value": "1"}).status_code == 404


def test_threads_of_nobody(anna: User, client_of: Callable[..., Client], home: str, course_key: CourseKey) -> None:
    shadow = forum_api.create_thread("Held", "secret", "course-v1:community+held+held", str(anna.id))
    client = client_of(anna)
    for thread_id in (shadow["id"], "0", "abc", "²", "9" * 30):
        assert client.get(f"{home}threads/{thread_id}").status_code == 404
    held = forum_api.create_thread("Held", "secret", str(course_key), str(anna.id), context="standalone")
    assert "Held" not in text(client.get(home))
    assert "Nothing found" in text(client.get(home, {"search": "secret"}))
    assert client.get(f"{home}threads/{held['id']}").status_code == 200


def test_blackout_is_said(anna: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]) -> None:
    DiscussionsConfiguration.set_enabled(
        CourseKey.from_string(thread["course_id"]), True, posting_restrictions=PostingRestriction.ENABLED
    )
    client = client_of(anna)
    assert "Posting is switched off" in text(client.get(home))
    assert "Posting is switched off" in text(client.get(f"{home}threads/{thread['id']}"))
    form = {"topic_id": "ethics", "type": "question", "title": "T", "raw_body": "B"}
    assert "blackout" in text(client.post(f"{home}new", form, follow=True))
    assert CommentThread.objects.count() == 1


def test_hostile_posts(anna: User, client_of: Callable[..., Client], home: str) -> None:
    client = client_of(anna)
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    client.post(f"{home}new", {"topic_id": "ethics", "type": "question", "title": bad, "raw_body": f"{bad} 🎉"})
    url = f"{home}threads/{CommentThread.objects.get().pk}"
    client.post(url, {"raw_body": bad})
    for page in (home, url, f"{url}/edit", f"{url}/delete"):
        html = re.sub(r"<script[^>]* src=[^>]*></script>", "", text(client.get(page)))
        assert "<script>alert" not in html
        assert "onerror=alert(1)>" not in re.sub(r"&lt;.*?&gt;", "", html)


def test_pages_do_not_query_per_post(
    anna: User, ben: User, client_of: Callable[..., Client], home: str, thread: dict[str, Any]
) -> None:
    client, url = client_of(ben), f"{home}threads/{thread['id']}"

    def count(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def grow() -> None:
        course_id = thread["course_id"]
        response = forum_api.create_parent_comment(thread["id"], "answer", str(anna.id), course_id, False, False)
        forum_api.create_child_comment(response["id"], "comment", str(anna.id), course_id, False, False)
        forum_api.update_comment_votes(response["id"], str(ben.id), "up")
        forum_api.create_thread("More", "text", course_id, str(anna.id))

    ForumUser.objects.create(user=ben)  # as after his first vote on a page
    grow()
    count(home)
    before = (count(home), count(url))
    for _ in range(5):
        grow()
    assert (count(home), count(url)) == before
