"""Who may do what with an event: the chapter's table first, then what the event itself asks. Pure, in a fixed order.

Hosts of an event need no role in the chapter to hold it: they see who comes, check people in, write to them and write
the result. They do not change what was announced. `decide_event` reads nothing but what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import addresses
from chapters.access import Access
from chapters.data import (
    Action,
    Audience,
    ChapterRole,
    ChapterState,
    DecisionData,
    EventAct,
    EventData,
    EventOpenTo,
    EventState,
    RsvpData,
    RsvpState,
)
from chapters.exceptions import NotAllowedError
from chapters.standpoints import YES, no
from discussion_ext.data import MeetingMode
from people import api as people

#: Answers with which somebody goes on seeing an event that they could not come to any more.
_CONCERNED: Final = frozenset({RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING})
#: Who answered in time and waits for a seat: the window is not asked again when one comes free.
_QUEUED: Final = frozenset({RsvpState.OFFERED, RsvpState.WAITLISTED})
_AUDIENCE_OF: Final = {EventOpenTo.LEARNERS: Audience.LEARNERS, EventOpenTo.ALUMNI: Audience.ALUMNI}
_RESTORE_WITHIN: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Somebody before an event: their access to its chapter, their answer and how they come or would come."""

    access: Access
    event: EventData
    rsvp: RsvpData | None
    mode: MeetingMode | None
    now: datetime

    @property
    def is_host(self) -> bool:
        """Tell whether they host it, are in the chapter still and may use their account."""
        facts = self.access.facts
        stands = facts.is_active and facts.ban is None and (facts.is_member or facts.is_manager)
        return stands and self.access.user_id in self.event.host_ids

    @property
    def is_running(self) -> bool:
        """Tell whether they host it or run its chapter."""
        return self.is_host or self.access.can(Action.RUN_EVENT)

    @property
    def url(self) -> str:
        """Return the address of the event's page."""
        return addresses.event_url(self.access.chapter.slug, self.event.id)


Gate = Callable[[Question], DecisionData]


def decide_event(
    access: Access,
    event: EventData,
    act: EventAct,
    *,
    rsvp: RsvpData | None = None,
    mode: MeetingMode | None = None,
    now: datetime | None = None,
) -> DecisionData:
    """Answer whether somebody may do something with an event of ``access.chapter``, with reason and next step.

    ``rsvp`` is their own answer, which SEE, SEE_PLACE, SEE_LINK and ANSWER look at. ``mode`` is how somebody who
    answers wants to come; without it ANSWER says yes where any way is open to them. Whether a seat is free is not asked
    here.
    """
    asked = Question(access=access, event=event, rsvp=rsvp, mode=mode, now=now or timezone.now())
    seen = _see(asked)
    return seen if act is EventAct.SEE or not seen.is_allowed else _GATES[act](asked)


def require_event(
    access: Access,
    event: EventData,
    act: EventAct,
    *,
    rsvp: RsvpData | None = None,
    mode: MeetingMode | None = None,
    now: datetime | None = None,
) -> None:
    """Raise NotAllowedError, which carries the decision, unless somebody may do something with an event."""
    decision = decide_event(access, event, act, rsvp=rsvp, mode=mode, now=now)
    if not decision.is_allowed:
        raise NotAllowedError(decision)


def require_following(access: Access, dates: Iterable[EventData], act: EventAct) -> None:
    """Raise NotAllowedError unless somebody may do something with all of these dates of a series.

    Whoever holds one date may not reach, through *this and all that follow*, those that others hold.
    """
    for date in dates:
        if not decide_event(access, date, act).is_allowed:
            reason = _("Somebody else holds a date that follows.")
            raise NotAllowedError(no("not_all_dates", reason, _("Choose this date alone, or ask an organizer.")))


def list_open_to(access: Access) -> frozenset[EventOpenTo]:
    """Return which events of a chapter somebody finds in lists: those open to anyone, and inside all of them."""
    return frozenset(EventOpenTo) if access.can(Action.SEE_EVENTS) else frozenset({EventOpenTo.ANYONE})


# -- seeing ------------------------------------------------------------------------------------------------------------


def _see(asked: Question) -> DecisionData:
    chapter = asked.access.decide(Action.SEE)
    if not chapter.is_allowed or asked.event.chapter_id != asked.access.chapter.id:
        return chapter if not chapter.is_allowed else _no_event(asked)
    if asked.event.state is EventState.DRAFT:
        return YES if asked.is_host or asked.access.can(Action.DRAFT_EVENT) else _no_event(asked)
    is_concerned = asked.rsvp is not None and asked.rsvp.state in _CONCERNED
    if asked.event.open_to is EventOpenTo.ANYONE or is_concerned:
        return YES
    return asked.access.decide(Action.SEE_EVENTS)


