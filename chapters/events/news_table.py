"""The kinds of news about events: how each is said, whether it still holds, and in which mail it goes out.

What somebody must know who answered an event (their seat, another time, called off) goes out as ``event_notice``, which
ends with the answer. Reminders, surveys, results and letters are ``event_news``, which can be stopped for one chapter.
What hosts are asked waits for the mail of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chapters.models import Chapter
from people import api as people
from people.data import NewsKindData

from . import crowds
from . import news_holds as holds
from . import news_words as words
from . import news_words_after as after
from .news_kinds import NEWS_MAIL, NOTICE_MAIL, EventNews, topic_of
from .scenes import one_line


def register() -> None:
    """Make the kinds and their errands known; called once, when the app is ready."""
    for kind in KINDS:
        people.register_news_kind(kind)
    people.register_topic("chapter", say_chapter)
    crowds.register()


def say_chapter(chapter_id: int) -> str:
    """Return what a chapter is called; empty when it is gone."""
    return one_line(Chapter.objects.filter(pk=chapter_id).values_list("name", flat=True).first() or "")


def _notice(name: EventNews, say: Any, hold: holds.Hold) -> NewsKindData:
    return NewsKindData(name=name, say=say, holds=hold, is_soon=True, mail=NOTICE_MAIL)


def _news(name: EventNews, say: Any, hold: holds.Hold) -> NewsKindData:
    return NewsKindData(name=name, say=say, holds=hold, is_soon=True, mail=NEWS_MAIL, topic=_topic)


def _topic(context: Mapping[str, Any]) -> str:
    return topic_of(context["chapter_id"])


_answer: Final = holds.each(holds.is_answer)
_state: Final = holds.each(holds.is_state)

KINDS: Final = (
    _notice(EventNews.CONFIRMED, words.say_confirmed, _answer),
    _notice(EventNews.ADDED, words.say_added, _answer),
    _notice(EventNews.PENDING, words.say_pending, _answer),
    _notice(EventNews.APPROVED, words.say_approved, _answer),
    _notice(EventNews.REFUSED, words.say_refused, _state),
    _notice(EventNews.IN_LINE, words.say_in_line, _answer),
    _notice(EventNews.OFFER, words.say_offer, holds.each(holds.is_offer)),
    _notice(EventNews.OFFER_LAPSED, words.say_offer_lapsed, holds.each(holds.is_offer_over)),
    _notice(EventNews.OPEN_ROUND, words.say_open_round, holds.each(holds.is_open_round)),
    _notice(EventNews.REMOVED, words.say_removed, _state),
    _notice(EventNews.CALLED_OFF, words.say_called_off, holds.each(holds.is_called_off)),
    _notice(EventNews.RESTORED, words.say_restored, holds.each(holds.is_restored)),
    _notice(EventNews.MOVED, words.say_moved, holds.each(holds.is_moved)),
    _notice(EventNews.SERIES_CHANGED, words.say_series_changed, holds.each_series(holds.is_moved)),
    _notice(EventNews.SERIES_CALLED_OFF, words.say_series_called_off, holds.each_series(holds.is_called_off)),
    _notice(EventNews.SERIES_ADDED, words.say_series_added, holds.each_series(holds.is_date)),
    _notice(EventNews.SERIES_ANSWERED, words.say_series_answered, holds.each_series(holds.is_date)),
    _notice(EventNews.PRESENCE_ANSWERED, after.say_presence_answered, holds.hold_presence_answered),
    _news(EventNews.REMINDER, words.say_reminder, holds.each(holds.is_reminder)),
    _news(EventNews.SURVEY, after.say_survey, holds.hold_survey),
    _news(EventNews.RESULT, after.say_result, holds.hold_result),
    _news(EventNews.MAIL, after.say_mail, holds.hold_mail),
    NewsKindData(name=EventNews.REQUESTS, say=after.say_requests, holds=holds.hold_requests),
    NewsKindData(name=EventNews.RESULT_ASK, say=after.say_result_ask, holds=holds.hold_result_ask),
    NewsKindData(name=EventNews.PRESENCE_ASKED, say=after.say_presence_asked, holds=holds.hold_presence_asked),
)
