"""Mail to people of an event: written once, sent to each alone, with nobody's address on the page or in the mail."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.api import event_mails, rsvps
from chapters.data import EventAct, EventMailAudience, EventMailData, EventState, RsvpState
from chapters.exceptions import ChapterError, StateError
from chapters.forms_desk.event_acts import MailForm
from chapters.models.events import MAIL_AUDIENCES
from people import api as people

from .desk_event_frame import EventVisit, open_event, render_event
from .desk_frame import attempt, name_of_chapter
from .frame import chapter_page, sent


@chapter_page(methods=("GET", "HEAD", "POST"))
def mail(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show the form of a mail above those that were sent; a POST sends one."""
    visit = open_event(request, slug, event_id, EventAct.MAIL)
    if visit.event.state is EventState.DRAFT:
        raise StateError(_("Nobody knows of this event yet. Publish it first."))
    form = MailForm(sent(request), audiences=_list_audiences(visit), initial={"request_key": str(uuid.uuid4())})
    refusal: ChapterError | None = None
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        refusal = attempt(
            visit.user_id,
            lambda: event_mails.send_mail(
                event_id=visit.event.id,
                actor_id=visit.user_id,
                audience=EventMailAudience(values["audience"]),
                subject=values["subject"],
                body=values["body"],
                request_key=values["request_key"],
            ),
            form,
        )
        if refusal is None:
            return visit.go("desk_event_mail", done="mail")
    status = 422 if form.is_bound and refusal is None else None
    context = {"form": form, "mails": draw_mails(visit, event_mails.list_mails(visit.event.id))}
    notices = {"mail": lambda: _("Your mail is on its way. Each gets one of their own; nobody sees an address.")}
    return render_event(visit, "mail", context, refusal=refusal, notices=notices, status=status)


def draw_mails(visit: EventVisit, mails: tuple[EventMailData, ...]) -> list[dict[str, object]]:
    """Return mails that were sent, as a list shows them."""
    names = name_of_chapter(visit.chapter, [each.author_id for each in mails])
    words = dict(MAIL_AUDIENCES)
    return [
        {
            "mail": each,
            "by": names[each.author_id].text if each.author_id in names else "",
            "to": words[each.audience.value],
            "when": people.format_moment(each.created_at, zone=visit.event.zone),
            "counts": _say_counts(each),
        }
        for each in mails
    ]


def _say_counts(mail: EventMailData) -> str:
    said = ngettext("to %(count)d person", "to %(count)d people", mail.sent) % {"count": mail.sent}
    if not mail.skipped:
        return said
    left = ngettext(
        "%(said)s; %(count)d gets no mail of this chapter",
        "%(said)s; %(count)d get no mail of this chapter",
        mail.skipped,
    )
    return left % {"said": said, "count": mail.skipped}


def _list_audiences(visit: EventVisit) -> list[tuple[EventMailAudience, str]]:
    """Return to whom one can write, with about how many they are; who came is a choice once it has begun."""
    counts = rsvps.count_rsvps(visit.event.id)
    seated = counts.get(RsvpState.GOING, 0)
    waiting = counts.get(RsvpState.WAITLISTED, 0) + counts.get(RsvpState.OFFERED, 0)
    said = {
        EventMailAudience.GOING: _("Who has a seat (%(count)d)") % {"count": seated},
        EventMailAudience.WAITING: _("Who is in line or has an offer (%(count)d)") % {"count": waiting},
        EventMailAudience.CAME: _("Who came"),
        EventMailAudience.ALL: _("Everybody with a seat, an offer or a place in line"),
    }
    has_begun = visit.event.starts_at <= timezone.now()
    return [(each, said[each]) for each in EventMailAudience if each is not EventMailAudience.CAME or has_begun]