def _see_place(asked: Question) -> DecisionData:
    comes = asked.rsvp is not None and asked.rsvp.is_in_room
    if not asked.event.is_place_hidden or comes or asked.is_running:
        return YES
    return no(
        "no_seat",
        _("The exact place is shown to people who have a seat."),
        _("Say that you come."),
        asked.url,
    )


def _see_link(asked: Question) -> DecisionData:
    if asked.is_running:
        return YES
    if asked.event.is_cancelled:
        return _called_off(asked)
    rsvp = asked.rsvp
    if rsvp is None or rsvp.state is not RsvpState.GOING or rsvp.mode is not MeetingMode.ONLINE:
        return no("no_seat", _("The link is shown to people who come online."), _("Say that you come."), asked.url)
    if asked.event.is_over(asked.now):
        return no("over", _("This event is over."), _("Read what came of it."), asked.url)
    shown_from = asked.event.starts_at - timedelta(minutes=asked.event.link_minutes)
    if asked.now < shown_from:
        moment = people.say_moment(shown_from, asked.event.zone)
        return no("too_early", _("The link appears here at %(moment)s.") % {"moment": moment}, _("Come back then."))
    return YES


def _see_result(asked: Question) -> DecisionData:
    if asked.event.result_at is not None or asked.is_running:
        return YES
    return no("no_result", _("Nobody has written down yet what came of this event."), _("Look again later."), asked.url)


# -- coming ------------------------------------------------------------------------------------------------------------


def _answer(asked: Question) -> DecisionData:
    """Ask in order: account, ban and chapter; the event's state; its window; whom it is for; age.

    Whoever is in line or has an offer answered in time, so the window does not keep them from a seat that comes free.
    """
    access = asked.access.decide(Action.ATTEND_EVENT)
    if not access.is_allowed:
        return access
    return _find_closed(asked) or find_outside(asked.access, asked.event) or _find_too_young(asked) or YES


def _find_closed(asked: Question) -> DecisionData | None:
    event = asked.event
    if event.state is EventState.DRAFT:
        return no("not_published", _("This event is not published yet."), _("Publish it first."), asked.url)
    if event.is_cancelled:
        return _called_off(asked)
    if event.is_over(asked.now):
        return no("over", _("This event is over."), _("Look for the next one."), _events_url(asked))
    return _find_outside_window(asked)


def _find_outside_window(asked: Question) -> DecisionData | None:
    event = asked.event
    if asked.rsvp is not None and asked.rsvp.state in _QUEUED and asked.now < event.starts_at:
        return None
    if event.opens_at is not None and asked.now < event.opens_at:
        moment = people.say_moment(event.opens_at, event.zone)
        return no("not_open", _("Answers are taken from %(moment)s on.") % {"moment": moment}, _("Come back then."))
    if asked.now >= event.closes_at:
        return no("closed", _("Answers are not taken any more."), _("Ask a host."), asked.url)
    return None


def find_outside(access: Access, event: EventData) -> DecisionData | None:
    """Return why an event is not for somebody, whenever they ask; None where it is."""
    events_url = addresses.chapter_url(access.chapter.slug, "events")
    if event.open_to is EventOpenTo.ANYONE or access.is_manager:
        return None
    if not access.is_member:
        return no(
            "not_member",
            _("This event is for members of the chapter."),
            _("Join the chapter."),
            addresses.chapter_url(access.chapter.slug, "join"),
        )
    audience = _AUDIENCE_OF.get(event.open_to)
    is_in = access.membership is not None and audience in access.membership.audiences
    if audience is None or is_in or access.is_organizer or access.user_id in event.host_ids:
        return None
    if audience is Audience.ALUMNI:
        reason = _("This event is for members who completed one of the chapter's courses.")
        return no("not_in_audience", reason, _("It opens to you by itself once you have."), events_url)
    reason = _("This event is for members who take one of the chapter's courses.")
    return no("not_in_audience", reason, _("It opens to you by itself once you are enrolled."), events_url)


def _find_too_young(asked: Question) -> DecisionData | None:
    """Keep people who are too young from rooms; they may come online."""
    is_in_room = asked.mode is MeetingMode.OFFLINE if asked.mode else asked.event.mode is MeetingMode.OFFLINE
    age = asked.access.decide(Action.MEET_IN_PERSON)
    return age if is_in_room and not age.is_allowed else None


# -- holding and running -----------------------------------------------------------------------------------------------


def _host(asked: Question) -> DecisionData:
    """Let hosts of the event in, and whoever drafts or runs events of the chapter."""
    if asked.is_host or asked.access.can(Action.DRAFT_EVENT):
        return YES
    return asked.access.decide(Action.RUN_EVENT)


