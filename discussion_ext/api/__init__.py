"""What other packages, blocks and our own edges may call.

Callers are trusted: they have asked ``permissions`` before. The acting person always arrives as an id.
"""

from discussion_ext.availability import is_on, set_on
from discussion_ext.backfill import backfill_contributions, look_at_history
from discussion_ext.cases import (
    edit_contribution,
    open_case,
    post_answer,
    post_limit,
    post_look_back,
    post_position,
    report_contribution,
    set_helpful,
    withdraw_contribution,
    word_factors,
)
from discussion_ext.closing import close_case, reopen_case, save_synthesis
from discussion_ext.configurations import find_task, list_topics, may_have_cases, sync_course, sync_task
from discussion_ext.consequences import complete_contribution, evaluate_course, evaluate_task
from discussion_ext.contributions import is_watched, record_deletion, record_post
from discussion_ext.counts import fold_mark
from discussion_ext.exceptions import (
    CaseError,
    CaseNotFoundError,
    CaseNotOpenError,
    CaseOffError,
    ContributionNotFoundError,
    ForumRefusedError,
    InvalidTextError,
    InvalidValueError,
    LearnerNotFoundError,
    NotAllowedError,
    PositionExistsError,
    PositionMissingError,
    PostsHeldError,
    TooManyPostsError,
    TopicTakenError,
)
from discussion_ext.grading import (
    calculate_score,
    clear_override,
    get_score,
    has_taken_part,
    override_grade,
    rescore,
    reset_learner,
)
from discussion_ext.missed import missed_course, missed_flag, missed_post, missed_vote
from discussion_ext.moderation import list_reports, remove_contribution, resolve_report, restore_contribution
from discussion_ext.permissions import can_take_part, is_course_team, keep_pace
from discussion_ext.reactions import has_record, record_flag, record_unflag, record_vote
from discussion_ext.reading import list_answers, view_case
from discussion_ext.rendering import render_markdown
from discussion_ext.repairs import iter_repairs, repair_forum, settle_closings, sweep
from discussion_ext.results import evaluate_pending
from discussion_ext.retirement import retire_person
from discussion_ext.team import get_learner_report, get_team_summary, iter_team_csv, list_team_posts, list_team_rows
from discussion_ext.words import count_words, effective_minimum

__all__ = [
    "CaseError",
    "CaseNotFoundError",
    "CaseNotOpenError",
    "CaseOffError",
    "ContributionNotFoundError",
    "ForumRefusedError",
    "InvalidTextError",
    "InvalidValueError",
    "LearnerNotFoundError",
    "NotAllowedError",
    "PositionExistsError",
    "PositionMissingError",
    "PostsHeldError",
    "TooManyPostsError",
    "TopicTakenError",
    "backfill_contributions",
    "calculate_score",
    "can_take_part",
    "clear_override",
    "close_case",
    "complete_contribution",
    "count_words",
    "edit_contribution",
    "effective_minimum",
    "evaluate_course",
    "evaluate_pending",
    "evaluate_task",
    "find_task",
    "fold_mark",
    "get_learner_report",
    "get_score",
    "get_team_summary",
    "has_record",
    "has_taken_part",
    "is_course_team",
    "is_on",
    "is_watched",
    "iter_repairs",
    "iter_team_csv",
    "keep_pace",
    "list_answers",
    "list_reports",
    "list_team_posts",
    "list_team_rows",
    "list_topics",
    "look_at_history",
    "may_have_cases",
    "missed_course",
    "missed_flag",
    "missed_post",
    "missed_vote",
    "open_case",
    "override_grade",
    "post_answer",
    "post_limit",
    "post_look_back",
    "post_position",
    "record_deletion",
    "record_flag",
    "record_post",
    "record_unflag",
    "record_vote",
    "remove_contribution",
    "render_markdown",
    "reopen_case",
    "repair_forum",
    "report_contribution",
    "rescore",
    "reset_learner",
    "resolve_report",
    "restore_contribution",
    "retire_person",
    "save_synthesis",
    "set_helpful",
    "set_on",
    "settle_closings",
    "sweep",
    "sync_course",
    "sync_task",
    "view_case",
    "withdraw_contribution",
    "word_factors",
]
