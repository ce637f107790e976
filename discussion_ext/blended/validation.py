"""What is wrong with what an author asks: every mistake, named with its stage and field."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.data import (
    Anchor,
    BlendedConfigData,
    FieldProblem,
    Late,
    MomentRule,
    StageConfigData,
    StageKind,
)

from . import dates
from .limits import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_DAYS,
    MAX_HOURS,
    MAX_INSTRUCTIONS,
    MAX_INTRO,
    MAX_QUESTION,
    MAX_QUESTIONS,
    MAX_STAGES,
    MAX_TITLE,
    MAX_UNITS,
    STAGE_ID,
    STAGE_LIMITS,
    TASK_LIMITS,
    limited_rule,
    with_limited_rules,
)

_NUMBERS = {
    StageKind.DISCUSS: ("position_min", "answers_wanted", "answer_min"),
    StageKind.REPORT: ("report_min",),
    StageKind.REVIEW: ("reviews_wanted", "review_min"),
}


def validate(
    config: BlendedConfigData,
    *,
    unit_ids: Collection[str] | None = None,
    session_blocks: Collection[str] | None = None,
) -> list[FieldProblem]:
    """Return every mistake of an author: those of the task's own fields first, then stage by stage.

    ``unit_ids`` are the units of the course, ``session_blocks`` the block ids of tasks that have a class session; None
    where they are not known. Dates are compared for any sitting: what is only wrong with some is not a mistake here.
    """
    return [
        *_check_task(config, session_blocks),
        *(problem for stage in config.stages for problem in _check_stage(stage, config, unit_ids)),
        *_check_weights(config),
    ]


def name_problem(config: BlendedConfigData, *, stage_id: str, field: str, summary: str, message: str) -> FieldProblem:
    """Return a mistake with its stage's number, and with stage and field in front of the summary."""
    number = next((number for number, stage in enumerate(config.stages, 1) if stage.id == stage_id), 0)
    facts = {"number": number, "field": name_field(field), "mistake": summary}
    line = _("Stage %(number)d, %(field)s: %(mistake)s") if number else _("The task, %(field)s: %(mistake)s")
    return FieldProblem(stage_id=stage_id, stage_number=number, field=field, summary=line % facts, message=message)


def name_field(field: str) -> str:
    """Return how a list of mistakes calls a field."""
    return {
        "title": _("title"),
        "intro": _("introduction"),
        "points": _("points"),
        "catch_up_days": _("days for late joiners"),
        "session_block": _("class session"),
        "stages": _("stages"),
        "id": _("name"),
        "kind": _("kind"),
        "instructions": _("instructions"),
        "weight": _("weight"),
        "opens": _("opens"),
        "due": _("due"),
        "late": _("when late"),
        "late_days": _("days late"),
        "late_percent": _("percent per day"),
        "unit_ids": _("units"),
        "position_min": _("words of the position"),
        "answers_wanted": _("answers"),
        "answer_min": _("words of an answer"),
        "report_min": _("words of the report"),
        "needs_link": _("link"),
        "report_stage_id": _("reports"),
        "reviews_wanted": _("reviews"),
        "review_min": _("words of a review"),
        "questions": _("questions"),
    }.get(field, field)


# -- the task ----------------------------------------------------------------------------------------------------------


class _Sheet:
    """Names the mistakes of one stage, or of the task itself."""

    def __init__(self, config: BlendedConfigData, stage_id: str = "") -> None:
        self._config = config
        self._stage_id = stage_id

    def blame(self, field: str, summary: str, message: str) -> FieldProblem:
        return name_problem(self._config, stage_id=self._stage_id, field=field, summary=summary, message=message)

    def check_text(self, field: str, text: str, longest: int) -> Iterator[FieldProblem]:
        if len(text) > longest:
            message = _("This has %(length)d characters. Keep it to %(limit)d.") % {
                "length": len(text),
                "limit": longest,
            }
            yield self.blame(field, _("it is too long"), message)

    def check_number(self, field: str, number: Any, limits: tuple[int, int]) -> Iterator[FieldProblem]:
        low, high = limits
        if not (isinstance(number, int | float) and low <= number <= high):  # NaN is in no range
            message = _("Choose a number from %(low)d to %(high)d.") % {"low": low, "high": high}
            yield self.blame(field, _("it is out of range"), message)


