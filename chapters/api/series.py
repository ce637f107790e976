"""Series of events: the rule, the dates, and what is changed of several at once.

Callers are trusted: they have asked `decide_event` and the chapter's table before.
"""

from chapters.events.rules import FEWEST_DATES, MOST_DATES, ORDINALS, preview_series, say_rule
from chapters.events.series import find_series, get_series, list_series
from chapters.events.series_changes import cancel_following, change_following, list_following, move_date, skip_date
from chapters.events.series_making import create_series, extend_series, publish_series

__all__ = [
    "FEWEST_DATES",
    "MOST_DATES",
    "ORDINALS",
    "cancel_following",
    "change_following",
    "create_series",
    "extend_series",
    "find_series",
    "get_series",
    "list_following",
    "list_series",
    "move_date",
    "preview_series",
    "publish_series",
    "say_rule",
    "skip_date",
]
