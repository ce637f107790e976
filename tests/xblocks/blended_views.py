"""Made-up views of one blended task for one learner, so that each state of the screen can be drawn by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opaque_keys.edx.keys import UsageKey

from discussion_ext.data import (
    AssignedBy,
    BlendedConfigData,
    BlendedResultData,
    BlendedViewData,
    CaseConfigData,
    Late,
    MeetingData,
    MeetingMode,
    OwnSittingData,
    RequirementState,
    SessionData,
    SittingChoiceData,
    SittingData,
    StageConfigData,
    StageDatesData,
    StageKind,
    StageResultData,
    StageViewData,
    TaskData,
    UnitLinkData,
)

NAIROBI, AMSTERDAM = ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Amsterdam")
KEY = UsageKey.from_string("block-v1:Meridian+LT1+2026+type@blended_task+block@one")
STAGES = (
    StageConfigData(id="s1", kind=StageKind.READ, title="Prepare", weight=10, instructions_html="<p>Read both.</p>"),
    StageConfigData(id="s2", kind=StageKind.DISCUSS, title="Discuss", weight=25),
    StageConfigData(id="s3", kind=StageKind.ATTEND, title="Attend", weight=25),
    StageConfigData(
        id="s4", kind=StageKind.REPORT, title="Apply", weight=30, late=Late.DECAY, late_days=2, late_percent=20
    ),
    StageConfigData(id="s5", kind=StageKind.REVIEW, weight=10, report_stage_id="s4", questions=("What is missing?",)),
)
SESSION = SessionData(
    id=1,
    course_key=KEY.course_key,
    block_id="one",
    title="Speaking up",
    assigned_by=AssignedBy.CHOICE,
    change_until_hours=48,
    replay_percent=80,
)


def meeting(number, title, zone, local, **other):
    """Return a meeting of two hours, with seats left."""
    starts_at = local.replace(tzinfo=zone).astimezone(UTC)
    plain = MeetingData(
        id=number,
        key=f"sitting:{number}",
        title=title,
        mode=MeetingMode.OFFLINE,
        place="Riverside Campus",
        link="",
        host_id=None,
        zone=zone,
        starts_local=local,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        minutes=120,
        capacity=24,
        seats_taken=17,
        is_cancelled=False,
        cancel_reason="",
        uid=f"meeting-{number}",
        sequence=0,
        check_in_from=starts_at - timedelta(minutes=15),
        check_in_until=starts_at + timedelta(minutes=30),
        correct_until=starts_at + timedelta(days=2),
    )
    return replace(plain, **other)


def evening(**other):
    """Return the sitting in Nairobi."""
    return meeting(1, "Nairobi, evening", NAIROBI, datetime(2026, 12, 3, 19), **other)  # noqa: DTZ001  a wall clock


def lunch(**other):
    """Return the sitting by video call."""
    call = {"mode": MeetingMode.ONLINE, "place": "", "link": "https://meet.example/x", "seats_taken": 23}
    return meeting(2, "Online, lunch", AMSTERDAM, datetime(2026, 12, 4, 12, 30), **{**call, **other})  # noqa: DTZ001  a wall clock


def full(**other):
    """Return a sitting without a free seat."""
    return meeting(3, "Utrecht, avond", AMSTERDAM, datetime(2026, 12, 8, 19, 30), **{"seats_taken": 24, **other})  # noqa: DTZ001


def stage(number, phase, *, share=0.0, is_next=False, code="x", dates=None, result=None, **other):
    """Return one stage of the view; ``dates`` and ``result`` lay over what is made up."""
    config = STAGES[number - 1]
    state = {"done": RequirementState.MET, "closed": RequirementState.NOT, "void": RequirementState.IMPOSSIBLE}
    told = {"stage_id": config.id, "kind": config.kind, "weight": config.weight, "share": share, "code": code}
    return StageViewData(
        config=config,
        dates=StageDatesData(**{"stage_id": config.id, **(dates or {})}),
        result=StageResultData(**{**told, "state": state.get(phase, RequirementState.OPEN), **(result or {})}),
        phase=phase,
        is_next=is_next,
        **other,
    )


def units(*, is_done):
    """Return two units to read."""
    at = datetime(2026, 11, 20, 9, tzinfo=UTC) if is_done else None
    return [UnitLinkData(block_id=name, title=f"Unit {name}", url=f"/{name}", done_at=at) for name in ("one", "two")]


def view(*stages, sitting=None, choices=(), is_finished=False, attendance=None, change_until=None, **other):
    """Return a view with these stages; ``sitting`` is the learner's meeting, ``choices`` are meetings."""
    shown = stages or tuple(stage(number, "locked") for number in range(1, 6))
    result = BlendedResultData(
        stages=[each.result for each in shown],
        dates=[each.dates for each in shown],
        share=None,
        is_finished=is_finished,
        completion=0,
        config_version=1,
        evaluated_at=datetime.now(UTC),
    )
    own = OwnSittingData(
        session_id=1,
        user_id=1,
        sitting=held(sitting) if sitting else None,
        attendance=attendance,
        may_change_until=change_until,
    )
    told = {
        "task": TaskData(id=1, usage_key=KEY, course_key=KEY.course_key, version=1, config=CaseConfigData()),
        "config": BlendedConfigData(title="Giving feedback upwards", stages=STAGES),
        "session": SESSION,
        "sitting": own,
        "choices": [choice(each) for each in choices],
        "stages": shown,
        "result": result,
        "earned": 0.0,
        "possible": 10.0,
    }
    return BlendedViewData(**{**told, **other})


def held(of, **other):
    """Return the sitting of a meeting."""
    return SittingData(id=of.id, session_id=1, meeting=of, **other)


def choice(of, **other):
    """Return a sitting to choose; one that is full says so."""
    refusal = "Full. Ask to be told if a seat opens." if of.is_full else ""
    told = {"sitting": held(of), "is_mine": False, "host_name": "Wanjiru Kamau", "refusal": refusal}
    return SittingChoiceData(**{**told, **other})
