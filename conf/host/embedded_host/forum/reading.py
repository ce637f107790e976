"""What the discussion pages show, read from the forum's tables in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lms.djangoapps.discussion.rest_api.exceptions import ThreadNotFoundError

from .access import Requester, can_delete, check_group, editable_fields, is_divided
from .render import render_body
from .search import DatabaseThreads
from .serialize import is_hidden

THREADS_PER_PAGE = 20
RESPONSES_PER_PAGE = 30


@dataclass(frozen=True)
class ThreadRow:
    """A thread in the list."""

    id: str
    title: str
    topic_id: str
    is_question: bool
    is_pinned: bool
    is_closed: bool
    is_answered: bool
    author: str | None
    author_label: str | None
    active_at: datetime
    replies: int
    votes: int
    reports: int


@dataclass(frozen=True)
class PostView:
    """A thread, response or comment with everything this person may see and do."""

    id: str
    kind: str
    author: str | None
    author_label: str | None
    created_at: datetime
    is_edited: bool
    body: str
    html: str
    votes: int
    is_voted: bool
    is_mine: bool
    is_reported_by_me: bool
    reports: int
    is_endorsed: bool
    may: frozenset[str]
    comments: list[PostView] = field(default_factory=list)


@dataclass(frozen=True)
class ThreadView:
    """A thread with one page of its responses."""

    post: PostView
    title: str
    topic_id: str
    is_question: bool
    is_pinned: bool
    is_closed: bool
    is_followed: bool
    responses: list[PostView]
    page: Page[Any]


def list_threads(
    requester: Requester, *, topic_id: str = "", search: str = "", mine: bool = False, page: Any = 1
) -> tuple[list[ThreadRow], Page[Any]]:
    """Return a page of the course's own threads, pinned ones first, then by last activity."""
    from forum.models import AbuseFlagger, Comment, CommentThread, UserVote

    course_id = str(requester.course_key)
    threads: QuerySet[Any] = CommentThread.objects.filter(course_id=course_id, context="course")
    if topic_id:
        threads = threads.filter(commentable_id=topic_id)
    if mine:
        threads = threads.filter(author=requester.user)
    if search:
        found = DatabaseThreads().get_thread_ids("course", [], search, course_id=course_id)
        threads = threads.filter(pk__in=[int(pk) for pk in found])
    if not requester.is_moderator and is_divided(requester.course_key) and requester.cohort_id is not None:
        threads = threads.filter(Q(group_id=requester.cohort_id) | Q(group_id__isnull=True))
    of_threads = ContentType.objects.get_for_model(CommentThread)
    per_thread = {"content_type": of_threads, "content_object_id": OuterRef("pk")}
    answered = Comment.objects.filter(comment_thread=OuterRef("pk"), endorsed=True)
    threads = (
        threads.select_related("author")
        .annotate(
            active_at=Coalesce("last_activity_at", "created_at"),
            replies=Count("comment"),
            up_votes=_count(UserVote.objects.filter(**per_thread, vote=1)),
            reports=_count(AbuseFlagger.objects.filter(**per_thread)),
            answers=Coalesce(
                Subquery(answered.order_by().values("comment_thread").annotate(n=Count("pk")).values("n")), 0
            ),
        )
        .order_by("-pinned", "-active_at", "-pk")
    )
    shown = Paginator(threads, THREADS_PER_PAGE).get_page(page)
    rows = []
    for thread in shown:
        post = _as_mapping(thread)
        hidden = is_hidden(requester, post)
        rows.append(
            ThreadRow(
                id=str(thread.pk),
                title=thread.title,
                topic_id=thread.commentable_id,
                is_question=thread.thread_type == "question",
                is_pinned=bool(thread.pinned),
                is_closed=thread.closed,
                is_answered=bool(thread.answers),
                author=None if hidden else thread.author.username,
                author_label=None if hidden else requester.labels.get(thread.author_id),
                active_at=thread.active_at,
                replies=thread.replies,
                votes=thread.up_votes,
                reports=thread.reports if requester.is_moderator else 0,
            )
        )
    return rows, shown