def _check_in(asked: Question) -> DecisionData:
    if asked.event.is_cancelled:
        return _called_off(asked)
    if asked.is_host and asked.access.chapter.state is not ChapterState.ARCHIVED:
        return YES
    return asked.access.decide(Action.CHECK_IN_PEOPLE)


def _run(asked: Question) -> DecisionData:
    return YES if asked.is_host else asked.access.decide(Action.RUN_EVENT)


def _write_result(asked: Question) -> DecisionData:
    if asked.event.is_cancelled:
        return _called_off(asked)
    if asked.now < asked.event.starts_at:
        return no("too_early", _("What came of an event is written once it has begun."), _("Come back then."))
    return _run(asked)


def _export(asked: Question) -> DecisionData:
    return asked.access.decide(Action.RUN_EVENT)


def _draft(asked: Question) -> DecisionData:
    """Let hosts of the chapter change drafts and what they hold themselves; organizers change everything."""
    decision = asked.access.decide(Action.DRAFT_EVENT)
    is_theirs = asked.event.state is EventState.DRAFT or asked.access.user_id in asked.event.host_ids
    if not decision.is_allowed or is_theirs or ChapterRole.HOST not in asked.access.roles:
        return decision
    return asked.access.decide(Action.PUBLISH_EVENT)


def _edit(asked: Question) -> DecisionData:
    return _called_off(asked) if asked.event.is_cancelled else _draft(asked)


def _publish(asked: Question) -> DecisionData:
    if asked.event.state is not EventState.DRAFT:
        return no("published", _("This event was published already."), _("Go to its page."), asked.url)
    return asked.access.decide(Action.PUBLISH_EVENT)


def _cancel(asked: Question) -> DecisionData:
    if asked.event.state is EventState.DRAFT:
        return no("draft", _("Nobody knows of a draft."), _("Delete it instead."), asked.url)
    if asked.event.is_cancelled:
        return _called_off(asked)
    if asked.event.is_over(asked.now):
        return no("over", _("This event is over."), _("Write down what came of it."), asked.url)
    return asked.access.decide(Action.PUBLISH_EVENT)


def _restore(asked: Question) -> DecisionData:
    event = asked.event
    if not event.is_cancelled:
        return no("not_cancelled", _("This event was not called off."), _("Go to its page."), asked.url)
    if not can_restore(event, asked.now):
        reason = _("An event that was called off can be restored within a day, and before it begins.")
        return no("final", reason, _("Make a new one from its copy."), asked.url)
    return asked.access.decide(Action.PUBLISH_EVENT)


def can_restore(event: EventData, now: datetime) -> bool:
    """Tell whether an event was called off a short while ago and is to come still."""
    is_fresh = event.cancelled_at is not None and now < event.cancelled_at + _RESTORE_WITHIN
    return event.is_cancelled and is_fresh and now < event.starts_at


def _delete(asked: Question) -> DecisionData:
    if asked.event.state is not EventState.DRAFT:
        return no("published", _("People know of this event."), _("Call it off instead."), asked.url)
    return _draft(asked)


def _save_template(asked: Question) -> DecisionData:
    return asked.access.decide(Action.DRAFT_EVENT)


# -- words that come more than once ------------------------------------------------------------------------------------


def _no_event(asked: Question) -> DecisionData:
    return no("no_event", _("There is no such event, or not any more."), _("Look for another one."), _events_url(asked))


def _called_off(asked: Question) -> DecisionData:
    return no("called_off", _("This event was called off."), _("Look for another one."), _events_url(asked))


def _events_url(asked: Question) -> str:
    return addresses.chapter_url(asked.access.chapter.slug, "events")


_GATES: Final[Mapping[EventAct, Gate]] = {
    EventAct.SEE: _see,
    EventAct.SEE_PLACE: _see_place,
    EventAct.SEE_LINK: _see_link,
    EventAct.SEE_RESULT: _see_result,
    EventAct.ANSWER: _answer,
    EventAct.HOST: _host,
    EventAct.CHECK_IN: _check_in,
    EventAct.SEE_ATTENDEES: _run,
    EventAct.MANAGE_ATTENDEES: _run,
    EventAct.MAIL: _run,
    EventAct.WRITE_RESULT: _write_result,
    EventAct.EXPORT: _export,
    EventAct.EDIT: _edit,
    EventAct.PUBLISH: _publish,
    EventAct.CANCEL: _cancel,
    EventAct.RESTORE: _restore,
    EventAct.DELETE: _delete,
    EventAct.SAVE_TEMPLATE: _save_template,
}
