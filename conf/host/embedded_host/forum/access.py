"""Who may do what in a course's discussion: the LMS's rules in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.dateparse import parse_datetime
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole, GlobalStaff
from lms.djangoapps.courseware.courses import get_course_with_access
from lms.djangoapps.discussion.rest_api.exceptions import (
    CommentNotFoundError,
    DiscussionDisabledError,
    ThreadNotFoundError,
)
from openedx.core.djangoapps.course_groups.cohorts import get_cohort_id, is_course_cohorted
from openedx.core.djangoapps.discussions.models import DiscussionsConfiguration, PostingRestriction
from openedx.core.djangoapps.django_comment_common.comment_client.comment import Comment
from openedx.core.djangoapps.django_comment_common.comment_client.thread import Thread
from openedx.core.djangoapps.django_comment_common.comment_client.user import User as ForumPerson
from openedx.core.djangoapps.django_comment_common.comment_client.utils import CommentClientRequestError
from openedx.core.djangoapps.django_comment_common.models import (
    FORUM_ROLE_ADMINISTRATOR,
    FORUM_ROLE_COMMUNITY_TA,
    FORUM_ROLE_GROUP_MODERATOR,
    FORUM_ROLE_MODERATOR,
    Role,
)
from openedx.core.lib.exceptions import CourseNotFoundError

MODERATOR_ROLES = frozenset({FORUM_ROLE_ADMINISTRATOR, FORUM_ROLE_MODERATOR})
TA_ROLES = frozenset({FORUM_ROLE_COMMUNITY_TA, FORUM_ROLE_GROUP_MODERATOR})


@dataclass(frozen=True)
class Requester:
    """The person behind a request, in one course."""

    request: Any
    course: Any

    @property
    def user(self) -> Any:
        """The Django user."""
        return self.request.user

    @property
    def course_key(self) -> CourseKey:
        """The key of the course."""
        return self.course.id

    @cached_property
    def person(self) -> ForumPerson:
        """The forum's own record of this person, which is made when it is missing."""
        from forum.models import ForumUser

        ForumUser.objects.get_or_create(user_id=self.user.id)
        person = ForumPerson.from_django_user(self.user)
        person.course_id = self.course_key
        return person

    @cached_property
    def labels(self) -> dict[int, str]:
        """The label of everybody with a role in this course, by user id; staff before moderator before TA."""
        found: dict[int, str] = {}
        held = Role.objects.filter(course_id=self.course_key, name__in=MODERATOR_ROLES | TA_ROLES)
        for name, user_id in held.values_list("name", "users"):
            if user_id is not None and found.get(user_id) != "Moderator":
                found[user_id] = "Moderator" if name in MODERATOR_ROLES else "Community TA"
        for role in (CourseStaffRole(self.course_key), CourseInstructorRole(self.course_key)):
            found.update(dict.fromkeys((user.id for user in role.users_with_role()), "Staff"))
        return found

    @cached_property
    def is_moderator(self) -> bool:
        """Whether this person may edit, close, endorse and delete what others wrote."""
        return GlobalStaff().has_user(self.user) or self.has_forum_role

    @cached_property
    def has_forum_role(self) -> bool:
        """Whether this person moderates or assists in this course's forum."""
        roles = MODERATOR_ROLES | TA_ROLES
        return Role.objects.filter(course_id=self.course_key, name__in=roles, users=self.user).exists()

    @cached_property
    def is_course_staff(self) -> bool:
        """Whether this person is in the course team."""
        return CourseStaffRole(self.course_key).has_user(self.user) or CourseInstructorRole(self.course_key).has_user(
            self.user
        )

    @cached_property
    def cohort_id(self) -> int | None:
        """The cohort whose divided threads this person sees; None for no cohort."""
        return get_cohort_id(self.user, self.course_key)

    def is_author(self, post: Any) -> bool:
        """Say whether this person wrote the post."""
        return str(post["user_id"]) == str(self.user.id)


def is_divided(course_key: CourseKey) -> bool:
    """Say whether the course's threads are kept apart by cohort."""
    settings = DiscussionsConfiguration.get(course_key).plugin_configuration
    return settings.get("division_scheme") == "cohort" and is_course_cohorted(course_key)


def parse_course_key(text: str) -> CourseKey:
    """Return the course key; a text that is none names no course."""
    try:
        return CourseKey.from_string(text)
    except InvalidKeyError as error:
        raise CourseNotFoundError("Course not found.") from error


