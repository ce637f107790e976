"""What people are told about seats and the schedule of events, in the words of the active language.

Every sentence can be the subject of a mail: the chapter is put before it. Moments are on the reader's clock, and on
that of the event where the two differ.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import RsvpState
from people import api as people
from people.data import NewsLineData

from .news_lines import (
    Context,
    draw_dates,
    draw_line,
    draw_plain,
    draw_seat,
    draw_waiting,
    list_preparation,
    quote,
    reason_of,
    say_states,
    scene_of,
    scenes_of,
    when_of,
    when_planned,
)
from .scenes import find_scenes, say_schedule, say_when

# -- answers and seats -------------------------------------------------------------------------------------------------


def say_confirmed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You have a seat."""
    scene = scene_of(context)
    return draw_seat(scene, zone, _("You have a seat at “%(title)s”.") % scene.values)


def say_added(context: Context, zone: ZoneInfo) -> NewsLineData:
    """An organizer gave you a seat, or a place in line."""
    scene = scene_of(context)
    if context["state"] == RsvpState.GOING:
        return draw_seat(scene, zone, _("The organizers gave you a seat at “%(title)s”.") % scene.values)
    return draw_waiting(scene, zone, _("The organizers put you in line for “%(title)s”.") % scene.values)


def say_pending(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request waits."""
    scene = scene_of(context)
    text = _("Your request to come to “%(title)s” is with its organizers.") % scene.values
    return draw_plain(scene, text, say_schedule(scene, zone, shows_place=False))


def say_approved(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request was approved: to a seat or to the line."""
    scene = scene_of(context)
    if context["state"] == RsvpState.GOING:
        return draw_seat(scene, zone, _("You were approved: you have a seat at “%(title)s”.") % scene.values)
    return draw_waiting(scene, zone, _("You were approved, and are in line for “%(title)s”.") % scene.values)


def say_refused(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Your request was not approved."""
    del zone
    scene = scene_of(context)
    text = _("The organizers of “%(title)s” did not approve your request.") % scene.values
    return draw_plain(scene, text, quote(context["note"]))


def say_in_line(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You are in line."""
    scene = scene_of(context)
    return draw_waiting(scene, zone, _("You are in line for “%(title)s”.") % scene.values)


def say_removed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """You are not on the list any more."""
    scene = scene_of(context)
    text = _("The organizers took you off the list of “%(title)s”.") % scene.values
    return draw_plain(scene, text, (when_of(scene, zone), *quote(context["note"])))


def say_offer(context: Context, zone: ZoneInfo) -> NewsLineData:
    """A seat is kept for you until a moment."""
    scene = scene_of(context)
    until = people.format_moment(datetime.fromisoformat(context["until"]), zone=zone)
    text = _("A seat at “%(title)s” is kept for you.") % scene.values
    details = [_("Take it by %(until)s. After that it goes to the next in line.") % {"until": until}]
    details += say_schedule(scene, zone, shows_place=False)
    if other := find_scenes([context["overlap_id"]] if context.get("overlap_id") else []):
        details.append(_("At that time you have a seat at “%(title)s” as well.") % next(iter(other.values())).values)
    return draw_line(scene, text, _("Take the seat, or pass it on"), details=tuple(details))


def say_offer_lapsed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """The seat that was kept for you went on."""
    scene = scene_of(context)
    text = _("The seat at “%(title)s” that was kept for you went to the next in line.") % scene.values
    return draw_line(scene, text, _("Stand in line again"), details=(when_of(scene, zone),))


def say_open_round(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Whoever takes the free seat first has it."""
    scene = scene_of(context)
    text = _("A seat at “%(title)s” is free: who takes it first has it.") % scene.values
    return draw_line(scene, text, _("Take the seat"), details=say_schedule(scene, zone, shows_place=False))


# -- the schedule ------------------------------------------------------------------------------------------------------


def say_called_off(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It does not take place, and why."""
    scene = scene_of(context)
    text = _("“%(title)s” is called off.") % scene.values
    return draw_plain(scene, text, (when_planned(scene, zone), *reason_of(scene.event.cancel_reason)))


def say_restored(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It takes place after all."""
    scene = scene_of(context)
    return draw_seat(scene, zone, _("“%(title)s” takes place after all.") % scene.values, shows_place=False)


def say_moved(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It is at another time or place; one answers on one page."""
    scene, old = scene_of(context), datetime.fromisoformat(context["old_starts_at"])
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
    return draw_line(scene, text % scene.values, _("Say whether you come"), details=tuple(details), url=page)


def say_reminder(context: Context, zone: ZoneInfo) -> NewsLineData:
    """It is soon: when, where, and what to prepare with."""
    scene = scene_of(context)
    starts = people.format_moment(scene.event.starts_at, zone=zone)
    text = _("“%(title)s” begins on %(when)s.") % {**scene.values, "when": starts}
    return draw_seat(scene, zone, text, extra=list_preparation(scene))


# -- series ------------------------------------------------------------------------------------------------------------


def say_series_changed(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Dates of a series that were moved, in one mail: those that take place, and then."""
    told = {each["event_id"]: datetime.fromisoformat(each["starts_at"]) for each in context["dates"]}
    dates = [
        scene
        for scene in scenes_of(context["dates"])
        if not scene.event.is_cancelled and scene.event.starts_at == told[scene.event.id]
    ]
    old = {each["event_id"]: datetime.fromisoformat(each["old_starts_at"]) for each in context["dates"]}
    said = []
    for scene in dates:
        values = {"now": when_of(scene, zone), "before": people.say_moment(old[scene.event.id], zone)}
        is_moved = old[scene.event.id] != scene.event.starts_at
        said.append(_("%(now)s (before: %(before)s)") % values if is_moved else values["now"])
    text = ngettext(
        "%(count)s date of “%(title)s” has another time or place.",
        "%(count)s dates of “%(title)s” have another time or place.",
        len(dates),
    )
    return draw_dates(dates, text, said)


def say_series_called_off(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Dates of a series that do not take place, in one mail."""
    dates = [scene for scene in scenes_of(context["dates"]) if scene.event.is_cancelled]
    text = ngettext(
        "%(count)s date of “%(title)s” is called off.", "%(count)s dates of “%(title)s” are called off.", len(dates)
    )
    said = [when_of(scene, zone) for scene in dates]
    return draw_dates(dates, text, said, more=reason_of(dates[0].event.cancel_reason))


def say_series_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What somebody's answer to a series came to, date by date."""
    dates = scenes_of([{"event_id": int(each)} for each in context["states"]])
    text = ngettext(
        "You answered %(count)s date of “%(title)s”.", "You answered %(count)s dates of “%(title)s”.", len(dates)
    )
    return draw_dates(dates, text, say_states(dates, context["states"], zone))


def say_series_added(context: Context, zone: ZoneInfo) -> NewsLineData:
    """New dates of a series that somebody comes to."""
    dates = scenes_of([{"event_id": int(each)} for each in context["states"]])
    text = ngettext("“%(title)s” has %(count)s new date.", "“%(title)s” has %(count)s new dates.", len(dates))
    return draw_dates(dates, text, say_states(dates, context["states"], zone))
