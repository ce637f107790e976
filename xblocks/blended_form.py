"""Read the author's form of a blended task: what was typed becomes a configuration, what cannot be read is named.

The form posts ``{"task": {...}, "stages": [{...}, ...]}`` with texts as they were typed. Whether what was read makes
sense is asked of ``discussion_ext`` afterwards; here a number is a number and a moment a moment.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from discussion_ext.api import blended
from discussion_ext.data import Anchor, BlendedConfigData, FieldProblem, Late, MomentRule, StageConfigData, StageKind

from .markup import render_author_text
from .moments import MomentError, read_moment
from .requests import RequestError, clean_text, parse_number, parse_whole

MAX_STAGES: Final = 100  # what one request may hold; how many a task may have is for the rules to say
MAX_LISTED: Final = 500
_NUMBERS: Final = (
    "weight", "late_days", "late_percent", "position_min", "answers_wanted", "answer_min", "report_min",
    "reviews_wanted", "review_min",
)  # fmt: skip
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_LENGTH: Final = 6
WHOLE: Final = 100

Choice = TypeVar("Choice", Anchor, Late, StageKind)


@dataclass
class BlendedForm:
    """What came out of reading: the configuration, and by (stage id, field) what could not be read, as (short, long).

    Where something could not be read, the configuration holds a default, so that a preview can be drawn all the same.
    """

    config: BlendedConfigData = field(default_factory=BlendedConfigData)
    unread: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def list_problems(
        self, *, unit_ids: Collection[str] | None, session_blocks: Collection[str] | None
    ) -> list[FieldProblem]:
        """Return every mistake in the order of the form; a field that could not be read is named for that alone."""
        found = blended.validate(self.config, unit_ids=unit_ids, session_blocks=session_blocks)
        unread = [
            blended.name_problem(self.config, stage_id=stage_id, field=name, summary=summary, message=message)
            for (stage_id, name), (summary, message) in self.unread.items()
        ]
        problems = [*unread, *(problem for problem in found if not self._follows_from_unread(problem))]
        return sorted(problems, key=lambda problem: problem.stage_number)

    def _follows_from_unread(self, problem: FieldProblem) -> bool:
        """Tell whether a field was blamed for the default that stands in for what could not be read."""
        if (problem.stage_id, problem.field) in self.unread:
            return True
        stage = self.config.find_stage(problem.stage_id)
        is_sum = problem.field == "weight" and stage is not None and 0 <= stage.weight <= WHOLE
        return is_sum and any(name == "weight" for _stage_id, name in self.unread)


def read_form(data: Mapping[str, Any], *, zone: ZoneInfo, current: BlendedConfigData) -> BlendedForm:
    """Return what ``data`` spells. ``current`` is what is stored: a moment of the same minute keeps its seconds.

    Raise `RequestError` for what no form sends.
    """
    form = BlendedForm()
    task, stages = data.get("task"), data.get("stages")
    if not isinstance(task, Mapping) or not isinstance(stages, list) or not _are_objects(stages):
        raise RequestError(_("The request must hold a task and its stages."), code="form")
    known = {stage.id: stage for stage in current.stages}
    read = [_read_stage(form, raw, zone=zone, known=known) for raw in stages]
    if len({stage.id for stage in read}) < len(read):
        raise RequestError(_("Two stages have the same id."), field="stages", code="form")
    form.config = replace(_read_task(form, task, current=current), stages=tuple(read))
    return form


def new_id(taken: Iterable[str]) -> str:
    """Return an id for a stage; by chance, because one that was removed must never be used again."""
    taken = set(taken)
    while True:
        made = "s" + "".join(secrets.choice(_DIGITS) for _place in range(_ID_LENGTH))
        if made not in taken:
            return made


def with_new_ids(stages: Sequence[StageConfigData], taken: Iterable[str] = ()) -> list[StageConfigData]:
    """Return ``stages`` under ids that no stage of the task ever had; what they say of each other follows."""
    used = set(taken)
    ids: dict[str, str] = {}
    for stage in stages:
        ids[stage.id] = new_id(used)
        used.add(ids[stage.id])
    return [_renamed(stage, ids) for stage in stages]


def _renamed(stage: StageConfigData, ids: Mapping[str, str]) -> StageConfigData:
    def renamed(rule: MomentRule) -> MomentRule:
        return replace(rule, stage_id=ids.get(rule.stage_id, rule.stage_id))

    reports = ids.get(stage.report_stage_id, stage.report_stage_id)
    return replace(
        stage, id=ids[stage.id], report_stage_id=reports, opens=renamed(stage.opens), due=renamed(stage.due)
    )  # fmt: skip


def _are_objects(stages: list[Any]) -> bool:
    return len(stages) <= MAX_STAGES and all(isinstance(item, Mapping) for item in stages)


# -- the task ----------------------------------------------------------------------------------------------------------


def _read_task(form: BlendedForm, task: Mapping[str, Any], *, current: BlendedConfigData) -> BlendedConfigData:
    intro = _text(form, "", "intro", task.get("intro"))
    points = parse_number(task.get("points"))
    if points is None:
        form.unread["", "points"] = _not_a_number()
    return BlendedConfigData(
        title=_text(form, "", "title", task.get("title")),
        intro=intro,
        intro_html=render_author_text(intro),
        points=current.points if points is None else round(points, 2),
        catch_up_days=_whole(form, "", "catch_up_days", task.get("catch_up_days"), current.catch_up_days),
        session_block=_text(form, "", "session_block", task.get("session_block")),
        by_cohort=_flag(form, "", "by_cohort", task.get("by_cohort")),
    )


# -- one stage ---------------------------------------------------------------------------------------------------------


def _read_stage(
    form: BlendedForm, raw: Mapping[str, Any], *, zone: ZoneInfo, known: Mapping[str, StageConfigData]
) -> StageConfigData:
    stage_id, kind = raw.get("id"), _choice(StageKind, raw.get("kind"))
    if not isinstance(stage_id, str) or not _is_id(stage_id) or kind is None:
        raise RequestError(_("A stage needs an id and a kind."), field="stages", code="form")
    blank = StageConfigData(id=stage_id, kind=kind)
    before = known.get(stage_id, blank)
    late = _choice(Late, raw.get("late", Late.CLOSED))
    if late is None:
        form.unread[stage_id, "late"] = (_("nothing is chosen"), _("Choose what happens to who is late."))
    instructions = _text(form, stage_id, "instructions", raw.get("instructions"))
    numbers = {
        name: _whole(form, stage_id, name, raw[name], getattr(blank, name)) for name in _NUMBERS if name in raw
    }  # fmt: skip
    return StageConfigData(
        id=stage_id,
        kind=kind,
        title=_text(form, stage_id, "title", raw.get("title")),
        instructions=instructions,
        instructions_html=render_author_text(instructions),
        opens=_rule(form, stage_id, "opens", raw.get("opens"), zone=zone, current=before.opens),
        due=_rule(form, stage_id, "due", raw.get("due"), zone=zone, current=before.due),
        late=late or Late.CLOSED,
        unit_ids=_texts(form, stage_id, "unit_ids", raw.get("unit_ids")),
        needs_link=_flag(form, stage_id, "needs_link", raw.get("needs_link", False)),
        report_stage_id=_text(form, stage_id, "report_stage_id", raw.get("report_stage_id")),
        questions=_questions(form, stage_id, raw.get("questions")),
        **numbers,
    )


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text) is not None


def _rule(form: BlendedForm, stage_id: str, name: str, raw: Any, *, zone: ZoneInfo, current: MomentRule) -> MomentRule:
    """Read a date: its anchor, and what that anchor needs of the rest."""
    raw = {} if raw is None else raw
    anchor = _choice(Anchor, raw.get("anchor", Anchor.ALWAYS)) if isinstance(raw, Mapping) else None
    if anchor is None:
        form.unread[stage_id, name] = (_("nothing is chosen"), _("Choose what this date hangs on."))
        return MomentRule()
    if anchor == Anchor.ALWAYS:
        return MomentRule()
    if anchor == Anchor.FIXED:
        at = _moment(form, stage_id, name, raw.get("at"), zone=zone, current=current.at)
        return MomentRule(anchor=Anchor.FIXED, at=at)
    sign = -1 if raw.get("side") == "before" else 1
    days, hours = (
        sign * _whole(form, stage_id, name, "0" if raw.get(unit) in (None, "") else raw[unit], 0)
        for unit in ("days", "hours")
    )
    hangs_on_stage = anchor in (Anchor.STAGE_OPENS, Anchor.STAGE_DUE)
    other = _text(form, stage_id, name, raw.get("stage_id")) if hangs_on_stage else ""
    return MomentRule(anchor=anchor, days=days, hours=hours, stage_id=other)


def _moment(
    form: BlendedForm, stage_id: str, name: str, value: Any, *, zone: ZoneInfo, current: datetime | None
) -> datetime | None:
    if value in (None, ""):
        return None  # the rules say that one is missing
    try:
        return read_moment(value, zone=zone, current=current)
    except MomentError as error:
        form.unread[stage_id, name] = (error.summary, error.message)
        return None


def _questions(form: BlendedForm, stage_id: str, value: Any) -> tuple[str, ...]:
    """Read one question a line; a list is taken as it is."""
    lines = value.splitlines() if isinstance(value, str) else value
    return _texts(form, stage_id, "questions", lines)


# -- values ------------------------------------------------------------------------------------------------------------


def _text(form: BlendedForm, stage_id: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_text(value)
    form.unread[stage_id, name] = (_("it must be text"), _("This must be text."))
    return ""


def _texts(form: BlendedForm, stage_id: str, name: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list) and len(value) <= MAX_LISTED and all(isinstance(item, str) for item in value):
        return tuple(dict.fromkeys(text for text in map(clean_text, value) if text))
    form.unread[stage_id, name] = (_("it cannot be read"), _("This must be a list of texts."))
    return ()


def _whole(form: BlendedForm, stage_id: str, name: str, value: Any, default: int) -> int:
    number = parse_whole(value, may_be_negative=True)
    if number is None:
        form.unread[stage_id, name] = _not_a_number(is_whole=True)
        return default
    return number


def _flag(form: BlendedForm, stage_id: str, name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    form.unread[stage_id, name] = (_("nothing is chosen"), _("Choose one of the two."))
    return False


def _choice(kind: type[Choice], value: Any) -> Choice | None:
    return kind(value) if isinstance(value, str) and value in set(kind) else None


def _not_a_number(*, is_whole: bool = False) -> tuple[str, str]:
    if is_whole:
        return _("it is not a whole number"), _("Write a whole number, for example 7.")
    return _("it is not a number"), _("Write a number, for example 10 or 7.5.")
