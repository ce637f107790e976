"""No address that names a post by its number gives a held one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from opaque_keys.edx.keys import CourseKey, UsageKey
from rest_framework.views import APIView

from discussion_ext import api
from discussion_ext.data import PostedData
from discussion_ext.middleware import HeldPostsMiddleware
from discussion_ext.models import Contribution

pytestmark = pytest.mark.django_db


def _ask(address: str = "/", /, **named: str) -> None:
    middleware = HeldPostsMiddleware(lambda _request: HttpResponse())
    middleware.process_view(RequestFactory().get(address), APIView.as_view(), (), named)


def _number(posted: PostedData) -> str:
    assert posted.contribution is not None
    key = Contribution.objects.get(pk=posted.contribution.id).forum_key
    assert key
    return key.partition(":")[2]


def test_a_held_position_and_answer_are_not_there(
    case: UsageKey, learner: int, peer: int, take_position: Callable[..., PostedData], words: Callable[..., str]
) -> None:
    position = take_position(learner)
    take_position(peer)
    assert position.contribution is not None
    answer = api.post_answer(
        usage_key=case, contribution_id=position.contribution.id, user_id=peer, body=words(40), is_team=False
    )
    for named in ({"thread_id": _number(position)}, {"comment_id": _number(answer)}):
        with pytest.raises(Http404):
            _ask(course_id="course-v1:any+course+there", **named)
        with pytest.raises(Http404):
            _ask("/forum/api/v2/threads/1", **named)
        _ask("/api/discussion/v1/threads/1", **named)


@pytest.mark.parametrize("write", ["0{}", "+{}", " {} ", "{}\n", "0_{}", "٠{}", "00000000000000000000{}"])
def test_a_number_is_known_however_it_is_written(
    learner: int, take_position: Callable[..., PostedData], write: str
) -> None:
    from forum.models import CommentThread

    number = write.format(_number(take_position(learner)))
    assert CommentThread.objects.filter(pk=number).exists()  # the forum finds it
    with pytest.raises(Http404):
        _ask(thread_id=number)


@pytest.mark.parametrize("context", ["standalone", "Standalone", "standalone ", "ſtandalone"])
def test_the_forums_own_api_lists_none_by_context(context: str) -> None:
    with pytest.raises(Http404):
        _ask(f"/forum/api/v2/search/threads?text=the&context={quote(context)}")
    _ask("/forum/api/v2/search/threads?text=the&context=course")


@pytest.mark.parametrize("write", [str, str.upper, "{} ".format, "\u200b{}".format, lambda key: key.replace("e", "é")])
def test_the_forums_own_api_lists_none_by_key(write: Callable[[str], str]) -> None:
    held = write(settings.DISCUSSION_EXT_HELD_COURSE_KEY)
    with pytest.raises(Http404):
        _ask(f"/forum/api/v2/search/threads?text=the&course_id={quote(held)}")
    with pytest.raises(Http404):
        _ask("/forum/api/v2/users/stats", course_id=held)
    _ask("/forum/api/v2/search/threads?text=the&course_id=course-v1%3Aany%2Bcourse%2Bthere")
    _ask("/forum/api/v2/users/stats", course_id="course-v1:any+course+there")


@pytest.mark.parametrize(
    "number", ["0", "999999999", "9" * 23, "9" * 5000, "5f3c0e7b9d1a4c0017a2b3c4", "²", "-1", "x1"]
)
def test_other_numbers_are_left_to_the_platform(number: str) -> None:
    _ask(thread_id=number)
    _ask(comment_id=number)
    _ask(usage_id=number)


def test_a_thread_of_the_course_is_left_to_the_platform(course_key: CourseKey, learner: int) -> None:
    from forum import api as forum

    thread = forum.create_thread("Open", "For everybody.", str(course_key), str(learner), commentable_id="course")
    _ask(thread_id=str(thread["id"]))


def test_the_platform_asks_us_at_its_own_addresses(
    client: Client, course_key: CourseKey, learner: int, take_position: Callable[..., PostedData]
) -> None:
    from django.contrib.auth import get_user_model

    assert settings.MIDDLEWARE.count("discussion_ext.middleware.HeldPostsMiddleware") == 1
    client.force_login(get_user_model().objects.get(pk=learner), backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/courses/{course_key}/discussion/forum/course/threads/"
    assert client.get(f"{address}{_number(take_position(learner))}").status_code == 404
    assert client.get(f"{address}999999999").status_code == 302
