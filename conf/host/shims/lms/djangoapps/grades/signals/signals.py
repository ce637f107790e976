"""Signals of scores and grades, under the platform's names and with its keywords.

``SCORE_PUBLISHED``: block, user, raw_earned, raw_possible, only_if_higher.
``PROBLEM_RAW_SCORE_CHANGED``: user_id, course_id, usage_id, raw_earned, raw_possible, weight, only_if_higher, modified,
score_db_table, score_deleted. ``PROBLEM_WEIGHTED_SCORE_CHANGED``: the same with weighted_earned and weighted_possible.
"""

from django.dispatch import Signal

PROBLEM_RAW_SCORE_CHANGED = Signal()
PROBLEM_WEIGHTED_SCORE_CHANGED = Signal()
SCORE_PUBLISHED = Signal()
SUBSECTION_SCORE_CHANGED = Signal()
SUBSECTION_OVERRIDE_CHANGED = Signal()
COURSE_GRADE_PASSED_FIRST_TIME = Signal()
