"""What people are told about events, in the words of the active language.

Every sentence can be the subject of a mail: the chapter is put before it. Moments are on the reader's clock, and on
that of the event where the two differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses
from chapters.data import RsvpState
from chapters.models import EventMail, PresenceRequest, Rsvp
from people import api as people
from people.data import NewsLineData

from .records import list_units
from .scenes import Scene, find_scenes, get_scene, one_line, say_schedule, say_when

Context = Mapping[str, Any]

_MOST_DATES: Final = 12


# -- answers and seats -------------------------------------------------------------------------------------------------


def say_confirmed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You have a seat."""
    scene = _scene(context)
    return _seat_line(scene, zone, _("You have a seat at “%(title)s”.") % scene.values)


def say_added(context: Context, zone: ZoneInfo) -> NewsLineData:
    """An organizer gave you a seat, or a place in line."""
    scene = _scene(context)
    if context["state"] == RsvpState.GOING:
        return _seat_line(scene, zone, _("The organizers gave you a seat at “%(title)s”.") % scene.values)
    return _line_line(scene, zone, _("The organizers put you in line for “%(title)s”.") % scene.values)


def say_pending(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request waits."""
    scene = _scene(context)
    text = _("Your request to come to “%(title)s” is with its organizers.") % scene.values
    return _plain(scene, text, say_schedule(scene, zone, shows_place=False))


def say_approved(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request was approved: to a seat or to the line."""
    scene = _scene(context)
    if context["state"] == RsvpState.GOING:
        return _seat_line(scene, zone, _("You were approved: you have a seat at “%(title)s”.") % scene.values)
    return _line_line(scene, zone, _("You were approved, and are in line for “%(title)s”.") % scene.values)


def say_refused(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request was not approved."""
    del zone
    scene = _scene(context)
    text = _("The organizers of “%(title)s” did not approve your request.") % scene.values
    return _plain(scene, text, _quote(context["note"]))


def say_in_line(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You are in line."""
    scene = _scene(context)
    return _line_line(scene, zone, _("You are in line for “%(title)s”.") % scene.values)


def say_removed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You are not on the list any more."""
    scene = _scene(context)
    text = _("The organizers took you off the list of “%(title)s”.") % scene.values
    return _plain(scene, text, (_when(scene, zone), *_quote(context["note"])))


def say_offer(context: Context, zone: ZoneInfo) -> NewsLineData:
    """A seat is kept for you until a moment."""
    scene = _scene(context)
    until = people.format_moment(datetime.fromisoformat(context["until"]), zone=zone)
    text = _("A seat at “%(title)s” is kept for you.") % scene.values
    details = [_("Take it by %(until)s. After that it goes to the next in line.") % {"until": until}]
    details += say_schedule(scene, zone, shows_place=False)
    if other := find_scenes([context["overlap_id"]] if context.get("overlap_id") else []):
        details.append(_("At that time you have a seat at “%(title)s” as well.") % next(iter(other.values())).values)
    return _line(scene, text, _("Take the seat, or pass it on"), details=tuple(details))


def say_offer_lapsed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """The seat that was kept for you went on."""
    scene = _scene(context)
    text = _("The seat at “%(title)s” that was kept for you went to the next in line.") % scene.values
    return _line(scene, text, _("Stand in line again"), details=(_when(scene, zone),))


def say_open_round(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Whoever takes the free seat first has it."""
    scene = _scene(context)
    text = _("A seat at “%(title)s” is free: who takes it first has it.") % scene.values
    return _line(scene, text, _("Take the seat"), details=say_schedule(scene, zone, shows_place=False))


# -- the schedule ------------------------------------------------------------------------------------------------------


def say_called_off(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It does not take place, and why."""
    scene = _scene(context)
    text = _("“%(title)s” is called off.") % scene.values
    return _plain(scene, text, (_said_when(scene, zone), *_reason(scene.event.cancel_reason)))


def say_restored(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It takes place after all."""
    scene = _scene(context)
    return _seat_line(scene, zone, _("“%(title)s” takes place after all.") % scene.values, shows_place=False)


def say_moved(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It is at another time or place; one answers on one page."""
    scene, old = _scene(context), datetime.fromisoformat(context["old_starts_at"])
    is_later = old != scene.event.starts_at
    if is_later and context["is_elsewhere"]:
        text = _("“%(title)s” has another time and another place.")
    elif is_later:
        text = _("“%(title)s” has another time.")
    else:
        text = _("“%(title)s” has another place.")
    details = list(say_schedule(scene, zone, shows_place=False))
    if is_later:
        was = say_when(old, None, there=scene.event.zone, zone=zone)
        details.append(_("It was planned for %(when)s.") % {"when": was})
    details.append(_("Your seat or place in line stays yours unless you give it back."))
    page = scene.url("event_keep")
    return _line(scene, text % scene.values, _("Say whether you come"), details=tuple(details), url=page)


def say_reminder(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It is soon: when, where, and what to prepare with."""
    scene = _scene(context)
    starts = people.format_moment(scene.event.starts_at, zone=zone)
    text = _("“%(title)s” begins on %(when)s.") % {**scene.values, "when": starts}
    return _seat_line(scene, zone, text, extra=_list_units(scene))


# -- series ------------------------------------------------------------------------------------------------------------


def say_series_changed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Dates of a series that were moved, in one mail."""
    dates = _scenes_of(context["dates"])
    old = {each["event_id"]: datetime.fromisoformat(each["old_starts_at"]) for each in context["dates"]}
    said = []
    for scene in dates:
        values = {"now": _when(scene, zone), "before": people.say_moment(old[scene.event.id], zone)}
        is_moved = old[scene.event.id] != scene.event.starts_at
        said.append(_("%(now)s (before: %(before)s)") % values if is_moved else values["now"])
    text = ngettext(
        "%(count)s date of “%(title)s” has another time or place.",
        "%(count)s dates of “%(title)s” have another time or place.",
        len(dates),
    )
    return _series_line(dates, text, said)


def say_series_called_off(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Dates of a series that do not take place, in one mail."""
    dates = _scenes_of(context["dates"])
    text = ngettext(
        "%(count)s date of “%(title)s” is called off.", "%(count)s dates of “%(title)s” are called off.", len(dates)
    )
    said = [_when(scene, zone) for scene in dates]
    return _series_line(dates, text, said, more=_reason(dates[0].event.cancel_reason))


def say_series_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What somebody's answer to a series came to, date by date."""
    dates = _scenes_of([{"event_id": int(each)} for each in context["states"]])
    text = ngettext(
        "You answered %(count)s date of “%(title)s”.", "You answered %(count)s dates of “%(title)s”.", len(dates)
    )
    return _series_line(dates, text, _say_states(dates, context["states"], zone))


def say_series_added(context: Context, zone: ZoneInfo) -> NewsLineData:
    """New dates of a series that somebody comes to."""
    dates = _scenes_of([{"event_id": int(each)} for each in context["states"]])
    text = ngettext("“%(title)s” has %(count)s new date.", "“%(title)s” has %(count)s new dates.", len(dates))
    return _series_line(dates, text, _say_states(dates, context["states"], zone))


# -- afterwards --------------------------------------------------------------------------------------------------------


def say_survey(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What do you take with you?"""
    del zone
    scene = _scene(context)
    text = _("What do you take with you from “%(title)s”?") % scene.values
    details = (_("Three short questions. The organizers do not see who answered what."),)
    return _line(scene, text, _("Answer"), details=details, url=scene.url("event_survey"))


def say_result_ask(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Write down what came of it."""
    del zone
    scene = _scene(context)
    text = _("Write down what came of “%(title)s”, so that others can use it.") % scene.values
    return _line(scene, text, _("Write the result"), url=scene.url("desk_event_result"))


def say_result(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What came of it can be read."""
    del zone
    scene = _scene(context)
    text = _("What came of “%(title)s” can be read now.") % scene.values
    return _line(scene, text, _("Read the result"), url=scene.url("event_result"))


def say_mail(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What organizers write, as plain text; addresses in it stay text."""
    del zone
    scene = _scene(context)
    mail = EventMail.objects.get(pk=context["mail_id"])
    subject = one_line(mail.subject)
    text = _("The hosts of “%(title)s” write:") % scene.values
    line = _line(scene, text, _("Look at the event"), details=(subject, mail.body))
    return NewsLineData(**{**_fields(line), "subject": _head(scene, subject)})


def say_requests(context: Context, zone: ZoneInfo) -> NewsLineData:
    """People wait for approval."""
    del zone
    scene = _scene(context)
    waiting = Rsvp.objects.filter(event_id=scene.event.id, state=RsvpState.PENDING).count()
    text = ngettext(
        "%(count)s person asks to come to “%(title)s”.", "%(count)s people ask to come to “%(title)s”.", waiting
    )
    url = f"{scene.url('desk_attendees')}?show=pending"
    return _line(scene, text % {**scene.values, "count": waiting}, _("Answer"), url=url)


def say_presence_asked(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Somebody says that they were there."""
    del zone
    scene = _scene(context)
    text = _("Somebody who is not recorded says that they were at “%(title)s”.") % scene.values
    return _line(scene, text, _("Answer"), url=addresses.chapter_url(scene.slug, "desk_presences"))


def say_presence_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What the hosts answered."""
    del zone
    scene = _scene(context)
    asked = PresenceRequest.objects.get(pk=context["request_id"])
    if asked.is_accepted:
        text = _("It is recorded now that you were at “%(title)s”.")
    else:
        text = _("The hosts of “%(title)s” did not record that you were there.")
    return _plain(scene, text % scene.values, _quote(asked.answer))


# -- parts -------------------------------------------------------------------------------------------------------------


def _scene(context: Context) -> Scene:
    return get_scene(int(context["event_id"]))


def _scenes_of(dates: list[Mapping[str, Any]]) -> list[Scene]:
    """Return the dates that exist, soonest first."""
    found = find_scenes(each["event_id"] for each in dates)
    return sorted(found.values(), key=lambda scene: (scene.event.starts_at, scene.event.id))


def _line(
    scene: Scene, text: str, act: str, *, details: tuple[str, ...] = (), url: str = "", **more: str
) -> NewsLineData:
    return NewsLineData(
        text=text,
        url=url or scene.url(),
        act=act,
        course_name=scene.values["chapter"],
        subject=_head(scene, text),
        details=details,
        **more,
    )


def _plain(scene: Scene, text: str, details: tuple[str, ...] = ()) -> NewsLineData:
    return _line(scene, text, _("Look at the event"), details=details)


def _seat_line(
    scene: Scene, zone: ZoneInfo, text: str, *, shows_place: bool = True, extra: tuple[str, ...] = ()
) -> NewsLineData:
    """Return what is told to who has a seat, with a way to give it back."""
    details = (*say_schedule(scene, zone, shows_place=shows_place), *extra)
    other = {"other_url": scene.url("event_keep"), "other_act": _("I cannot come")}
    return _line(scene, text, _("Look at the event"), details=details, **other)


def _line_line(scene: Scene, zone: ZoneInfo, text: str) -> NewsLineData:
    """Return what is told to who is in line."""
    hint = _("We write to you as soon as a seat is kept for you.")
    return _plain(scene, text, (hint, *say_schedule(scene, zone, shows_place=False)))


def _series_line(dates: list[Scene], text: str, said: list[str], *, more: tuple[str, ...] = ()) -> NewsLineData:
    """Return one line about several dates, which leads to the first of them."""
    first = dates[0]
    left = len(said) - _MOST_DATES
    if left > 0:
        rest = ngettext("and %(count)s more date", "and %(count)s more dates", left) % {"count": left}
        said = [*said[:_MOST_DATES], rest]
    values = {**first.values, "count": len(dates)}
    return _line(first, text % values, _("Look at the dates"), details=(*said, *more))


def _say_states(dates: list[Scene], states: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    words = {
        RsvpState.GOING: _("You have a seat"),
        RsvpState.WAITLISTED: _("You are in line"),
        RsvpState.OFFERED: _("A seat is kept for you"),
        RsvpState.PENDING: _("Your request waits for approval"),
    }
    other = _("You are not on the list")
    return [
        _("%(when)s: %(state)s")
        % {"when": _when(scene, zone), "state": words.get(RsvpState(states[str(scene.event.id)]), other)}
        for scene in dates
    ]


def _list_units(scene: Scene) -> tuple[str, ...]:
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


def _when(scene: Scene, zone: ZoneInfo) -> str:
    event = scene.event
    return say_when(event.starts_at, event.ends_at, there=event.zone, zone=zone)


def _said_when(scene: Scene, zone: ZoneInfo) -> str:
    return _("It was planned for %(when)s.") % {"when": _when(scene, zone)}


def _reason(reason: str) -> tuple[str, ...]:
    return (_("The reason: %(reason)s") % {"reason": reason},) if reason else ()


def _quote(words: str) -> tuple[str, ...]:
    return (_("They wrote: “%(words)s”") % {"words": words},) if words else ()


def _head(scene: Scene, text: str) -> str:
    """Return a mail's subject: the chapter, and what there is to say."""
    return one_line(_("%(chapter)s: %(text)s") % {"chapter": scene.values["chapter"], "text": text})


def _fields(line: NewsLineData) -> dict[str, Any]:
    return dict(vars(line))
