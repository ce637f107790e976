"""What organizers fill in of an event: checked field by field, under the names that `EventPlanData` has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from chapters import words
from chapters.data import (
    AccessFact,
    Audience,
    ChapterData,
    EventData,
    EventOpenTo,
    EventPlanData,
    EventQuestionData,
    EventState,
    EventUnitData,
)
from chapters.exceptions import InvalidValueError
from chapters.profiles import MOST_LANGUAGES, read_line, read_text
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, MeetingPlanData, TopicKind

from .hosts import read_hosts
from .questions import read_questions
from .units import read_units

LONGEST_DESCRIPTION: Final = 10_000
LONGEST_AGENDA: Final = 3000
LONGEST_LINE: Final = 300
MOST_SEATS: Final = 100_000
MOST_GUESTS: Final = 5
MOST_LINK_MINUTES: Final = 7 * 24 * 60
MOST_OFFER_HOURS: Final = 14 * 24
MOST_OPENS_DAYS: Final = 365
MOST_CLOSES_MINUTES: Final = 30 * 24 * 60

_DAY_MINUTES: Final = 24 * 60
_LINES: Final = ("summary", "place_hint", "access_note")
_TEXTS: Final = {"description": LONGEST_DESCRIPTION, "agenda": LONGEST_AGENDA}
_SWITCHES: Final = ("is_place_hidden", "needs_approval", "has_waitlist")
_NUMBERS: Final = {
    "room_capacity": (0, MOST_SEATS),
    "online_capacity": (0, MOST_SEATS),
    "guests_most": (0, MOST_GUESTS),
    "link_minutes": (0, MOST_LINK_MINUTES),
    "closes_minutes": (0, MOST_CLOSES_MINUTES),
}
_NUMBERS_OR_NONE: Final = {"offer_hours": (1, MOST_OFFER_HOURS), "opens_days": (1, MOST_OPENS_DAYS)}
_AUDIENCE_OF: Final = {EventOpenTo.LEARNERS: Audience.LEARNERS, EventOpenTo.ALUMNI: Audience.ALUMNI}


@dataclass(frozen=True, kw_only=True)
class ReadPlanData:
    """A plan as it is stored: ``columns`` of the event's row, the meeting's plan, and what has rows of its own."""

    columns: dict[str, Any]
    meeting: MeetingPlanData
    host_ids: tuple[int, ...]
    questions: tuple[EventQuestionData, ...]
    units: tuple[EventUnitData, ...]


def read_plan(
    plan: EventPlanData, *, chapter: ChapterData, event: EventData | None, before: EventPlanData | None
) -> ReadPlanData:
    """Return a plan as it is stored; ``event`` and ``before`` are the one that it changes and its plan so far.

    Raises InvalidValueError with the first field that is wrong: a time that the clock skips is "starts_local", one that
    it shows twice "fold"; parts of lists are "questions-0", "units-1". What stays as it was is not doubted: hosts who
    left, units that are gone, a start that has passed.
    """
    columns: dict[str, Any] = {name: read_line(getattr(plan, name), field=name, most=LONGEST_LINE) for name in _LINES}
    columns |= {name: read_text(getattr(plan, name), field=name, most=most) for name, most in _TEXTS.items()}
    columns |= {name: _read_switch(getattr(plan, name), name) for name in _SWITCHES}
    columns |= {name: _read_whole(getattr(plan, name), name, *bounds) for name, bounds in _NUMBERS.items()}
    for name, bounds in _NUMBERS_OR_NONE.items():
        value = getattr(plan, name)
        columns[name] = None if value is None else _read_whole(value, name, *bounds)
    if columns["opens_days"] is not None and columns["opens_days"] * _DAY_MINUTES <= columns["closes_minutes"]:
        raise InvalidValueError(_("Answers would close before they open."), field="opens_days")
    columns |= {
        "open_to": _read_open_to(plan.open_to, chapter, before),
        "kind": "" if plan.kind is None else _read_choice(plan.kind, TopicKind, "kind"),
        "languages": _read_languages(plan.languages),
        "access_facts": _read_access_facts(plan.access_facts),
    }
    host_ids = read_hosts(plan.host_ids, chapter_id=chapter.id, kept=before.host_ids if before else ())
    meeting = _read_meeting(plan, host_ids)
    columns |= _read_instants(meeting)
    _check_start(columns, event)
    return ReadPlanData(
        columns=columns,
        meeting=meeting,
        host_ids=host_ids,
        questions=read_questions(plan.questions, kept=before.questions if before else ()),
        units=read_units(plan.units, kept=before.units if before else ()),
    )


def _read_meeting(plan: EventPlanData, host_ids: tuple[int, ...]) -> MeetingPlanData:
    """Return the meeting's part, which the meeting's own rules have passed."""
    try:
        meeting = MeetingPlanData(
            title=plan.title,
            mode=MeetingMode(_read_choice(plan.mode, MeetingMode, "mode")),
            starts_local=plan.starts_local.replace(second=0, microsecond=0),
            zone=plan.zone,
            minutes=plan.minutes,
            fold=plan.fold,
            place=plan.place,
            link=plan.link,
            host_id=host_ids[0] if host_ids else None,
        )
        attendance.check_plan(meeting)
    except attendance.MeetingError as refusal:
        raise InvalidValueError(refusal.message, field=refusal.field) from refusal
    except (AttributeError, TypeError) as error:
        raise InvalidValueError(_("Give a date, a time of day and a time zone."), field="starts_local") from error
    return meeting


def _read_instants(meeting: MeetingPlanData) -> dict[str, datetime]:
    starts_at = attendance.to_instant(meeting.starts_local.replace(fold=0), meeting.zone, fold=meeting.fold)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=meeting.minutes)}


def _check_start(columns: dict[str, Any], event: EventData | None) -> None:
    """Let events begin in the future, and leave those alone that have begun."""
    now = timezone.now()
    is_same_start = event is not None and event.starts_at == columns["starts_at"]
    if is_same_start and event is not None and event.ends_at == columns["ends_at"]:
        return
    has_begun = event is not None and event.state is not EventState.DRAFT and event.starts_at <= now
    if has_begun:
        raise InvalidValueError(
            _("This event has begun, so its time stays what it is. Make a copy for another date."), field="starts_local"
        )
    if not is_same_start and columns["starts_at"] <= now:
        raise InvalidValueError(_("Choose a time to come: this one has passed."), field="starts_local")


def _read_switch(value: object, field: str) -> bool:
    if isinstance(value, bool):
        return value
    raise InvalidValueError(_("Say yes or no."), field=field)


def _read_whole(value: object, field: str, low: int, high: int) -> int:
    if type(value) is int and low <= value <= high:
        return value
    message = _("This is a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
    raise InvalidValueError(message, field=field)


def _read_choice(value: Any, kind: type[StrEnum], field: str) -> str:
    try:
        return str(kind(value).value)
    except ValueError as error:
        raise InvalidValueError(_("Choose one of the values that are offered."), field=field) from error


def _read_open_to(value: Any, chapter: ChapterData, before: EventPlanData | None) -> str:
    wanted = EventOpenTo(_read_choice(value, EventOpenTo, "open_to"))
    audience = _AUDIENCE_OF.get(wanted)
    if audience is None or audience in chapter.boards or (before is not None and before.open_to is wanted):
        return wanted.value
    raise InvalidValueError(_("No course rule of this chapter says who these members are."), field="open_to")


def _read_languages(codes: Any) -> str:
    wanted = list(codes) if isinstance(codes, list | tuple) else []
    if len(wanted) > MOST_LANGUAGES:
        message = _("Choose at most %(most)d languages.") % {"most": MOST_LANGUAGES}
        raise InvalidValueError(message, field="languages")
    read = list(dict.fromkeys(read_line(each, field="languages", most=20).lower() for each in wanted))
    if not set(read) <= set(words.language_codes()):
        raise InvalidValueError(_("Choose languages by their codes, such as en or pt-br."), field="languages")
    return " ".join(read)


def _read_access_facts(facts: Iterable[Any]) -> str:
    wanted = {_read_choice(each, AccessFact, "access_facts") for each in facts}
    return " ".join(each.value for each in AccessFact if each.value in wanted)
