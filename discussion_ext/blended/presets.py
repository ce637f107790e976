"""What a new stage asks, and stages to start from. Words are in the active language; an author changes all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from discussion_ext.data import Anchor, Late, MomentRule, PresetData, StageConfigData, StageKind

_WEEK_BEFORE = MomentRule(anchor=Anchor.SESSION_START, days=-7)
_DAY_BEFORE = MomentRule(anchor=Anchor.SESSION_START, hours=-24)
_AT_START = MomentRule(anchor=Anchor.SESSION_START)
_AT_END = MomentRule(anchor=Anchor.SESSION_END)
_TWO_WEEKS_AFTER = MomentRule(anchor=Anchor.SESSION_END, days=14)
_MADE: Mapping[StageKind, Mapping[str, Any]] = {
    StageKind.READ: {"opens": _WEEK_BEFORE, "due": _AT_START},
    StageKind.DISCUSS: {"opens": _WEEK_BEFORE, "due": _DAY_BEFORE},
    StageKind.ATTEND: {"opens": _AT_START, "due": _AT_END},
    StageKind.REPORT: {
        "opens": _AT_END, "due": _TWO_WEEKS_AFTER, "late": Late.DECAY, "late_days": 3, "late_percent": 20,
    },
    StageKind.REVIEW: {"opens": _TWO_WEEKS_AFTER, "due": MomentRule(anchor=Anchor.SESSION_END, days=18)},
}  # fmt: skip


def make_stage(kind: StageKind, stage_id: str) -> StageConfigData:
    """Return a new stage of a kind, with dates that suit it and no weight yet."""
    return StageConfigData(id=stage_id, kind=kind, **_MADE[kind])


def list_presets() -> list[PresetData]:
    """Return the stages to start from. Their weights add up to 100; units to read are for the author to choose."""
    return [
        PresetData(
            code="pre_class",
            title=_("Pre-class position"),
            description=_("Take a position and answer two classmates, then come to class."),
            stages=(_discuss("s1", 60), _attend("s2", 40)),
        ),
        PresetData(
            code="post_class",
            title=_("Post-class application"),
            description=_("Come to class, do it in practice, report back, and review two reports."),
            stages=(_attend("s1", 30), _report("s2", 50), _review("s3", 20, report="s2")),
        ),
        PresetData(
            code="full",
            title=_("Prepare, attend, apply"),
            description=_("Read and discuss before class, come, apply it, report back, and review two reports."),
            stages=(
                _read("s1", 10), _discuss("s2", 25), _attend("s3", 25), _report("s4", 30),
                _review("s5", 10, report="s4"),
            ),
        ),
        PresetData(
            code="flipped",
            title=_("Flipped classroom"),
            description=_("Learn the theory at home, say what is unclear, and practise in class."),
            stages=(_read("s1", 30), _say_unclear("s2", 20), _attend("s3", 50)),
        ),
    ]  # fmt: skip


def _read(stage_id: str, weight: int) -> StageConfigData:
    stage = make_stage(StageKind.READ, stage_id)
    return replace(stage, weight=weight, title=_("Prepare: read and watch"))


def _discuss(stage_id: str, weight: int) -> StageConfigData:
    stage = make_stage(StageKind.DISCUSS, stage_id)
    return replace(stage, weight=weight, title=_("Discuss: take a position"))


def _say_unclear(stage_id: str, weight: int) -> StageConfigData:
    stage = make_stage(StageKind.DISCUSS, stage_id)
    instructions = _("What did you understand, and what not yet? Answer a classmate where you can.")
    return replace(
        stage,
        weight=weight,
        title=_("Say what is unclear"),
        instructions=instructions,
        position_min=40,
        answers_wanted=1,
        answer_min=20,
    )


def _attend(stage_id: str, weight: int) -> StageConfigData:
    return replace(make_stage(StageKind.ATTEND, stage_id), weight=weight, title=_("Attend the class session"))


def _report(stage_id: str, weight: int) -> StageConfigData:
    stage = make_stage(StageKind.REPORT, stage_id)
    instructions = _("Do it in practice. Then write what you did, what came of it, and what you would change.")
    return replace(stage, weight=weight, title=_("Apply: do it, then report back"), instructions=instructions)


def _review(stage_id: str, weight: int, *, report: str) -> StageConfigData:
    return replace(
        make_stage(StageKind.REVIEW, stage_id),
        weight=weight,
        title=_("Review two classmates’ reports"),
        opens=MomentRule(anchor=Anchor.STAGE_DUE, stage_id=report),
        due=MomentRule(anchor=Anchor.STAGE_DUE, stage_id=report, days=4),
        report_stage_id=report,
        reviews_wanted=2,
        questions=(
            _("What was done, in your own words?"),
            _("What worked, and how does the report show it?"),
            _("What would you try next time?"),
        ),
    )