def read_thread(requester: Requester, thread_id: str, *, page: Any = 1) -> ThreadView:
    """Return a thread of this course; endorsed responses come first. Raises ThreadNotFoundError."""
    from forum.models import Comment, CommentThread, Subscription

    thread = (
        CommentThread.objects.select_related("author")
        .filter(pk=int(thread_id), course_id=str(requester.course_key))
        .first()
    )
    if thread is None:
        raise ThreadNotFoundError("Thread not found.")
    check_group(requester, thread.group_id)
    responses = Comment.objects.filter(comment_thread=thread, parent__isnull=True).select_related("author")
    shown = Paginator(responses.order_by("-endorsed", "pk"), RESPONSES_PER_PAGE).get_page(page)
    comments = Comment.objects.filter(parent__in=[response.pk for response in shown]).select_related("author")
    comments = list(comments.order_by("pk"))
    marks = _Marks(requester, thread, [*shown, *comments])
    by_parent: dict[int, list[PostView]] = {}
    for comment in comments:
        by_parent.setdefault(comment.parent_id, []).append(marks.view(comment))
    return ThreadView(
        post=marks.view(thread),
        title=thread.title,
        topic_id=thread.commentable_id,
        is_question=thread.thread_type == "question",
        is_pinned=bool(thread.pinned),
        is_closed=thread.closed,
        is_followed=Subscription.objects.filter(
            subscriber=requester.user,
            source_content_type=ContentType.objects.get_for_model(CommentThread),
            source_object_id=thread.pk,
        ).exists(),
        responses=[marks.view(response, by_parent.get(response.pk, [])) for response in shown],
        page=shown,
    )


class _Marks:
    """Votes, reports and edits of the posts of one page, read together."""

    def __init__(self, requester: Requester, thread: Any, comments: list[Any]) -> None:
        from forum.models import AbuseFlagger, Comment, CommentThread, EditHistory, UserVote

        self._requester = requester
        self._thread = _as_mapping(thread)
        kinds = {
            ContentType.objects.get_for_model(CommentThread).pk: ("thread", [thread.pk]),
            ContentType.objects.get_for_model(Comment).pk: ("comment", [comment.pk for comment in comments]),
        }
        wanted = Q()
        for type_id, (_kind, ids) in kinds.items():
            wanted |= Q(content_type=type_id, content_object_id__in=ids)
        columns = ("content_type", "content_object_id", "user_id")
        votes = UserVote.objects.filter(wanted, vote=1).values_list(*columns)
        reports = AbuseFlagger.objects.filter(wanted).values_list(*columns)
        edits = EditHistory.objects.filter(wanted).values_list("content_type", "content_object_id")
        self._edited = {(kinds[type_id][0], pk) for type_id, pk in edits}
        self._votes = Counter((kinds[type_id][0], pk) for type_id, pk, _user in votes)
        self._reports = Counter((kinds[type_id][0], pk) for type_id, pk, _user in reports)
        me = requester.user.id
        self._my_votes = {(kinds[type_id][0], pk) for type_id, pk, user_id in votes if user_id == me}
        self._my_reports = {(kinds[type_id][0], pk) for type_id, pk, user_id in reports if user_id == me}

    def view(self, post: Any, comments: list[PostView] | None = None) -> PostView:
        """Return what the page shows of a post."""
        requester = self._requester
        mapping = _as_mapping(post)
        key = (mapping["type"], post.pk)
        hidden = is_hidden(requester, mapping)
        may = editable_fields(mapping, requester, thread=self._thread)
        if can_delete(mapping, requester):
            may.add("delete")
        return PostView(
            id=str(post.pk),
            kind=mapping["type"],
            author=None if hidden else post.author.username,
            author_label=None if hidden else requester.labels.get(post.author_id),
            created_at=post.created_at,
            is_edited=key in self._edited,
            body=post.body,
            html=render_body(post.body),
            votes=self._votes[key],
            is_voted=key in self._my_votes,
            is_mine=requester.is_author(mapping),
            is_reported_by_me=key in self._my_reports,
            reports=self._reports[key] if requester.is_moderator else 0,
            is_endorsed=bool(post.endorsed),
            may=frozenset(may),
            comments=comments or [],
        )


def _as_mapping(post: Any) -> dict[str, Any]:
    """Return the forum's row under the names the access rules ask for."""
    is_thread = hasattr(post, "thread_type")
    common = {
        "id": str(post.pk),
        "user_id": str(post.author_id),
        "anonymous": post.anonymous,
        "anonymous_to_peers": post.anonymous_to_peers,
    }
    if is_thread:
        return {**common, "type": "thread", "closed": post.closed, "thread_type": post.thread_type}
    return {**common, "type": "comment", "parent_id": post.parent_id}


def _count(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().values("content_object_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
