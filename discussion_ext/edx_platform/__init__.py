"""The one door to the platform: its forum, grade book, completion, dates, cohorts, enrolments and course
content.

One question per function, in our words, by subject. Imports of the platform stand inside the functions, because Studio
has no forum and no completion. Callers write ``from . import edx_platform``.
"""

from .accounts import (
    identify_hosts,
    identify_learners,
    is_active_account,
    list_logins,
    search_learners,
)
from .addresses import (
    block_url,
    thread_url,
)
from .cohorts import (
    CohortData,
    cohorts_of,
    list_cohort_members,
    list_cohorts,
)
from .content import (
    get_course_title,
    list_courses_ended_before,
    list_task_configurations,
    list_topics,
)
from .dates import (
    individual_due_shift,
    individual_due_shifts,
    joined_at,
)
from .forum_condition import (
    find_forum_version,
    keeps_posts_in_database,
    list_missing_tables,
    list_search_servers,
    search_forum,
)
from .forum_history import (
    find_next_forum_course,
    list_course_posts,
    list_flags_on,
    list_retired,
    list_votes_for,
)
from .forum_reading import (
    existing_keys,
    find_post,
    has_flag,
    has_vote,
    list_flaggers,
    list_posts,
    list_voters,
    post_key,
    read_post,
    target_key,
)
from .forum_retirement import (
    erase_drafts,
    erase_posts,
    erase_posts_of,
    list_drafts,
)
from .forum_writing import (
    create_comment,
    create_thread,
    delete_post,
    flag_post,
    set_vote,
    unflag_post,
    update_post,
)
from .grades import (
    ScoredBlock,
    is_completion_tracked,
    publish_completion,
    publish_score,
)
from .lms_discussion import (
    REFUSALS,
    create_comment_through_lms,
    create_thread_through_lms,
    delete_post_through_lms,
    update_post_through_lms,
)
from .members import (
    cohort_id,
    count_learners,
    current_request_of,
    current_user_id,
    is_course_team,
    is_enrolled,
    is_learner,
    list_learner_ids,
    list_teachers,
)
from .pages import (
    access_course,
    can_load_course,
    course_home_url,
)
from .units import (
    UnitData,
    list_units,
    unit_of_block,
    units_done,
)

__all__ = [
    "REFUSALS",
    "CohortData",
    "ScoredBlock",
    "UnitData",
    "access_course",
    "block_url",
    "can_load_course",
    "cohort_id",
    "cohorts_of",
    "count_learners",
    "course_home_url",
    "create_comment",
    "create_comment_through_lms",
    "create_thread",
    "create_thread_through_lms",
    "current_request_of",
    "current_user_id",
    "delete_post",
    "delete_post_through_lms",
    "erase_drafts",
    "erase_posts",
    "erase_posts_of",
    "existing_keys",
    "find_forum_version",
    "find_next_forum_course",
    "find_post",
    "flag_post",
    "get_course_title",
    "has_flag",
    "has_vote",
    "identify_hosts",
    "identify_learners",
    "individual_due_shift",
    "individual_due_shifts",
    "is_active_account",
    "is_completion_tracked",
    "is_course_team",
    "is_enrolled",
    "is_learner",
    "joined_at",
    "keeps_posts_in_database",
    "list_cohort_members",
    "list_cohorts",
    "list_course_posts",
    "list_courses_ended_before",
    "list_drafts",
    "list_flaggers",
    "list_flags_on",
    "list_learner_ids",
    "list_logins",
    "list_missing_tables",
    "list_posts",
    "list_retired",
    "list_search_servers",
    "list_task_configurations",
    "list_teachers",
    "list_topics",
    "list_units",
    "list_voters",
    "list_votes_for",
    "post_key",
    "publish_completion",
    "publish_score",
    "read_post",
    "search_forum",
    "search_learners",
    "set_vote",
    "target_key",
    "thread_url",
    "unflag_post",
    "unit_of_block",
    "units_done",
    "update_post",
    "update_post_through_lms",
]
