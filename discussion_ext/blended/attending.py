"""Whether somebody attended the class session. Pure rules, told in `evaluation`."""

from __future__ import annotations

from typing import Any

from discussion_ext.data import AttendanceData, AttendanceSource, AttendanceState, MeetingData, StageResultData

from . import dates
from .stages import IMPOSSIBLE, MET, NOT, NOTHING, OPEN, WAITING, WHOLE, Judged, Stage, make_result


def judge_attendance(stage: Stage) -> Judged:
    """Judge what was noted of the learner, or what follows from nothing being noted."""
    own, meeting = stage.facts.sitting, dates.meeting_of(stage.facts)
    attendance = own.attendance if own else None
    noted = _facts_of(attendance)
    if attendance and attendance.state == AttendanceState.PRESENT:
        return _judge_presence(attendance, noted, stage)
    if attendance and attendance.state == AttendanceState.EXCUSED:
        return make_result(stage, IMPOSSIBLE, "excused", facts=noted | {"by": "host"}), NOTHING
    if meeting is None:
        state, code = (NOT, "missed") if stage.is_closed else (OPEN, "no_sitting")
        return make_result(stage, state, code, facts=noted), NOTHING
    if meeting.is_cancelled:
        return make_result(stage, IMPOSSIBLE, "cancelled", facts={"reason": meeting.cancel_reason}), NOTHING
    return _judge_absence(attendance, noted | _times(meeting), stage, meeting), NOTHING


def _judge_presence(attendance: AttendanceData, noted: dict[str, Any], stage: Stage) -> Judged:
    at = attendance.arrived_at or attendance.recorded_at
    noted |= {"arrived_at": at.isoformat()}
    if attendance.source != AttendanceSource.REPLAY:
        return make_result(stage, MET, "present", facts=noted, share=WHOLE, met_at=at), WHOLE
    if not stage.takes(at):
        return make_result(stage, NOT, "too_late", facts=noted), NOTHING
    share = stage.credit(at)
    return make_result(
        stage, MET, "replay", facts=noted, share=share, met_at=at, late_by=stage.late_by(at)
    ), share  # fmt: skip


def _judge_absence(
    attendance: AttendanceData | None, facts: dict[str, Any], stage: Stage, meeting: MeetingData
) -> StageResultData:
    can_replay = stage.facts.sitting is not None and stage.facts.sitting.can_replay and not stage.is_closed
    if attendance is None and stage.now <= meeting.ends_at:
        return make_result(stage, OPEN, "open" if stage.is_open else "opens_later", facts=facts)
    if can_replay and stage.now > meeting.ends_at:
        return make_result(stage, OPEN, "replay_left", facts=facts)
    if attendance is not None:
        return make_result(stage, NOT, "absent", facts=facts)
    if stage.now <= meeting.correct_until:
        return make_result(stage, WAITING, "not_noted", facts=facts | {"until": meeting.correct_until.isoformat()})
    return make_result(stage, NOT, "missed", facts=facts)


def _facts_of(attendance: AttendanceData | None) -> dict[str, Any]:
    if attendance is None:
        return {}
    return {
        "source": str(attendance.source),
        "reason": attendance.reason,
        "actor_id": attendance.recorded_by,
        "at": attendance.recorded_at.isoformat(),
        "corrected_from": str(attendance.corrected_from) if attendance.corrected_from else None,
    }


def _times(meeting: MeetingData) -> dict[str, Any]:
    return {"starts_at": meeting.starts_at.isoformat(), "ends_at": meeting.ends_at.isoformat()}
