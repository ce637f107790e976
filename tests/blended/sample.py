"""A blended task, its session and its learners, as the tests of the pure rules put them together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from discussion_ext.blended.evaluation import evaluate
from discussion_ext.blended.presets import make_stage
from discussion_ext.data import (
    Anchor,
    AttendanceData,
    AttendanceSource,
    AttendanceState,
    BlendedConfigData,
    DecisionKind,
    Late,
    LearnerFactsData,
    MeetingData,
    MeetingMode,
    MomentRule,
    OwnSittingData,
    PieceData,
    SittingData,
    StageDecisionData,
    StageEvidenceData,
    StageKind,
)

ME, PRIYA, TOMAS, CHEN, WANJIRU, RUBEN = 5, 6, 7, 8, 20, 21
NAMES = {PRIYA: "Priya Nair", TOMAS: "Tomás Rivera", WANJIRU: "Wanjiru Kamau", RUBEN: "Ruben Kok"}
NAIROBI, AMSTERDAM = ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Amsterdam")
START = datetime(2026, 12, 3, 16, tzinfo=UTC)  # Thursday, 19:00 in Nairobi, for two hours
END = START + timedelta(hours=2)
TICK = timedelta(microseconds=1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def rule(anchor, days=0, hours=0, **more):
    return MomentRule(anchor=Anchor(anchor), days=days, hours=hours, **more)


def fixed(at):
    return MomentRule(anchor=Anchor.FIXED, at=at)


def stage(kind, stage_id, weight=0, **asked):
    return replace(make_stage(StageKind(kind), stage_id), weight=weight, **asked)


READ = stage("read", "s1", 10, unit_ids=("u1", "u2"))
DISCUSS = stage("discuss", "s2", 25)
ATTEND = stage("attend", "s3", 25)
REPORT = stage("report", "s4", 30)
REVIEW = stage(
    "review", "s5", 10, opens=rule("stage_due", stage_id="s4"), due=rule("stage_due", 4, stage_id="s4"),
    report_stage_id="s4",
)  # fmt: skip
CONFIG = BlendedConfigData(title="Giving feedback upwards", stages=(READ, DISCUSS, ATTEND, REPORT, REVIEW))
DECAY = {"late": Late.DECAY, "late_days": 3, "late_percent": 20}
GRACE = {"late": Late.GRACE, "late_days": 2, "late_percent": 0}
CLOSED = {"late": Late.CLOSED, "late_days": 0, "late_percent": 0}


def only(*stages, **more):
    return BlendedConfigData(title="One task", stages=stages, **more)


def meeting(starts_at=START, *, zone=NAIROBI, minutes=120, **more):
    ends_at = starts_at + timedelta(minutes=minutes)
    values = {
        "id": 9, "key": "sitting:9", "title": "Nairobi, evening", "mode": MeetingMode.OFFLINE, "place": "Room B2",
        "link": "", "host_id": WANJIRU, "zone": zone, "starts_local": starts_at.astimezone(zone).replace(tzinfo=None),
        "starts_at": starts_at, "ends_at": ends_at, "minutes": minutes, "capacity": 24, "seats_taken": 14,
        "is_cancelled": False, "cancel_reason": "", "uid": "9@example.com", "sequence": 0,
        "check_in_from": starts_at - timedelta(minutes=15), "check_in_until": starts_at + timedelta(minutes=30),
        "correct_until": ends_at + 2 * DAY,
    }  # fmt: skip
    return MeetingData(**(values | more))


def seated(held=None, *, attendance=None, can_replay=False):
    sitting = SittingData(id=1, session_id=2, meeting=held or meeting())
    return OwnSittingData(session_id=2, user_id=ME, sitting=sitting, attendance=attendance, can_replay=can_replay)


UNSEATED = OwnSittingData(session_id=2, user_id=ME)


def noted(state="present", source="code", *, at=START - timedelta(minutes=3), **more):
    return AttendanceData(
        meeting_id=9,
        user_id=ME,
        state=AttendanceState(state),
        source=AttendanceSource(source),
        arrived_at=at if state == "present" else None,
        recorded_at=more.pop("recorded_at", at),
        **more,
    )


def facts(sitting=None, *, others=2, known_units=("u1", "u2"), **more):
    """Return facts of the learner; ``pieces`` is by stage."""
    pieces = more.pop("pieces", {})
    evidence = {
        each: StageEvidenceData(pieces=tuple(pieces.get(each, ())), others=others, known_units=known_units)
        for each in ("s1", "s2", "s3", "s4", "s5")
    }
    return LearnerFactsData(user_id=ME, sitting=sitting or seated(), evidence=evidence, **more)


def unit(key, at):
    return PieceData(kind="unit", key=key, at=at)


def post(kind, number, at, *, to=None, **more):
    return PieceData(kind=kind, contribution_id=number, at=at, target_id=to, **more)


def failing(kind, number, at, code="too_short", **more):
    return post(kind, number, at, does_count=False, code=code, **more)


def extended(stage_id, until, *, number=1, **more):
    return StageDecisionData(id=number, stage_id=stage_id, kind=DecisionKind.EXTEND, until=until, **more)


def excused(stage_id, *, number=1, **more):
    return StageDecisionData(id=number, stage_id=stage_id, kind=DecisionKind.EXCUSE, **more)


def marked(stage_id, share, *, number=1, **more):
    return StageDecisionData(id=number, stage_id=stage_id, kind=DecisionKind.MARK, share=share, **more)


def judge(config, known, now):
    return evaluate(config=config, config_version=3, facts=known, now=now)


BEFORE = START - 3 * DAY
ALL_DONE = {
    "s1": [unit("u1", BEFORE), unit("u2", BEFORE + HOUR)],
    "s2": [
        post("position", 1, BEFORE + 2 * HOUR),
        post("answer", 2, BEFORE + 3 * HOUR, to=PRIYA),
        post("answer", 3, BEFORE + 4 * HOUR, to=TOMAS),
    ],
    "s4": [post("report", 4, END + 9 * DAY)],
    "s5": [post("review", 5, END + 15 * DAY, to=PRIYA), post("review", 6, END + 16 * DAY, to=TOMAS)],
}
LONG_AFTER = END + 40 * DAY
