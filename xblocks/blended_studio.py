"""What an author meets: the form with its stages, how it looks to a learner on a day, and the unit page's preview."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from opaque_keys.edx.keys import CourseKey
from web_fragments.fragment import Fragment

from discussion_ext import api as cases
from discussion_ext.api import blended
from discussion_ext.data import (
    Anchor,
    BlendedConfigData,
    ChangePreviewData,
    MomentRule,
    StageConfigData,
    StageKind,
)
from people import api as people

from . import blended_stages
from .blended_form import BlendedForm, new_id, read_form, with_new_ids
from .blended_preview import preview_context, read_moment_of_preview
from .blended_words import ICONS, list_kinds, say_kind, say_stage, say_task, say_title
from .case_handlers import failure_words
from .fragments import build_fragment, dom_id, render_template, resource_url
from .learner import acting_person, find_author_id, local_key, may_author
from .moments import show_moment
from .requests import RequestError, read_choice, read_text

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock

MAX_TOKEN = 100


@dataclass(frozen=True)
class DateInput:
    """A date as the form draws it: what it hangs on; days and hours without sign, and on which side they are.

    Where days and hours point different ways, one of the two keeps a minus, so that nothing is lost.
    """

    anchor: str
    days: int
    hours: int
    is_before: bool
    at: str
    stage_id: str
    is_relative: bool
    hangs_on_stage: bool


@dataclass(frozen=True)
class StageCard:
    """A stage as the form draws it: its place, its name, and in a line what it asks while it is folded.

    ``questions`` stand one a line; ``lost_units`` are asked for and no longer in the course.
    """

    number: int
    stage: StageConfigData
    icon: str
    kind: str
    title: str
    line: Sequence[str]
    opens: DateInput
    due: DateInput
    questions: str
    lost_units: Sequence[str] = ()


# -- drawing -----------------------------------------------------------------------------------------------------------


def draw_preview(block: BlendedTaskXBlock) -> Fragment:
    """Return what the task asks, stage by stage, without anybody's dates; nothing is looked up about a person."""
    config = block.blended_configuration()
    context = {
        "config": config,
        "cards": _cards(config, ZoneInfo("UTC")),
        "is_library": acting_person(block).course_key is None,
    }
    html = render_template(block, "blended_task/preview.html", context)
    return build_fragment(block, html, script="blended_task/block.js", init="BlendedTaskPreview", arguments={})


def draw_form(block: BlendedTaskXBlock) -> Fragment:
    """Return the author's form with the stored values and the preview beside it."""
    zone, config, choices = _zone(block), block.blended_configuration(), _choices(block)
    context = {
        **preview_context(block, config, zone=zone),
        **choices,
        "config": config,
        "task_line": say_task(config),
        "cards": _cards(config, zone, units=choices["units"]),
        "zone": zone,
        "kinds": list_kinds(),
        "presets": blended.list_presets(),
    }
    html = render_template(block, "blended_task/studio.html", context)
    arguments = {
        "module": resource_url(block, "blended_task/studio.js"),
        "id": dom_id(block),
        "version": version_of(config),
        "failure": failure_words(),
        "words": _form_words(),
    }
    return build_fragment(block, html, script="blended_task/block.js", init="BlendedTaskStudio", arguments=arguments)


def _cards(config: BlendedConfigData, zone: ZoneInfo, *, units: Collection[str] = ()) -> list[StageCard]:
    return [
        StageCard(
            number=number,
            stage=stage,
            icon=ICONS[stage.kind],
            kind=say_kind(stage.kind),
            title=say_title(stage),
            line=say_stage(stage, config, zone),
            opens=_date_input(stage.opens, zone),
            due=_date_input(stage.due, zone),
            questions="\n".join(stage.questions),
            lost_units=[unit_id for unit_id in stage.unit_ids if unit_id not in units],
        )
        for number, stage in enumerate(config.stages, 1)
    ]


def _date_input(rule: MomentRule, zone: ZoneInfo) -> DateInput:
    is_before = (rule.days, rule.hours) < (0, 0)
    sign = -1 if is_before else 1
    return DateInput(
        anchor=str(rule.anchor),
        days=rule.days * sign,
        hours=rule.hours * sign,
        is_before=is_before,
        at=show_moment(rule.at, zone),
        stage_id=rule.stage_id,
        is_relative=rule.anchor not in (Anchor.ALWAYS, Anchor.FIXED),
        hangs_on_stage=rule.anchor in (Anchor.STAGE_OPENS, Anchor.STAGE_DUE),
    )


@dataclass(frozen=True)
class SessionOption:
    """Another task of the course whose class session can be used."""

    block_id: str
    title: str


