"""How a task looks to a learner on a day, in a sitting: the dates are the server's own, the sitting may be imagined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from discussion_ext.api import blended, sessions
from discussion_ext.data import (
    BlendedConfigData,
    LearnerFactsData,
    MeetingData,
    MeetingMode,
    OwnSittingData,
    SittingData,
    StageConfigData,
    StageDatesData,
    StageKind,
)
from people import api as people

from .blended_words import say_percent, say_title
from .learner import acting_person, local_key

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

IMAGINED: Final = 0
NOBODY: Final = 0
_IMAGINED_IN: Final = timedelta(days=14)
_IMAGINED_AT: Final = time(19)
_IMAGINED_MINUTES: Final = 120

Standing = Literal["over", "now", "open", "locked"]


@dataclass(frozen=True)
class PreviewChoice:
    """The day and the sitting an author looks at; None for whatever suits."""

    day: date | None = None
    sitting_id: int | None = None


@dataclass(frozen=True)
class PreviewLine:
    """One stage as a learner would see it that day."""

    number: int
    title: str
    standing: Standing
    when: str


@dataclass(frozen=True)
class SittingLine:
    """A sitting to choose."""

    id: int
    text: str


def read_moment_of_preview(data: Mapping[str, Any]) -> PreviewChoice:
    """Return the day and sitting that the form names; what cannot be read is nobody's choice."""
    try:
        day = date.fromisoformat(str(data.get("day")))
    except ValueError:
        day = None
    sitting = str(data.get("sitting"))
    is_day = day is not None and 2000 <= day.year <= 2200
    return PreviewChoice(day if is_day else None, int(sitting) if sitting.isdigit() and len(sitting) < 12 else None)


def preview_context(
    block: BlendedTaskXBlock, config: BlendedConfigData, *, zone: ZoneInfo, chosen: PreviewChoice | None = None
) -> dict[str, Any]:
    """Return the context of the preview and of the weights beside the form."""
    chosen = chosen or PreviewChoice()
    sittings = _list_sittings(block, config) or [_imagine(zone)] if config.needs_session else []
    sitting = next((one for one in sittings if one.id == chosen.sitting_id), _first_to_come(sittings))
    day = chosen.day or (sitting.meeting.starts_local.date() if sitting else timezone.now().astimezone(zone).date())
    there = sitting.meeting.zone if sitting else zone
    return {
        "day": day.isoformat(),
        "lines": _lines(config, sitting, day=day, zone=there),
        "sittings": [SittingLine(one.id, _say_sitting(one)) for one in sittings],
        "sitting_id": sitting.id if sitting else IMAGINED,
        "total": sum(stage.weight for stage in config.stages),
        "missing": _say_missing(sum(stage.weight for stage in config.stages)),
        "has_stages": bool(config.stages),
    }


def _list_sittings(block: BlendedTaskXBlock, config: BlendedConfigData) -> list[SittingData]:
    course_key = acting_person(block).course_key
    if course_key is None:
        return []
    owner = config.session_block or local_key(block).block_id
    return [
        one
        for one in sessions.list_sittings_of_block(course_key=course_key, block_id=owner)
        if not one.meeting.is_cancelled
    ]


def _first_to_come(sittings: Sequence[SittingData]) -> SittingData | None:
    """Return the sitting that is next; the last one where all are over, None where there is none."""
    now = timezone.now()
    return next((one for one in sittings if one.meeting.ends_at > now), sittings[-1] if sittings else None)


def _imagine(zone: ZoneInfo) -> SittingData:
    """Return a sitting in two weeks, so that a task without any can be looked at."""
    starts_local = datetime.combine(timezone.now().astimezone(zone).date() + _IMAGINED_IN, _IMAGINED_AT)
    starts_at = starts_local.replace(tzinfo=zone).astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=_IMAGINED_MINUTES)
    meeting = MeetingData(
        id=IMAGINED,
        key="",
        title="",
        mode=MeetingMode.OFFLINE,
        place="",
        link="",
        host_id=None,
        zone=zone,
        starts_local=starts_local,
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=_IMAGINED_MINUTES,
        capacity=0,
        seats_taken=0,
        is_cancelled=False,
        cancel_reason="",
        uid="",
        sequence=0,
        check_in_from=starts_at,
        check_in_until=ends_at,
        correct_until=ends_at,
    )
    return SittingData(id=IMAGINED, session_id=IMAGINED, meeting=meeting)


