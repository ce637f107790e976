"""The world in which receivers fail: some people in a course, and a picture of all that we know about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import crum
from django.contrib.auth.models import User
from django.test import RequestFactory
from forum import api as forum_api
from forum.models import ForumUser
from opaque_keys.edx.keys import CourseKey, UsageKey

from common.djangoapps.student.models import CourseEnrollment
from common.djangoapps.student.roles import CourseStaffRole
from discussion_ext.models import Contribution, HelpfulMark, Participation, PendingEvaluation, Report, Seat, Task
from gamification.models import Entry, Total
from people.models import Delivery, Pseudonym, ShownName

_WORDS = ["rota", "label", "printer", "schedule", "overtime", "recipe", "inspection", "invoice", "meeting", "mistake"]


@dataclass
class Scene:
    """An author, a peer and a moderator in the course; ``number`` keeps what they write and own apart from others'."""

    number: int
    course_key: CourseKey
    author: User
    peer: User
    moderator: User
    #: What the story has made so far.
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def case_key(self) -> UsageKey:
        """Return the key of the scene's own case block."""
        return self.course_key.make_usage_key("case_discussion", f"case{self.number}")

    @property
    def topic(self) -> str:
        """Return the topic of the scene's own open case."""
        return f"table{self.number}"

    def text(self, words: int, seed: int = 0) -> str:
        """Return so many words that nobody else writes."""
        return " ".join(f"{_WORDS[(i * 7 + seed) % 10]}{self.number}s{seed}n{i}" for i in range(words))

    def say_thread(self, user: User, seed: int = 0) -> str:
        """Start a discussion in the scene's topic, as the discussions page does, and return its id."""
        thread = forum_api.create_thread(
            title="A measure", body=self.text(15, seed), course_id=str(self.course_key), user_id=str(user.pk),
            commentable_id=self.topic,
        )  # fmt: skip
        return str(thread["id"])

    def say_response(self, user: User, thread_id: str, seed: int = 1) -> str:
        """Respond to a discussion and return the id of the response."""
        comment = forum_api.create_parent_comment(
            thread_id=thread_id, body=self.text(15, seed), user_id=str(user.pk), course_id=str(self.course_key),
            anonymous=False, anonymous_to_peers=False,
        )  # fmt: skip
        return str(comment["id"])


def make_scene(number: int, course_key: CourseKey) -> Scene:
    """Make the people of a scene."""
    people = {}
    for role in ("author", "peer", "moderator"):
        user = User.objects.create(username=f"{role}{number}", email=f"{role}{number}@example.org")
        ForumUser.objects.get_or_create(user=user)
        people[role] = user
    for role in ("author", "peer"):
        CourseEnrollment.enroll(people[role], course_key)
    CourseStaffRole(course_key).add_users(people["moderator"])
    return Scene(number=number, course_key=course_key, **people)


def act_as(user: User | None) -> None:
    """Be the person who makes the current request."""
    request = None
    if user is not None:
        request = RequestFactory().post("/")
        request.user = User.objects.get(pk=user.pk)
    crum.set_current_request(request)


def picture(scene: Scene) -> dict[str, Any]:
    """Return what we know about the people of a scene, without ids and moments: two alike scenes give one picture."""
    from completion.models import BlockCompletion

    from lms.djangoapps.courseware.models import StudentModule

    role = {scene.author.pk: "author", scene.peer.pk: "peer", scene.moderator.pk: "moderator", None: None}
    ids = [scene.author.pk, scene.peer.pk, scene.moderator.pk]
    posts = Contribution.objects.filter(author_id__in=ids).select_related("parent", "task").order_by("created_at", "pk")
    state = {
        "posts": [
            (
                role[post.author_id], post.kind, post.state, role[post.state_actor_id], post.words, bool(post.body),
                post.revision, post.answers, post.helpful, post.ordinal, post.is_counted, post.fold_due,
                post.points_due, post.parent.kind if post.parent else None, bool(post.task), post.forum_key is None,
            )
            for post in posts
        ],
        "marks": [
            (role[mark.user_id], mark.contribution.kind, mark.is_on, mark.is_counted, mark.fold_due)
            for mark in HelpfulMark.objects.filter(user_id__in=ids).select_related("contribution")
        ],
        "reports": [
            (role[report.reporter_id], report.contribution.kind, report.state)
            for report in Report.objects.filter(reporter_id__in=ids).select_related("contribution")
        ],
        "learners": [
            (role[row.user_id], row.step, row.earned, row.possible, row.completion, row.has_position, row.is_retired)
            for row in Participation.objects.filter(user_id__in=ids)
        ],
        "seats": [
            (role[seat.user_id], seat.source)
            for seat in Seat.objects.filter(user_id__in=ids)
        ],
        "waiting": PendingEvaluation.objects.filter(user_id__in=ids).count(),
        "cases": list(
            Task.objects.filter(usage_key=str(scene.case_key)).values_list("title", "version", "is_active", "fault")
        ),
        "lines": [
            (role[line.user_id], line.kind, line.worth, line.is_void, line.reason, bool(line.title), line.is_folded)
            for line in Entry.objects.filter(user_id__in=ids)
        ],
        "totals": [(role[row.user_id], row.points, row.listing) for row in Total.objects.filter(user_id__in=ids)],
        "grades": [(role[row.student_id], row.grade) for row in StudentModule.objects.filter(student_id__in=ids)],
        "completions": [
            (role[row.user_id], row.completion) for row in BlockCompletion.objects.filter(user_id__in=ids)
        ],
        "mail": [(role[row.user_id], row.kind, row.state) for row in Delivery.objects.filter(user_id__in=ids)],
        "names": Pseudonym.objects.filter(user_id__in=ids).count() + ShownName.objects.filter(user_id__in=ids).count(),
    }  # fmt: skip
    # In the order of their making, except where several are made at once.
    return {
        name: value if name == "posts" or not isinstance(value, list) else Counter(value)
        for name, value in state.items()
    }
