"""A course with a blended task around a class session, its people, a clock that can be set, and short ways to act."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext.data import (
    Anchor,
    AttendanceSource,
    AttendanceState,
    BlendedConfigData,
    Late,
    MeetingMode,
    MeetingPlanData,
    MomentRule,
    PostedData,
    SeatSource,
    SittingData,
    StageConfigData,
    StageKind,
)

COURSE = CourseKey.from_string("course-v1:Meridian+LEAD+2026")
TASK = COURSE.make_usage_key("blended_task", "feedback")
NAIROBI = ZoneInfo("Africa/Nairobi")
START = datetime(2027, 3, 4, 16, tzinfo=UTC)
"""When class begins: a Thursday, 19:00 in Nairobi, for two hours."""

_SUBJECTS = ["Mirjam", "Dov", "manager", "baker", "customer", "driver", "supplier", "auditor", "neighbour", "colleague"]
_VERBS = ["asks", "blames", "praises", "watches", "follows", "invites", "warns", "supports", "questions", "ignores"]
_OBJECTS = ["rota", "label", "printer", "schedule", "overtime", "recipe", "inspection", "invoice", "meeting", "mistake"]


def text_of(number: int, seed: int = 0) -> str:
    """Return a text of so many words; texts with different seeds share no run of words."""
    parts: list[str] = []
    for index in itertools.count():
        a, b, c = (index * 7 + seed * 3) % 10, (index * 3 + seed * 7) % 10, (index + seed) % 10
        parts += [f"{_SUBJECTS[a]}{seed}x{index}", _VERBS[b] + str(seed), f"{_OBJECTS[c]}{seed}y{index}"]
        if len(parts) >= number:
            return " ".join(parts[:number])
    return ""


def rule(anchor: str, days: int = 0, hours: int = 0, stage_id: str = "") -> MomentRule:
    """Return a rule for a date."""
    return MomentRule(anchor=Anchor(anchor), days=days, hours=hours, stage_id=stage_id)


READ = StageConfigData(
    id="s1", kind=StageKind.READ, title="Read", weight=10, unit_ids=("u1", "u2"), due=rule("session_start", hours=-24)
)
DISCUSS = StageConfigData(
    id="s2", kind=StageKind.DISCUSS, title="Take a position", weight=30, position_min=10, answers_wanted=1,
    answer_min=5, opens=rule("session_start", -7), due=rule("session_start", hours=-24), late=Late.DECAY, late_days=2,
    late_percent=20,
)  # fmt: skip
ATTEND = StageConfigData(id="s3", kind=StageKind.ATTEND, title="Class", weight=20)
REPORT = StageConfigData(
    id="s4", kind=StageKind.REPORT, title="Try it", weight=30, report_min=10, opens=rule("session_end"),
    due=rule("session_end", 14),
)  # fmt: skip
REVIEW = StageConfigData(
    id="s5", kind=StageKind.REVIEW, title="Review", weight=10, report_stage_id="s4", reviews_wanted=1, review_min=5,
    opens=rule("session_end"), due=rule("session_end", 21),
)  # fmt: skip
CONFIG = BlendedConfigData(title="Giving feedback upwards", stages=(READ, DISCUSS, ATTEND, REPORT, REVIEW))


class Clock:
    """The present instant, which tests set."""

    def __init__(self) -> None:
        self.now = START - timedelta(days=5)

    def at(self, moment: datetime) -> None:
        """Go to a moment."""
        self.now = moment

    def forward(self, **ahead: float) -> None:
        """Go on."""
        self.now += timedelta(**ahead)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)  # no two facts are of the same instant
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of everything that asks Django for the time; it stands five days before class."""
    found = Clock()
    monkeypatch.setattr("django.utils.timezone.now", found)
    return found


@pytest.fixture
def _no_hurry(settings: Any) -> None:
    """Let people post as fast as tests do."""
    settings.DISCUSSION_EXT_RATE_LIMIT = ""


@pytest.fixture
def course_key(db: None, clock: Clock, _no_hurry: None) -> CourseKey:
    """Return a course in which tasks and points are on."""
    from discussion_ext import api
    from gamification import api as gamification
    from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
    from people import api as people

    CourseOverview.objects.get_or_create(id=COURSE, defaults={"display_name": "Leading teams", "org": "Meridian"})
    api.set_on(COURSE, True, actor_id=1)
    gamification.set_on(COURSE, True, actor_id=1)
    people.run_errands(kind="discussion.course")
    return COURSE


