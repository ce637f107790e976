"""What events ask of the people who run a chapter, on the first page of its desk: what waits, and what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.access import Access
from chapters.api import event_results, events, rsvps
from chapters.data import Action, ChapterData, EventAct, EventCardData
from chapters.events.quarters import QuartersData, read_quarters
from people import api as people

from .desk_event_words import say_came
from .desk_events import check_in_url, draw_row, is_today
from .desk_frame import desk_url
from .event_words import Tag

_FEW: Final = 3


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that waits: ``urgency`` is "late", "soon" or empty; ``said`` is its whole line for who hears it."""

    icon: str
    title: str
    note: str
    url: str
    act: str
    urgency: str = ""

    @property
    def said(self) -> str:
        """Return the button's name, which begins with the visible word."""
        return f"{self.act}: {self.title}"


def list_event_due(chapter: ChapterData, access: Access, now: datetime) -> list[Due]:
    """Return what waits at events: results to write, people to approve, people who say that they were there."""
    return [*_list_results(chapter, access, now), *_list_approvals(chapter, access), *_list_presences(chapter, access)]


def _list_results(chapter: ChapterData, access: Access, now: datetime) -> list[Due]:
    """Return events of which somebody here may write what came out, the one due first ahead."""
    if not access.can(Action.DRAFT_EVENT) and not access.can(Action.RUN_EVENT):
        return []
    waiting = [
        each
        for each in event_results.list_awaiting_results(chapter.id)
        if events.decide_event(access, each.event, EventAct.WRITE_RESULT).is_allowed
    ]
    return [
        Due(
            icon="file",
            title=_("Publish what came out of “%(title)s”") % {"title": each.event.title},
            note=" · ".join([_say_due(each.due_at, each.event.zone), say_came(each.came)]),
            url=desk_url("desk_event_result", chapter, each.event.id),
            act=_("Finish it") if each.has_draft else _("Write it"),
            urgency="late" if each.due_at < now else "soon",
        )
        for each in waiting[:_FEW]
    ]


def _say_due(due_at: datetime, zone: Any) -> str:
    day = people.say_day(due_at.astimezone(zone).date())
    return _("Due %(day)s") % {"day": day}


def _list_approvals(chapter: ChapterData, access: Access) -> list[Due]:
    if not access.can(Action.RUN_EVENT):
        return []
    pending = rsvps.count_pending(chapter.id)
    found = events.get_events(list(pending)[:_FEW])
    said = []
    for event_id, count in list(pending.items())[:_FEW]:
        if (event := found.get(event_id)) is None:
            continue
        title = ngettext(
            "%(count)d person asks to come to “%(title)s”", "%(count)d people ask to come to “%(title)s”", count
        )
        said.append(
            Due(
                icon="person",
                title=title % {"count": count, "title": event.title},
                note=_("It begins %(moment)s.") % {"moment": people.format_moment(event.starts_at, zone=event.zone)},
                url=desk_url("desk_attendees", chapter, event.id, show="pending"),
                act=_("Read"),
                urgency="soon",
            )
        )
    return said


def _list_presences(chapter: ChapterData, access: Access) -> list[Due]:
    if not access.can(Action.RUN_EVENT):
        return []
    waiting = event_results.list_presence_requests(chapter_id=chapter.id)
    if not waiting:
        return []
    title = ngettext(
        "%(count)d person says that they were there",
        "%(count)d people say that they were there",
        len(waiting),
    )
    return [
        Due(
            icon="clock",
            title=title % {"count": len(waiting)},
            note=_("Nobody ticked them off at the door. Whoever remembers them says yes."),
            url=desk_url("desk_presences", chapter),
            act=_("Answer"),
            urgency="soon",
        )
    ]


# -- what comes --------------------------------------------------------------------------------------------------------


def list_coming(chapter: ChapterData, user_id: int) -> tuple[EventCardData, ...]:
    """Return the next events of a chapter."""
    return events.list_events(chapter_id=chapter.id, user_id=user_id, limit=_FEW).events


def draw_coming(cards: tuple[EventCardData, ...], access: Access) -> list[dict[str, Any]]:
    """Return the next events as a list shows them."""
    now = timezone.now()
    return [draw_row(access, card, now) for card in cards]


def list_event_starts(
    chapter: ChapterData, access: Access, cards: tuple[EventCardData, ...], now: datetime
) -> list[dict[str, str]]:
    """Return what one may begin with events: a new one, and the check-in of one that is today."""
    starts = []
    if access.can(Action.DRAFT_EVENT):
        starts.append({"icon": "cal", "label": _("Plan an event"), "url": desk_url("desk_event_new", chapter)})
    today = next((card.event for card in cards if is_today(card.event, now)), None)
    if today is not None and access.can(Action.CHECK_IN_PEOPLE):
        starts.append({"icon": "qr", "label": _("Check people in"), "url": check_in_url(today)})
    return starts


# -- one event a quarter -----------------------------------------------------------------------------------------------


def draw_quarters(chapter: ChapterData, access: Access) -> dict[str, Any] | None:
    """Return how the year goes, an event a quarter; None for who publishes none."""
    if not access.can(Action.PUBLISH_EVENT):
        return None
    found = read_quarters(chapter)
    numbers = range(1, len(found.counts) + 1)
    return {
        "year": found.year,
        "tag": _tag_quarter(found),
        "said": _say_quarter(found, chapter),
        "bars": [
            {"number": number, "is_done": found.counts[number - 1] > 0, "is_now": number == found.now}
            for number in numbers
        ],
        "plan_url": "" if found.has_one else reverse("chapters:desk_event_new", args=[chapter.slug]),
    }


def _tag_quarter(found: QuartersData) -> Tag:
    if all(found.counts):
        return Tag(_("Done for %(year)d") % {"year": found.year}, "ok", "check")
    if found.has_one:
        return Tag(_("On track"), "info", "cal")
    return Tag(_("Open"), "", "clock")


def _say_quarter(found: QuartersData, chapter: ChapterData) -> str:
    values = {"end": people.say_day(found.ends_on), "zone": people.say_zone(chapter.zone)}
    if found.next_at is not None:
        day = people.say_day(found.next_at.astimezone(chapter.zone).date())
        text = _("Your event on %(day)s counts for this quarter, which ends %(end)s, %(zone)s.")
        return text % {**values, "day": day}
    count = found.counts[found.now - 1]
    if count:
        return ngettext("%(count)d event this quarter.", "%(count)d events this quarter.", count) % {"count": count}
    return _("Nothing is planned yet in this quarter, which ends %(end)s, %(zone)s. One event is enough.") % values
