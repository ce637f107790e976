"""The public surface of gamification: what other packages and faces may call. No logic here.

Callers are trusted: who may do something is asked at the edge, in ``permissions``.
"""

from .boards import choose_board_name, get_rank, list_around, list_board, refresh_board_row, refresh_board_rows
from .courses import is_on, set_on
from .exceptions import ActivityError, GamificationError, SchemeError, UnknownActivityKind
from .folding import count_waiting_entries, fold_pending, sweep_entries
from .history import breakdown, find_source_points, list_entries
from .ledger import adjust_points, check_adjustment, record_activity, void_activity
from .reconciliation import compare_course, list_numbered_courses
from .retirement import retire_person
from .schemes import check_scheme, describe_scheme, get_scheme_info, install_scheme, list_levels, points_for
from .screens import get_board, get_my_points, get_panel, get_privacy
from .standings import get_standing
from .units import count_missed_completions, look_again, look_at_block
from .wording import get_scheme

__all__ = [
    "ActivityError",
    "GamificationError",
    "SchemeError",
    "UnknownActivityKind",
    "adjust_points",
    "breakdown",
    "check_adjustment",
    "check_scheme",
    "choose_board_name",
    "compare_course",
    "count_missed_completions",
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
    "install_scheme",
    "is_on",
    "list_around",
    "list_board",
    "list_entries",
    "list_levels",
    "list_numbered_courses",
    "look_again",
    "look_at_block",
    "points_for",
    "record_activity",
    "refresh_board_row",
    "refresh_board_rows",
    "retire_person",
    "set_on",
    "sweep_entries",
    "void_activity",
]
