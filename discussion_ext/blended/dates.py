"""When each stage opens, is due and takes nothing more, for one learner: pure rules, no database and no clock.

*Planned.* A rule is followed to what it hangs on in the end (the learner's own sitting, a fixed moment) and its steps
are taken from there: days on the wall clock of the sitting's zone, so that 19:00 stays 19:00 when clocks change, hours
as real hours. The planned time of a cancelled sitting holds until the learner has another. Without a sitting, what
hangs on one is not known: a stage that opens before it is open without dates, any other one is locked.

*The learner's own.* In this order: an individual due date of the platform moves every stage by the same delta; who
joined after a stage opened has some days to catch up; an extension by the team holds where it is later. A due date that
hangs on another stage's due date follows the learner's own. More time never opens a stage later: openings stay where
they are planned, and only an earlier individual due date takes them along. A due date never lies before the opening.

*Closing* is the due date and the days of the late policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from discussion_ext.attendance.wall_clocks import shift_days
from discussion_ext.data import (
    Anchor,
    BlendedConfigData,
    DecisionKind,
    Late,
    LearnerFactsData,
    MeetingData,
    MomentRule,
    StageConfigData,
    StageDatesData,
    StageKind,
)

OF_SESSION = (Anchor.SESSION_START, Anchor.SESSION_END)
OF_STAGE = (Anchor.STAGE_OPENS, Anchor.STAGE_DUE)
SHORTEST_SITTING, LONGEST_SITTING = timedelta(minutes=1), timedelta(days=2)
CLOCK_CHANGE = timedelta(hours=2)
"""The most by which a wall-clock day is longer or shorter than 24 hours."""
_UTC = ZoneInfo("UTC")


class Step(NamedTuple):
    """A part of the way from an anchor to a moment: days of a wall clock, or real hours."""

    days: int = 0
    hours: int = 0

    @property
    def length(self) -> timedelta:
        """Return how long the step is where no clock changes."""
        return timedelta(days=self.days, hours=self.hours)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A rule followed to its end: ``root`` hangs on no other stage, ``steps`` lead from there to the moment.

    ``due_of`` is the nearest stage on the way whose due date it hangs on, if any, and ``steps_since`` lead on from that
    date. ``loop`` names the stages that wait for each other, in order, where the rule leads into a circle; ``root`` is
    then ALWAYS, as it is for a rule that names no stage of the task.
    """

    root: MomentRule
    steps: tuple[Step, ...] = ()
    due_of: str = ""
    steps_since: tuple[Step, ...] = ()
    loop: tuple[str, ...] = ()

    @property
    def hangs_on_session(self) -> bool:
        """Tell whether the moment is known only with a sitting."""
        return self.root.anchor in OF_SESSION

    @property
    def is_before_session(self) -> bool:
        """Tell whether the moment comes before the start of a sitting, however long that is."""
        latest = timedelta() if self.root.anchor == Anchor.SESSION_START else LONGEST_SITTING
        return latest + sum((step.length for step in self.steps), timedelta()) < timedelta()


def resolve(*, config: BlendedConfigData, facts: LearnerFactsData) -> tuple[StageDatesData, ...]:
    """Return the dates of every stage for one learner, in the order of the stages."""
    calendar = _Calendar(config, facts)
    return tuple(calendar.dates_of(stage) for stage in config.stages)


def follow(rule: MomentRule, config: BlendedConfigData) -> Chain:
    """Return what a rule hangs on in the end, and the steps from there."""
    steps, due_of = _steps(rule), ""
    steps_since = steps
    passed: list[tuple[Anchor, str]] = []
    while rule.anchor in OF_STAGE:
        stage = config.find_stage(rule.stage_id)
        if stage is None:
            return Chain(root=MomentRule())
        place = (rule.anchor, rule.stage_id)
        if place in passed:
            loop = tuple(dict.fromkeys(stage_id for _anchor, stage_id in passed[passed.index(place) :]))
            return Chain(root=MomentRule(), loop=loop)
        passed.append(place)
        if rule.anchor == Anchor.STAGE_DUE and not due_of:
            due_of, steps_since = stage.id, steps
        rule = stage.opens if rule.anchor == Anchor.STAGE_OPENS else stage.due
        steps = _steps(rule) + steps
    return Chain(root=rule, steps=steps, due_of=due_of, steps_since=steps_since)


def zone_of(facts: LearnerFactsData) -> ZoneInfo:
    """Return the zone in which the learner's days begin and end: that of their sitting, UTC without one."""
    meeting = meeting_of(facts)
    return meeting.zone if meeting else _UTC


def meeting_of(facts: LearnerFactsData) -> MeetingData | None:
    """Return the meeting of the learner's sitting, None while they have none."""
    sitting = facts.sitting.sitting if facts.sitting else None
    return sitting.meeting if sitting else None


