"""The one door to the platform: its forum, grade book, completion, cohorts, enrolments and course content.

One question per function, in our words. Imports of the platform stand inside the functions, because Studio has no forum
and no completion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey, UsageKey
from rest_framework.exceptions import APIException

from .data import CaseConfigData, ForumPostData, TopicData

REFUSALS: tuple[type[Exception], ...] = (
    PermissionDenied,
    ValidationError,
    Http404,
    APIException,
    ObjectDoesNotExist,
)
"""The errors by which the LMS says that a person may not post here or now; its own are subclasses of these."""

_THREAD, _COMMENT = "thread", "comment"
_TEAM_ROLES = ("staff", "limited_staff", "instructor")


@dataclass(frozen=True)
class ScoredBlock:
    """What the grade book wants to know of a block when its score is published outside a request for it."""

    location: UsageKey
    weight: None = None
    """No weight: the raw score is the score."""


# -- people in a course ------------------------------------------------------------------------------------------------


def is_enrolled(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is actively enrolled."""
    from common.djangoapps.student.models import CourseEnrollment

    return CourseEnrollment.objects.filter(user_id=user_id, course_id=course_key, is_active=True).exists()


def is_course_team(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is staff of the course or of the site."""
    from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole, GlobalStaff

    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    return user is not None and (
        GlobalStaff().has_user(user)
        or CourseStaffRole(course_key).has_user(user)
        or CourseInstructorRole(course_key).has_user(user)
    )


def count_learners(course_key: CourseKey, *, without: QuerySet[Any] | None = None) -> int:
    """Return how many people are actively enrolled to learn; ``without`` selects user ids."""
    return _learners(course_key, without=without).count()


def list_learner_ids(
    course_key: CourseKey, *, without: QuerySet[Any] | None = None, after: int = 0, offset: int = 0, limit: int = 100
) -> list[int]:
    """Return ids of people enrolled to learn in order, starting beyond ``after``; ``without`` selects user ids."""
    found = _learners(course_key, without=without).filter(user_id__gt=after)
    return list(found.order_by("user_id").values_list("user_id", flat=True)[offset : offset + limit])


def is_learner(user_id: int, course_key: CourseKey) -> bool:
    """Tell whether the person is actively enrolled to learn."""
    return _learners(course_key, without=None).filter(user_id=user_id).exists()


def list_teachers(course_key: CourseKey) -> QuerySet[Any]:
    """Return the ids of those who teach here, as a query: a team role in the course or its organisation, site staff."""
    from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment

    whole_organisation = Q(course_id=CourseKeyField.Empty, org=course_key.org)
    roles = CourseAccessRole.objects.filter(Q(course_id=course_key) | whole_organisation, role__in=_TEAM_ROLES)
    enrolled = CourseEnrollment.objects.filter(course_id=course_key)
    is_teacher = Q(user_id__in=roles.values("user_id")) | Q(user__is_staff=True)
    return enrolled.filter(is_teacher).values("user_id")


def _learners(course_key: CourseKey, *, without: QuerySet[Any] | None) -> QuerySet[Any]:
    from common.djangoapps.student.models import CourseEnrollment

    found = CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    found = found.exclude(user_id__in=list_teachers(course_key))
    return found if without is None else found.exclude(user_id__in=without)


def cohort_id(user_id: int, course_key: CourseKey) -> int:
    """Return the person's cohort in the course, 0 for none."""
    from openedx.core.djangoapps.course_groups.cohorts import get_cohort_id

    user = get_user_model().objects.filter(pk=user_id).first()
    return (get_cohort_id(user, course_key) or 0) if user is not None else 0


def current_user_id() -> int | None:
    """Return who is really making the current request (under masquerade: the member of staff), None outside one."""
    from crum import get_current_user

    user = get_current_user()
    return user.pk if user is not None and user.is_authenticated else None


def current_request_of(user_id: int) -> Any | None:
    """Return the current request if this person makes it, else None."""
    from crum import get_current_request

    return get_current_request() if current_user_id() == user_id else None


# -- course content ----------------------------------------------------------------------------------------------------


def list_task_configurations(course_key: CourseKey) -> Iterator[tuple[UsageKey, CaseConfigData]]:
    """Return every case block of the published course with what it asks."""
    from xmodule.modulestore.django import modulestore

    for block in modulestore().get_items(course_key, qualifiers={"category": "case_discussion"}):
        yield block.scope_ids.usage_id.map_into_course(course_key), block.task_configuration()


def list_topics(course_key: CourseKey) -> list[TopicData]:
    """Return the course-wide topics that the course team has made."""
    from xmodule.modulestore.django import modulestore

    course = modulestore().get_course(course_key)
    topics = (course.discussion_topics or {}) if course is not None else {}
    return [TopicData(id=str(entry["id"]), title=title) for title, entry in topics.items() if entry.get("id")]


def get_course_title(course_key: CourseKey) -> str:
    """Return the course's name, empty where it is unknown."""
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    return CourseOverview.objects.filter(id=course_key).values_list("display_name", flat=True).first() or ""


# -- grade and completion ----------------------------------------------------------------------------------------------


def publish_score(*, user_id: int, usage_key: UsageKey, earned: float, possible: float) -> None:
    """Tell the grade book a score, lower than before or not."""
    from lms.djangoapps.grades.signals.signals import SCORE_PUBLISHED

    SCORE_PUBLISHED.send(
        sender=None,
        block=ScoredBlock(location=usage_key),
        user=get_user_model().objects.get(pk=user_id),
        raw_earned=earned,
        raw_possible=possible,
        only_if_higher=False,
    )


def publish_completion(*, user_id: int, usage_key: UsageKey, completion: float) -> None:
    """Tell completion how far someone is, 0..1, unless the site does not track completion."""
    from completion.models import BlockCompletion
    from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH

    if not ENABLE_COMPLETION_TRACKING_SWITCH.is_enabled():
        return
    user = get_user_model().objects.get(pk=user_id)
    BlockCompletion.objects.submit_completion(user=user, block_key=usage_key, completion=completion)


# -- forum: reading ----------------------------------------------------------------------------------------------------


def read_post(post: Any) -> ForumPostData:
    """Return what we need of a ``CommentThread`` or ``Comment`` of the forum."""
    is_thread = not hasattr(post, "comment_thread_id")
    thread = post if is_thread else post.comment_thread
    thread_key = f"{_THREAD}:{thread.pk}"
    parent_key = None if is_thread else f"{_COMMENT}:{post.parent_id}" if post.parent_id else thread_key
    return ForumPostData(
        key=thread_key if is_thread else f"{_COMMENT}:{post.pk}",
        course_id=post.course_id,
        topic_id=thread.commentable_id or "",
        author_id=post.author_id,
        title=thread.title if is_thread else "",
        body=post.body or "",
        is_question=thread.thread_type == "question",
        is_anonymous=bool(post.anonymous or post.anonymous_to_peers),
        is_retired=bool(post.retired_username),
        parent_key=parent_key,
        thread_key=thread_key,
        group_id=thread.group_id,
        created_at=post.created_at,
    )


def post_key(post: Any) -> str:
    """Return the key of a forum object without reading anything else of it."""
    return f"{_COMMENT if hasattr(post, 'comment_thread_id') else _THREAD}:{post.pk}"


def target_key(reaction: Any) -> str | None:
    """Return the key of the post that a forum vote or flag is on, None for anything else."""
    kind = {"commentthread": _THREAD, "comment": _COMMENT}.get(reaction.content_type.model)
    return f"{kind}:{reaction.content_object_id}" if kind else None


def find_post(key: str) -> ForumPostData | None:
    """Return the post under a key, None when it is gone."""
    post = _posts(key).filter(pk=_pk(key)).first()
    return read_post(post) if post is not None else None


def existing_keys(keys: Iterable[str]) -> set[str]:
    """Return those of the keys whose posts exist, in at most two queries."""
    from forum.models import Comment, CommentThread

    wanted = list(keys)
    found: set[str] = set()
    for kind, model in ((_THREAD, CommentThread), (_COMMENT, Comment)):
        ids = [_pk(key) for key in wanted if key.startswith(f"{kind}:")]
        if ids:
            found.update(f"{kind}:{pk}" for pk in model.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return found


def list_posts(kind: str, *, after: int, since: datetime, limit: int) -> list[tuple[int, ForumPostData]]:
    """Return a batch of threads or comments (``kind``) since a moment with ids beyond ``after``, oldest first."""
    posts = _posts(f"{kind}:0").filter(pk__gt=after, created_at__gte=since).order_by("pk")[:limit]
    return [(post.pk, read_post(post)) for post in posts]


# -- forum: writing ----------------------------------------------------------------------------------------------------


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
    return f"{_THREAD}:{thread['id']}"


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
    if parent_key.startswith(_THREAD):
        comment = forum_api.create_parent_comment(thread_id=str(_pk(parent_key)), **common)
    else:
        comment = forum_api.create_child_comment(parent_comment_id=str(_pk(parent_key)), **common)
    return f"{_COMMENT}:{comment['id']}"


def create_thread_through_lms(request: Any, *, course_id: str, topic_id: str, title: str, body: str) -> str:
    """Post a thread as the discussions page does: with its access checks, events and notifications."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    data = {"course_id": course_id, "topic_id": topic_id, "type": "discussion", "title": title, "raw_body": body}
    return f"{_THREAD}:{lms_api.create_thread(request, data)['id']}"


def create_comment_through_lms(request: Any, *, thread_key: str, parent_key: str, body: str) -> str:
    """Post a response or comment as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    data: dict[str, Any] = {"thread_id": str(_pk(thread_key)), "raw_body": body}
    if parent_key.startswith(_COMMENT):
        data["parent_id"] = str(_pk(parent_key))
    return f"{_COMMENT}:{lms_api.create_comment(request, data)['id']}"


def update_post(key: str, *, course_id: str, editor_id: int, body: str) -> None:
    """Change the text of a post; the forum keeps the former one in its edit history."""
    from forum import api as forum_api

    change = forum_api.update_thread if key.startswith(_THREAD) else forum_api.update_comment
    change(str(_pk(key)), body=body, course_id=course_id, editing_user_id=str(editor_id))


def update_post_through_lms(request: Any, key: str, *, body: str) -> None:
    """Change the text of a post as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    change = lms_api.update_thread if key.startswith(_THREAD) else lms_api.update_comment
    change(request, str(_pk(key)), {"raw_body": body})


def delete_post(key: str, *, course_id: str) -> None:
    """Delete a post with everything beneath it."""
    from forum import api as forum_api

    delete = forum_api.delete_thread if key.startswith(_THREAD) else forum_api.delete_comment
    delete(str(_pk(key)), course_id=course_id)


def delete_post_through_lms(request: Any, key: str) -> None:
    """Delete a post as the discussions page does."""
    from lms.djangoapps.discussion.rest_api import api as lms_api

    delete = lms_api.delete_thread if key.startswith(_THREAD) else lms_api.delete_comment
    delete(request, str(_pk(key)))


def has_vote(key: str, *, user_id: int) -> bool:
    """Tell whether the person has voted for a post."""
    from django.contrib.contenttypes.models import ContentType
    from forum.models import Comment, CommentThread, UserVote

    model = CommentThread if key.startswith(_THREAD) else Comment
    found = UserVote.objects.filter(content_type=ContentType.objects.get_for_model(model), content_object_id=_pk(key))
    return found.filter(user_id=user_id, vote=1).exists()


def set_vote(key: str, *, course_id: str, user_id: int, is_up: bool) -> None:
    """Vote for a post, or take the vote back."""
    from forum import api as forum_api

    is_thread = key.startswith(_THREAD)
    if is_up:
        vote = forum_api.update_thread_votes if is_thread else forum_api.update_comment_votes
        vote(str(_pk(key)), user_id=str(user_id), value="up", course_id=course_id)
    else:
        unvote = forum_api.delete_thread_vote if is_thread else forum_api.delete_comment_vote
        unvote(str(_pk(key)), user_id=str(user_id), course_id=course_id)


def flag_post(key: str, *, course_id: str, user_id: int) -> None:
    """Report a post."""
    from forum import api as forum_api

    flag = forum_api.update_thread_flag if key.startswith(_THREAD) else forum_api.update_comment_flag
    flag(str(_pk(key)), action="flag", user_id=str(user_id), course_id=course_id)


def unflag_post(key: str, *, course_id: str, user_id: int) -> None:
    """Take all reports of a post back, as a moderator who looked at it."""
    from forum import api as forum_api

    flag = forum_api.update_thread_flag if key.startswith(_THREAD) else forum_api.update_comment_flag
    flag(str(_pk(key)), action="unflag", user_id=str(user_id), update_all=True, course_id=course_id)


def _posts(key: str) -> QuerySet[Any]:
    from forum.models import Comment, CommentThread

    if key.startswith(_THREAD):
        return CommentThread.objects.all()
    return Comment.objects.select_related("comment_thread")


def _pk(key: str) -> int:
    return int(key.partition(":")[2])
