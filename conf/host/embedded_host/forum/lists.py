"""Read side of the discussion API: the course, its topics, and pages of threads and comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from opaque_keys.edx.keys import CourseKey

from lms.djangoapps.discussion.rest_api.exceptions import ThreadNotFoundError
from openedx.core.lib.exceptions import PageNotFoundError

from .access import access_course, access_thread, is_divided, is_open_for
from .serialize import represent_comment, represent_thread
from .topics import list_topics

SORT_KEYS = {"last_activity_at": "activity", "comment_count": "comments", "vote_count": "votes"}


@dataclass(frozen=True)
class Page:
    """One page of a list, in the words of the platform's paginator."""

    results: list[dict[str, Any]]
    number: int
    pages: int
    count: int
    extra: dict[str, Any]


@dataclass(frozen=True)
class ThreadQuery:
    """Which threads are asked for; ``topic_ids``, ``text_search`` and ``following`` exclude each other."""

    page: int = 1
    page_size: int = 10
    topic_ids: Sequence[str] = ()
    text_search: str = ""
    following: bool = False
    author: str = ""
    thread_type: str | None = None
    flagged: bool = False
    view: str | None = None
    order_by: str = "last_activity_at"


def get_course(request: Any, course_key: CourseKey, check_tab: bool = True) -> dict[str, Any]:
    """Return what a discussion page needs to know about a course and this person in it."""
    requester = access_course(request, course_key, check_tab=check_tab)
    query = urlencode({"course_id": str(course_key)})
    threads_url = request.build_absolute_uri(f"{reverse('thread-list')}?{query}")
    return {
        "id": str(course_key),
        "is_posting_enabled": is_open_for(requester),
        "blackouts": [],
        "thread_list_url": threads_url,
        "following_thread_list_url": f"{threads_url}&following=True",
        "topics_url": request.build_absolute_uri(reverse("course_topics_v2", args=[str(course_key)])),
        "allow_anonymous": bool(getattr(requester.course, "allow_anonymous", False)),
        "allow_anonymous_to_peers": bool(getattr(requester.course, "allow_anonymous_to_peers", False)),
        "user_roles": sorted(request.user.roles.filter(course_id=course_key).values_list("name", flat=True).distinct()),
        "has_moderation_privileges": requester.is_moderator,
        "is_group_ta": False,
        "is_user_admin": request.user.is_staff,
        "provider": "openedx",
    }


def get_course_topics_v2(
    course_key: CourseKey, user: Any, topic_ids: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Return the topics with their thread counts; a wanted id that is no topic is left out."""
    from forum import api

    requester = access_course(_RequestOf(user), course_key, check_tab=False)
    counts = api.get_commentables_stats(str(course_key))
    return [
        {
            "id": topic.id,
            "usage_key": None,
            "name": topic.name,
            "thread_counts": counts.get(topic.id, {"discussion": 0, "question": 0}),
            "enabled_in_context": True,
        }
        for topic in list_topics(requester.course)
        if not topic_ids or topic.id in topic_ids
    ]


def get_thread(request: Any, thread_id: str, course_id: str | None = None) -> dict[str, Any]:
    """Return one thread by its id."""
    thread, requester = access_thread(request, thread_id, with_responses=True, user_id=str(request.user.id))
    if course_id and course_id != thread["course_id"]:
        raise ThreadNotFoundError("Thread not found.")
    return represent_thread(requester, thread)


def get_thread_list(request: Any, course_key: CourseKey, query: ThreadQuery) -> Page:
    """Return a page of a course's threads, never of its standalone ones."""
    requester = access_course(request, course_key)
    author_id = _find_author_id(query.author)
    if query.author and author_id is None:
        # An error would tell whether the name exists.
        return Page(results=[], number=1, pages=1, count=0, extra={"text_search_rewrite": None})
    group_id = None
    if is_divided(course_key) and not requester.is_moderator:
        group_id = requester.cohort_id
    found = _fetch_threads(request.user, course_key, query, author_id=author_id, group_id=group_id)
    if found["page"] != query.page or (query.page > 1 and not found["collection"]):
        raise PageNotFoundError("Page not found (No results on this page).")
    return Page(
        results=[represent_thread(requester, thread) for thread in found["collection"]],
        number=query.page,
        pages=found["num_pages"],
        count=found["thread_count"],
        extra={"text_search_rewrite": found.get("corrected_text")},
    )


def _find_author_id(username: str | None) -> int | None:
    return User.objects.filter(username=username).values_list("id", flat=True).first() if username else None


def _fetch_threads(
    user: Any, course_key: CourseKey, query: ThreadQuery, *, author_id: int | None, group_id: int | None
) -> dict[str, Any]:
    from forum import api

    wanted = {
        "author_id": str(author_id) if author_id else None,
        "thread_type": query.thread_type,
        "flagged": True if query.flagged else None,
        query.view or "unread": True if query.view else None,
        "commentable_ids": list(query.topic_ids) or None,
    }
    params: dict[str, Any] = {
        "user_id": str(user.id),
        "course_id": str(course_key),
        "sort_key": SORT_KEYS[query.order_by],
        "page": query.page,
        "per_page": query.page_size,
        **{name: value for name, value in wanted.items() if value is not None},
    }
    if query.text_search:
        groups = [] if group_id is None else [group_id]
        return api.search_threads(text=query.text_search, group_ids=groups, **params)
    if group_id is not None:
        params["group_id"] = group_id
    if query.following:
        return api.get_user_subscriptions(**params)
    return api.get_user_threads(**params)


def get_comment_list(
    request: Any,
    thread_id: str,
    endorsed: bool | None,
    page: int,
    page_size: int,
    merge_question_type_responses: bool = False,
) -> Page:
    """Return a page of a thread's responses; a question's are asked for endorsed or not endorsed."""
    thread, requester = access_thread(
        request,
        thread_id,
        with_responses=True,
        recursive=True,
        user_id=str(request.user.id),
        response_skip=0,
        # The forum pages before it divides a question's answers, so the page is cut here.
        response_limit=1_000_000,
        reverse_order=False,
        merge_question_type_responses=merge_question_type_responses,
    )
    is_divided_list = thread["thread_type"] == "question" and not merge_question_type_responses
    if is_divided_list and endorsed is None:
        raise ValidationError({"endorsed": ["This field is required for question threads."]})
    if not is_divided_list and endorsed is not None and not merge_question_type_responses:
        raise ValidationError({"endorsed": ["This field may not be specified for discussion threads."]})
    if is_divided_list:
        responses = thread["endorsed_responses" if endorsed else "non_endorsed_responses"] or []
    else:
        responses = thread["children"] or []
    start = page_size * (page - 1)
    shown = responses[start : start + page_size]
    if not shown and page != 1:
        raise PageNotFoundError("Page not found (No results on this page).")
    return Page(
        results=[represent_comment(requester, response, thread=thread) for response in shown],
        number=page,
        pages=-(-len(responses) // page_size) or 1,
        count=len(responses),
        extra={},
    )


@dataclass(frozen=True)
class _RequestOf:
    """As much of a request as an access check asks for."""

    user: Any
