"""What those who came think of an event: one answer each, in three short questions, and shown without names."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db.models import Avg, Count
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import EventData, EventState, Presence, SurveyData, SurveySummaryData
from chapters.exceptions import InvalidValueError, StateError
from chapters.membership.rows import read_text
from chapters.models import EventSurvey
from people import api as people

from .presence import count_came, find_presence
from .reading import get_event

MOST_TEXT: Final = 500
LOWEST: Final = 1
HIGHEST: Final = 5
_MOST_TEXTS: Final = 200


def save_survey(*, event_id: int, user_id: int, rating: int, useful: str = "", better: str = "") -> SurveyData:
    """Keep what somebody who came thinks of an event; said again while it is asked, the new answer holds.

    ``rating`` is 1 to 5, ``useful`` what they take with them and ``better`` what would be better, at most 500
    characters each. Raises InvalidValueError, which names the field, NotFoundError, and StateError: not over yet, not
    there, or too late.
    """
    event = get_event(event_id)
    if type(rating) is not int or not LOWEST <= rating <= HIGHEST:
        message = _("Choose a number from %(low)d to %(high)d.") % {"low": LOWEST, "high": HIGHEST}
        raise InvalidValueError(message, field="rating")
    said = {
        name: read_text(text, field=name, most=MOST_TEXT, is_needed=False)
        for name, text in (("useful", useful), ("better", better))
    }
    _check_open(event, find_presence(event_id, user_id).presence)
    row = EventSurvey(event_id=event_id, user_id=user_id, rating=rating, **said)
    people.insert_or_update(row, by=["event", "user_id"], update=["rating", "useful", "better"])
    return SurveyData(rating=rating, **said)


def find_survey(event_id: int, user_id: int) -> SurveyData | None:
    """Return what somebody said of an event, None while they have not."""
    row = EventSurvey.objects.filter(event_id=event_id, user_id=user_id).first()
    return SurveyData(rating=row.rating, useful=row.useful, better=row.better) if row else None


def can_answer(event: EventData, presence: Presence) -> bool:
    """Tell whether somebody of whom this is known is asked now."""
    try:
        _check_open(event, presence)
    except StateError:
        return False
    return True


def summarize_survey(event_id: int) -> SurveySummaryData:
    """Return what people thought of an event, without names and in an order that tells nothing.

    With fewer than ``CHAPTERS_SURVEY_LEAST`` answers only their number is given, and fewer texts than that are left out
    too. At most 200 texts. Five queries.
    """
    rows = EventSurvey.objects.filter(event_id=event_id)
    found = rows.aggregate(answers=Count("pk"), rating=Avg("rating"))
    asked, answers = count_came([event_id]).get(event_id, 0), found["answers"]
    if answers < settings.CHAPTERS_SURVEY_LEAST:
        return SurveySummaryData(answers=answers, asked=asked)
    return SurveySummaryData(
        answers=answers,
        asked=asked,
        rating=round(float(found["rating"]), 1),
        useful=_list_texts(event_id, "useful"),
        better=_list_texts(event_id, "better"),
    )


def _list_texts(event_id: int, column: str) -> tuple[str, ...]:
    rows = EventSurvey.objects.filter(event_id=event_id).exclude(**{column: ""})
    texts = list(rows.order_by("-pk").values_list(column, flat=True)[:_MOST_TEXTS])
    # An order of its own for each question: neither when it was written nor what else the person wrote shows.
    texts.sort(key=lambda text: sha256(f"{event_id}:{column}:{text}".encode()).digest())
    return tuple(texts) if len(texts) >= settings.CHAPTERS_SURVEY_LEAST else ()


def _check_open(event: EventData, presence: Presence) -> None:
    now = timezone.now()
    if event.state is not EventState.PUBLISHED:
        raise StateError(_("This event did not take place."))
    if not event.is_over(now):
        raise StateError(_("This event is not over. Come back afterwards."))
    if presence is not Presence.ATTENDED:
        raise StateError(_("Only people who were there are asked. If you were, say so first."))
    if now >= event.ends_at + timedelta(days=settings.CHAPTERS_SURVEY_DAYS):
        raise StateError(_("This event is too long ago to be asked about."))