def late_moments(stage: StageConfigData, *, due_at: datetime | None, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments after which another ``late_percent`` is taken off; none without a decay."""
    if due_at is None or stage.late != Late.DECAY:
        return ()
    return tuple(shift_days(due_at, zone, day) for day in range(stage.late_days))


def least_time(opens: Chain, due: Chain) -> tuple[timedelta, timedelta] | None:
    """Return the least time from opening to due date, and what a change of clocks can take of it.

    None where that depends on when the sitting is, or where one of the two is no date. Sittings last a minute to two
    days. Steps that both take are left out; hours alone are the same length everywhere.
    """
    between = _between(opens.root, due.root)
    if between is None:
        return None
    is_same_root = (opens.root.anchor, opens.root.at) == (due.root.anchor, due.root.at)
    shared = _count_shared(opens.steps, due.steps) if is_same_root else 0
    before, after = opens.steps[shared:], due.steps[shared:]
    nominal = between + sum((step.length for step in after), timedelta())
    nominal -= sum((step.length for step in before), timedelta())
    return nominal, CLOCK_CHANGE if any(step.days for step in (*before, *after)) else timedelta()


class _Calendar:
    """The dates of one learner; what a stage asks of another one is worked out once."""

    def __init__(self, config: BlendedConfigData, facts: LearnerFactsData) -> None:
        self._config = config
        self._facts = facts
        self._meeting = meeting_of(facts)
        self._zone = zone_of(facts)
        self._follow = cache(lambda rule: follow(rule, config))
        self._due_by_stage: dict[str, tuple[datetime | None, tuple[str, ...]]] = {}

    def dates_of(self, stage: StageConfigData) -> StageDatesData:
        due_at, moved_by = self._due(stage)
        opens, due = self._follow(stage.opens), self._follow(stage.due)
        has_none = self._meeting is None
        is_attended = stage.kind == StageKind.ATTEND
        return StageDatesData(
            stage_id=stage.id,
            opens_at=self._opens(stage),
            due_at=due_at,
            closes_at=self._closes(stage, due_at),
            is_unknown=has_none and (is_attended or opens.hangs_on_session or due.hangs_on_session),
            is_locked=has_none and (is_attended or (opens.hangs_on_session and not opens.is_before_session)),
            moved_by=moved_by,
        )

    def _opens(self, stage: StageConfigData) -> datetime | None:
        planned = self._planned(stage.opens)
        return planned + min(self._facts.shift, timedelta()) if planned else None

    def _due(self, stage: StageConfigData) -> tuple[datetime | None, tuple[str, ...]]:
        if stage.id not in self._due_by_stage:
            self._due_by_stage[stage.id] = self._find_due(stage)
        return self._due_by_stage[stage.id]

    def _find_due(self, stage: StageConfigData) -> tuple[datetime | None, tuple[str, ...]]:
        due_at, moved_by = self._moved_with_others(stage)
        if due_at is None:
            return None, ()
        opens_at = self._opens(stage)
        due_at = max(due_at, opens_at or due_at)
        for name, moment in (("catch_up", self._caught_up(opens_at)), ("extension", self._extended(stage))):
            if moment and moment > due_at:
                due_at, moved_by = moment, (*moved_by, name)
        return due_at, tuple(dict.fromkeys(moved_by))

    def _moved_with_others(self, stage: StageConfigData) -> tuple[datetime | None, tuple[str, ...]]:
        """Return the due date with what moves every stage, or what moved the one that it hangs on."""
        chain = self._follow(stage.due)
        other = self._config.find_stage(chain.due_of)
        if other is not None:
            due_at, moved_by = self._due(other)
            return (_go(due_at, chain.steps_since, self._zone) if due_at else None), moved_by
        planned = self._planned(stage.due)
        if planned is None or not self._facts.shift:
            return planned, ()
        return planned + self._facts.shift, ("shift",)

    def _planned(self, rule: MomentRule) -> datetime | None:
        chain = self._follow(rule)
        root = chain.root
        if root.anchor == Anchor.FIXED:
            start = root.at
        elif self._meeting and chain.hangs_on_session:
            is_start = root.anchor == Anchor.SESSION_START
            start = self._meeting.starts_at if is_start else self._meeting.ends_at
        else:
            start = None
        return _go(start, chain.steps, self._zone) if start else None

    def _caught_up(self, opens_at: datetime | None) -> datetime | None:
        joined_at, days = self._facts.joined_at, self._config.catch_up_days
        if joined_at is None or not days or (opens_at is not None and joined_at <= opens_at):
            return None
        return shift_days(joined_at, self._zone, days)

    def _extended(self, stage: StageConfigData) -> datetime | None:
        granted = [
            decision.until
            for decision in self._facts.decisions
            if decision.stage_id == stage.id and decision.kind == DecisionKind.EXTEND and decision.until
        ]
        return max(granted, default=None)

    def _closes(self, stage: StageConfigData, due_at: datetime | None) -> datetime | None:
        if due_at is None or stage.late == Late.CLOSED:
            return due_at
        return shift_days(due_at, self._zone, stage.late_days)


def _steps(rule: MomentRule) -> tuple[Step, ...]:
    if rule.anchor in (Anchor.ALWAYS, Anchor.FIXED):
        return ()
    return tuple(step for step in (Step(days=rule.days), Step(hours=rule.hours)) if any(step))


def _go(moment: datetime, steps: Sequence[Step], zone: ZoneInfo) -> datetime:
    for step in steps:
        moment = shift_days(moment, zone, step.days) + timedelta(hours=step.hours)
    return moment


def _between(opens: MomentRule, due: MomentRule) -> timedelta | None:
    if opens.anchor == due.anchor == Anchor.FIXED:
        return due.at - opens.at if opens.at and due.at else None
    if opens.anchor not in OF_SESSION or due.anchor not in OF_SESSION:
        return None
    if opens.anchor == due.anchor:
        return timedelta()
    return SHORTEST_SITTING if opens.anchor == Anchor.SESSION_START else -LONGEST_SITTING


def _count_shared(one: Sequence[Step], other: Sequence[Step]) -> int:
    return next(
        (number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