def _choices(block: BlendedTaskXBlock) -> dict[str, Any]:
    """Return what the selects of the form offer: units by the parts of the course, and other tasks' class sessions."""
    course_key = acting_person(block).course_key
    if course_key is None:
        return {"parts": [], "sessions": [], "units": set()}
    units = blended.list_units(course_key)
    parts = groupby(units, key=lambda unit: unit.path[0] if unit.path else "")
    return {
        "parts": [(path, list(members)) for path, members in parts],
        "units": {unit.block_id for unit in units},
        "sessions": _sessions_to_share(block, course_key),
    }


def _known(block: BlendedTaskXBlock) -> dict[str, Any]:
    """Return the units and class sessions that there are, None where there is no course to have any."""
    course_key = acting_person(block).course_key
    if course_key is None:
        return {"unit_ids": None, "session_blocks": None}
    units, sessions = blended.list_units(course_key), _sessions_of_others(block, course_key)
    return {"unit_ids": {unit.block_id for unit in units}, "session_blocks": set(sessions)}


def _sessions_of_others(block: BlendedTaskXBlock, course_key: CourseKey) -> dict[str, str]:
    """Return the other tasks with a class session of their own: titles by block id."""
    found = {}
    for task in blended.list_blended_tasks(course_key):
        config = blended.find_blended_config(task.usage_key)
        if config and config.needs_session and not config.session_block:
            found[task.usage_key.block_id] = config.title
    found.pop(local_key(block).block_id, None)
    return found


def _sessions_to_share(block: BlendedTaskXBlock, course_key: CourseKey) -> list[SessionOption]:
    """Return the class sessions to choose; the one chosen stays in sight, also where it is gone."""
    found = _sessions_of_others(block, course_key)
    if block.session_block:
        found.setdefault(block.session_block, block.session_block)
    return [SessionOption(block_id, title) for block_id, title in found.items()]


# -- acts --------------------------------------------------------------------------------------------------------------


