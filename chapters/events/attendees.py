"""Who comes to an event, as its hosts see it: pages, a search, a file, and one person's answers.

A page costs the same whatever the crowd: it is read along the index of answers by state, or by name among the few that
a search finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.cursors import read_cursor, write_cursor
from chapters.data import AttendeeData, AttendeePage, EventData, Presence, RsvpState
from chapters.edx_platform import profiles
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.membership.listing import name_members
from chapters.membership.reading import page_size
from chapters.membership.tables import write_line
from chapters.models import EventAnswer, Rsvp
from chapters.models.rsvps import MODES, RSVP_STATES
from discussion_ext.api import attendance

from .presence import list_presences_at
from .records import list_questions
from .rsvp_records import to_rsvp

_BATCH: Final = 500
_MOST_FOUND: Final = 200
_STATES: Final = dict(RSVP_STATES)
_MODES: Final = dict(MODES)
#: Whom hosts look at first: who comes, then who could.
LISTED: Final = (RsvpState.GOING, RsvpState.OFFERED, RsvpState.WAITLISTED, RsvpState.PENDING)


def list_attendees(
    *,
    event: EventData,
    states: Sequence[RsvpState] = LISTED,
    cursor: str = "",
    limit: int | None = None,
    text: str = "",
) -> AttendeePage:
    """Return a page of answers, one state after the other in the order given; the line as it waits, others by number.

    ``text`` finds people by what they are called here, at most 200 of them on one page. A fixed number of queries.
    Raises InvalidValueError ("cursor").
    """
    size = page_size(limit)
    if wanted := " ".join(text.split()).casefold():
        found = _search(event, states, wanted)
        return AttendeePage(attendees=tuple(each for each in _draw(event, found) if wanted in each.name.casefold()))
    rows = _read_page(event.id, states, cursor, size + 1)
    more = _write_place(states, rows[size - 1]) if len(rows) > size else ""
    return AttendeePage(attendees=tuple(_draw(event, rows[:size])), cursor=more)


def get_attendee(event: EventData, rsvp_id: int) -> AttendeeData:
    """Return one answer to an event, or raise NotFoundError."""
    row = Rsvp.objects.select_related("event").filter(pk=rsvp_id, event_id=event.id).first()
    if row is None:
        raise NotFoundError(_("There is no such answer."))
    return _draw(event, [row])[0]


def iter_attendees_csv(event: EventData, states: Collection[RsvpState] = LISTED) -> Iterator[str]:
    """Yield a head and a line for each answer, safe for spreadsheets; memory stays flat.

    Names are those shown in the chapter; there are no addresses and no account names. What people need and answered is
    in it: the file is for hosts. Moments are on the event's clock. The caller records it in the audit log, with the
    number of people.
    """
    questions = list_questions(event.id)
    head = [_("Name"), _("Answer"), _("Comes"), _("Guests"), _("Needs step-free access"), _("Needs"), _("Since")]
    yield write_line([*head, *(each.text for each in questions)])
    after = 0
    rows = Rsvp.objects.select_related("event").filter(event_id=event.id, state__in=states).order_by("pk")
    while page := list(rows.filter(pk__gt=after)[:_BATCH]):
        after = page[-1].pk
        names = name_members(event.chapter_id, [row.user_id for row in page])
        said = _list_answers(page)
        for row in page:
            mine = {question_id: text for question_id, _asked, text in said[row.pk]}
            cells = [
                names[row.user_id].text,
                _STATES[row.state],
                _MODES[row.mode],
                row.guests,
                _("yes") if row.needs_step_free else "",
                row.needs_note,
                f"{row.state_at.astimezone(event.zone):%Y-%m-%d %H:%M}" if row.state_at else "",
            ]
            yield write_line([*cells, *(mine.get(each.id or 0, "") for each in questions)])


def _read_page(event_id: int, states: Sequence[RsvpState], cursor: str, size: int) -> list[Rsvp]:
    """Return answers in order from a place on: one query for each state that the page reaches."""
    place = read_cursor(cursor, (int, str, int))
    first = place[0] if place else 0
    rows: list[Rsvp] = []
    for position, state in enumerate(states):
        if position < first or len(rows) >= size:
            continue
        found = Rsvp.objects.select_related("event").filter(event_id=event_id, state=state)
        if place and position == first:
            found = _beyond(found, state, place[1], place[2])
        order = ("queued_at", "pk") if state is RsvpState.WAITLISTED else ("pk",)
        rows += found.order_by(*order)[: size - len(rows)]
    return rows


def _beyond(found: QuerySet[Rsvp], state: RsvpState, moment: str, pk: int) -> QuerySet[Rsvp]:
    if state is not RsvpState.WAITLISTED:
        return found.filter(pk__gt=pk)
    try:
        queued_at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise InvalidValueError(
            _("This page of the list is not there. Start from the first."), field="cursor"
        ) from error
    return found.filter(Q(queued_at__gt=queued_at) | Q(queued_at=queued_at, pk__gt=pk))


def _write_place(states: Sequence[RsvpState], row: Rsvp) -> str:
    moment = row.queued_at.isoformat() if row.queued_at else ""
    return write_cursor(list(states).index(RsvpState(row.state)), moment, row.pk)


def _search(event: EventData, states: Sequence[RsvpState], text: str) -> list[Rsvp]:
    """Return answers of people whose name or account name holds a text; the caller asks whether they are called so."""
    here = Rsvp.objects.filter(event_id=event.id, state__in=states)
    ids = profiles.search_accounts(text, among=here.values("user_id"), limit=_MOST_FOUND)
    rows = Rsvp.objects.select_related("event").filter(event_id=event.id, state__in=states, user_id__in=ids)
    return sorted(rows, key=lambda row: (list(states).index(RsvpState(row.state)), row.pk))


def _draw(event: EventData, rows: Sequence[Rsvp]) -> list[AttendeeData]:
    """Return answers as hosts see them: a fixed number of queries however many they are."""
    if not rows:
        return []
    ids = [row.user_id for row in rows]
    names = name_members(event.chapter_id, ids)
    said = _list_answers(rows)
    has_begun = event.starts_at <= timezone.now()
    recorded = attendance.find_attendance([event.meeting_id], ids) if has_begun else {}
    known = list_presences_at(event.id, ids) if event.is_over(timezone.now()) else {}
    return [
        AttendeeData(
            rsvp=to_rsvp(row, row.event),
            name=names[row.user_id].text,
            answers=tuple((asked, text) for _question_id, asked, text in said[row.pk]),
            attendance=recorded[event.meeting_id, row.user_id].state
            if (event.meeting_id, row.user_id) in recorded
            else None,
            presence=known[row.user_id].presence if row.user_id in known else Presence.UNKNOWN,
        )
        for row in rows
    ]


def _list_answers(rows: Sequence[Rsvp]) -> dict[int, list[tuple[int, str, str]]]:
    """Return what was answered, as question id, question and answer, by the id of the row, in one query."""
    found: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
    answers = EventAnswer.objects.filter(rsvp_id__in=[row.pk for row in rows]).order_by("question__position", "pk")
    for rsvp_id, question_id, asked, text in answers.values_list("rsvp_id", "question_id", "question__text", "text"):
        found[rsvp_id].append((question_id, asked, text))
    return found