def _check_task(config: BlendedConfigData, session_blocks: Collection[str] | None) -> Iterator[FieldProblem]:
    sheet = _Sheet(config)
    if not config.title.strip():
        yield sheet.blame("title", _("it is empty"), _("Learners find the task by this. Write it here."))
    yield from sheet.check_text("title", config.title, MAX_TITLE)
    yield from sheet.check_text("intro", config.intro, MAX_INTRO)
    for name, limits in TASK_LIMITS.items():
        yield from sheet.check_number(name, getattr(config, name), limits)
    if config.session_block and session_blocks is not None and config.session_block not in session_blocks:
        message = _(
            "The task whose session this used is not in the course. Choose another one, or a session of its own."
        )
        yield sheet.blame("session_block", _("it is not in the course"), message)
    if not config.stages:
        yield sheet.blame("stages", _("there is none"), _("Add a stage, or start from a preset."))
    if len(config.stages) > MAX_STAGES:
        message = _("There are %(count)d. Keep it to %(limit)d.") % {"count": len(config.stages), "limit": MAX_STAGES}
        yield sheet.blame("stages", _("there are too many"), message)


def _check_weights(config: BlendedConfigData) -> Iterator[FieldProblem]:
    low, high = STAGE_LIMITS["weight"]
    if not config.stages or not all(low <= stage.weight <= high for stage in config.stages):
        return
    whole = sum(stage.weight for stage in config.stages)
    if whole not in (0, 100):
        summary = _("all weights add up to %(sum)d %%, not 100 %%") % {"sum": whole}
        message = _("Give all weights together 100 %, or none of them any, and the task is not graded.")
        if whole < 100:
            message = _("%(missing)d %% are left to give. Give them to a stage.") % {"missing": 100 - whole}
        yield _Sheet(config, config.stages[-1].id).blame("weight", summary, message)


# -- one stage ---------------------------------------------------------------------------------------------------------


def _check_stage(
    stage: StageConfigData, config: BlendedConfigData, unit_ids: Collection[str] | None
) -> Iterator[FieldProblem]:
    sheet = _Sheet(config, stage.id)
    yield from _check_identity(stage, config, sheet)
    yield from sheet.check_text("title", stage.title, MAX_TITLE)
    yield from sheet.check_text("instructions", stage.instructions, MAX_INSTRUCTIONS)
    yield from sheet.check_number("weight", stage.weight, STAGE_LIMITS["weight"])
    yield from _check_rule("opens", stage.opens, config, sheet)
    yield from _check_rule("due", stage.due, config, sheet)
    yield from _check_order(stage, config, sheet)
    yield from _check_late(stage, sheet)
    for name in _NUMBERS.get(stage.kind, ()):
        yield from sheet.check_number(name, getattr(stage, name), STAGE_LIMITS[name])
    if stage.kind == StageKind.READ:
        yield from _check_units(stage, unit_ids, sheet)
    if stage.kind == StageKind.REVIEW:
        yield from _check_review(stage, config, sheet)


def _check_identity(stage: StageConfigData, config: BlendedConfigData, sheet: _Sheet) -> Iterator[FieldProblem]:
    same = [other for other in config.stages if other.id == stage.id]
    again = _("Remove this stage and add it again.")
    if not STAGE_ID.fullmatch(stage.id):
        yield sheet.blame("id", _("it cannot be used"), again)
    elif same[0] is not stage:
        yield sheet.blame("id", _("another stage has it"), again)
    attending = [other for other in config.stages if other.kind == StageKind.ATTEND]
    if stage.kind == StageKind.ATTEND and attending[0] is not stage:
        message = _("A task has one class session, and coming counts once. Remove this stage.")
        yield sheet.blame("kind", _("another stage asks to attend"), message)


def _check_late(stage: StageConfigData, sheet: _Sheet) -> Iterator[FieldProblem]:
    if stage.late == Late.CLOSED:
        return
    yield from sheet.check_number("late_days", stage.late_days, (1, STAGE_LIMITS["late_days"][1]))
    if stage.late == Late.DECAY:
        yield from sheet.check_number("late_percent", stage.late_percent, (1, STAGE_LIMITS["late_percent"][1]))


def _check_units(stage: StageConfigData, unit_ids: Collection[str] | None, sheet: _Sheet) -> Iterator[FieldProblem]:
    if not stage.unit_ids:
        yield sheet.blame("unit_ids", _("none is chosen"), _("Choose the units that learners complete."))
    if len(stage.unit_ids) > MAX_UNITS:
        message = _("There are %(count)d. Keep it to %(limit)d.") % {"count": len(stage.unit_ids), "limit": MAX_UNITS}
        yield sheet.blame("unit_ids", _("there are too many"), message)
    gone = sum(unit not in unit_ids for unit in stage.unit_ids) if unit_ids is not None else 0
    if gone:
        message = ngettext(
            "%(count)d unit is not in the course any more. Take it out, or choose another one.",
            "%(count)d units are not in the course any more. Take them out, or choose other ones.",
            gone,
        )
        yield sheet.blame("unit_ids", _("not all are in the course"), message % {"count": gone})


