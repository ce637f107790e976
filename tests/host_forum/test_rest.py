"""The REST routes: addresses, status codes and what a learner gets to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone
from forum import api as forum_api
from opaque_keys.edx.keys import CourseKey
from waffle.testutils import override_flag

from common.djangoapps.student.models import CourseEnrollment
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration

THREADS = "/api/discussion/v1/threads/"
COMMENTS = "/api/discussion/v1/comments/"
PATCH = "application/merge-patch+json"


@pytest.fixture
def anna_client(anna: User, client_of: Callable[..., Client]) -> Client:
    return client_of(anna)


@pytest.fixture
def thread(anna_client: Client, thread_data: dict[str, Any]) -> dict[str, Any]:
    response = anna_client.post(THREADS, thread_data, content_type="application/json")
    assert response.status_code == 200
    return response.json()


def titles(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [thread["title"] for thread in response.json()["results"]]


def test_thread_from_first_to_last(
    anna: User, ben: User, client_of: Callable[..., Client], thread_data: dict[str, Any]
) -> None:
    mine, others = client_of(anna), client_of(ben)
    created = mine.post(THREADS, thread_data, content_type="application/json")
    assert created.status_code == 200
    url = f"{THREADS}{created.json()['id']}/"
    assert others.get(url).json()["title"] == thread_data["title"]
    changed = mine.patch(url, {"raw_body": "New"}, content_type=PATCH)
    assert (changed.status_code, changed.json()["raw_body"]) == (200, "New")
    assert others.delete(url).status_code == 403
    assert mine.delete(url).status_code == 204
    assert mine.get(url).status_code == 404


def test_answers_and_comments(anna_client: Client, thread: dict[str, Any]) -> None:
    answer = anna_client.post(
        COMMENTS, {"thread_id": thread["id"], "raw_body": "Because."}, content_type="application/json"
    ).json()
    data = {"thread_id": thread["id"], "parent_id": answer["id"], "raw_body": "Why?"}
    child = anna_client.post(COMMENTS, data, content_type="application/json").json()
    listed = anna_client.get(COMMENTS, {"thread_id": thread["id"]}).json()
    assert [response["id"] for response in listed["results"]] == [answer["id"]]
    assert listed["pagination"]["count"] == 1
    assert [comment["id"] for comment in listed["results"][0]["children"]] == [child["id"]]
    url = f"{COMMENTS}{answer['id']}/"
    assert anna_client.patch(url, {"raw_body": "Now"}, content_type=PATCH).json()["raw_body"] == "Now"
    assert anna_client.delete(url).status_code == 204
    assert anna_client.get(COMMENTS, {"thread_id": thread["id"]}).json()["results"] == []


def test_changes_come_as_merge_patch(anna_client: Client, thread: dict[str, Any]) -> None:
    url = f"{THREADS}{thread['id']}/"
    assert anna_client.patch(url, {"title": "T"}, content_type="application/json").status_code == 415
    assert anna_client.patch(url, {"title": "T"}, content_type=PATCH).status_code == 200


def test_lists_by_topic_text_author_and_following(
    anna: User, ben: User, client_of: Callable[..., Client], thread_data: dict[str, Any], course_key: CourseKey
) -> None:
    mine, others = client_of(anna), client_of(ben)
    for client, change in (
        (mine, {"title": "One"}),
        (mine, {"title": "Two", "topic_id": "welcome", "following": True}),
        (others, {"title": "Three", "raw_body": "A walrus and **why**"}),
    ):
        assert client.post(THREADS, {**thread_data, **change}, content_type="application/json").status_code == 200
    course = {"course_id": str(course_key)}
    assert sorted(titles(mine.get(THREADS, course))) == ["One", "Three", "Two"]
    assert titles(mine.get(THREADS, {**course, "topic_id": "welcome"})) == ["Two"]
    assert titles(mine.get(THREADS, {**course, "text_search": "WALRUS why"})) == ["Three"]
    assert titles(mine.get(THREADS, {**course, "text_search": "walrus never"})) == []
    assert titles(mine.get(THREADS, {**course, "author": "ben"})) == ["Three"]
    assert titles(mine.get(THREADS, {**course, "author": "nobody"})) == []
    assert titles(mine.get(THREADS, {**course, "following": "true"})) == ["Two"]
    both = mine.get(THREADS, {**course, "following": "true", "topic_id": "welcome"})
    assert both.status_code == 400
    pages = mine.get(THREADS, {**course, "page_size": 2, "page": 2}).json()
    assert (len(pages["results"]), pages["pagination"]["num_pages"], pages["pagination"]["count"]) == (1, 2, 3)
    assert pages["pagination"]["previous"].endswith("page=1")
    assert mine.get(THREADS, {**course, "page_size": 2, "page": 3}).status_code == 404


def test_standalone_threads_are_absent_from_lists_and_served_by_id(
    anna: User, ben: User, client_of: Callable[..., Client], course_key: CourseKey
) -> None:
    held = forum_api.create_thread("Held", "secret", str(course_key), str(anna.id), context="standalone")
    client = client_of(ben)
    course = {"course_id": str(course_key)}
    for query in ({}, {"topic_id": "course"}, {"text_search": "secret"}, {"author": "anna"}):
        assert titles(client.get(THREADS, {**course, **query})) == []
    assert client.get(f"{THREADS}{held['id']}/").status_code == 200
    assert client.get(COMMENTS, {"thread_id": held["id"]}).status_code == 200


def test_a_shadow_key_is_closed_by_every_door(anna: User, client_of: Callable[..., Client]) -> None:
    shadow = "course-v1:community+discussion_ext+held"
    held = forum_api.create_thread("Held", "secret", shadow, str(anna.id), context="standalone")
    answer = forum_api.create_parent_comment(held["id"], "answer", str(anna.id), shadow, False, False)
    client = client_of(anna)
    doors = [
        client.get(f"{THREADS}{held['id']}/"),
        client.get(COMMENTS, {"thread_id": held["id"]}),
        client.get(THREADS, {"course_id": shadow}),
        client.patch(f"{THREADS}{held['id']}/", {"voted": True}, content_type=PATCH),
        client.patch(f"{COMMENTS}{answer['id']}/", {"abuse_flagged": True}, content_type=PATCH),
        client.delete(f"{COMMENTS}{answer['id']}/"),
        client.post(COMMENTS, {"thread_id": held["id"], "raw_body": "x"}, content_type="application/json"),
    ]
    assert [door.status_code for door in doors] == [404] * len(doors)
    assert doors[0].json() == {"developer_message": "Course not found."}


def test_who_left_the_course_sees_nothing(
    ben: User, client_of: Callable[..., Client], thread: dict[str, Any], course_key: CourseKey
) -> None:
    client = client_of(ben)
    url = f"{THREADS}{thread['id']}/"
    assert client.get(url).status_code == 200
    CourseEnrollment.objects.filter(user=ben, course_id=course_key).update(is_active=False)
    assert client.get(url).status_code == 404


def test_signed_out_people_are_refused(client: Client, thread: dict[str, Any]) -> None:
    assert client.get(f"{THREADS}{thread['id']}/").status_code in (401, 403)


@pytest.mark.parametrize("body", ["[]", "7", '"text"', "null", "{", '{"course_id": 7}', '{"course_id": {"a": 1}}'])
def test_bodies_that_are_no_thread(anna_client: Client, body: str) -> None:
    assert anna_client.post(THREADS, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "body", ["[]", "7", '"text"', "null", '{"voted": NaN}', '{"raw_body": null}', '{"raw_body": ""}']
)
def test_bodies_that_are_no_change(anna_client: Client, thread: dict[str, Any], body: str) -> None:
    response = anna_client.patch(f"{THREADS}{thread['id']}/", body, content_type=PATCH)
    assert response.status_code == 400


@pytest.mark.parametrize("thread_id", ["0", "999999", "9" * 40, "abc", "²", "-1"])
def test_ids_of_no_thread(anna_client: Client, course_key: CourseKey, thread_id: str) -> None:
    assert anna_client.get(f"{THREADS}{thread_id}/").status_code == 404
    assert anna_client.get(COMMENTS, {"thread_id": thread_id}).status_code == 404


def test_field_errors_name_the_field(anna_client: Client, thread_data: dict[str, Any]) -> None:
    response = anna_client.post(THREADS, {**thread_data, "title": ""}, content_type="application/json")
    assert response.status_code == 400
    assert list(response.json()["field_errors"]) == ["title"]


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"page_size": "-1"}, {"flagged": "maybe"}, {"view": "x"}]
)
def test_bad_queries(anna_client: Client, course_key: CourseKey, query: dict[str, str]) -> None:
    response = anna_client.get(THREADS, {"course_id": str(course_key), **query})
    assert response.status_code == 400
    assert list(response.json()["field_errors"]) == list(query)


def test_scripts_in_a_post_are_taken_out(anna_client: Client, thread_data: dict[str, Any]) -> None:
    body = "<script>alert(1)</script> [x](javascript:alert(1)) <b onclick=alert(1)>bold</b> **ok**"
    shown = anna_client.post(THREADS, {**thread_data, "raw_body": body}, content_type="application/json").json()
    assert shown["raw_body"] == body
    html = shown["rendered_body"]
    assert "<strong>ok</strong>" in html
    for danger in ("<script", "javascript:", "onclick"):
        assert danger not in html


def test_course_and_topics(anna_client: Client, thread: dict[str, Any], course_key: CourseKey) -> None:
    course = anna_client.get(f"/api/discussion/v1/courses/{course_key}/").json()
    assert (course["is_posting_enabled"], course["has_moderation_privileges"]) == (True, False)
    topics = anna_client.get(f"/api/discussion/v2/course_topics/{course_key}").json()
    assert [(topic["id"], topic["name"]) for topic in topics] == [("welcome", "Welcome"), ("ethics", "Ethics")]
    assert topics[1]["thread_counts"] == {"discussion": 1, "question": 0}
    assert anna_client.get("/api/discussion/v1/courses/course-v1:No+Such+Course/").status_code == 404
    DiscussionsConfiguration.set_enabled(course_key, False)
    off = anna_client.get(f"/api/discussion/v1/courses/{course_key}/")
    assert (off.status_code, off.json()) == (
        404,
        {"developer_message": "Discussion is disabled for the course."},
    )


@override_settings(DISCUSSION_RATELIMIT="2/m", SKIP_RATE_LIMIT_ON_ACCOUNT_AFTER_DAYS=3)
def test_new_accounts_post_at_a_limited_rate(
    anna: User, moderator: User, client_of: Callable[..., Client], thread_data: dict[str, Any]
) -> None:
    def post(user: User) -> int:
        return client_of(user).post(THREADS, thread_data, content_type="application/json").status_code

    assert [post(anna) for _ in range(3)] == [200, 200, 200]
    with override_flag("discussions.enable_rate_limit", active=True):
        assert [post(anna) for _ in range(3)] == [200, 200, 429]
        assert [post(moderator) for _ in range(3)] == [200, 200, 200]
        User.objects.filter(pk=anna.pk).update(date_joined=timezone.now() - timedelta(days=4))
        assert post(anna) == 200
