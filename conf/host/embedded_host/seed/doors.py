"""The doors that people use: enrolling, reading, posting, voting, reporting, closing. Each is the real call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from crum import set_current_request
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import RequestFactory
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api as cases
from gamification import api as points
from people.models import Delivery

from .roster import Person

PASSWORD = "demo"  # noqa: S105 - the demo signs people in without one; this is for the Django admin


class Doors:
    """Acts of people in one course."""

    def __init__(self, course_key: CourseKey) -> None:
        """Serve one course."""
        self._course_key = course_key
        self._ids: dict[str, int] = {}
        self._joined: set[str] = set()
        self._answered: set[tuple[str, int]] = set()
        self._cohorts: dict[str, Any] = {}
        self._weeks: list[list[list[UsageKey]]] = []

    # -- accounts and the course -----------------------------------------------------------------------------------

    def make_account(self, person: Person, *, joined: datetime) -> None:
        """Create an account with profile and preferences."""
        from common.djangoapps.student.models import UserProfile
        from openedx.core.djangoapps.user_api.models import UserPreference

        is_admin = person.role == "admin"
        user = get_user_model()(
            username=person.username,
            email=f"{person.username}@example.com",
            date_joined=joined,
            is_staff=is_admin,
            is_superuser=is_admin,
        )
        if is_admin:
            user.set_password(PASSWORD)
        else:
            user.set_unusable_password()
        user.save()
        UserProfile.objects.update_or_create(user=user, defaults={"name": person.name})
        UserPreference.objects.bulk_create(
            UserPreference(user=user, key=key, value=value)
            for key, value in (("time_zone", person.zone), ("pref-lang", person.language))
        )
        self._ids[person.username] = user.pk

    def make_cohorts(self, names: tuple[str, ...]) -> None:
        """Divide the course into cohorts."""
        from openedx.core.djangoapps.course_groups import cohorts

        cohorts.set_course_cohorted(self._course_key, True)
        for name in names:
            self._cohorts[name] = cohorts.add_cohort(self._course_key, name, "manual")

    def open_course(self, person: Person) -> None:
        """Turn points and case discussions on, as the course team does in Studio."""
        actor_id = self._id(person)
        points.set_on(self._course_key, True, actor_id=actor_id)
        cases.set_on(self._course_key, True, actor_id=actor_id)
        # The whole history is one transaction, so nothing that waits for the commit comes in time.
        cases.sync_course(self._course_key)

    def join(self, person: Person, *, cohort: str) -> None:
        """Enrol, in a cohort, and give the team and the moderator their roles."""
        from common.djangoapps.student.models import CourseEnrollment
        from common.djangoapps.student.roles import CourseInstructorRole, CourseStaffRole
        from openedx.core.djangoapps.course_groups.cohorts import add_user_to_cohort
        from openedx.core.djangoapps.django_comment_common.models import FORUM_ROLE_MODERATOR, assign_role

        user = self._user(person)
        if person.role == "instructor":
            CourseInstructorRole(self._course_key).add_users(user)
            CourseStaffRole(self._course_key).add_users(user)
        elif person.role == "staff":
            CourseStaffRole(self._course_key).add_users(user)
        if person.role != "admin":
            CourseEnrollment.enroll(user, self._course_key)
            add_user_to_cohort(self._cohorts[cohort], user.username)
        if person.role == "moderator":
            assign_role(self._course_key, user, FORUM_ROLE_MODERATOR)
        self._joined.add(person.username)

    def has_joined(self, person: Person) -> bool:
        """Say whether a person is here yet."""
        return person.username in self._joined

    def show_as(self, person: Person, choice: str) -> None:
        """Choose the name on the board."""
        points.choose_board_name(user_id=self._id(person), course_key=self._course_key, choice=choice)

    def units_by_week(self) -> list[list[list[UsageKey]]]:
        """Return, by week and unit, the blocks that are finished by reading them."""
        from xmodule.modulestore.django import modulestore

        if not self._weeks:
            course = modulestore().get_course(self._course_key)
            for chapter in course.get_children():
                units = [unit for part in chapter.get_children() for unit in part.get_children()]
                pages = [[block.scope_ids.usage_id for block in unit.get_children()] for unit in units]
                self._weeks.append([unit for unit in pages if all(key.block_type == "html" for key in unit)])
        return self._weeks

    def finish_unit(self, person: Person, unit: list[UsageKey]) -> None:
        """Read the pages of a unit to the end."""
        from completion.models import BlockCompletion

        for key in unit:
            BlockCompletion.objects.submit_completion(user=self._user(person), block_key=key, completion=1.0)

    # -- the discussion --------------------------------------------------------------------------------------------

    def open_thread(self, person: Person, *, topic: str, title: str, body: str, kind: str = "discussion") -> str:
        """Open a thread and return its id."""
        from lms.djangoapps.discussion.rest_api.api import create_thread

        data = {"course_id": str(self._course_key), "topic_id": topic, "type": kind, "title": title, "raw_body": body}
        with self._request(person) as request:
            return create_thread(request, data)["id"]

    def respond(self, person: Person, *, thread: str, body: str) -> None:
        """Answer a thread."""
        from lms.djangoapps.discussion.rest_api.api import create_comment

        with self._request(person) as request:
            create_comment(request, {"thread_id": thread, "raw_body": body})

    def vote(self, person: Person, thread: str) -> None:
        """Vote for a thread."""
        self._change_thread(person, thread, {"voted": True})

    def report_thread(self, person: Person, thread: str) -> None:
        """Report a thread."""
        self._change_thread(person, thread, {"abuse_flagged": True})

    def delete_thread(self, person: Person, thread: str) -> None:
        """Delete a thread as a moderator."""
        from lms.djangoapps.discussion.rest_api.api import delete_thread

        with self._request(person) as request:
            delete_thread(request, thread)

    # -- the cases -------------------------------------------------------------------------------------------------

    def open_case(self, person: Person, case: str) -> None:
        """Open a case for reading."""
        cases.open_case(usage_key=self._case(case), user_id=self._id(person))

    def take_position(self, person: Person, case: str, body: str) -> int:
        """Take a position and return the contribution's id."""
        with self._request(person):
            posted = cases.post_position(usage_key=self._case(case), user_id=self._id(person), body=body)
        return self._posted_id(posted)

    def answer(self, person: Person, case: str, position: int, body: str) -> int:
        """Answer a position and return the contribution's id."""
        self._answered.add((person.username, position))
        with self._request(person):
            posted = cases.post_answer(
                usage_key=self._case(case), contribution_id=position, user_id=self._id(person), body=body
            )
        return self._posted_id(posted)

    def has_answered(self, person: Person, position: int) -> bool:
        """Say whether a person has answered a position."""
        return (person.username, position) in self._answered

    def look_back(self, person: Person, case: str, body: str) -> None:
        """Look back on one's position."""
        with self._request(person):
            cases.post_look_back(usage_key=self._case(case), user_id=self._id(person), body=body)

    def find_helpful(self, person: Person, case: str, contribution: int) -> None:
        """Mark a post as helpful."""
        with self._request(person):
            cases.set_helpful(
                usage_key=self._case(case), contribution_id=contribution, user_id=self._id(person), is_helpful=True
            )

    def report(self, person: Person, case: str, contribution: int, reason: str) -> None:
        """Report a post to the team."""
        with self._request(person):
            cases.report_contribution(
                usage_key=self._case(case), contribution_id=contribution, user_id=self._id(person), reason=reason
            )

    def remove(self, person: Person, case: str, contribution: int, reason: str) -> None:
        """Remove a post with a reason."""
        with self._request(person):
            cases.remove_contribution(
                usage_key=self._case(case), contribution_id=contribution, actor_id=self._id(person), reason=reason
            )

    def close_case(self, person: Person, case: str, synthesis: str) -> None:
        """Close a case with a synthesis."""
        with self._request(person):
            task_id = cases.close_case(usage_key=self._case(case), actor_id=self._id(person), synthesis=synthesis)
            cases.evaluate_task(task_id)

    # -- the stage -------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Do now, at the moment of the act, what waits for the end of its request.

        The whole history is one transaction, so that it is there or not; on its own each act would have been committed.
        Mail of the past is not sent, also if it is only asked for here.
        """
        while connection.run_on_commit:
            Delivery.objects.filter(state="pending").update(state="skipped", detail="From before the demo began.")
            waiting: Any = connection.run_on_commit.pop(0)
            waiting[1]()

    def _change_thread(self, person: Person, thread: str, data: dict[str, Any]) -> None:
        from lms.djangoapps.discussion.rest_api.api import update_thread

        with self._request(person) as request:
            update_thread(request, thread, data)

    @contextmanager
    def _request(self, person: Person) -> Iterator[Any]:
        """Let a person be the one whose request this is, until somebody else's begins."""
        request = RequestFactory().post("/")
        request.user = self._user(person)
        set_current_request(request)
        yield request

    def _case(self, case: str) -> UsageKey:
        return self._course_key.make_usage_key("case_discussion", case)

    def _id(self, person: Person) -> int:
        return self._ids[person.username]

    def _user(self, person: Person) -> Any:
        return get_user_model().objects.get(pk=self._id(person))

    @staticmethod
    def _posted_id(posted: Any) -> int:
        if posted.contribution is None:
            message = "The post went to the forum, and no contribution was recorded: are the receivers connected?"
            raise RuntimeError(message)
        return posted.contribution.id