def _check_review(stage: StageConfigData, config: BlendedConfigData, sheet: _Sheet) -> Iterator[FieldProblem]:
    reports = config.find_stage(stage.report_stage_id)
    if reports is None or reports.kind != StageKind.REPORT:
        message = _("Choose the stage whose reports are reviewed.")
        yield sheet.blame("report_stage_id", _("none are chosen"), message)
    elif config.stages.index(reports) > config.stages.index(stage):
        message = _("The reports come after this stage. Move it below them.")
        yield sheet.blame("report_stage_id", _("they come later"), message)
    reviews = [each for each in config.stages if each.kind == StageKind.REVIEW]
    first = next(each for each in reviews if each.report_stage_id == stage.report_stage_id)
    if reports is not None and first is not stage:
        # A review belongs to the stage whose time it is written in: with two there would be two times for one review.
        message = _("Another stage reviews these reports already. Choose others, or remove this stage.")
        yield sheet.blame("report_stage_id", _("another stage has it"), message)
    if len(stage.questions) > MAX_QUESTIONS:
        message = _("There are %(count)d. Keep it to %(limit)d.")
        facts = {"count": len(stage.questions), "limit": MAX_QUESTIONS}
        yield sheet.blame("questions", _("there are too many"), message % facts)
    for question in stage.questions:
        yield from sheet.check_text("questions", question, MAX_QUESTION)


# -- dates -------------------------------------------------------------------------------------------------------------


def _check_rule(field: str, rule: MomentRule, config: BlendedConfigData, sheet: _Sheet) -> Iterator[FieldProblem]:
    if rule.anchor == Anchor.FIXED and (rule.at is None or not FIRST_YEAR <= rule.at.year <= LAST_YEAR):
        yield sheet.blame(field, _("no date is chosen"), _("Choose a date and a time."))
    if not (abs(rule.days) <= MAX_DAYS and abs(rule.hours) <= MAX_HOURS):  # NaN is in no range
        message = _("Keep it to %(days)d days and %(hours)d hours.") % {"days": MAX_DAYS, "hours": MAX_HOURS}
        yield sheet.blame(field, _("it is too far away"), message)
    if rule.anchor not in dates.OF_STAGE:
        return
    chain = dates.follow(rule, config)
    other = config.find_stage(rule.stage_id)
    if other is None:
        message = _("The stage that this follows is not in the task. Choose another one.")
        yield sheet.blame(field, _("the stage it follows is missing"), message)
    elif chain.loop:
        stages = _("; ").join(_name_stage(stage_id, config) for stage_id in chain.loop)
        message = _("These stages wait for each other: %(stages)s. Give one of them a date of its own.")
        yield sheet.blame(field, _("stages wait for each other"), message % {"stages": stages})
    elif chain.root.anchor == Anchor.ALWAYS:
        message = _("%(stage)s has no such date. Choose another one.") % {"stage": _name_stage(other.id, config)}
        yield sheet.blame(field, _("the date it follows is missing"), message)


def _name_stage(stage_id: str, config: BlendedConfigData) -> str:
    number, stage = next((number, stage) for number, stage in enumerate(config.stages, 1) if stage.id == stage_id)
    if stage.title:
        return _("stage %(number)d, “%(title)s”") % {"number": number, "title": stage.title}
    return _("stage %(number)d") % {"number": number}


def _check_order(stage: StageConfigData, config: BlendedConfigData, sheet: _Sheet) -> Iterator[FieldProblem]:
    rules = limited_rule(stage.opens), limited_rule(stage.due)
    opens, due = (dates.follow(rule, with_limited_rules(config)) for rule in rules)
    nominal, slack = dates.least_time(opens, due) or (None, None)
    if nominal is None or slack is None or nominal > slack:
        return
    if nominal == timedelta():
        message = _("This is when it opens. Give learners at least one day.")
        yield sheet.blame("due", _("falls together with its opening"), message)
    elif nominal < timedelta():
        message = _("This can be before it opens. Choose a later date.")
        yield sheet.blame("due", _("falls before its opening"), message)
    else:
        message = _("When clocks change, this can be before it opens. Give learners some hours more.")
        yield sheet.blame("due", _("falls too close to its opening"), message)
