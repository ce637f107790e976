"""What the team's templates are given: the table by learner and stage, and one learner stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from discussion_ext.data import (
    AppealData,
    AttendanceSource,
    AttendanceState,
    BlendedConfigData,
    BlendedReportData,
    BlendedRowData,
    BlendedSummaryData,
    ContributionData,
    DecisionKind,
    OwnSittingData,
    RequirementState,
    StageConfigData,
    StageDatesData,
    StageDecisionData,
    StageResultData,
    StageViewData,
)

from .blended_screens import ReaderZones
from .blended_words import ICONS, say_kind, say_percent, say_title
from .moments import show_moment

STAGES_SHOWN: Final = 5  # with the learner and the grade a table of seven columns
_NOT_YET: Final = frozenset({"no_sitting", "opens_later"})
_SAID_BY_DATES: Final = _NOT_YET | {"open", "overdue"}


@dataclass(frozen=True)
class Column:
    """A stage as a column: ``title`` is read out, ``heading`` stands above it."""

    stage: StageConfigData
    number: int
    heading: str
    title: str


@dataclass(frozen=True)
class Columns:
    """The stages that are shown together, and which groups of them there are to choose."""

    shown: Sequence[Column]
    part: int
    parts: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Cell:
    """How a stage stands with a learner: a shape and a word, and what it is read out under."""

    icon: str
    look: str
    text: str
    column: Column


@dataclass(frozen=True)
class Row:
    """A learner of the table."""

    data: BlendedRowData
    cells: Sequence[Cell]
    met: str


@dataclass(frozen=True)
class DecisionLine:
    """A decision in words, and whether it holds."""

    data: StageDecisionData
    text: str
    is_holding: bool


@dataclass(frozen=True)
class StageReport:
    """One stage of one learner, for the team: how it stands and why, its dates, what was written, asked and decided."""

    view: StageViewData
    column: Column
    icon: str
    kind: str
    cell: Cell
    dates: Sequence[str]
    until: str
    percent: int
    posts: Sequence[ContributionData]
    decisions: Sequence[DecisionLine]
    appeals: Sequence[AppealData]

    @property
    def id(self) -> str:
        """Return the stage's id."""
        return self.view.config.id

    @property
    def why(self) -> str:
        """Return what the evaluation says, where the shape, its word and the dates do not say it all."""
        result = self.view.result
        if result.code in _SAID_BY_DATES:
            return ""
        return " · ".join(text for text in (result.detail, result.why) if text)

    @property
    def holding(self) -> Sequence[DecisionLine]:
        """Return the decisions that hold."""
        return [decision for decision in self.decisions if decision.is_holding]


# -- the table ---------------------------------------------------------------------------------------------------------


def list_columns(config: BlendedConfigData, *, part: int) -> Columns:
    """Return the columns of one group of stages; a part that is not there is the last one."""
    columns = [_column(stage, number) for number, stage in enumerate(config.stages, 1)]
    groups = [columns[start : start + STAGES_SHOWN] for start in range(0, len(columns), STAGES_SHOWN)] or [[]]
    part = min(part, len(groups) - 1)
    names = [(index, _say_group(group)) for index, group in enumerate(groups)] if len(groups) > 1 else []
    return Columns(groups[part], part, names)


def _column(stage: StageConfigData, number: int) -> Column:
    heading = _("%(number)s. %(kind)s") % {"number": number, "kind": say_kind(stage.kind)}
    return Column(stage, number, heading, say_title(stage))


def _say_group(group: Sequence[Column]) -> str:
    first, last = group[0].number, group[-1].number
    if first == last:
        return _("Stage %(number)s") % {"number": first}
    return _("Stages %(first)s–%(last)s") % {"first": first, "last": last}


def list_bars(config: BlendedConfigData, summary: BlendedSummaryData) -> list[tuple[str, int]]:
    """Return by stage how many learners have met it."""
    columns = [_column(stage, number) for number, stage in enumerate(config.stages, 1)]
    return [(column.heading, summary.met.get(column.stage.id, 0)) for column in columns]


def list_rows(rows: Sequence[BlendedRowData], columns: Columns) -> list[Row]:
    """Return the table's lines with the cells of the shown columns."""
    return [_row(row, columns) for row in rows]


def _row(row: BlendedRowData, columns: Columns) -> Row:
    results = {result.stage_id: result for result in row.cells}
    cells = [_cell(results.get(column.stage.id), column) for column in columns.shown]
    counted = [result for result in row.cells if result.state != RequirementState.IMPOSSIBLE]
    met = sum(result.state == RequirementState.MET for result in counted)
    text = ngettext("%(met)s of %(count)s stage", "%(met)s of %(count)s stages", len(counted))
    return Row(row, cells, text % {"met": met, "count": len(counted)})


