"""Within what an author may ask, and what is made of a configuration that keeps to none of it. Pure rules."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from discussion_ext.data import Anchor, BlendedConfigData, MomentRule, StageConfigData

from . import dates

MAX_STAGES, MAX_UNITS, MAX_QUESTIONS = 20, 50, 10
MAX_TITLE, MAX_INTRO, MAX_INSTRUCTIONS, MAX_QUESTION = 255, 60_000, 20_000, 500
MAX_DAYS, MAX_HOURS = 365, 1_000
FIRST_YEAR, LAST_YEAR = 2000, 2200
TASK_LIMITS = {"points": (0, 100), "catch_up_days": (0, 90)}
STAGE_LIMITS = {
    "weight": (0, 100),
    "late_days": (0, 60),
    "late_percent": (0, 100),
    "position_min": (1, 5_000),
    "answers_wanted": (0, 20),
    "answer_min": (1, 5_000),
    "report_min": (1, 5_000),
    "reviews_wanted": (1, 10),
    "review_min": (1, 5_000),
}
STAGE_ID = re.compile("[A-Za-z0-9_-]{1,32}")


def limited(config: BlendedConfigData) -> BlendedConfigData:
    """Return what can be asked of a configuration that nobody checked, such as a course written by hand.

    Numbers go to the nearer limit, what is none to its default; texts and lists are cut. A stage that repeats an id
    is left out. A date that hangs on nothing is no date, nor is a due date that lies before its opening.
    """
    blank = BlendedConfigData()
    stages: dict[str, StageConfigData] = {}
    for stage in config.stages:
        if STAGE_ID.fullmatch(stage.id):
            stages.setdefault(stage.id, stage)
    config = replace(
        config,
        title=config.title[:MAX_TITLE],
        intro=config.intro[:MAX_INTRO],
        stages=tuple(_limited_stage(stage) for stage in list(stages.values())[:MAX_STAGES]),
        **{name: _limited(getattr(config, name), limits, getattr(blank, name)) for name, limits in TASK_LIMITS.items()},
    )
    while (mended := _with_sound_dates(config)) != config:  # what hangs on a date that was taken out goes with it
        config = mended
    return config


def _limited(number: Any, limits: tuple[int, int], default: float) -> Any:
    if not isinstance(number, int | float) or math.isnan(number):
        return default
    return min(max(number, limits[0]), limits[1])


def _limited_stage(stage: StageConfigData) -> StageConfigData:
    blank = StageConfigData(id=stage.id, kind=stage.kind)
    return replace(
        stage,
        title=stage.title[:MAX_TITLE],
        instructions=stage.instructions[:MAX_INSTRUCTIONS],
        opens=limited_rule(stage.opens),
        due=limited_rule(stage.due),
        unit_ids=tuple(dict.fromkeys(stage.unit_ids))[:MAX_UNITS],
        questions=tuple(question[:MAX_QUESTION] for question in stage.questions[:MAX_QUESTIONS]),
        **{name: _limited(getattr(stage, name), limits, getattr(blank, name)) for name, limits in STAGE_LIMITS.items()},
    )


def with_limited_rules(config: BlendedConfigData) -> BlendedConfigData:
    """Return a configuration with dates that can be reckoned with, and nothing else changed."""
    stages = (replace(stage, opens=limited_rule(stage.opens), due=limited_rule(stage.due)) for stage in config.stages)
    return replace(config, stages=tuple(stages))


def limited_rule(rule: MomentRule) -> MomentRule:
    """Return a rule with offsets in their range and an aware date; one that needs a date and has none is ALWAYS."""
    at = rule.at if rule.at and FIRST_YEAR <= rule.at.year <= LAST_YEAR else None
    if rule.anchor == Anchor.FIXED and at is None:
        return MomentRule()
    return replace(
        rule,
        at=_aware(at) if at else None,
        days=_limited(rule.days, (-MAX_DAYS, MAX_DAYS), 0),
        hours=_limited(rule.hours, (-MAX_HOURS, MAX_HOURS), 0),
    )


def _aware(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _with_sound_dates(config: BlendedConfigData) -> BlendedConfigData:
    return replace(config, stages=tuple(_with_sound_rules(stage, config) for stage in config.stages))


def _with_sound_rules(stage: StageConfigData, config: BlendedConfigData) -> StageConfigData:
    opens, due = dates.follow(stage.opens, config), dates.follow(stage.due, config)
    nominal, slack = dates.least_time(opens, due) or (None, None)
    is_before = nominal is not None and slack is not None and nominal <= slack
    return replace(
        stage,
        opens=MomentRule() if opens.root.anchor == Anchor.ALWAYS else stage.opens,
        due=MomentRule() if is_before or due.root.anchor == Anchor.ALWAYS else stage.due,
    )
