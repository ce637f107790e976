"""The public surface of gamification: what other packages and faces may call. No logic here.

Callers are trusted: who may do something is asked at the edge, in ``permissions``.
"""

from .boards import (
    BOARD_ROW,
    BOARD_ROWS,
    choose_board_name,
    get_rank,
    list_around,
    list_board,
    refresh_board_row,
    refresh_board_rows,
)
from .courses import has_given_points, is_on, is_on_now, make_known, set_on
from .exceptions import ActivityError, GamificationError, SchemeError, UnknownActivityKind
from .folding import count_waiting_entries, fold_pending, sweep_entries, sweep_in_batches
from .history import breakdown, find_source_points, list_entries
from .ledger import adjust_points, check_adjustment, record_activity, void_activity
from .permissions import Decision, keep_choice_pace, may_choose_name, may_see_points
from .reconciliation import compare_course, iter_comparisons, list_numbered_courses
from .retirement import retire_person
from .schemes import (
    check_scheme,
    describe_scheme,
    get_scheme_info,
    install_scheme,
    is_latest_scheme,
    list_levels,
    points_for,
)
from .screens import get_board, get_my_points, get_panel, get_privacy
from .standings import get_standing
from .units import UNIT, gives_points, record_unit
from .wording import get_scheme

__all__ = [
    "BOARD_ROW",
    "BOARD_ROWS",
    "UNIT",
    "ActivityError",
    "Decision",
    "GamificationError",
    "SchemeError",
    "UnknownActivityKind",
    "adjust_points",
    "breakdown",
    "check_adjustment",
    "check_scheme",
    "choose_board_name",
    "compare_course",
    "count_waiting_entries",
    "describe_scheme",
    "find_source_points",
    "fold_pending",
    "get_board",
    "get_my_points",
    "get_panel",
    "get_privacy",
    "get_rank",
    "get_scheme",
    "get_scheme_info",
    "get_standing",
    "gives_points",
    "has_given_points",
    "install_scheme",
    "is_latest_scheme",
    "is_on",
    "is_on_now",
    "iter_comparisons",
    "keep_choice_pace",
    "list_around",
    "list_board",
    "list_entries",
    "list_levels",
    "list_numbered_courses",
    "make_known",
    "may_choose_name",
    "may_see_points",
    "points_for",
    "record_activity",
    "record_unit",
    "refresh_board_row",
    "refresh_board_rows",
    "retire_person",
    "set_on",
    "sweep_entries",
    "sweep_in_batches",
    "void_activity",
]
