"""Whether news of events is still true: asked when a mail is put together, and again at the moment it is sent.

Somebody who gave a seat back hears nothing more of it; of two moves that wait only the last is told; nobody is reminded
of a start that has passed or is another by now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from chapters.data import EventMailAudience, EventState, MembershipState, RsvpState
from chapters.membership.news import list_organizers
from chapters.models import Event, EventHost, EventMail, EventResult, EventSurvey, Membership, PresenceRequest, Rsvp
from people.data import NewsItemData

from .audiences import STATES_OF
from .crowds import CONCERNED

Hold = Callable[[int, Sequence[NewsItemData]], Collection[str]]


@dataclass(frozen=True, kw_only=True)
class Now:
    """An event and a reader's answer to it as they are; ``rsvp`` is None where they have none."""

    event: Event
    rsvp: Rsvp | None

    def is_in(self, *states: RsvpState) -> bool:
        """Tell whether the reader's answer is in one of these states."""
        return self.rsvp is not None and self.rsvp.state in states

    @property
    def is_coming(self) -> bool:
        """Tell whether the event takes place and has not begun."""
        return self.event.state == EventState.PUBLISHED and self.event.starts_at > timezone.now()


def each(is_true: Callable[[Now, Mapping[str, Any]], bool]) -> Hold:
    """Return what keeps those items of which this is true; two queries however many there are."""

    def hold(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
        now = _look(user_id, (item.context["event_id"] for item in items))
        return [
            item.key
            for item in items
            if (found := now.get(item.context["event_id"])) is not None and is_true(found, item.context)
        ]

    return hold


def each_series(is_true: Callable[[Now, Mapping[str, Any]], bool]) -> Hold:
    """Return what keeps items of which this is true for one date at least."""

    def hold(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
        now = _look(user_id, (date["event_id"] for item in items for date in _dates_of(item.context)))
        return [
            item.key
            for item in items
            if any((found := now.get(date["event_id"])) and is_true(found, date) for date in _dates_of(item.context))
        ]

    return hold


# -- answers and seats -------------------------------------------------------------------------------------------------


def is_answer(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether the answer is the one that was told, of an event that takes place."""
    return now.event.state == EventState.PUBLISHED and is_state(now, told)


def is_state(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether the answer is in the state that was told, since that moment."""
    if now.rsvp is None or now.rsvp.state != told["state"]:
        return False
    since = now.rsvp.state_at.isoformat() if now.rsvp.state_at else ""
    return bool(since == told["state_at"])


def is_offer(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether this offer is open."""
    if now.rsvp is None or not now.is_coming or not now.is_in(RsvpState.OFFERED):
        return False
    until = now.rsvp.offer_until
    return now.rsvp.offers == told["number"] and until is not None and until > timezone.now()


def is_offer_over(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether somebody let this offer lapse, and has not come back since."""
    return now.is_coming and now.is_in(RsvpState.LAPSED) and now.rsvp is not None and now.rsvp.offers == told["number"]


def is_open_round(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether somebody is still in line for the start that was told."""
    return now.is_coming and now.is_in(RsvpState.WAITLISTED) and _is_start(now, told)


# -- the schedule ------------------------------------------------------------------------------------------------------


def is_called_off(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether it is called off, and was not told anew since."""
    return now.event.state == EventState.CANCELLED and now.is_in(*CONCERNED) and _is_latest(now, told)


def is_restored(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether it takes place, and was not told anew since."""
    return now.is_coming and now.is_in(*CONCERNED) and _is_latest(now, told)


def is_moved(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether it is at the time that was told, and was not moved again since."""
    return is_restored(now, told) and _is_start(now, told)


def is_reminder(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether somebody has a seat and the start is still the one that was told, and ahead."""
    return now.is_coming and now.is_in(RsvpState.GOING) and _is_start(now, told)


def is_date(now: Now, told: Mapping[str, Any]) -> bool:
    """Tell whether a date of a series takes place and the reader has an answer to it."""
    del told
    return now.is_coming and now.is_in(*CONCERNED)


# -- afterwards --------------------------------------------------------------------------------------------------------


def hold_survey(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep surveys of events that took place and that the reader had a seat at and has not answered."""
    ids = [item.context["event_id"] for item in items]
    answered = set(EventSurvey.objects.filter(user_id=user_id, event_id__in=ids).values_list("event_id", flat=True))
    keep = each(lambda now, _told: now.event.state == EventState.PUBLISHED and now.is_in(RsvpState.GOING))
    return keep(user_id, [item for item in items if item.context["event_id"] not in answered])


def hold_result(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep results that can be read."""
    published = _list_published(items)
    keep = each(lambda now, _told: now.event.pk in published and now.is_in(RsvpState.GOING))
    return keep(user_id, items)


def hold_result_ask(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep results that nobody has published, for who hosts the event or runs its chapter."""
    published = _list_published(items)
    open_ = [item for item in items if item.context["event_id"] not in published]
    hosted = _list_hosted(user_id, open_)
    keep = each(lambda now, _told: now.event.pk in hosted and now.event.state == EventState.PUBLISHED)
    return keep(user_id, open_)


def hold_mail(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep letters whose words are still there, for who is still among those to whom they were written."""
    letters = EventMail.objects.filter(pk__in={item.context["mail_id"] for item in items}).exclude(body="")
    audiences = {pk: EventMailAudience(value) for pk, value in letters.values_list("pk", "audience")}

    def is_written_to(now: Now, told: Mapping[str, Any]) -> bool:
        return told["mail_id"] in audiences and now.is_in(*STATES_OF[audiences[told["mail_id"]]])

    return each(is_written_to)(user_id, items)


def hold_requests(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep events for which somebody waits for approval, for who hosts them or runs their chapter."""
    ids = {item.context["event_id"] for item in items}
    waiting = Rsvp.objects.filter(event_id__in=ids, state=RsvpState.PENDING).values_list("event_id", flat=True)
    open_, hosted = set(waiting.distinct()), _list_hosted(user_id, items)
    return each(lambda now, _told: now.is_coming and now.event.pk in open_ & hosted)(user_id, items)


def hold_presence_asked(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep requests that nobody has answered, for who hosts the event or runs its chapter."""
    open_ = set(_requests_of(items).filter(answered_at__isnull=True).values_list("pk", flat=True))
    hosted = _list_hosted(user_id, items)
    return [item.key for item in items if item.context["request_id"] in open_ and item.context["event_id"] in hosted]


def hold_presence_answered(user_id: int, items: Sequence[NewsItemData]) -> Collection[str]:
    """Keep answers that are there to be read, to the reader's own requests."""
    answered = _requests_of(items).filter(answered_at__isnull=False, user_id=user_id)
    mine = set(answered.values_list("pk", flat=True))
    return [item.key for item in items if item.context["request_id"] in mine]


# -- parts -------------------------------------------------------------------------------------------------------------


def _look(user_id: int, event_ids: Iterable[int]) -> dict[int, Now]:
    ids = set(event_ids)
    rsvps = {row.event_id: row for row in Rsvp.objects.filter(user_id=user_id, event_id__in=ids)}
    return {row.pk: Now(event=row, rsvp=rsvps.get(row.pk)) for row in Event.objects.filter(pk__in=ids)}


def _dates_of(context: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "dates" in context:
        return list(context["dates"])
    return [{"event_id": int(event_id)} for event_id in context["states"]]


def _is_start(now: Now, told: Mapping[str, Any]) -> bool:
    return bool(now.event.starts_at == datetime.fromisoformat(told["starts_at"]))


def _is_latest(now: Now, told: Mapping[str, Any]) -> bool:
    return bool(now.event.told_sequence <= told["sequence"])


def _list_published(items: Sequence[NewsItemData]) -> set[int]:
    ids = {item.context["event_id"] for item in items}
    rows = EventResult.objects.filter(event_id__in=ids, published_at__isnull=False)
    return set(rows.values_list("event_id", flat=True))


def _list_hosted(user_id: int, items: Sequence[NewsItemData]) -> set[int]:
    """Return those events that somebody hosts who is a member still, or whose chapter they run."""
    chapters = {item.context["event_id"]: item.context["chapter_id"] for item in items}
    mine = Membership.objects.filter(user_id=user_id, chapter_id__in=chapters.values(), state=MembershipState.MEMBER)
    hosts = EventHost.objects.filter(
        user_id=user_id, event_id__in=chapters, event__chapter_id__in=mine.values("chapter_id")
    )
    hosted = hosts.values_list("event_id", flat=True)
    runs = {chapter_id for chapter_id in set(chapters.values()) if user_id in list_organizers(chapter_id)}
    return set(hosted) | {event_id for event_id, chapter_id in chapters.items() if chapter_id in runs}


def _requests_of(items: Sequence[NewsItemData]) -> Any:
    return PresenceRequest.objects.filter(pk__in={item.context["request_id"] for item in items})