def _say_sitting(sitting: SittingData) -> str:
    meeting = sitting.meeting
    facts = {"title": meeting.title or meeting.place, "moment": people.say_moment(meeting.starts_at, meeting.zone)}
    if sitting.id == IMAGINED:
        return _("Imagined, %(moment)s") % facts
    return _("%(title)s, %(moment)s") % facts if facts["title"] else facts["moment"]


def _lines(
    config: BlendedConfigData, sitting: SittingData | None, *, day: date, zone: ZoneInfo
) -> Sequence[PreviewLine]:
    own = OwnSittingData(session_id=sitting.session_id, user_id=NOBODY, sitting=sitting) if sitting else None
    facts = LearnerFactsData(user_id=NOBODY, sitting=own)
    # What is being typed can be anything, a due date in the year 99999 too.
    found = blended.resolve_dates(config=blended.with_limited_rules(config), facts=facts)
    dates = {item.stage_id: item for item in found}
    begins = datetime.combine(day, time(), tzinfo=zone)
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    standings = {
        stage.id: _standing(dates.get(stage.id, StageDatesData(stage_id=stage.id)), begins=begins, ends=ends)
        for stage in config.stages
    }
    now = _first_due(config.stages, dates, standings)
    return [
        PreviewLine(
            number,
            say_title(stage),
            "now" if stage.id == now else standings[stage.id],
            _say_when(stage, dates.get(stage.id), sitting=sitting, standing=standings[stage.id], zone=zone),
        )
        for number, stage in enumerate(config.stages, 1)
    ]


def _standing(dates: StageDatesData, *, begins: datetime, ends: datetime) -> Standing:
    if dates.is_locked or (dates.opens_at and dates.opens_at >= ends):
        return "locked"
    until = dates.closes_at or dates.due_at
    return "over" if until and until < begins else "open"


def _first_due(
    stages: Sequence[StageConfigData], dates: Mapping[str, StageDatesData], standings: Mapping[str, Standing]
) -> str:
    """Return which of the open stages comes first: what is due earliest, in the author's order where that is equal."""
    far = datetime.max.replace(tzinfo=UTC)
    open_ones = [stage.id for stage in stages if standings[stage.id] == "open"]
    return min(open_ones, key=lambda stage_id: dates[stage_id].due_at or far, default="")


def _say_when(
    stage: StageConfigData,
    dates: StageDatesData | None,
    *,
    sitting: SittingData | None,
    standing: Standing,
    zone: ZoneInfo,
) -> str:
    if stage.kind == StageKind.ATTEND and sitting:
        return _("%(when)s, %(zone)s") % {
            "when": people.say_stretch(sitting.meeting.starts_at, sitting.meeting.ends_at, zone),
            "zone": people.say_zone(zone),
        }
    if dates is None or (standing == "locked" and dates.opens_at is None):
        return _("date missing")
    if standing == "locked" and dates.opens_at:
        return _("opens %(moment)s") % {"moment": people.say_moment(dates.opens_at, zone)}
    if dates.due_at:
        return _("until %(moment)s") % {"moment": people.say_moment(dates.due_at, zone)}
    return _("no due date")


def _say_missing(total: int) -> str:
    """Return what to do where the weights do not add up; empty where they do."""
    if total <= 0:
        return _("No stage weighs anything, so the task is not graded.")
    if total < 100:
        return _("Give the last %(percent)s to a stage.") % {"percent": say_percent(100 - total)}
    if total > 100:
        return _("Take %(percent)s away from a stage.") % {"percent": say_percent(total - 100)}
    return ""
