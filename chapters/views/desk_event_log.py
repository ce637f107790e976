"""Acts on events in the words of a chapter's log, and the names of what they were done to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.api import events
from chapters.models.events import MAIL_AUDIENCES, EventSeries, EventTemplate
from people.data import AuditEntryData

Say = Callable[[Mapping[str, Any]], str]


def name_targets(entries: Iterable[AuditEntryData]) -> dict[int, str]:
    """Return what events, series and templates are called that entries are about, by the number of the entry.

    Those that are gone are left out; a fixed number of queries.
    """
    wanted: dict[str, dict[int, int]] = {"event": {}, "series": {}, "event_template": {}}
    for entry in entries:
        kind, _colon, number = entry.target.partition(":")
        if kind in wanted and number.isdigit():
            wanted[kind][entry.id] = int(number)
    titles = {
        "event": {pk: event.title for pk, event in events.get_events(set(wanted["event"].values())).items()}
        if wanted["event"]
        else {},
        "series": _read_names(EventSeries, "title", wanted["series"]),
        "event_template": _read_names(EventTemplate, "name", wanted["event_template"]),
    }
    return {
        entry_id: titles[kind][number]
        for kind, numbers in wanted.items()
        for entry_id, number in numbers.items()
        if number in titles[kind]
    }


def _read_names(model: Any, column: str, numbers: Mapping[int, int]) -> dict[int, str]:
    if not numbers:
        return {}
    return dict(model.objects.filter(pk__in=set(numbers.values())).values_list("pk", column))


def _say_dates(text: Callable[[int], str]) -> Say:
    """Return how an act on so many dates of a series is said; ``text`` gives the sentence for a number of them."""

    def say(data: Mapping[str, Any]) -> str:
        count = int(data.get("dates", 0))
        return text(count) % {"count": count}

    return say


def _say_export(data: Mapping[str, Any]) -> str:
    count = int(data.get("people", 0))
    text = ngettext("Took a list of %(count)d attendee", "Took a list of %(count)d attendees", count)
    return text % {"count": count}


def _say_mail(data: Mapping[str, Any]) -> str:
    to = dict(MAIL_AUDIENCES).get(str(data.get("audience", "")), "–")
    return _("Wrote to people of an event: %(to)s") % {"to": to}


#: One sentence for each kind of act on events.
SENTENCES: Final[Mapping[str, Say]] = {
    "chapter.event.create": lambda _data: _("Drafted an event"),
    "chapter.event.change": lambda _data: _("Changed an event"),
    "chapter.event.publish": lambda _data: _("Published an event"),
    "chapter.event.cancel": lambda _data: _("Called an event off"),
    "chapter.event.restore": lambda _data: _("Had an event take place after all"),
    "chapter.event.delete": lambda _data: _("Deleted the draft of an event"),
    "chapter.event.approve": lambda _data: _("Approved that somebody comes"),
    "chapter.event.refuse": lambda _data: _("Said no to somebody who wanted to come"),
    "chapter.event.add": lambda data: (
        _("Put somebody on the list of an event, over its seats")
        if data.get("is_forced")
        else _("Put somebody on the list of an event")
    ),
    "chapter.event.remove": lambda _data: _("Took somebody off the list of an event"),
    "chapter.event.attendees_exported": _say_export,
    "chapter.event_template.save": lambda _data: _("Kept a template for events"),
    "chapter.event_template.delete": lambda _data: _("Deleted a template for events"),
    "event.mail": _say_mail,
    "event.presence_accepted": lambda _data: _("Confirmed that somebody was there"),
    "event.presence_refused": lambda _data: _("Could not confirm that somebody was there"),
    "event.result_saved": lambda _data: _("Wrote at the result of an event"),
    "event.result_published": lambda _data: _("Published the result of an event"),
    "series.create": _say_dates(
        lambda count: ngettext("Drafted a series of %(count)d date", "Drafted a series of %(count)d dates", count)
    ),
    "series.extend": _say_dates(
        lambda count: ngettext("Added %(count)d date to a series", "Added %(count)d dates to a series", count)
    ),
    "series.publish": _say_dates(
        lambda count: ngettext("Published %(count)d date of a series", "Published %(count)d dates of a series", count)
    ),
    "series.change": _say_dates(
        lambda count: ngettext("Changed %(count)d date of a series", "Changed %(count)d dates of a series", count)
    ),
    "series.call_off": _say_dates(
        lambda count: ngettext("Called %(count)d date of a series off", "Called %(count)d dates of a series off", count)
    ),
    "series.skip": lambda _data: _("Left a date out of a series"),
}
