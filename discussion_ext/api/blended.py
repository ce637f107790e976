"""Blended tasks: stages before, at and after a class session."""

from discussion_ext.blended.appeals import answer_appeal, appeal, list_appeals
from discussion_ext.blended.dates import resolve as resolve_dates
from discussion_ext.blended.decisions import excuse_stage, extend_stage, mark_stage, revoke_decision
from discussion_ext.blended.evaluation import phase_of
from discussion_ext.blended.explanations import name_kind, name_stage, say_moved
from discussion_ext.blended.learning import hand_in_report, open_task, split_report
from discussion_ext.blended.limits import STAGE_LIMITS, TASK_LIMITS, limited, with_limited_rules
from discussion_ext.blended.nudges import nudge
from discussion_ext.blended.presets import list_presets, make_stage
from discussion_ext.blended.previews import preview_change
from discussion_ext.blended.reading import view_task
from discussion_ext.blended.regrade import regrade_task
from discussion_ext.blended.reviews import draw_reviews, write_review
from discussion_ext.blended.tasks import find_blended_config, list_blended_tasks, stage_key, sync_blended
from discussion_ext.blended.team import get_blended_report, get_blended_summary, iter_blended_csv, list_blended_rows
from discussion_ext.blended.validation import name_field, name_problem, validate
from discussion_ext.blended.watch import (
    asks_for_units,
    await_learner,
    await_reader,
    has_tasks,
    missed_learner,
    missed_reader,
)
from discussion_ext.edx_platform import list_units
from discussion_ext.grading import (
    calculate_score,
    clear_override,
    get_score,
    has_taken_part,
    override_grade,
    rescore,
    reset_learner,
)

__all__ = [
    "STAGE_LIMITS",
    "TASK_LIMITS",
    "answer_appeal",
    "appeal",
    "asks_for_units",
    "await_learner",
    "await_reader",
    "calculate_score",
    "clear_override",
    "draw_reviews",
    "excuse_stage",
    "extend_stage",
    "find_blended_config",
    "get_blended_report",
    "get_blended_summary",
    "get_score",
    "hand_in_report",
    "has_taken_part",
    "has_tasks",
    "iter_blended_csv",
    "limited",
    "list_appeals",
    "list_blended_rows",
    "list_blended_tasks",
    "list_presets",
    "list_units",
    "make_stage",
    "mark_stage",
    "missed_learner",
    "missed_reader",
    "name_field",
    "name_kind",
    "name_problem",
    "name_stage",
    "nudge",
    "open_task",
    "override_grade",
    "phase_of",
    "preview_change",
    "regrade_task",
    "rescore",
    "reset_learner",
    "resolve_dates",
    "revoke_decision",
    "say_moved",
    "split_report",
    "stage_key",
    "sync_blended",
    "validate",
    "view_task",
    "with_limited_rules",
    "write_review",
]
