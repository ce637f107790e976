"""The doors that people use: enrolling, reading, posting, voting, reporting, closing. Each is the real call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from babel.core import get_global
from crum import set_current_request
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api as cases
from discussion_ext.api import attendance, blended, sessions
from discussion_ext.blended.upkeep import sweep_blended_tasks
from discussion_ext.data import AttendanceSource, AttendanceState, MeetingPlanData, TickData
from gamification import api as points
from people.data import NewsState
from people.models import Delivery, NewsItem

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
        self._sittings: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._seated: dict[tuple[str, str], str] = {}

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
        profile = {"name": person.name, "country": _country(person.zone)}
        UserProfile.objects.update_or_create(user=user, defaults=profile)
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

    # -- the class session and its task ----------------------------------------------------------------------------

    def add_sitting(self, person: Person, task: str, name: str, plan: MeetingPlanData) -> None:
        """Hold the task's class session once more, with this person as its host."""
        session = sessions.ensure_session(course_key=self._course_key, block_id=task, title="Giving feedback upwards")
        plan = replace(plan, host_id=self._id(person))
        added = sessions.add_sitting(session_id=session.id, plan=plan, actor_id=self._id(person))
        self._sittings[task, name] = (session.id, added.id, added.meeting.id)

    def open_task(self, person: Person, task: str) -> None:
        """Look at a blended task."""
        blended.open_task(usage_key=self._task(task), user_id=self._id(person))

    def take_seat(self, person: Person, task: str, name: str) -> bool:
        """Choose a sitting, and say whether there was a seat."""
        session_id, sitting_id, _meeting_id = self._sittings[task, name]
        try:
            sessions.choose_sitting(session_id=session_id, sitting_id=sitting_id, user_id=self._id(person))
        except cases.CaseError:
            return False
        self._seated[task, person.username] = name
        return True

    def has_seat(self, person: Person, task: str) -> bool:
        """Say whether a person has chosen a sitting."""
        return (task, person.username) in self._seated

    def finish_units(self, person: Person, units: tuple[str, ...]) -> None:
        """Read whole units to the end."""
        from xmodule.modulestore.django import modulestore

        for name in units:
            unit = modulestore().get_item(self._course_key.make_usage_key("vertical", name), depth=None)
            self.finish_unit(person, [block.scope_ids.usage_id for block in unit.get_children()])

    def say(self, person: Person, task: str, stage: str, body: str) -> int:
        """Take a position in a stage and return the contribution's id."""
        with self._request(person):
            posted = cases.post_position(usage_key=self._stage(task, stage), user_id=self._id(person), body=body)
        return self._posted_id(posted)

    def answer_in_stage(self, person: Person, task: str, stage: str, position: int, body: str) -> None:
        """Answer a position in a stage."""
        self._answered.add((person.username, position))
        with self._request(person):
            key = self._stage(task, stage)
            cases.post_answer(usage_key=key, contribution_id=position, user_id=self._id(person), body=body)

    def check_in(self, person: Person, task: str, name: str) -> None:
        """Type the code that the host shows."""
        _session_id, _sitting_id, meeting_id = self._sittings[task, name]
        code = attendance.current_code(meeting_id).code
        attendance.check_in(meeting_id=meeting_id, user_id=self._id(person), code=code, source=AttendanceSource.CODE)

    def call_the_roll(self, person: Person, task: str, name: str, *, there: list[Person]) -> None:
        """Tick everybody who has a seat: those who are there as present, the others as absent."""
        _session_id, _sitting_id, meeting_id = self._sittings[task, name]
        came = {one.username for one in there}
        seated = [username for (of, username), where in self._seated.items() if (of, where) == (task, name)]
        known = attendance.find_attendance([meeting_id], [self._ids[username] for username in seated])
        ticks = [
            TickData(
                request_key=f"demo-{task}-{username}",
                user_id=self._ids[username],
                state=AttendanceState.PRESENT if username in came else AttendanceState.ABSENT,
                made_at=timezone.now(),
            )
            for username in seated
            if (meeting_id, self._ids[username]) not in known
        ]
        attendance.record_roll(meeting_id=meeting_id, actor_id=self._id(person), ticks=ticks)

    def report_back(self, person: Person, task: str, stage: str, text: str) -> None:
        """Hand in a report."""
        with self._request(person):
            blended.hand_in_report(usage_key=self._task(task), stage_id=stage, user_id=self._id(person), text=text)

    def review(self, person: Person, task: str, stage: str, texts: list[str]) -> int:
        """Review the reports that are drawn, one text each, and say how many there were."""
        mine = {"usage_key": self._task(task), "stage_id": stage, "user_id": self._id(person)}
        drawn = blended.draw_reviews(**mine)
        with self._request(person):
            for target, text in zip(drawn, texts, strict=False):
                blended.write_review(**mine, contribution_id=target.contribution_id, text=text)
        return min(len(drawn), len(texts))

    def ask_again(self, person: Person, task: str, stage: str, text: str) -> None:
        """Ask the team to look at a stage again."""
        blended.appeal(usage_key=self._task(task), stage_id=stage, user_id=self._id(person), text=text)

    def list_without_report(self, task: str, stage: str, *, among: str) -> list[str]:
        """Return who sat in a sitting and has not reported back."""
        key = self._stage(task, stage)
        seated = [username for (of, username), where in self._seated.items() if (of, where) == (task, among)]
        return [name for name in seated if not cases.has_taken_part(usage_key=key, user_id=self._ids[name])]

    def decide(self, person: Person, task: str, stage: str, about: str, *, act: str, reason: str) -> None:
        """Excuse somebody from a stage, give more time, or mark it."""
        what = {
            "usage_key": self._task(task),
            "stage_id": stage,
            "user_id": self._ids[about],
            "actor_id": self._id(person),
            "reason": reason,
        }
        with self._request(person):
            if act == "more_time":
                blended.extend_stage(**what, until=timezone.now() + timedelta(days=7))
            elif act == "mark":
                blended.mark_stage(**what, share=1.0)
            else:
                blended.excuse_stage(**what)

    def catch_up(self) -> None:
        """Do what the jobs of the site would have done by now."""
        cases.sweep(limit=10_000)
        for _done in sweep_blended_tasks(limit=10_000):
            self.settle()
        NewsItem.objects.filter(state=NewsState.WAITING).update(state=NewsState.DROPPED, settled_at=timezone.now())
        self.settle()

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

    def _task(self, task: str) -> UsageKey:
        return self._course_key.make_usage_key("blended_task", task)

    def _stage(self, task: str, stage: str) -> UsageKey:
        return blended.stage_key(self._task(task), stage)

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


def _country(zone: str) -> str:
    """Return the country of a time zone, as somebody would give it in their profile."""
    known_as = get_global("zone_aliases").get(zone, zone)
    country: str = get_global("zone_territories").get(known_as, "")
    return country
