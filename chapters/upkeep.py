"""What this package needs to run well: its share of errands, jobs and checks. Each module below registers its own."""

from __future__ import annotations

from people import api as people

from . import boards, checks, exports, life_news, news, ranges, retention
from .calendar import MOVE_CHAPTERS
from .digests import SEND_DIGESTS
from .events import calendars, mails, news_table, reminders, tending
from .events import upkeep as events
from .membership import upkeep as membership


def register() -> None:
    """Make it known; called once, when the app is ready."""
    life_news.register()
    news.register()
    boards.register()
    news_table.register()
    mails.register()
    tending.register()
    membership.register()
    events.register()
    exports.register()
    retention.register()
    checks.register()
    calendars.register()
    people.register_ranges(ranges.RANGES)
    people.register_job(MOVE_CHAPTERS)
    people.register_job(SEND_DIGESTS)
    people.register_job(reminders.REMIND)
