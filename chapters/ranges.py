"""What the settings of chapters, their life and confidential reports may be; other parts declare their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from people.data import RangeData

from .paces import DEFAULTS

_HOUR: Final = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
_MONTH_SECONDS: Final = 31 * 24 * 3600
_PACE: Final = RangeData.pace("")


def _is_limits(value: Any) -> bool:
    """Tell whether a value gives known acts a limit each."""
    return isinstance(value, Mapping) and all(
        act in DEFAULTS and isinstance(limit, str) and _PACE.allows(limit) for act, limit in value.items()
    )


def _is_ages(value: Any) -> bool:
    """Tell whether a value gives countries an age each, and one to every other country."""
    return (
        isinstance(value, Mapping)
        and "" in value
        and all(isinstance(code, str) and len(code) in (0, 2) for code in value)
        and all(type(age) is int and 0 <= age <= 30 for age in value.values())
    )


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and (not value or value.startswith(("https://", "http://", "/")))


def _is_hour(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and _HOUR.fullmatch(value) is not None)


RANGES: Final = (
    RangeData.whole("CHAPTERS_FORMING_MEMBERS", 1, 1000),
    RangeData.whole("CHAPTERS_PROPOSAL_DAYS", 1, 365),
    RangeData.whole("CHAPTERS_PAUSE_MOST_DAYS", 1, 3650),
    RangeData.whole("CHAPTERS_TERM_DAYS", 0, 3650),
    RangeData.whole("CHAPTERS_CONCERN_HOURS", 1, 24 * 30),
    RangeData.whole("CHAPTERS_CONCERN_KEEP_DAYS", 0, 36_500),
    RangeData.whole("CHAPTERS_NEW_ACCOUNT_DAYS", 0, 3650),
    RangeData.whole("CHAPTERS_PAGE_SIZE", 1, 200),
    RangeData.whole("CHAPTERS_NO_SHOW_DAYS", 1, 3650),
    RangeData.whole("CHAPTERS_SURVEY_DAYS", 1, 365),
    RangeData.whole("CHAPTERS_SURVEY_LEAST", 3, 100),
    RangeData.whole("CHAPTERS_RESULT_DAYS", 0, 365),
    RangeData.switch("CHAPTERS_AGE_UNKNOWN_IS_ADULT"),
    RangeData.switch("CHAPTERS_ON_BY_DEFAULT"),
    RangeData("CHAPTERS_ACT_LIMITS", 'limits by act, such as {"join": "20/d"}', _is_limits),
    RangeData("CHAPTERS_NEW_ACCOUNT_LIMITS", 'limits by act, such as {"join": "3/d"}', _is_limits),
    RangeData("CHAPTERS_MINIMUM_AGES", 'ages by country code, with "" for every other, such as {"": 16}', _is_ages),
    RangeData(
        "CHAPTERS_GUIDELINES_VERSION",
        "a text of at most 20 characters, or an empty one",
        lambda value: isinstance(value, str) and len(value) <= 20,
    ),
    RangeData("CHAPTERS_GUIDELINES_URL", "an address of the web, or an empty text", _is_address),
    RangeData.number("CHAPTERS_MOVE_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData("CHAPTERS_REMIND_AT", 'a time as "19:00", or an empty text', _is_hour),
    RangeData.number("CHAPTERS_REMIND_HOURS", 0, 48),
    RangeData.number("CHAPTERS_SURVEY_HOURS", 0, 48),
    RangeData.whole("CHAPTERS_MOVE_MINUTES", 1, 24 * 60),
    RangeData.pace("CHAPTERS_EVENT_MAILS"),
    RangeData.pace("CHAPTERS_CHAPTER_MAILS"),
    RangeData.whole("CHAPTERS_EVENT_MAIL_DAYS", 0, 3650),
    RangeData.number("CHAPTERS_REMINDERS_EVERY_SECONDS", 0, _MONTH_SECONDS),
)
