"""What people are asked and told once an event is over, what organizers write, and what waits for hosts."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses
from chapters.data import RsvpState
from chapters.models import EventMail, PresenceRequest, Rsvp
from people.data import NewsLineData

from .news_lines import Context, draw_line, draw_plain, head_of, quote, scene_of
from .scenes import one_line


def say_survey(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What do you take with you?"""
    del zone
    scene = scene_of(context)
    text = _("What do you take with you from “%(title)s”?") % scene.values
    details = (_("Three short questions. The organizers do not see who answered what."),)
    return draw_line(scene, text, _("Answer"), details=details, url=scene.url("event_survey"))


def say_result_ask(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Write down what came of it."""
    del zone
    scene = scene_of(context)
    text = _("Write down what came of “%(title)s”, so that others can use it.") % scene.values
    return draw_line(scene, text, _("Write the result"), url=scene.url("desk_event_result"))


def say_result(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What came of it can be read."""
    del zone
    scene = scene_of(context)
    text = _("What came of “%(title)s” can be read now.") % scene.values
    return draw_line(scene, text, _("Read the result"), url=scene.url("event_result"))


def say_mail(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What organizers write, as plain text; addresses in it stay text."""
    del zone
    scene = scene_of(context)
    mail = EventMail.objects.get(pk=context["mail_id"])
    subject = one_line(mail.subject)
    text = _("The hosts of “%(title)s” write:") % scene.values
    line = draw_line(scene, text, _("Look at the event"), details=(subject, mail.body))
    return replace(line, subject=head_of(scene, subject))


def say_requests(context: Context, zone: ZoneInfo) -> NewsLineData:
    """People wait for approval."""
    del zone
    scene = scene_of(context)
    waiting = Rsvp.objects.filter(event_id=scene.event.id, state=RsvpState.PENDING).count()
    text = ngettext(
        "%(count)s person asks to come to “%(title)s”.", "%(count)s people ask to come to “%(title)s”.", waiting
    )
    url = f"{scene.url('desk_attendees')}?show=pending"
    return draw_line(scene, text % {**scene.values, "count": waiting}, _("Answer"), url=url)


def say_presence_asked(context: Context, zone: ZoneInfo) -> NewsLineData:
    """Somebody says that they were there."""
    del zone
    scene = scene_of(context)
    text = _("Somebody who is not recorded says that they were at “%(title)s”.") % scene.values
    return draw_line(scene, text, _("Answer"), url=addresses.chapter_url(scene.slug, "desk_presences"))


def say_presence_answered(context: Context, zone: ZoneInfo) -> NewsLineData:
    """What the hosts answered."""
    del zone
    scene = scene_of(context)
    asked = PresenceRequest.objects.get(pk=context["request_id"])
    if asked.is_accepted:
        text = _("It is recorded now that you were at “%(title)s”.")
    else:
        text = _("The hosts of “%(title)s” did not record that you were there.")
    return draw_plain(scene, text % scene.values, quote(asked.answer))