def _cell(result: StageResultData | None, column: Column) -> Cell:
    if result is None:
        return Cell("open", "open", _("Not looked at yet"), column)
    icon, look, text = _look(result)
    return Cell(icon, look, text, column)


def _look(result: StageResultData) -> tuple[str, str, str]:
    """Return shape, colour and word; what counts in part says how much."""
    part = say_percent(round(result.share * 100))
    if result.state == RequirementState.OPEN:
        return _look_of_open(result, part)
    met = _("Done") if result.share >= 1 else _("%(percent)s, late") % {"percent": part}
    left_out = _("Excused") if result.code == "excused" else _("Left out")
    return {
        RequirementState.MET: ("done", "met", met),
        RequirementState.NOT: ("not", "not", part if result.share else _("Missed")),
        RequirementState.WAITING: ("clock", "open", _("Waits")),
        RequirementState.IMPOSSIBLE: ("void", "void", left_out),
    }[result.state]


def _look_of_open(result: StageResultData, part: str) -> tuple[str, str, str]:
    if result.code in _NOT_YET:
        return "lock", "open", pgettext("a stage", "Later")
    if result.code == "overdue":
        return "clock", "late", _("Late")
    return "open", "open", part if result.share else _("Open")


# -- one learner -------------------------------------------------------------------------------------------------------


def list_stage_reports(report: BlendedReportData, zones: ReaderZones) -> list[StageReport]:
    """Return one learner's stages in order."""
    return [_stage_report(report, stage, number, zones) for number, stage in enumerate(report.view.stages, 1)]


def _stage_report(report: BlendedReportData, stage: StageViewData, number: int, zones: ReaderZones) -> StageReport:
    config = stage.config
    column = _column(config, number)
    return StageReport(
        view=stage,
        column=column,
        icon=ICONS[config.kind],
        kind=say_kind(config.kind),
        cell=_cell(stage.result, column),
        dates=_say_dates(stage.dates, zones),
        until=show_moment(stage.dates.due_at, zones.own),
        percent=round(stage.result.share * 100),
        posts=report.posts.get(config.id, ()),
        decisions=[
            DecisionLine(decision, _say_decision(decision, zones), decision.revoked_at is None)
            for decision in report.decisions
            if decision.stage_id == config.id
        ],
        appeals=[appeal for appeal in report.appeals if appeal.stage_id == config.id],
    )


def _say_dates(dates: StageDatesData, zones: ReaderZones) -> list[str]:
    """Return when the stage opens, is due and closes for this learner, and what moved that."""
    if dates.is_unknown and not (dates.opens_at or dates.due_at):
        return [_("The dates follow a class session, and there is none yet.")]
    lines = []
    if dates.opens_at:
        lines.append(_("Opens %(moment)s") % {"moment": zones.say(dates.opens_at)})
    if dates.due_at:
        lines.append(_("due %(moment)s") % {"moment": zones.say(dates.due_at)})
    if dates.closes_at and dates.closes_at != dates.due_at:
        lines.append(_("closes %(moment)s") % {"moment": zones.say(dates.closes_at)})
    moved = {
        "shift": _("moved by an individual due date"),
        "catch_up": _("moved, because they joined late"),
        "extension": _("moved by the course team"),
    }
    return [*lines, *(moved[mover] for mover in dates.moved_by if mover in moved)]


def _say_decision(decision: StageDecisionData, zones: ReaderZones) -> str:
    if decision.kind == DecisionKind.EXTEND and decision.until:
        return _("More time, until %(moment)s") % {"moment": zones.say(decision.until)}
    if decision.kind == DecisionKind.MARK and decision.share is not None:
        return _("Counts as %(percent)s") % {"percent": say_percent(round(decision.share * 100))}
    return _("Excused")


def say_attendance(sitting: OwnSittingData | None) -> str:
    """Return what is known of somebody's coming, in words; empty where there is nothing to know."""
    if sitting is None or sitting.sitting is None:
        return ""
    if sitting.attendance is None:
        return _("not noted yet")
    sources = {
        AttendanceSource.CODE: _("present, by code"),
        AttendanceSource.SCAN: _("present, by ticket"),
        AttendanceSource.TICKET: _("present, by ticket"),
        AttendanceSource.REPLAY: _("saw the recording"),
    }
    states = {
        AttendanceState.PRESENT: _("present"),
        AttendanceState.ABSENT: _("absent"),
        AttendanceState.EXCUSED: _("excused"),
    }
    state = sitting.attendance.state
    if state == AttendanceState.PRESENT and sitting.attendance.source in sources:
        return sources[sitting.attendance.source]
    return states[state]
