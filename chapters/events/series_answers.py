"""Answers to a whole series: one act for all its dates, kept for each date apart, and good for dates that come later.

A `SeriesRsvp` says that somebody comes from a date on. Each date has an answer of its own, so that one can be given
back, be full or wait for approval alone. Dates that are added, or whose answers open later, are answered in the
background for those who have given no answer to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.access import Access, find_access
from chapters.data import (
    ChapterData,
    EventAct,
    EventData,
    EventState,
    RsvpDraftData,
    RsvpSource,
    RsvpState,
)
from chapters.exceptions import ChapterError, NotFoundError, StateError
from chapters.models import Event, EventAnswer, EventQuestion, EventSeries, Rsvp, SeriesRsvp
from chapters.reading import get_chapter
from discussion_ext.data import MeetingMode
from people import api as people

from . import news
from .answers import Claim, give_up, settle
from .awaiting import await_added_dates
from .drafts import read_draft
from .kinds import EventErrand
from .permissions import require_event
from .reading import get_events
from .rows import lock_event
from .rsvp_rows import lock_for, lock_or_create

__all__ = [
    "answer_series",
    "await_added_dates",
    "decline_series",
    "find_series_answer",
    "find_unanswered_dates",
    "join_added_dates",
]

#: So many holders of a series are looked at in one step of the background.
_BATCH: Final = 200


def register() -> None:
    """Make the errand known; called once, when the app is ready."""
    people.register_errand(EventErrand.SERIES_DATES, run_added_dates)


@transaction.atomic
def answer_series(
    *, series_id: int, user_id: int, draft: RsvpDraftData, from_event_id: int | None = None
) -> dict[int, RsvpState]:
    """Say that somebody comes to every date of a series, or to those from one event on; return what each came to.

    ``draft.answers`` are to the questions of that event, or of the first date, and go for the same questions of the
    others. Dates that cannot be answered now are left out: called off, full without a line, not for this person, not
    open yet; the last are answered when they open. One notice says what is new of it. Raises StateError or
    NotAllowedError where no date can be answered, InvalidValueError (as `answer`) and NotFoundError.
    """
    dates = _list_dates(series_id, from_event_id)
    if not dates:
        raise StateError(_("No date of this series is to come."))
    read_draft(Event.objects.get(pk=dates[0].id), draft)
    access, now = find_access(get_chapter(dates[0].chapter_id), user_id), timezone.now()
    outcomes: dict[int, RsvpState] = {}
    fresh: dict[int, RsvpState] = {}
    refused: ChapterError | None = None
    for date in sorted(dates, key=_by_id):
        if date.opens_at is not None and date.opens_at > now:
            continue
        try:
            outcomes[date.id], is_news = _answer_date(date, access, _fit(draft, dates[0], date))
        except ChapterError as error:
            refused = error
        else:
            fresh |= {date.id: outcomes[date.id]} if is_news else {}
    if refused is not None and not outcomes:
        raise refused
    _remember(series_id, user_id, draft, dates[0])
    if fresh:
        news.tell_series_answered(series_id, user_id, fresh, at=now)
    return outcomes


@transaction.atomic
def decline_series(*, series_id: int, user_id: int, from_event_id: int | None = None) -> dict[int, RsvpState]:
    """Say that somebody does not come to a series any more, or not from one event on; return what each date came to."""
    dates = _list_dates(series_id, from_event_id)
    held = SeriesRsvp.objects.filter(series_id=series_id, user_id=user_id, ended_at=None)
    for pk in list(held.values_list("pk", flat=True)):
        SeriesRsvp.objects.filter(pk=pk).update(ended_at=timezone.now())
    mine = Rsvp.objects.filter(user_id=user_id, event_id__in=[each.id for each in dates])
    outcomes = {}
    for event_id in sorted(set(mine.values_list("event_id", flat=True))):
        event = lock_event(event_id)
        row = lock_or_create(event, user_id)
        give_up(event, row, timezone.now())
        outcomes[event_id] = RsvpState(row.state)
    return outcomes


def find_series_answer(series_id: int, user_id: int) -> bool:
    """Tell whether somebody comes to a whole series, with what is added to it."""
    return SeriesRsvp.objects.filter(series_id=series_id, user_id=user_id, ended_at=None).exists()


# -- dates that come later ---------------------------------------------------------------------------------------------


def run_added_dates(facts: Mapping[str, Any]) -> None:
    """Do the errand of dates that were added."""
    join_added_dates(facts["series"], facts["events"])


def join_added_dates(series_id: int, event_ids: Sequence[int]) -> dict[int, dict[int, RsvpState]]:
    """Answer these dates for everybody who comes to the whole series and has not answered them; by person and event.

    Who came into the series first goes first. What one person is answered and told is one transaction.
    """
    now = timezone.now()
    dates = sorted((each for each in get_events(event_ids).values() if _is_open(each, series_id, now)), key=_by_id)
    if not dates:
        return {}
    chapter = get_chapter(dates[0].chapter_id)
    outcomes = ((holder.user_id, _join(holder, dates, chapter)) for holder in _list_missing(series_id, dates))
    return {user_id: states for user_id, states in outcomes if states}


def find_unanswered_dates(*, after: int = 0, limit: int = _BATCH) -> tuple[int, list[tuple[int, int]]]:
    """Return coming dates that somebody of the whole series has not answered, as pairs of series and event.

    Looks at events with ids above ``after``; the first number is the last id that was looked at, 0 for none.
    """
    coming = Event.objects.filter(
        state=EventState.PUBLISHED, starts_at__gt=timezone.now(), series_id__isnull=False, pk__gt=after
    )
    ids = list(coming.order_by("pk").values_list("pk", flat=True)[:limit])
    answered = Rsvp.objects.filter(event_id=OuterRef(OuterRef("pk")), user_id=OuterRef("user_id"))
    held = SeriesRsvp.objects.filter(
        series_id=OuterRef("series_id"), ended_at=None, from_on__lte=OuterRef("occurrence")
    )
    missing = Event.objects.filter(Exists(held.filter(~Exists(answered))), pk__in=ids)
    pairs = missing.order_by("pk").values_list("series_id", "pk")
    return (ids[-1] if ids else 0), [(series_id, pk) for series_id, pk in pairs if series_id is not None]


# -- steps -------------------------------------------------------------------------------------------------------------


def _list_dates(series_id: int, from_event_id: int | None) -> list[EventData]:
    """Return the published dates of a series that have not begun, from one on, in order of their start."""
    if not EventSeries.objects.filter(pk=series_id).exists():
        raise NotFoundError(_("There is no such series, or not any more."))
    found = Event.objects.filter(series_id=series_id, state=EventState.PUBLISHED, starts_at__gt=timezone.now())
    if from_event_id is not None:
        first = Event.objects.filter(pk=from_event_id, series_id=series_id).first()
        if first is None:
            raise NotFoundError(_("There is no such event, or not any more."))
        found = found.filter(occurrence__gte=first.occurrence)
    events = get_events(found.values_list("pk", flat=True))
    return sorted(events.values(), key=lambda each: (each.starts_at, each.id))


def _remember(series_id: int, user_id: int, draft: RsvpDraftData, first: EventData) -> None:
    fresh = SeriesRsvp(
        series_id=series_id,
        user_id=user_id,
        mode=MeetingMode(draft.mode).value,
        guests=draft.guests,
        from_on=first.occurrence.isoformat() if first.occurrence else "",
        ended_at=None,
    )
    people.insert_or_update(fresh, by=["series", "user_id"], update=["mode", "guests", "from_on", "ended_at"])


def _fit(draft: RsvpDraftData, first: EventData | None, date: EventData) -> RsvpDraftData:
    """Return a draft for another date than the one it was made for: in a way one can come, with as many as may.

    Its answers go to the questions of the same words.
    """
    if first is not None and date.id == first.id:
        return draft
    modes = [each.mode for each in date.seats]
    fitted = replace(
        draft, mode=draft.mode if draft.mode in modes else modes[0], guests=min(draft.guests, date.guests_most)
    )
    if not draft.answers:
        return fitted
    given = dict(draft.answers)
    asked = dict(EventQuestion.objects.filter(pk__in=given).values_list("text", "pk"))
    same = EventQuestion.objects.filter(event_id=date.id, text__in=asked).values_list("pk", "text")
    return replace(fitted, answers=tuple((pk, given[asked[text]]) for pk, text in same))


@transaction.atomic
def _answer_date(
    date: EventData, access: Access, draft: RsvpDraftData, *, is_new: bool = False
) -> tuple[RsvpState, bool]:
    """Answer one date if it is for this person; return what that came to, and whether it is news to them.

    ``is_new`` leaves an answer alone that they gave it meanwhile.
    """
    require_event(access, date, EventAct.ANSWER, mode=draft.mode)
    event = lock_for(date.id, access.user_id or 0)
    said = read_draft(event, draft)
    row = lock_or_create(event, access.user_id or 0)
    before = row.state_at
    if not (is_new and row.state_at is not None):
        claim = Claim(event=event, row=row, said=said, now=timezone.now(), source=RsvpSource.SERIES, tells=False)
        settle(claim)
    return RsvpState(row.state), row.state_at != before


def _is_open(date: EventData, series_id: int, now: datetime) -> bool:
    """Tell whether answers to a date of this series are taken now, and could come to something."""
    is_coming = date.series_id == series_id and date.state is EventState.PUBLISHED and date.closes_at > now
    has_place = date.has_waitlist or date.needs_approval or not date.is_full
    return is_coming and has_place and (date.opens_at is None or date.opens_at <= now)


def _list_missing(series_id: int, dates: Sequence[EventData]) -> list[SeriesRsvp]:
    """Return who comes to the whole series and has not answered all these dates, in the order in which they came."""
    answered = Rsvp.objects.filter(event_id=OuterRef("pk"), user_id=OuterRef(OuterRef("user_id")))
    missing = Event.objects.filter(pk__in=[each.id for each in dates], occurrence__gte=OuterRef("from_on"))
    held = SeriesRsvp.objects.filter(series_id=series_id, ended_at=None)
    return list(held.filter(Exists(missing.filter(~Exists(answered)))).order_by("created_at", "pk"))


def _recall(holder: SeriesRsvp) -> RsvpDraftData:
    """Return what somebody who comes to a whole series said of that: what they need as at the last date they answered.

    Of questions that several dates asked their answer to the last one goes. Two queries.
    """
    mine = Rsvp.objects.filter(user_id=holder.user_id, event__series_id=holder.series_id, state_at__isnull=False)
    last = mine.order_by("event__starts_at", "pk").last()
    answers = EventAnswer.objects.filter(rsvp__user_id=holder.user_id, rsvp__event__series_id=holder.series_id)
    in_time = answers.order_by("rsvp__event__starts_at", "pk")
    said = {asked: (pk, text) for asked, pk, text in in_time.values_list("question__text", "question_id", "text")}
    return RsvpDraftData(
        mode=MeetingMode(holder.mode),
        guests=holder.guests,
        needs_step_free=last is not None and last.needs_step_free,
        needs_note=last.needs_note if last is not None else "",
        answers=tuple(said.values()),
    )


@transaction.atomic
def _join(holder: SeriesRsvp, dates: Sequence[EventData], chapter: ChapterData) -> dict[int, RsvpState]:
    """Answer dates for somebody who comes to the whole series, and tell them."""
    known = set(
        Rsvp.objects.filter(user_id=holder.user_id, event__in=[each.id for each in dates]).values_list(
            "event_id", flat=True
        )
    )
    access, draft = find_access(chapter, holder.user_id), _recall(holder)
    states: dict[int, RsvpState] = {}
    for date in dates:
        if date.id in known or date.occurrence is None or date.occurrence.isoformat() < holder.from_on:
            continue
        try:
            states[date.id], _is_news = _answer_date(date, access, _fit(draft, None, date), is_new=True)
        except ChapterError:  # not for them, full without a line, or it asks something that only the person can say
            continue
    if states:
        batch = f"{min(states)}-{max(states)}-{len(states)}"
        news.tell_series_added(holder.series_id, {holder.user_id: states}, batch=batch)
    return states


def _by_id(date: EventData) -> int:
    return date.id
