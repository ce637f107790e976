"""The names of what people are told about events, and of what is done for that in the background."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class EventNews(StrEnum):
    """Kinds of news about events; ``news_words.py`` says each, and ``news_holds.py`` whether it still holds."""

    CONFIRMED = "event_confirmed"
    ADDED = "event_added"
    PENDING = "event_pending"
    APPROVED = "event_approved"
    REFUSED = "event_refused"
    IN_LINE = "event_in_line"
    OFFER = "event_offer"
    OFFER_LAPSED = "event_offer_lapsed"
    OPEN_ROUND = "event_open_round"
    REMOVED = "event_removed"
    CALLED_OFF = "event_called_off"
    RESTORED = "event_restored"
    MOVED = "event_moved"
    SERIES_CHANGED = "event_series_changed"
    SERIES_CALLED_OFF = "event_series_called_off"
    SERIES_ADDED = "event_series_added"
    SERIES_ANSWERED = "event_series_answered"
    REMINDER = "event_reminder"
    SURVEY = "event_survey"
    REQUESTS = "event_requests"
    RESULT_ASK = "event_result_ask"
    RESULT = "event_result"
    MAIL = "event_mail"
    PRESENCE_ASKED = "event_presence_asked"
    PRESENCE_ANSWERED = "event_presence_answered"


class NewsErrand(StrEnum):
    """What is told after the commit, to many people in batches."""

    CROWD = "chapters.tell_attendees"
    SERIES = "chapters.tell_series"
    MAIL = "chapters.send_event_mail"


#: The kinds of mail, as ``people`` knows them: what one must know, and what one can stop for a chapter.
NOTICE_MAIL: Final = "event_notice"
NEWS_MAIL: Final = "event_news"


def topic_of(chapter_id: int) -> str:
    """Return the topic to which `NEWS_MAIL` is narrowed."""
    return f"chapter:{chapter_id}"
