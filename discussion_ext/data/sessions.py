"""The live meeting of a course, its sittings, and where each learner sits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from opaque_keys.edx.keys import CourseKey

from .meetings import AttendanceData, MeetingData, SeatSource


class AssignedBy(StrEnum):
    """How learners come by their sitting."""

    CHOICE = "choice"
    COHORT = "cohort"
    TEAM = "team"


@dataclass(frozen=True, kw_only=True)
class SessionData:
    """A class session: one lesson, held in one or more sittings.

    ``block_id`` is the block that it belongs to. Learners may change sitting until ``change_until_hours`` before the
    start of the one they leave and of the one they take. ``replay_percent`` of the recording, 1 to 100, counts as
    attended; 0 means that it never does.
    """

    id: int
    course_key: CourseKey
    block_id: str
    title: str
    assigned_by: AssignedBy
    change_until_hours: int
    replay_percent: int


@dataclass(frozen=True, kw_only=True)
class SittingData:
    """One sitting of a session. ``replay_url`` and ``replay_unit`` (a unit's block id) say where the recording is."""

    id: int
    session_id: int
    meeting: MeetingData
    cohort_ids: Sequence[int] = ()
    replay_url: str = ""
    replay_unit: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnSittingData:
    """Where one learner sits in one session, and what is known of their coming.

    ``sitting`` is None while there is none; a cancelled one stays until there is another. ``attendance`` is what counts
    for the session. ``may_change_until`` is None where the learner cannot change it. ``can_replay`` says that there is
    a recording which counts as attended.
    """

    session_id: int
    user_id: int
    sitting: SittingData | None = None
    source: SeatSource | None = None
    attendance: AttendanceData | None = None
    may_change_until: datetime | None = None
    can_replay: bool = False


@dataclass(frozen=True, kw_only=True)
class SittingChoiceData:
    """A sitting as somebody sees it who may take it. ``refusal`` says in a sentence why not, empty when they may."""

    sitting: SittingData
    is_mine: bool
    host_name: str
    refusal: str = ""
    is_wished: bool = False
    """Whether the learner asked to be told when a seat opens."""
