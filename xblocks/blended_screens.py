"""What the blended task's templates are given: a learner's timeline in the words and order of the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from discussion_ext.api import blended
from discussion_ext.data import (
    BlendedViewData,
    ContributionData,
    MeetingData,
    RequirementState,
    ReviewTargetData,
    StageDatesData,
    StageKind,
    StageViewData,
)
from people import api as people

from .blended_words import say_title
from .case_screens import TagLine

SOON = timedelta(hours=48)
SETTLED = frozenset({"done", "closed", "void"})


@dataclass(frozen=True)
class ReaderZones:
    """The zone in which dates are said, that of the sitting where there is one, and the reader's own."""

    shown: ZoneInfo
    own: ZoneInfo

    def say(self, instant: datetime) -> str:
        """Return "Thu 3 Dec, 19:00", with the reader's own time in brackets where it is another one."""
        said = people.say_moment(instant, self.shown)
        other = self.say_own(instant)
        return _("%(moment)s (%(own)s)") % {"moment": said, "own": other} if other else said

    def say_own(self, instant: datetime, until: datetime | None = None) -> str:
        """Return "17:00 in Amsterdam", with the day where that is another one; empty where both clocks agree."""
        here, there = instant.astimezone(self.own), instant.astimezone(self.shown)
        if here.utcoffset() == there.utcoffset():
            return ""
        if here.date() != there.date():
            time = people.say_stretch(instant, until, self.own)
        else:
            time = people.say_time(instant, self.own)
        return _("%(time)s, %(city_time)s") % {"time": time, "city_time": people.say_zone(self.own)}

    def say_left(self, until: datetime, now: datetime) -> str:
        """Return "in 11 days", "in 5 hours" or "in 12 minutes"."""
        minutes = max(int((until - now).total_seconds() // 60), 1)
        if minutes >= SOON.total_seconds() // 60:
            days = minutes // (24 * 60)
            return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
        if minutes >= 60:
            return ngettext("in %(count)s hour", "in %(count)s hours", minutes // 60) % {"count": minutes // 60}
        return ngettext("in %(count)s minute", "in %(count)s minutes", minutes) % {"count": minutes}


@dataclass(frozen=True)
class Node:
    """The knot of a stage on the timeline: its number, or a shape with a name of its own."""

    look: str
    icon: str = ""
    label: str = ""


@dataclass(frozen=True)
class ReportScreen:
    """A learner's report: what they handed in, its text and link apart, and whether it may be written now."""

    post: ContributionData | None
    text: str
    link: str
    withdrawn: Sequence[ContributionData]
    can_write: bool
    quotes: Sequence[str]


@dataclass(frozen=True)
class ReviewScreen:
    """Reports to review: those that are reviewed, the next one, and which of how many that is.

    ``can_draw`` tells whether another one can be asked for.
    """

    done: Sequence[ReviewTargetData]
    next: ReviewTargetData | None
    wanted: int
    can_write: bool
    can_draw: bool
    quotes: Sequence[str]

    @property
    def number(self) -> int:
        """Return which report is next, from 1."""
        return len(self.done) + 1


@dataclass(frozen=True)
class StageLine:
    """One stage of the timeline: what the template prints of it beside the stage itself.

    ``is_open`` tells whether anything is accepted now, be it a change of what is done. ``discussion`` is the drawn
    discussion, ``may_appeal`` whether another look can be asked for.
    """

    view: StageViewData
    number: int
    title: str
    node: Node
    tag: TagLine
    date: str
    notes: Sequence[str]
    is_open: bool = False
    dom_id: str = ""
    notice: str = ""
    discussion: str = ""
    report: ReportScreen | None = None
    reviewing: ReviewScreen | None = None
    drafts: Mapping[str, Any] = field(default_factory=dict)
    may_appeal: bool = False

    @property
    def id(self) -> str:
        """Return the stage's id."""
        return self.view.config.id

    @property
    def is_live(self) -> bool:
        """Tell whether the learner can do something here now."""
        return self.view.phase in {"open", "late"}

    @property
    def is_settled(self) -> bool:
        """Tell whether the stage is done, closed or left out."""
        return self.view.phase in SETTLED

    @property
    def html(self) -> SafeString:
        """Return what the author asks, as safe HTML."""
        return mark_safe(self.view.config.instructions_html)  # noqa: S308  made by render_author_text

    @property
    def shows_task(self) -> bool:
        """Tell whether what is asked stands open: before and while it can be done."""
        return self.view.phase in {"locked", "open", "late"}

    @property
    def has_verdict(self) -> bool:
        """Tell whether there is anything to say of what counted."""
        asked = self.view.evaluation.requirements if self.view.evaluation else ()
        states = {item.state for item in self.view.result.items} | {each.state for each in asked}
        has_begun = not states.isdisjoint({RequirementState.MET, RequirementState.NOT})
        return self.view.phase in {"done", "closed"} or self.view.result.share > 0 or has_begun

    @property
    def sum_up(self) -> str:
        """Return what counted in a few words, for the table."""
        return self.view.result.why or self.view.result.detail or self.date

    @property
    def quotes_id(self) -> str:
        """Return the id of the texts whose words do not count here."""
        return f"{self.dom_id}-quotes"

    @property
    def points_why(self) -> str:
        """Return why the stage gave points."""
        return say_points(self.view.config.kind)

    @property
    def percent(self) -> int:
        """Return the result, 0 to 100."""
        return round(self.view.result.share * 100)

    @property
    def is_in_part(self) -> bool:
        """Tell whether something of the stage counts, and something does not."""
        return 0 < self.view.result.share < 1


def list_lines(view: BlendedViewData, zones: ReaderZones, now: datetime) -> list[StageLine]:
    """Return the timeline's stages in order."""
    return [
        StageLine(
            view=stage,
            number=number,
            title=say_title(stage.config),
            node=_node(stage, is_now=_is_now(stage, view, now)),
            tag=_tag(stage, is_door_open=stage.config.kind == StageKind.ATTEND and is_check_in_open(view, now)),
            date=say_date(stage, view, zones, now),
            notes=_notes(stage, zones),
            is_open=_is_open(stage, now),
        )
        for number, stage in enumerate(view.stages, 1)
    ]


def _is_open(stage: StageViewData, now: datetime) -> bool:
    closes_at = stage.dates.closes_at
    return stage.phase in {"open", "late"} or (stage.phase == "done" and (closes_at is None or now < closes_at))


def _is_now(stage: StageViewData, view: BlendedViewData, now: datetime) -> bool:
    """Tell whether this is what the learner does now: what is next, once it can be done; class while doors are open.

    Coming to class needs no opening: while it is next, that is what there is to prepare for.
    """
    if stage.config.kind == StageKind.ATTEND and stage.phase not in SETTLED:
        return stage.is_next or is_check_in_open(view, now)
    return stage.is_next and stage.phase in {"open", "late"}


def _node(stage: StageViewData, *, is_now: bool) -> Node:
    share = stage.result.share
    if stage.phase == "void":
        return Node("", "same", _("Left out"))
    if stage.phase == "done":
        return Node("is-missed", "clock", _("Late")) if share < 1 else Node("is-done", "check", _("Done"))
    if stage.phase == "closed":
        return Node("is-missed", "clock", _("In part") if share else _("Missed"))
    if is_now:
        return Node("is-now")
    if stage.phase == "late":
        return Node("is-missed", "clock", _("Late"))
    return Node("is-locked") if stage.phase == "locked" else Node("")


def _tag(stage: StageViewData, *, is_door_open: bool) -> TagLine:
    if stage.phase in SETTLED:
        return _tag_of_settled(stage)
    if is_door_open:
        return TagLine("warn", "clock", _("Check-in is open"))
    if stage.phase == "locked":
        return _tag_of_locked(stage)
    if stage.phase == "late":
        return TagLine("warn", "clock", _("Late, still open"))
    return TagLine("act", "right", _("Next")) if stage.is_next else TagLine("info", "open", _("Open"))


def _tag_of_settled(stage: StageViewData) -> TagLine:
    share = stage.result.share
    if stage.phase == "void":
        is_excused = stage.result.code == "excused"
        return TagLine("", "void", _("Excused") if is_excused else _("Not possible for you"))
    if stage.phase == "done" and share >= 1:
        return TagLine("ok", "check", _("Counts") if stage.result.weight else _("Done"))
    return TagLine("warn", "clock", _("Counts in part") if share else _("Missed"))


def _tag_of_locked(stage: StageViewData) -> TagLine:
    if stage.is_next and stage.config.kind == StageKind.ATTEND:
        return TagLine("act", "right", _("Next"))
    return TagLine("", "lock", _("Opens later"))


def say_points(kind: StageKind) -> str:
    """Return which rule gave points for a stage."""
    return {
        StageKind.ATTEND: _("You came to your class session."),
        StageKind.REPORT: _("You applied what you learned and reported back."),
    }.get(kind, _("You prepared for your class session."))


# -- dates -------------------------------------------------------------------------------------------------------------


def say_date(stage: StageViewData, view: BlendedViewData, zones: ReaderZones, now: datetime) -> str:
    """Return the line below a stage's title: when it was done, until when it is open, or when it opens."""
    dates = stage.dates
    if stage.phase != "done" and stage.config.kind == StageKind.ATTEND and view.sitting and view.sitting.sitting:
        return _say_meeting(stage, view.sitting.sitting.meeting, is_open=is_check_in_open(view, now))
    if stage.phase == "late" and dates.due_at:
        return _("Was due %(moment)s") % {"moment": zones.say(dates.due_at)}
    return {
        "done": lambda: _say_done(stage, zones),
        "void": lambda: "",
        "locked": lambda: _say_opening(dates, zones),
        "closed": lambda: _say_closed(dates, zones),
    }.get(stage.phase, lambda: _say_due(dates, zones, now))()


def _say_closed(dates: StageDatesData, zones: ReaderZones) -> str:
    return _("Closed %(moment)s") % {"moment": zones.say(dates.closes_at)} if dates.closes_at else _("Closed")


def _say_done(stage: StageViewData, zones: ReaderZones) -> str:
    met_at, due_at = stage.result.met_at, stage.dates.due_at
    if met_at is None:
        return ""
    if stage.result.late_by and due_at:
        facts = {"moment": zones.say(met_at), "due": zones.say(due_at)}
        return _("Done %(moment)s, due %(due)s") % facts
    return _("Done %(day)s") % {"day": people.say_recent(met_at, zones.own)}


def _say_meeting(stage: StageViewData, meeting: MeetingData, *, is_open: bool) -> str:
    facts = {
        "stretch": people.say_stretch(meeting.starts_at, meeting.ends_at, meeting.zone),
        "city_time": people.say_zone(meeting.zone),
        "opens": people.say_time(meeting.check_in_from, meeting.zone),
    }
    if meeting.is_cancelled:
        return _("Cancelled: %(stretch)s, %(city_time)s") % facts
    if is_open:
        return _("Now: %(stretch)s, %(city_time)s") % facts
    if stage.phase in {"locked", "open"} and stage.is_next:
        return _("%(stretch)s, %(city_time)s · check-in opens %(opens)s") % facts
    return pgettext("moment and zone", "%(moment)s, %(city_time)s") % {**facts, "moment": facts["stretch"]}


def _say_opening(dates: StageDatesData, zones: ReaderZones) -> str:
    if dates.is_unknown and dates.opens_at is None:
        return _("The dates follow your class session.")
    if dates.opens_at is None:
        return _say_due_only(dates, zones)
    opens = zones.say(dates.opens_at)
    if dates.due_at is None:
        return _("Opens %(opens)s") % {"opens": opens}
    return _("Opens %(opens)s · due %(due)s") % {"opens": opens, "due": zones.say(dates.due_at)}


def _say_due(dates: StageDatesData, zones: ReaderZones, now: datetime) -> str:
    if dates.due_at is None:
        return _("The due date follows your class session.") if dates.is_unknown else _("No due date")
    facts = {"due": zones.say(dates.due_at), "left": people.say_left(dates.due_at, now=now)}
    return _("Due %(due)s · %(left)s") % facts


def _say_due_only(dates: StageDatesData, zones: ReaderZones) -> str:
    return _("Due %(due)s") % {"due": zones.say(dates.due_at)} if dates.due_at else ""


def _notes(stage: StageViewData, zones: ReaderZones) -> list[str]:
    """Return what moved the dates, and what being late costs."""
    notes = []
    if stage.phase not in {"done", "void"} and stage.config.kind != StageKind.ATTEND:
        moved = blended.say_moved(stage.dates)
        notes += [moved] if moved else []
    if stage.phase in {"open", "late", "locked"}:
        notes += _say_late(stage, zones)
    return notes


def _say_late(stage: StageViewData, zones: ReaderZones) -> list[str]:
    config, dates = stage.config, stage.dates
    if stage.phase == "locked" or dates.due_at is None or dates.closes_at in (None, dates.due_at):
        return []
    facts = {"until": zones.say(dates.closes_at), "percent": config.late_percent}
    if config.late == "grace":
        return [_("Until %(until)s it still counts in full.") % facts]
    if config.late == "decay":
        return [_("Until %(until)s it still counts, %(percent)s %% less for each day begun.") % facts]
    return []


# -- head and grade ----------------------------------------------------------------------------------------------------


def say_tag(view: BlendedViewData, now: datetime) -> TagLine:
    """Return the corner's word: what is needed now, else how much there is to do."""
    if view.result.is_finished:
        return TagLine("ok", "check", _("Finished"))
    if needs_choice(view):
        return TagLine("warn", "cal", _("Choose a session"))
    if is_check_in_open(view, now):
        return TagLine("warn", "clock", _("Check-in is open"))
    left = sum(stage.phase not in SETTLED for stage in view.stages)
    if not left:
        return TagLine("", "lock", _("Closed"))
    facts = {"left": left, "count": len(view.stages)}
    message = ngettext("%(left)s of %(count)s stage to go", "%(left)s of %(count)s stages to go", len(view.stages))
    return TagLine("info", "list", message % facts)


def needs_choice(view: BlendedViewData) -> bool:
    """Tell whether the learner has to choose a sitting before anything else."""
    return bool(view.choices) and (view.sitting is None or view.sitting.sitting is None)


def is_check_in_open(view: BlendedViewData, now: datetime) -> bool:
    """Tell whether the learner can check in at this moment."""
    if view.sitting is None or view.sitting.sitting is None or view.sitting.attendance is not None:
        return False
    meeting = view.sitting.sitting.meeting
    return not meeting.is_cancelled and meeting.check_in_from <= now <= meeting.check_in_until


def say_grade(view: BlendedViewData) -> Mapping[str, Any]:
    """Return the grade as the finished screen says it: percent, and how the stages stand."""
    counted = [stage for stage in view.stages if stage.phase in SETTLED and stage.result.weight]
    full = sum(stage.result.share >= 1 for stage in counted)
    part = sum(0 < stage.result.share < 1 for stage in counted)
    parts = []
    if full:
        parts.append(ngettext("%(count)s stage counts in full.", "%(count)s stages count in full.", full))
        parts[-1] %= {"count": full}
    if part:
        parts.append(ngettext("%(count)s counts in part.", "%(count)s count in part.", part) % {"count": part})
    return {
        "percent": round(view.earned / view.possible * 100) if view.possible else None,
        "sentence": " ".join(parts),
    }


def zones_of(view: BlendedViewData, own: ZoneInfo) -> ReaderZones:
    """Return the zones in which this learner's dates are said."""
    sitting = view.sitting.sitting if view.sitting else None
    return ReaderZones(shown=sitting.meeting.zone if sitting else own, own=own)
