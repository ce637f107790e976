"""Forgetting a person at events, and what becomes of words with the years.

That somebody had a seat and whether they came stays, under a number, for what events learn from it. What they needed,
answered and thought goes. What they planned is the chapter's, and a published result is part of its knowledge.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chapters.models import (
    Event,
    EventAnswer,
    EventCredit,
    EventHost,
    EventMail,
    EventResult,
    EventSeries,
    EventSurvey,
    EventTemplate,
    PresenceRequest,
    Rsvp,
    SeriesRsvp,
)
from people import api as people

from .releases import release_person

_NO_NEEDS = {"needs_step_free": False, "needs_note": ""}
_NO_WORDS = {"useful": "", "better": ""}


def forget_person(user_id: int) -> None:
    """Give up somebody's seats, which go to who is next, and erase what they said; may be repeated."""
    release_person(user_id)
    with transaction.atomic():
        _forget_answers(user_id)
        _forget_work(user_id)


def _forget_answers(user_id: int) -> None:
    mine = Rsvp.objects.filter(user_id=user_id)
    people.forget_reasons(f"rsvp:{pk}" for pk in mine.values_list("pk", flat=True))
    EventAnswer.objects.filter(rsvp__user_id=user_id).delete()
    mine.update(note="", **_NO_NEEDS)
    SeriesRsvp.objects.filter(user_id=user_id).delete()
    EventSurvey.objects.filter(user_id=user_id).update(**_NO_WORDS)
    PresenceRequest.objects.filter(user_id=user_id).delete()
    EventCredit.objects.filter(user_id=user_id).delete()


def _forget_work(user_id: int) -> None:
    """Cut what somebody did for events from their number where nothing needs it, and erase what was not published."""
    EventHost.objects.filter(user_id=user_id).delete()
    Rsvp.objects.filter(decided_by=user_id).update(decided_by=None)
    PresenceRequest.objects.filter(answered_by=user_id).update(answered_by=None)
    EventResult.objects.filter(author_id=user_id, published_at__isnull=True).update(text="")
    EventResult.objects.filter(author_id=user_id).update(author_id=None)
    letters = EventMail.objects.filter(author_id=user_id)
    # Without words it is not sent on to those whom it has not reached.
    letters.filter(finished_at__isnull=True).update(finished_at=timezone.now())
    letters.update(subject="", body="", author_id=None)
    Event.objects.filter(created_by=user_id).update(created_by=None)
    EventSeries.objects.filter(created_by=user_id).update(created_by=None)
    EventTemplate.objects.filter(created_by=user_id).update(created_by=None)
    Event.objects.filter(published_by=user_id).update(published_by=None)


# -- with the years ----------------------------------------------------------------------------------------------------


def register() -> None:
    """Make the rules known; called once, when the app is ready."""
    people.register_retention(
        "needs and answers of attendees",
        setting="CHAPTERS_NEEDS_KEEP_DAYS",
        says="Erases what people needed at events that are over, and what they answered to its questions.",
        find=find_old_needs,
        act=erase_needs,
    )
    people.register_retention(
        "mails to attendees",
        setting="CHAPTERS_EVENT_MAILS_KEEP_DAYS",
        says="Erases what organizers wrote to people of events; that they wrote, when and to how many stays.",
        find=find_old_mails,
        act=erase_mails,
    )
    people.register_retention(
        "words about past events",
        setting="CHAPTERS_SURVEYS_KEEP_DAYS",
        says="Erases what people wrote in surveys after events; their ratings stay.",
        find=find_old_surveys,
        act=erase_surveys,
    )


def find_old_needs(before: datetime) -> QuerySet[Rsvp]:
    """Return answers to events that ended before a moment, of which more than the answer is known."""
    replies = EventAnswer.objects.filter(rsvp_id=OuterRef("pk"))
    says_more = Q(needs_step_free=True) | ~Q(needs_note="") | ~Q(note="") | Exists(replies)
    return Rsvp.objects.filter(says_more, event__ends_at__lt=before)


def erase_needs(rows: QuerySet[Rsvp]) -> int:
    """Leave nothing of these answers but that they were given."""
    ids = list(rows.values_list("pk", flat=True))
    people.forget_reasons(f"rsvp:{pk}" for pk in ids)
    EventAnswer.objects.filter(rsvp_id__in=ids).delete()
    return Rsvp.objects.filter(pk__in=ids).update(note="", **_NO_NEEDS)


def find_old_mails(before: datetime) -> QuerySet[EventMail]:
    """Return letters sent before a moment that say something still."""
    return EventMail.objects.filter(~Q(body="") | ~Q(subject=""), created_at__lt=before, finished_at__isnull=False)


def erase_mails(rows: QuerySet[EventMail]) -> int:
    """Erase what these letters say."""
    return EventMail.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(subject="", body="")


def find_old_surveys(before: datetime) -> QuerySet[EventSurvey]:
    """Return survey answers given before a moment that have words."""
    return EventSurvey.objects.filter(~Q(useful="") | ~Q(better=""), created_at__lt=before)


def erase_surveys(rows: QuerySet[EventSurvey]) -> int:
    """Erase the words of these survey answers."""
    return EventSurvey.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**_NO_WORDS)
