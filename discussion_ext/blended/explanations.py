"""A result of a blended task in words, for one reader: in the active language, their zone, names as they are shown now.

Learner and course team read the same sentences, except for what would make a text count, which only helps its author.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext import words
from discussion_ext.data import (
    BlendedConfigData,
    BlendedResultData,
    RequirementItemData,
    RequirementState,
    StageConfigData,
    StageDatesData,
    StageKind,
    StageResultData,
)
from discussion_ext.explanations import explain_item

from .sentences import Reader, say_why


def explain(
    result: BlendedResultData,
    *,
    config: BlendedConfigData,
    names: Mapping[int, str],
    zone: ZoneInfo,
    is_for_team: bool = False,
    factors: Mapping[str, float] = words.DEFAULT_FACTORS,
) -> BlendedResultData:
    """Return the result with titles, details and reasons.

    ``config`` is that of the result's version. ``names`` are those of the people answered, reviewed, deciding and
    noting, by id; who is missing is called a classmate or the course team. ``factors`` are the site's, as for cases.
    """

    def tell(stage: StageResultData) -> StageResultData:
        asked = config.find_stage(stage.stage_id) or StageConfigData(id=stage.stage_id, kind=stage.kind)
        found = result.find_dates(stage.stage_id)
        reader = Reader(
            config=asked, result=stage, found=found, names=names, zone=zone, now=result.evaluated_at
        )  # fmt: skip
        own = {"names": names, "is_for_team": is_for_team, "factors": factors}
        items = tuple(_tell_item(item, **own) for item in stage.items)
        why = next((item.why for item in items if item.code == stage.code and item.why), "")
        return replace(
            stage, title=name_stage(asked), detail=_detail(stage), why=say_why(reader) or why, items=items
        )  # fmt: skip

    return replace(result, stages=tuple(tell(stage) for stage in result.stages))


def name_stage(stage: StageConfigData) -> str:
    """Return the title of a stage, or what its kind is called."""
    return stage.title or name_kind(stage.kind)


def name_kind(kind: StageKind) -> str:
    """Return what stages of a kind are called where the author gave no title."""
    return {
        StageKind.READ: _("Read or watch"),
        StageKind.DISCUSS: _("Discuss"),
        StageKind.ATTEND: _("Attend the class session"),
        StageKind.REPORT: _("Report back"),
        StageKind.REVIEW: _("Review classmates’ reports"),
    }[kind]


def say_moved(found: StageDatesData) -> str:
    """Return why a stage's due date differs from everybody's, empty where it does not."""
    sentences = {
        "extension": _("The course team extended the due date."),
        "catch_up": _("The due date is later because the course was joined later."),
        "shift": _("The due date moved with the individual due date."),
    }
    return next((sentence for name, sentence in sentences.items() if name in found.moved_by), "")


# -- the word at the end -----------------------------------------------------------------------------------------------


def _detail(stage: StageResultData) -> str:
    named = {
        "excused": _("Excused"),
        "cancelled": _("Cancelled"),
        "opens_later": _("Opens later"),
        "absent": _("Absent"),
    }.get(stage.code)
    if stage.state in (RequirementState.MET, RequirementState.NOT):
        return named or _detail_of_share(stage.share)
    if stage.state == RequirementState.OPEN and stage.facts.get("done"):
        return _("%(done)d of %(wanted)d") % stage.facts
    return named or _name_state(stage.state)


def _detail_of_share(share: float) -> str:
    if share >= 1:
        return _("Counts")
    return _("Counts in part") if share > 0 else _("Does not count")


def _name_state(state: RequirementState) -> str:
    return {
        RequirementState.MET: _("Counts"),
        RequirementState.OPEN: _("To do"),
        RequirementState.NOT: _("Does not count"),
        RequirementState.WAITING: _("Waiting"),
        RequirementState.IMPOSSIBLE: _("Not possible"),
    }[state]


# -- items -------------------------------------------------------------------------------------------------------------


def _tell_item(item: RequirementItemData, **own: Any) -> RequirementItemData:
    detail = _("Not done") if item.code == "missed" else _name_state(item.state)
    sentence = _ITEM_SENTENCES.get(item.code)
    why = sentence() if sentence else _text_reason(item, own)
    return replace(item, title=_item_title(item, own["names"]), detail=detail, why=why)


def _text_reason(item: RequirementItemData, own: Mapping[str, Any]) -> str:
    """Return what the evaluator of cases says of a text; of what is no text there is nothing to say."""
    is_text = "kind" in item.facts and not (item.code == "counts" and "words" not in item.facts)
    return explain_item(item, **own).why if is_text else ""


def _item_title(item: RequirementItemData, names: Mapping[int, str]) -> str:
    count, kind, name = item.facts.get("count"), item.facts.get("kind"), names.get(item.peer_id or 0, "")
    if count:
        return ngettext("One more classmate", "%(count)d more classmates", count) % {"count": count}
    if kind == "position":
        return _("Own position")
    if kind == "report":
        return _("Report")
    if kind == "review":
        return _("Review for %(name)s") % {"name": name} if name else _("Review for a classmate")
    if kind == "answer":
        return _("Answer to %(name)s") % {"name": name} if name else _("Answer to a classmate")
    return ""


_ITEM_SENTENCES: Mapping[str, Callable[[], str]] = {
    "too_late": lambda: _("It came after the stage had closed."),
    "no_link": lambda: _("The link that is asked for is missing."),
    "rejected": lambda: "",
    "missed": lambda: "",
    "to_do": lambda: "",
    "waiting": lambda: "",
    "impossible": lambda: "",
}