def access_course(request: Any, course_key: CourseKey, *, check_tab: bool = True) -> Requester:
    """Return the requester for the enrolled and for staff; raises CourseNotFoundError, DiscussionDisabledError."""
    try:
        course = get_course_with_access(request.user, "load", course_key, check_if_enrolled=True)
    except Http404 as error:
        raise CourseNotFoundError("Course not found.") from error
    if check_tab and not DiscussionsConfiguration.is_enabled(course_key):
        raise DiscussionDisabledError("Discussion is disabled for the course.")
    return Requester(request=request, course=course)


def access_thread(request: Any, thread_id: str, **retrieve: Any) -> tuple[Thread, Requester]:
    """Return a thread of a course the person may enter, by its id alone: standalone threads are no exception."""
    try:
        thread = Thread(id=_post_id(thread_id)).retrieve(**retrieve)
    except CommentClientRequestError as error:
        raise ThreadNotFoundError("Thread not found.") from error
    requester = access_course(request, parse_course_key(thread["course_id"]))
    check_group(requester, thread["group_id"])
    return thread, requester


def check_group(requester: Requester, group_id: int | None) -> None:
    """Refuse a thread of another cohort where the course keeps cohorts apart."""
    if not group_id or requester.is_moderator or not is_divided(requester.course_key):
        return
    if requester.cohort_id is not None and requester.cohort_id != group_id:
        raise ThreadNotFoundError("Thread not found.")


def access_comment(request: Any, comment_id: str) -> tuple[Comment, Thread, Requester]:
    """Return a response or comment with its thread, when the person may see that thread."""
    try:
        comment = Comment(id=_post_id(comment_id)).retrieve()
    except CommentClientRequestError as error:
        raise CommentNotFoundError("Comment not found.") from error
    thread, requester = access_thread(request, comment["thread_id"])
    return comment, thread, requester


def _post_id(text: str) -> str:
    """Return the id when it can be one; the database refuses numbers beyond 64 bits."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise CommentClientRequestError(f"No post with id {text}")
    return text


def is_open_for(requester: Requester) -> bool:
    """Say whether this person may post now: moderators always, others outside blackout."""
    restriction = DiscussionsConfiguration.get(requester.course_key).posting_restrictions
    if restriction == PostingRestriction.DISABLED:
        return True
    if restriction == PostingRestriction.SCHEDULED:
        now = datetime.now(UTC)
        if not any(start <= now <= end for start, end in _blackouts(requester.course)):
            return True
    return requester.is_moderator


def _blackouts(course: Any) -> list[tuple[datetime, datetime]]:
    periods = []
    for entry in getattr(course, "discussion_blackouts", None) or []:
        moments = [_aware(moment) for text in entry[:2] if (moment := parse_datetime(str(text)))]
        if len(moments) == 2:
            periods.append((moments[0], moments[1]))
    return periods


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def editable_fields(post: Any, requester: Requester, *, thread: Any = None) -> set[str]:
    """Return what this person may set on a thread, or on a comment whose ``thread`` is given.

    In a closed thread only reporting, reading and the moderators' switches remain.
    """
    is_thread = post["type"] == "thread"
    parent = post if is_thread else thread
    moderates = requester.is_moderator
    allowed = {"abuse_flagged"}
    if is_thread:
        allowed |= {"read", "copy_link"}
        allowed |= {"closed", "close_reason_code"} if moderates else set()
        allowed |= {"pinned"} if moderates or requester.is_course_staff else set()
    if parent["closed"]:
        return allowed
    is_author = requester.is_author(post)
    if moderates or requester.is_course_staff or not is_author:
        allowed.add("voted")
    if is_author or moderates:
        allowed |= {"raw_body", "topic_id", "type", "title"} if is_thread else {"raw_body"}
    if moderates and not is_author:
        allowed.add("edit_reason_code")
    if is_thread:
        allowed.add("following")
        allowed |= {"group_id"} if moderates and is_divided(requester.course_key) else set()
    elif not post.get("parent_id"):
        asked = requester.is_author(thread) and thread["thread_type"] == "question"
        allowed |= {"endorsed"} if moderates or asked else set()
    for name, setting in (("anonymous", "allow_anonymous"), ("anonymous_to_peers", "allow_anonymous_to_peers")):
        if is_author and getattr(requester.course, setting, False):
            allowed.add(name)
    return allowed


def can_delete(post: Any, requester: Requester) -> bool:
    """Say whether this person may delete the post."""
    return requester.is_moderator or requester.is_author(post)