def submit(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Save the form if every field is right and nobody saved in between; otherwise change nothing and say why.

    Where results of learners would change, it is saved only with ``confirmed`` set to what the warning came with.
    """
    _require_author(block)
    stored = block.blended_configuration()
    form = read_form(data, zone=_zone(block), current=stored)
    _require_no_mistakes(block, form)
    _require_same_version(data, stored)
    _require_consent(block, data, form.config)
    _store(block, form.config)
    return {"saved": True}


def preview(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw from what the form holds now: the learner's view on a day, the weights, and each folded stage's line."""
    _require_author(block)
    zone = _zone(block)
    config = read_form(data, zone=zone, current=block.blended_configuration()).config
    context = preview_context(block, config, zone=zone, chosen=read_moment_of_preview(data))
    return {
        "preview": render_template(block, "blended_task/studio_preview.html", context),
        "weights": render_template(block, "blended_task/studio_weights.html", context),
        "task_line": " · ".join(say_task(config)),
        "stages": [
            {"id": card.stage.id, "title": card.title, "line": " · ".join(card.line)} for card in _cards(config, zone)
        ],
    }


def add(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw one more stage of a kind, for the end of the form."""
    _require_author(block)
    kind = StageKind(read_choice(data, "kind", tuple(StageKind)))
    zone = _zone(block)
    config = read_form(data, zone=zone, current=block.blended_configuration()).config
    stage = blended.make_stage(kind, new_id(stage.id for stage in config.stages))
    return {"stages": _draw_cards(block, [stage], [*config.stages, stage])}


def preset(block: BlendedTaskXBlock, data: dict[str, Any]) -> Mapping[str, Any]:
    """Draw the stages of a preset."""
    _require_author(block)
    presets = {preset.code: preset for preset in blended.list_presets()}
    chosen = presets[read_choice(data, "preset", tuple(presets))]
    stages = with_new_ids(chosen.stages, taken=[stage.id for stage in block.blended_configuration().stages])
    return {"stages": _draw_cards(block, stages, stages), "title": chosen.title}


def _draw_cards(
    block: BlendedTaskXBlock, drawn: Sequence[StageConfigData], stages: Sequence[StageConfigData]
) -> list[dict[str, str]]:
    """Return the cards of ``drawn``, which are some of ``stages``."""
    zone, config, choices = _zone(block), BlendedConfigData(stages=tuple(stages)), _choices(block)
    context = {**choices, "config": config, "zone": zone}
    cards = [card for card in _cards(config, zone, units=choices["units"]) if card.stage in drawn]
    return [
        {
            "id": card.stage.id,
            "html": render_template(block, "blended_task/studio_stage.html", context | {"card": card}),
        }
        for card in cards
    ]


# -- what stands between a form and saving it --------------------------------------------------------------------------


def _require_no_mistakes(block: BlendedTaskXBlock, form: BlendedForm) -> None:
    problems = form.list_problems(**_known(block))
    if not problems:
        return
    count = len(problems)
    message = ngettext(
        "Not saved yet. %(count)s field needs you:", "Not saved yet. %(count)s fields need you:", count
    )  # fmt: skip
    details = [
        {"stage": one.stage_id, "field": one.field, "summary": one.summary, "message": one.message} for one in problems
    ]
    raise RequestError(message % {"count": count}, field=problems[0].field, details=details)


def _require_same_version(data: Mapping[str, Any], stored: BlendedConfigData) -> None:
    """Raise where the form was drawn from another version than the stored one, unless its author knows."""
    if read_text(data, "version", longest=MAX_TOKEN) == version_of(stored):
        return
    message = _(
        "Not saved yet. This task was changed since you opened it, perhaps in another tab or by a colleague. What you "
        "wrote is still here."
    )
    detail = {"stage": "", "field": "", "summary": "", "message": "", "version": version_of(stored)}
    raise RequestError(message, status=409, code="stale", details=[detail])


def _require_consent(block: BlendedTaskXBlock, data: Mapping[str, Any], config: BlendedConfigData) -> None:
    """Raise where publishing ``config`` changes results, unless the author has seen just that and goes on."""
    if acting_person(block).course_key is None or read_text(data, "confirmed", longest=MAX_TOKEN) == version_of(config):
        return
    try:
        change = blended.preview_change(usage_key=local_key(block), config=config)
    except cases.CaseNotFoundError:
        return  # never published: nobody has results
    if not change.raised and not change.lowered:
        return
    details = [
        {"stage": "", "field": "", "summary": line, "message": "", "version": version_of(config)}
        for line in say_change(change)
    ]
    message = _("Not saved yet. Once published, this changes results that learners have now:")
    raise RequestError(message, status=409, code="changes_results", details=details)


def say_change(change: ChangePreviewData) -> list[str]:
    """Return whom a changed configuration touches, in sentences: how many, which way, and a few by name."""
    lines = []
    if change.raised:
        lines.append(
            ngettext("%(count)s learner gets more.", "%(count)s learners get more.", change.raised)
            % {"count": change.raised}
        )
    if change.lowered:
        lines.append(
            ngettext("%(count)s learner gets less.", "%(count)s learners get less.", change.lowered)
            % {"count": change.lowered}
        )
    if change.looked_at < change.learners:
        lines.append(
            _("Looked at %(some)s of %(all)s learners; the others follow in the same way.")
            % {"some": change.looked_at, "all": change.learners}
        )
    lines += [
        _("%(name)s: %(now)s now, %(then)s then.") % {"name": name, "now": f"{now:g}", "then": f"{then:g}"}
        for name, now, then in change.examples
    ]
    return lines


def version_of(config: BlendedConfigData) -> str:
    """Return a short name for exactly this configuration."""
    text = json.dumps(config.to_json(), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _store(block: BlendedTaskXBlock, config: BlendedConfigData) -> None:
    block.display_name = config.title
    block.stages = [blended_stages.to_stored(stage) for stage in config.stages]
    for name in ("intro", "points", "catch_up_days", "session_block", "by_cohort"):
        setattr(block, name, getattr(config, name))


def _form_words() -> dict[str, str]:
    """Return what the browser says by itself; names in braces are filled in by it."""
    return {
        "not_saved": _("Not saved yet"),
        "moved": _("“{title}” is stage {number} now."),
        "copy": _("Copy of {title}"),
        "removed": _("“{title}” is removed."),
        "undo": _("Bring it back"),
        "replaced": _("The stages are those of “{title}” now."),
        "undo_preset": _("Bring the former stages back"),
        "restored": _("Brought back."),
        "spread": _("Spread evenly."),
        "unsaved": _("What you changed is not saved."),
        "discard": _("Leave without saving"),
        "save_anyway": _("Save anyway"),
        "save_over": _("Save mine over it"),
        "fields_one": ngettext("{count} field", "{count} fields", 1),
        "fields_other": ngettext("{count} field", "{count} fields", 2),
        "stage": _("{number}. {title}"),
    }


def _zone(block: BlendedTaskXBlock) -> ZoneInfo:
    author_id = find_author_id(block)
    return people.person_zone(author_id) if author_id else ZoneInfo("UTC")


def _require_author(block: BlendedTaskXBlock) -> None:
    if not may_author(block):
        raise RequestError(_("A task is edited in Studio, by its course team."), status=403, code="not_allowed")


ACTIONS = {"submit": submit, "preview": preview, "add": add, "preset": preset}