@pytest.fixture
def enrol(course_key: CourseKey) -> Callable[..., int]:
    """Return a maker of enrolled people; it gives their ids."""
    from django.contrib.auth.models import User
    from forum.models import ForumUser

    from common.djangoapps.student.models import CourseEnrollment, UserProfile

    numbers = itertools.count(1)

    def make(name: str = "", *, is_enrolled: bool = True, joined_at: datetime = START - timedelta(days=60)) -> int:
        number = next(numbers)
        user = User.objects.create(username=name or f"learner{number}", email=f"learner{number}@example.org")
        UserProfile.objects.get_or_create(user=user, defaults={"name": f"Learner {name or number}"})
        ForumUser.objects.get_or_create(user=user)
        if is_enrolled:
            row = CourseEnrollment.objects.create(user=user, course_id=course_key, is_active=True)
            CourseEnrollment.objects.filter(pk=row.pk).update(created=joined_at)
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
def finished_units(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, int], datetime]:
    """Return what completion says, by unit and person; the course has the units u1 and u2."""
    from discussion_ext.edx_platform import UnitData

    found: dict[tuple[str, int], datetime] = {}

    def units_done(*, course_key: CourseKey, unit_ids: Any, user_ids: Any) -> dict[tuple[str, int], datetime]:
        assert course_key == COURSE
        return {place: at for place, at in found.items() if place[0] in unit_ids and place[1] in user_ids}

    monkeypatch.setattr("discussion_ext.edx_platform.units_done", units_done)
    monkeypatch.setattr(
        "discussion_ext.edx_platform.list_units", lambda _key: [UnitData("u1", "Why"), UnitData("u2", "How")]
    )
    return found


@pytest.fixture
def make_task(course_key: CourseKey, finished_units: Any) -> Callable[..., UsageKey]:
    """Return a maker of published blended tasks."""
    from discussion_ext.blended.tasks import sync_published

    def make(config: BlendedConfigData = CONFIG, name: str = "feedback", **values: Any) -> UsageKey:
        usage_key = course_key.make_usage_key("blended_task", name)
        sync_published(usage_key=usage_key, course_key=course_key, config=replace(config, **values))
        return usage_key

    return make


@pytest.fixture
def task(make_task: Callable[..., UsageKey]) -> UsageKey:
    """Return the key of a task with one stage of each kind."""
    return make_task()


@pytest.fixture
def sitting(task: UsageKey, staff: int) -> SittingData:
    """Return the sitting of the task's session."""
    return add_sitting(task, staff)


def add_sitting(usage_key: UsageKey, staff: int, **values: Any) -> SittingData:
    """Add a sitting to the session of a task: in Nairobi, at START."""
    from discussion_ext.models import Task
    from discussion_ext.sessions import sittings

    session_id = Task.objects.get(usage_key=str(usage_key)).session_id
    assert session_id is not None
    plan: dict[str, Any] = {
        "title": "Evening",
        "mode": MeetingMode.OFFLINE,
        "starts_local": START.astimezone(NAIROBI).replace(tzinfo=None),
        "zone": "Africa/Nairobi",
        "minutes": 120,
        **values,
    }
    return sittings.add_sitting(session_id=session_id, plan=MeetingPlanData(**plan), actor_id=staff)


@pytest.fixture
def seat(sitting: SittingData) -> Callable[..., None]:
    """Return a way to give people their seat."""

    def give(*user_ids: int, where: SittingData = sitting) -> None:
        from discussion_ext.attendance import seats
        from discussion_ext.sessions.keys import slot_of

        for user_id in user_ids:
            slot = slot_of(where.session_id, user_id)
            seats.claim_seat(meeting_id=where.meeting.id, user_id=user_id, slot=slot, source=SeatSource.TEAM)

    return give


@pytest.fixture
def attend(sitting: SittingData, clock: Clock) -> Callable[..., None]:
    """Return a way to note who came."""

    def note(user_id: int, state: AttendanceState = AttendanceState.PRESENT) -> None:
        from django.db import transaction

        from discussion_ext.attendance import records

        with transaction.atomic():
            held = records.lock_attendance(sitting.meeting.id, user_id)
            records.keep(sitting.meeting, held, state=state, source=AttendanceSource.ROLL, as_of=clock(), actor_id=None)

    return note


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context in which what waits for the commit is done at its end."""

    @contextmanager
    def run() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return run


@pytest.fixture
def write(task: UsageKey, committed: Callable[[], Any]) -> Callable[..., PostedData]:
    """Return a short way to take a position, or to answer one, in a stage."""
    from discussion_ext import api
    from discussion_ext.api import blended

    seeds = itertools.count(100)

    def post(user_id: int, *, to: int | None = None, stage: str = "s2", number: int = 12, **where: Any) -> PostedData:
        key = blended.stage_key(where.get("usage_key", task), stage)
        body = where.get("body") or text_of(number, next(seeds))
        with committed():
            if to is None:
                return api.post_position(usage_key=key, user_id=user_id, body=body)
            return api.post_answer(usage_key=key, user_id=user_id, contribution_id=to, body=body)

    return post


@pytest.fixture
def settle(db: None) -> Callable[[], None]:
    """Return what does all that waits: errands, evaluations, changed configurations and dates."""
    from discussion_ext import api
    from discussion_ext.blended.upkeep import sweep_blended_tasks
    from people import api as people

    def run() -> None:
        people.run_errands()
        for _counts in sweep_blended_tasks(limit=5000):
            pass
        while api.sweep()["evaluations"]:
            pass

    return run


@pytest.fixture
def row(task: UsageKey) -> Callable[..., Any]:
    """Return a learner's kept standing in the task."""
    from discussion_ext.models import Participation

    def find(user_id: int, usage_key: UsageKey = task) -> Any:
        return Participation.objects.get(task__usage_key=str(usage_key), user_id=user_id)

    return find
