"""A course with a class session, people of it, and short ways to make sittings and to run what waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from opaque_keys.edx.keys import CourseKey

from discussion_ext.data import AssignedBy, MeetingMode, MeetingPlanData, SessionData, SittingData

COURSE = CourseKey.from_string("course-v1:Meridian+LEAD+2026")
NAIROBI = ZoneInfo("Africa/Nairobi")


def soon(**ahead: float) -> datetime:
    """Return the wall clock in Nairobi so far ahead, to the minute."""
    return (datetime.now(NAIROBI) + timedelta(**ahead)).replace(tzinfo=None, second=0, microsecond=0)


def plan_of(**values: Any) -> MeetingPlanData:
    """Return a plan for ten days ahead in Nairobi, with what is given."""
    base: dict[str, Any] = {
        "title": "Evening",
        "mode": MeetingMode.OFFLINE,
        "starts_local": soon(days=10),
        "zone": "Africa/Nairobi",
        "minutes": 90,
        "place": "Room B2",
    }
    return MeetingPlanData(**{**base, **values})


@pytest.fixture
def course_key(db: None) -> CourseKey:
    """Return a course of the host."""
    from embedded_host.courses.store import CourseStore
    from embedded_host.models import Branch
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

    CourseStore(Branch.DRAFT).create_course(COURSE, {"display_name": "Leading teams", "start": "2026-01-01T00:00:00Z"})
    CourseOverview.objects.get_or_create(id=COURSE, defaults={"display_name": "Leading teams", "org": "Meridian"})
    return COURSE


@pytest.fixture
def enrol(course_key: CourseKey) -> Callable[..., int]:
    """Return a maker of people who are enrolled; it gives their ids."""
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import CourseEnrollment, UserProfile

    numbers = itertools.count(1)

    def make(name: str = "", *, is_enrolled: bool = True) -> int:
        number = next(numbers)
        name = name or f"learner{number}"
        user = User.objects.create(username=name, email=f"{name}@example.org")
        UserProfile.objects.get_or_create(user=user, defaults={"name": f"{name.title()} Doe"})
        if is_enrolled:
            CourseEnrollment.objects.create(user=user, course_id=course_key, is_active=True)
        return user.pk

    return make


@pytest.fixture
def learner(enrol: Callable[..., int]) -> int:
    """Return the id of a learner."""
    return enrol("amara")


@pytest.fixture
def peer(enrol: Callable[..., int]) -> int:
    """Return the id of another learner."""
    return enrol("tomas")


@pytest.fixture
def staff(enrol: Callable[..., int], course_key: CourseKey) -> int:
    """Return the id of a member of the course team."""
    from common.djangoapps.student.models import CourseAccessRole

    user_id = enrol("ruben", is_enrolled=False)
    CourseAccessRole.objects.create(user_id=user_id, org="Meridian", course_id=course_key, role="staff")
    return user_id


@pytest.fixture
def session(course_key: CourseKey) -> SessionData:
    """Return a session in which learners choose until a day before."""
    from discussion_ext.api import sessions

    return sessions.ensure_session(course_key=course_key, block_id="feedback", title="Giving feedback upwards")


@pytest.fixture
def assigned(session: SessionData, staff: int) -> Callable[..., SessionData]:
    """Return a way to change who decides, and how."""
    from discussion_ext.api import sessions

    def change(by: AssignedBy = AssignedBy.CHOICE, *, hours: int = 24, replay: int = 0) -> SessionData:
        return sessions.change_session(
            session_id=session.id,
            title=session.title,
            assigned_by=by,
            change_until_hours=hours,
            replay_percent=replay,
            actor_id=staff,
        )

    return change


@pytest.fixture
def add(session: SessionData, staff: int) -> Callable[..., SittingData]:
    """Return a maker of sittings."""
    from discussion_ext.api import sessions

    def make(*, cohort_ids: Any = (), replay_unit: str = "", replay_url: str = "", **values: Any) -> SittingData:
        return sessions.add_sitting(
            session_id=session.id,
            plan=plan_of(**values),
            cohort_ids=cohort_ids,
            replay_unit=replay_unit,
            replay_url=replay_url,
            actor_id=staff,
        )

    return make


@pytest.fixture
def task(session: SessionData) -> int:
    """Return the id of a task that hangs on the session."""
    from discussion_ext.models import Task

    row = Task.objects.create(
        usage_hash="a" * 40, usage_key="block-v1:x", course_id=str(COURSE), title="Speaking up", session_id=session.id
    )
    return row.pk


@pytest.fixture
def choose(session: SessionData) -> Callable[..., Any]:
    """Return a short way to choose a sitting."""
    from discussion_ext.api import sessions

    def take(user_id: int, sitting: SittingData) -> Any:
        return sessions.choose_sitting(session_id=session.id, user_id=user_id, sitting_id=sitting.id)

    return take


@pytest.fixture
def own(session: SessionData) -> Callable[[int], Any]:
    """Return a short way to see where somebody sits."""
    from discussion_ext.api import sessions

    return lambda user_id: sessions.find_own_sitting(session_id=session.id, user_id=user_id)


@pytest.fixture
def run(db: None) -> Callable[[], Any]:
    """Return what does everything that waits for after the commit."""
    from people import api as people

    return people.run_errands


@pytest.fixture
def waiting(task: int) -> Callable[[], list[int]]:
    """Return who waits to be evaluated in the session's task, in order, and forget it."""
    from discussion_ext.models import PendingEvaluation

    def take() -> list[int]:
        rows = PendingEvaluation.objects.filter(task_id=task)
        found = sorted(set(rows.values_list("user_id", flat=True)))
        rows.delete()
        return found

    return take


@pytest.fixture
def told(db: None) -> Callable[[], list[SimpleNamespace]]:
    """Return the news that were added, in their order, as kind, user and context."""
    from people.models import NewsItem

    return lambda: [
        SimpleNamespace(kind=row.kind, user_id=row.user_id, context=row.context)
        for row in NewsItem.objects.order_by("pk")
    ]


@pytest.fixture
def cohort(course_key: CourseKey) -> Callable[..., Any]:
    """Return a maker of cohorts, in a course that uses them."""
    from openedx.core.djangoapps.course_groups import cohorts
    from openedx.core.djangoapps.course_groups.models import CourseCohort

    cohorts.set_course_cohorted(course_key, True)

    def make(name: str, *user_ids: int) -> Any:
        from django.contrib.auth.models import User

        group = cohorts.add_cohort(course_key, name, CourseCohort.MANUAL)
        for user_id in user_ids:
            cohorts.add_user_to_cohort(group, User.objects.get(pk=user_id))
        return group

    return make


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return what sets the clock of Django to a moment and stops it there."""

    def stop(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return stop
