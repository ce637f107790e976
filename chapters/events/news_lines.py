"""The parts of what is said about events: a line with its heading, subject and links, and the sentences they share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import RsvpState
from people.data import NewsLineData

from .records import list_units
from .scenes import Scene, find_scenes, get_scene, one_line, say_schedule, say_when

Context = Mapping[str, Any]

_MOST_DATES: Final = 12


def scene_of(context: Context) -> Scene:
    """Return the event that an item is about. Raises LookupError where it is gone."""
    return get_scene(int(context["event_id"]))


def scenes_of(dates: list[Mapping[str, Any]]) -> list[Scene]:
    """Return the dates that exist, soonest first."""
    found = find_scenes(each["event_id"] for each in dates)
    return sorted(found.values(), key=lambda scene: (scene.event.starts_at, scene.event.id))


def draw_line(
    scene: Scene, text: str, act: str, *, details: tuple[str, ...] = (), url: str = "", **more: str
) -> NewsLineData:
    """Return a line under the heading of the chapter, which leads to the event where no ``url`` is given."""
    return NewsLineData(
        text=text,
        url=url or scene.url(),
        act=act,
        course_name=scene.values["chapter"],
        subject=head_of(scene, text),
        details=details,
        **more,
    )


def draw_plain(scene: Scene, text: str, details: tuple[str, ...] = ()) -> NewsLineData:
    """Return what leads to the page of the event, and asks for nothing."""
    return draw_line(scene, text, _("Look at the event"), details=details)


def draw_seat(
    scene: Scene, zone: ZoneInfo, text: str, *, shows_place: bool = True, extra: tuple[str, ...] = ()
) -> NewsLineData:
    """Return what is told to who has a seat, with a way to give it back."""
    details = (*say_schedule(scene, zone, shows_place=shows_place), *extra)
    other = {"other_url": scene.url("event_keep"), "other_act": _("I cannot come")}
    return draw_line(scene, text, _("Look at the event"), details=details, **other)


def draw_waiting(scene: Scene, zone: ZoneInfo, text: str) -> NewsLineData:
    """Return what is told to who is in line."""
    hint = _("We write to you as soon as a seat is kept for you.")
    return draw_plain(scene, text, (hint, *say_schedule(scene, zone, shows_place=False)))


def draw_dates(dates: list[Scene], text: str, said: list[str], *, more: tuple[str, ...] = ()) -> NewsLineData:
    """Return one line about several dates, which leads to the first of them."""
    first = dates[0]
    left = len(said) - _MOST_DATES
    if left > 0:
        rest = ngettext("and %(count)s more date", "and %(count)s more dates", left) % {"count": left}
        said = [*said[:_MOST_DATES], rest]
    values = {**first.values, "count": len(dates)}
    return draw_line(first, text % values, _("Look at the dates"), details=(*said, *more))


def say_states(dates: list[Scene], states: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    """Return what an answer came to for each of these dates; ``states`` are RsvpState by event id, both as text."""
    words = {
        RsvpState.GOING: _("You have a seat"),
        RsvpState.WAITLISTED: _("You are in line"),
        RsvpState.OFFERED: _("A seat is kept for you"),
        RsvpState.PENDING: _("Your request waits for approval"),
    }
    other = _("You are not on the list")
    return [
        _("%(when)s: %(state)s")
        % {"when": when_of(scene, zone), "state": words.get(RsvpState(states[str(scene.event.id)]), other)}
        for scene in dates
    ]


def list_preparation(scene: Scene) -> tuple[str, ...]:
    """Return the units to prepare with, by their titles; their links are on the event's page."""
    said = []
    for unit in list_units(scene.event.id):
        values = {"unit": one_line(unit.title) or unit.usage_key, "count": unit.minutes}
        text = _("To prepare: %(unit)s")
        if unit.minutes:
            text = ngettext(
                "To prepare: %(unit)s (about %(count)s minute)",
                "To prepare: %(unit)s (about %(count)s minutes)",
                unit.minutes,
            )
        said.append(text % values)
    return tuple(said)


def when_of(scene: Scene, zone: ZoneInfo) -> str:
    """Return when an event is."""
    event = scene.event
    return say_when(event.starts_at, event.ends_at, there=event.zone, zone=zone)


def when_planned(scene: Scene, zone: ZoneInfo) -> str:
    """Return when an event would have been."""
    return _("It was planned for %(when)s.") % {"when": when_of(scene, zone)}


def reason_of(reason: str) -> tuple[str, ...]:
    """Return the paragraph of a reason, none where there is none."""
    return (_("The reason: %(reason)s") % {"reason": reason},) if reason else ()


def quote(words: str) -> tuple[str, ...]:
    """Return the paragraph of what somebody wrote, none where they wrote nothing."""
    return (_("They wrote: “%(words)s”") % {"words": words},) if words else ()


def head_of(scene: Scene, text: str) -> str:
    """Return a mail's subject: the chapter, and what there is to say."""
    return one_line(_("%(chapter)s: %(text)s") % {"chapter": scene.values["chapter"], "text": text})
