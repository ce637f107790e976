"""What events answer to their meetings: who hosts, who has a place, who may walk in, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters import addresses
from chapters.access import Access, find_access
from chapters.data import Action, EventAct, EventData, EventOpenTo, EventState, MembershipState, RsvpSource, RsvpState
from chapters.edx_platform.profiles import find_exactly, search_accounts
from chapters.exceptions import ChapterError, NotFoundError
from chapters.membership.listing import name_members
from chapters.models import Event, Membership, Rsvp
from chapters.reading import get_chapter
from discussion_ext.api import attendance
from discussion_ext.data import MeetingData, MeetingMode, WhatNextData
from people import api as people

from . import facts, points
from .approvals import add_attendee
from .life import OWNER, event_id_of
from .life_kinds import LifeErrand
from .line import promote_locked, shorten_offers
from .permissions import decide_event
from .reading import get_event
from .rows import lock_event, save_columns
from .seats import is_seated

_MOST_FOUND: Final = 10


def register() -> None:
    """Make the owner of events and its errand known; called once, when the app is ready."""
    attendance.register_owner(OWNER, EventOwner())
    people.register_errand(LifeErrand.TIMES, run_times)


class EventOwner(attendance.MeetingOwner):
    """An event is held by its hosts and the people who run its chapter; who has a seat of it is expected."""

    has_tickets = True

    def on_attendance(self, meeting: MeetingData, user_id: int) -> None:
        """Announce what is known now, and leave points to be put right."""
        event_id, chapter_id = event_id_of(meeting.key), _chapter_of(meeting)
        known = attendance.find_attendance([meeting.id], [user_id]).get((meeting.id, user_id))
        if chapter_id is None or known is None:
            return
        facts.tell_attendance(event_id=event_id, chapter_id=chapter_id, attendance=known)
        points.await_person(event_id, user_id)

    def on_meeting_changed(self, before: MeetingData, after: MeetingData) -> None:
        """Leave the copies of its times to be read again, where nobody of ours has written them already."""
        event_id = event_id_of(after.key)
        if not Event.objects.filter(pk=event_id, starts_at=after.starts_at, ends_at=after.ends_at).exists():
            people.add_errand(
                kind=LifeErrand.TIMES, key=str(event_id), facts={"event": event_id}, run_after_commit=True
            )

    def may_host(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody may check people in: a host of the event, or a helper or organizer of the chapter."""
        return self._may(meeting, user_id, EventAct.CHECK_IN)

    def may_correct(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody runs the chapter."""
        _event, access = _ask(meeting, user_id)
        return access is not None and access.can(Action.RUN_EVENT)

    def may_visit(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody has a seat, or may see the event and come to it."""
        if self.has_place(meeting, user_id):
            return True
        event, access = _ask(meeting, user_id)
        if event is None or access is None or event.state is EventState.DRAFT:
            return False
        return access.can(Action.ATTEND_EVENT) and decide_event(access, event, EventAct.SEE).is_allowed

    def has_place(self, meeting: MeetingData, user_id: int) -> bool:
        """Tell whether somebody has a seat."""
        return is_seated(event_id_of(meeting.key), user_id)

    def find_expected(self, meeting: MeetingData, user_ids: Iterable[int]) -> set[int]:
        """Return which of these people have a seat."""
        seated = Rsvp.objects.filter(
            event_id=event_id_of(meeting.key), state=RsvpState.GOING, user_id__in=list(user_ids)
        )
        return set(seated.values_list("user_id", flat=True))

    def list_expected(self, meeting: MeetingData, *, after: int, limit: int) -> list[int]:
        """Return people with a seat in the order of their ids."""
        seated = Rsvp.objects.filter(event_id=event_id_of(meeting.key), state=RsvpState.GOING, user_id__gt=after)
        return list(seated.order_by("user_id").values_list("user_id", flat=True)[:limit])

    def count_expected(self, meeting: MeetingData) -> int:
        """Return how many people have a seat; the event's own counters hold their guests and kept seats too."""
        return Rsvp.objects.filter(event_id=event_id_of(meeting.key), state=RsvpState.GOING).count()

    def list_meetings_of(self, user_id: int) -> Iterable[int]:
        """Return the meetings of events at which somebody has a seat."""
        events = Event.objects.filter(rsvps__user_id=user_id, rsvps__state=RsvpState.GOING)
        return [each for each in events.values_list("meeting_id", flat=True) if each is not None]

    def note_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Return who brings guests and who comes online; what somebody needs is not for all at the door."""
        rows = Rsvp.objects.filter(event_id=event_id_of(meeting.key), state=RsvpState.GOING, user_id__in=list(user_ids))
        is_hybrid = meeting.mode is MeetingMode.HYBRID
        found = {row.user_id: _say_note(row, is_hybrid=is_hybrid) for row in rows}
        return {user_id: note for user_id, note in found.items() if note}

    def accept_walk_in(self, meeting: MeetingData, user_id: int, *, is_forced: bool = False) -> None:
        """Give a seat to somebody at the door who may come; a host's hand goes over capacity and approval.

        Raises MeetingCancelledError and NoSeatError, which says why not.
        """
        event, access = _ask(meeting, user_id)
        if event is None or access is None:
            raise attendance.NoSeatError
        if event.is_cancelled:
            raise attendance.MeetingCancelledError
        mode = event.mode if event.mode is MeetingMode.ONLINE else MeetingMode.OFFLINE
        try:
            _check_walk_in(event, access, mode, is_forced=is_forced)
            add_attendee(
                event_id=event.id,
                user_id=user_id,
                actor_id=user_id,
                mode=mode,
                is_forced=is_forced,
                source=RsvpSource.WALK_IN,
            )
        except ChapterError as refusal:
            raise attendance.MeetingError(refusal.message) from refusal

    def find_walk_ins(self, meeting: MeetingData, text: str) -> Mapping[int, str]:
        """Return people of the chapter, and who has answered, whose name or username holds the text.

        Where anyone may come, also who has exactly this username or mail address: nobody else's are searched.
        """
        row = Event.objects.filter(pk=event_id_of(meeting.key)).first()
        typed = text.strip()
        if row is None or not typed:
            return {}
        members = Membership.objects.filter(chapter_id=row.chapter_id, state=MembershipState.MEMBER).values("user_id")
        answered = Rsvp.objects.filter(event_id=row.pk).values("user_id")
        found = [
            *(search_accounts(typed, among=members, limit=_MOST_FOUND)),
            *(search_accounts(typed, among=answered, limit=_MOST_FOUND)),
            *(find_exactly(typed) if row.open_to == EventOpenTo.ANYONE else ()),
        ]
        return self.name_people(meeting, list(dict.fromkeys(found))[:_MOST_FOUND])

    def name_people(self, meeting: MeetingData, user_ids: Iterable[int]) -> Mapping[int, str]:
        """Return what people are called in the chapter."""
        chapter_id = _chapter_of(meeting)
        names = name_members(chapter_id, user_ids) if chapter_id is not None else {}
        return {user_id: name.text for user_id, name in names.items()}

    def say_what_next(self, meeting: MeetingData, user_id: int) -> WhatNextData:
        """Return the way back to the event."""
        event, access = _ask(meeting, None)
        if event is None or access is None:
            return WhatNextData()
        return WhatNextData(back_url=addresses.event_url(access.chapter.slug, event.id), back_label=event.title)

    def _may(self, meeting: MeetingData, user_id: int, act: EventAct) -> bool:
        event, access = _ask(meeting, user_id)
        return event is not None and access is not None and decide_event(access, event, act).is_allowed


@transaction.atomic
def run_times(facts_of: Mapping[str, Any]) -> None:
    """Do the errand of a meeting whose engine moved it: a country changed its clocks, the wall clock is what it was."""
    try:
        row = lock_event(int(facts_of["event"]))
    except NotFoundError:
        return
    meeting = attendance.get_meeting(row.meeting_id or 0)
    if row.starts_at == meeting.starts_at and row.ends_at == meeting.ends_at:
        return
    row.starts_at, row.ends_at = meeting.starts_at, meeting.ends_at
    # The time on the wall is what people were told and have known: nobody is asked again, and all are reminded.
    row.told_starts_at = meeting.starts_at
    save_columns(row, "starts_at", "ends_at", "told_starts_at")
    shorten_offers(row, timezone.now())
    promote_locked(row)


def _chapter_of(meeting: MeetingData) -> int | None:
    return Event.objects.filter(pk=event_id_of(meeting.key)).values_list("chapter_id", flat=True).first()


def _ask(meeting: MeetingData, user_id: int | None) -> tuple[EventData | None, Access | None]:
    """Return the event of a meeting and somebody's access to its chapter; None where it is gone."""
    try:
        event = get_event(event_id_of(meeting.key))
        return event, find_access(get_chapter(event.chapter_id), user_id)
    except NotFoundError:
        return None, None


def _check_walk_in(event: EventData, access: Access, mode: MeetingMode, *, is_forced: bool) -> None:
    """Ask what is asked of who answers, but for the end of the window: they are here. Raises MeetingError."""
    while_open = min(timezone.now(), event.closes_at - timedelta(seconds=1))
    decision = decide_event(access, event, EventAct.ANSWER, mode=mode, now=while_open)
    if not decision.is_allowed:
        raise attendance.MeetingError(decision.sentence)
    if event.needs_approval and not is_forced:
        raise attendance.MeetingError(_("The hosts of this event decide who comes. Ask one of them to add you."))


def _say_note(row: Rsvp, *, is_hybrid: bool) -> str:
    said = []
    if row.guests:
        said.append(ngettext("and %(count)d guest", "and %(count)d guests", row.guests) % {"count": row.guests})
    if is_hybrid and row.mode == MeetingMode.ONLINE:
        said.append(_("online"))
    return ", ".join(said)
