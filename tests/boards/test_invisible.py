"""What stands on a board is read through its owner's pages alone: any route of the platform says that it is not there.

Asked by somebody with an account, by one of a course's team, by a moderator of the forum and by site staff; each route
shows a post of an ordinary course to whom it is for, so that a refusal is none for another reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from forum import api as forum_api
from opaque_keys.edx.keys import CourseKey
from rest_framework.views import APIView

from discussion_ext.api import boards
from discussion_ext.data import BoardData
from discussion_ext.middleware import HeldPostsMiddleware
from discussion_ext.models import Contribution

from .conftest import COURSE_ID

pytestmark = pytest.mark.django_db

THREADS = "/api/discussion/v1/threads/"
COMMENTS = "/api/discussion/v1/comments/"
PATCH = "application/merge-patch+json"
SECRET = "Xylophone lessons behind the blue door"


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """Return a published course with a discussion."""
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch

    key = CourseKey.from_string("course-v1:School+People101+2026")
    fields = {"display_name": "Managing people", "discussion_topics": {"Ethics": {"id": "ethics"}}}
    CourseStore(Branch.DRAFT).create_course(key, fields)
    return key


@pytest.fixture(params=["learner", "moderator", "team", "superuser"])
def client(request: pytest.FixtureRequest, course_key: CourseKey, make_member: Callable[[], int]) -> Client:
    """Return a client of somebody who may read the course."""
    from common.djangoapps.student.models import CourseEnrollment
    from common.djangoapps.student.roles import CourseStaffRole
    from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_MODERATOR, assign_role

    user = User.objects.get(pk=make_member())
    CourseEnrollment.objects.create(user=user, course_id=course_key)
    if request.param == "moderator":
        assign_role(course_key, user, FORUM_ROLE_MODERATOR)
    elif request.param == "team":
        CourseStaffRole(course_key).add_users(user)
    elif request.param == "superuser":
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    found = Client()
    found.force_login(User.objects.get(pk=user.pk), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


@pytest.fixture
def secret(author: int, start: Callable[..., int], answer: Callable[..., int]) -> tuple[str, str]:
    """Return the numbers, in the forum, of a topic and a reply."""
    topic_id = start(author, SECRET, SECRET)
    answer(topic_id, author, SECRET)
    thread, comment = Contribution.objects.order_by("pk").values_list("forum_key", flat=True)
    return thread.partition(":")[2], comment.partition(":")[2]


def test_the_discussion_api_has_no_such_post(client: Client, course_key: CourseKey, secret: tuple[str, str]) -> None:
    thread, comment = secret
    form = "application/json"
    doors = [
        client.get(f"{THREADS}{thread}/"),
        client.get(COMMENTS, {"thread_id": thread}),
        client.get(f"{COMMENTS}{comment}/"),
        client.get(THREADS, {"course_id": COURSE_ID}),
        client.get(f"/api/discussion/v1/courses/{quote(COURSE_ID)}/"),
        client.get(f"/api/discussion/v1/course_topics/{quote(COURSE_ID)}"),
        client.patch(f"{THREADS}{thread}/", {"voted": True}, content_type=PATCH),
        client.patch(f"{THREADS}{thread}/", {"raw_body": "Mine now."}, content_type=PATCH),
        client.patch(f"{COMMENTS}{comment}/", {"abuse_flagged": True}, content_type=PATCH),
        client.post(COMMENTS, {"thread_id": thread, "raw_body": "x"}, content_type=form),
        client.delete(f"{COMMENTS}{comment}/"),
        client.delete(f"{THREADS}{thread}/"),
    ]
    assert {door.status_code for door in doors} <= {404, 405}, [door.status_code for door in doors]
    assert not any(SECRET in door.content.decode() for door in doors)
    assert Contribution.objects.filter(state="live", helpful=0).count() == 2
    own = forum_api.create_thread("Open", "words", str(course_key), str(Contribution.objects.all()[0].author_id))
    assert client.get(f"{THREADS}{own['id']}/").status_code == 200


@pytest.mark.parametrize("query", [{}, {"topic_id": "club-1-all"}, {"text_search": "xylophone"}, {"following": "true"}])
def test_no_list_of_a_course_holds_it(
    client: Client, course_key: CourseKey, secret: tuple[str, str], query: dict[str, str]
) -> None:
    assert secret
    answered = client.get(THREADS, {"course_id": str(course_key), **query})
    assert answered.status_code == 200
    assert answered.json()["results"] == []


def test_the_pages_of_before_that_api_have_no_such_post(
    client: Client, course_key: CourseKey, secret: tuple[str, str]
) -> None:
    thread, _comment = secret
    home = f"/courses/{course_key}/discussion/forum/"
    for address in (f"{home}club-1-all/threads/{thread}", f"{home}ethics/threads/0{thread}", f"{home}threads/{thread}"):
        assert client.get(address).status_code == 404
        assert client.get(address, {"ajax": 1}).status_code == 404
    assert SECRET not in client.get(home, {"search": "xylophone"}).content.decode()


def test_the_forums_own_api_is_refused(secret: tuple[str, str]) -> None:
    guard = HeldPostsMiddleware(lambda _request: HttpResponse())

    def ask(address: str, **named: str) -> None:
        guard.process_view(RequestFactory().get(address), APIView.as_view(), (), named)

    thread, comment = secret
    for named in ({"thread_id": thread}, {"comment_id": comment}, {"thread_id": f"0{thread}"}):
        with pytest.raises(Http404):
            ask("/forum/api/v2/threads/1", **named)
        with pytest.raises(Http404):
            ask("/courses/x/discussion/threads/1/update", **named)
    for key in (COURSE_ID, COURSE_ID.upper(), f" {COURSE_ID}", COURSE_ID.replace("e", "é")):
        with pytest.raises(Http404):
            ask(f"/forum/api/v2/search/threads?text=the&course_id={quote(key)}")
        with pytest.raises(Http404):
            ask("/forum/api/v2/users/stats", course_id=key)
    ask("/forum/api/v2/search/threads?text=the&course_id=course-v1%3Aany%2Bcourse%2Bthere")


def test_a_chapter_s_key_is_kept_apart_too() -> None:
    guard = HeldPostsMiddleware(lambda _request: HttpResponse())
    for key in (settings.CHAPTERS_BOARD_COURSE_KEY, settings.DISCUSSION_EXT_HELD_COURSE_KEY):
        with pytest.raises(Http404):
            guard.process_view(
                RequestFactory().get("/forum/api/v2/users/stats"), APIView.as_view(), (), {"course_id": key}
            )


def test_cases_and_course_teams_know_nothing_of_boards(
    board: BoardData, course_key: CourseKey, secret: tuple[str, str], moderator: int
) -> None:
    from discussion_ext import api
    from discussion_ext.exceptions import CaseError

    post_id = Contribution.objects.order_by("pk")[0].pk
    key = course_key.make_usage_key("case_discussion", "bakery")
    from discussion_ext.data import CaseConfigData

    api.set_on(course_key, True, actor_id=moderator)
    api.sync_task(usage_key=key, course_key=course_key, config=CaseConfigData(title="Bakery"))
    for act in (
        lambda: api.remove_contribution(usage_key=key, contribution_id=post_id, actor_id=moderator),
        lambda: api.restore_contribution(usage_key=key, contribution_id=post_id, actor_id=moderator),
        lambda: api.report_contribution(usage_key=key, contribution_id=post_id, user_id=moderator, is_team=True),
        lambda: api.edit_contribution(usage_key=key, contribution_id=post_id, user_id=moderator, body="Mine."),
        lambda: api.list_answers(usage_key=key, contribution_id=post_id, user_id=moderator, is_team=True),
    ):
        with pytest.raises(CaseError):
            act()
    assert boards.locate_post(post_id).board_key == board.key
    assert secret


def test_boards_know_nothing_of_posts_of_courses(board: BoardData, course_key: CourseKey, author: int) -> None:
    from discussion_ext import api

    api.set_on(course_key, True, actor_id=author)
    forum_api.create_thread("Open", "words", str(course_key), str(author), commentable_id="ethics")
    post_id = Contribution.objects.get().pk
    for act in (
        lambda: boards.locate_post(post_id),
        lambda: boards.report_post(post_id=post_id, user_id=author + 1),
        lambda: boards.remove_post(post_id=post_id, actor_id=author + 1),
        lambda: boards.withdraw_post(post_id=post_id, author_id=author),
    ):
        with pytest.raises(boards.ContributionNotFoundError):
            act()
    assert re.fullmatch(r"course-v1:.*", Contribution.objects.get().course_id)
