"""The form of an event: a few fields first, and the rest in parts that fold, each saying what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from chapters.data import AccessFact, Audience, ChapterData, EventData, EventOpenTo, EventPlanData, EventQuestionData
from chapters.exceptions import ChapterError
from chapters.words import language_choices, say_language
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, TopicKind
from people import api as people

from .base import DAY_FORMAT
from .clocks import ClockChoice, count_minutes, end_of, list_choices, read_answer, read_zone
from .event_choices import (
    OPEN_TO,
    keep_choice,
)
from .event_fields import FOLDS, EventFields
from .event_rows import (
    QuestionRow,
    UnitRow,
    list_question_rows,
    list_unit_rows,
    pad_questions,
    pad_units,
    read_question_rows,
    read_unit_rows,
    refuse_row,
)


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of the form that folds: ``said`` is what it holds now, and it is open where something in it is wrong."""

    name: str
    title: str
    said: str
    is_open: bool


class EventForm(EventFields):
    """An event as its organizers fill it in; ``plan`` is that, once the form is valid."""

    def __init__(
        self,
        *args: Any,
        chapter: ChapterData,
        hosts: Sequence[tuple[int, str]],
        plan: EventPlanData | None = None,
        event: EventData | None = None,
        **kwargs: Any,
    ) -> None:
        self.chapter, self.event = chapter, event
        initial = initial_of(plan) if plan is not None else _first_values(chapter)
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.plan: EventPlanData | None = None
        self.clock_choices: Sequence[ClockChoice] = ()
        self.question_rows: list[QuestionRow] = list_question_rows(plan.questions if plan else ())
        self.unit_rows: list[UnitRow] = list_unit_rows(plan.units if plan else ())
        self._offer_choices(hosts)
        if self.is_bound:
            self.question_rows, self.unit_rows = read_question_rows(self.data), read_unit_rows(self.data)

    def clean_zone(self) -> str:
        """Return the name of a zone that there is."""
        return read_zone(self.cleaned_data["zone"]).key

    def clean_host(self) -> int | None:
        """Return the id of somebody with this username; None where nobody is named."""
        username = self.cleaned_data["host"].strip()
        if not username:
            return None
        try:
            return people.find_person(username=username)
        except people.PersonNotFoundError as error:
            raise forms.ValidationError(_("Nobody has this username.")) from error

    def clean(self) -> dict[str, Any]:
        """Make the plan of what was typed, or say what is wrong with it."""
        values = super().clean() or {}
        span = self._read_span(values) if {"day", "time", "ends", "zone"} <= set(values) else None
        if any(row.errors for row in self.question_rows) or any(row.errors for row in self.unit_rows):
            self.add_error(None, _("Something is wrong with a question, or with a unit to prepare with."))
        if span is not None and not self.errors:
            self.plan = self._make_plan(values, *span)
        return values

    def refuse(self, refusal: ChapterError) -> None:
        """Show a refusal at the field or row that it names, or above the form."""
        questions = refuse_row(self.question_rows, refusal, "questions")
        units = refuse_row(self.unit_rows, refusal, "units")
        self.question_rows, self.unit_rows = questions or self.question_rows, units or self.unit_rows
        is_typed = refusal.field == "host_ids" and self.cleaned_data.get("host")
        super().refuse(ChapterError(refusal.message, field="host") if is_typed else refusal)
        if refusal.field == "fold" or (refusal.field == "starts_local" and not self.clock_choices):
            self._ask_clock(self.cleaned_data)

    # -- what the page draws ---------------------------------------------------------------------------------------

    @property
    def questions(self) -> list[QuestionRow]:
        """Return the rows of questions, with empty ones for more."""
        return pad_questions(self.question_rows)

    @property
    def units(self) -> list[UnitRow]:
        """Return the rows of units, with empty ones for more."""
        return pad_units(self.unit_rows)

    @property
    def zones(self) -> Sequence[str]:
        """Return the names of time zones, to choose from while one types."""
        return attendance.list_zones()

    @property
    def folds(self) -> dict[str, Fold]:
        """Return the parts that fold, by name."""
        said = {
            "about": self._say("summary"),
            "who": self._say("open_to"),
            "there": self._say("place_hint") or self._say("access_facts"),
            "hosts": self._say("hosts"),
            "questions": "; ".join(row.text for row in self.question_rows),
            "units": "; ".join(row.title or row.address for row in self.unit_rows),
            "when": self._say("zone"),
        }
        is_wrong = {name: any(each in self.errors for each in fields) for name, (_title, fields) in FOLDS.items()}
        is_wrong["questions"] = any(row.errors for row in self.question_rows)
        is_wrong["units"] = any(row.errors for row in self.unit_rows)
        return {name: Fold(name, str(title), said[name], is_wrong[name]) for name, (title, _fields) in FOLDS.items()}

    def list_differences(self, plan: EventPlanData) -> list[tuple[str, str]]:
        """Return what stands in ``plan`` otherwise than it was sent, as labels and texts; of a bound form."""
        theirs = EventForm(chapter=self.chapter, hosts=self._hosts, plan=plan)
        found = [
            (str(field.label), theirs._say(name) or str(_("nothing")))
            for name, field in self.fields.items()
            if name not in {"clock", "host"} and _plain(self[name].value()) != _plain(theirs[name].value())
        ]
        if _asked_by(self) != _asked_by(theirs):
            found.append((str(FOLDS["questions"][0]), theirs.folds["questions"].said or str(_("nothing"))))
        return found

    # -- how it is made --------------------------------------------------------------------------------------------

    def _offer_choices(self, hosts: Sequence[tuple[int, str]]) -> None:
        self._hosts = tuple(hosts)
        self._choose("hosts", [(str(user_id), name) for user_id, name in hosts])
        spoken = dict.fromkeys((*self.chapter.languages, *self.initial.get("languages", ()), "en"))
        known = {code for code, _name in language_choices()}
        self._choose("languages", [(code, say_language(code)) for code in spoken if code in known])
        open_to = self.initial["open_to"]
        shown = {EventOpenTo.ANYONE, EventOpenTo.MEMBERS, EventOpenTo(open_to)}
        shown |= {_OPEN_TO_OF[each] for each in self.chapter.boards if each in _OPEN_TO_OF}
        self._choose("open_to", [(value, said) for value, said in OPEN_TO if value in shown])
        for name in ("offer_hours", "guests_most", "opens_days", "closes_minutes", "link_minutes"):
            self._choose(name, keep_choice(list(self.fields[name].choices), self.initial.get(name)))  # type: ignore[attr-defined]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _read_span(self, values: dict[str, Any]) -> tuple[datetime, int | None, int] | None:
        """Return the start, which of two equal hours it is, and the minutes; None where something is wrong."""
        zone = ZoneInfo(values["zone"])
        typed = datetime.combine(values["day"], values["time"])
        start, fold = read_answer(typed, zone, values.get("clock", ""))
        if fold is None and list_choices(start, zone):
            self._ask_clock(values)
            self.add_error("clock", self._say_clock_fault(start, zone))
            return None
        end = datetime.combine(values.get("ends_on") or values["day"], values["ends"])
        try:
            minutes = count_minutes(start, end, zone, fold=fold)
        except OverflowError:
            self.add_error("day", _("Choose a day between the years 2000 and 2200."))
            return None
        if minutes <= 0:
            said = _("%(end)s is before it begins, at %(start)s. Choose a later time, or the day on which it ends.")
            self.add_error("ends", said % {"end": f"{end:%H:%M}", "start": f"{start:%H:%M}"})
            return None
        return start, fold, minutes

    def _say_clock_fault(self, start: datetime, zone: ZoneInfo) -> str:
        try:
            attendance.to_instant(start, zone)
        except attendance.WallClockError as fault:
            return fault.message
        return ""

    def _ask_clock(self, values: Mapping[str, Any]) -> None:
        if {"day", "time", "zone"} <= set(values):
            start = datetime.combine(values["day"], values["time"])
            self.clock_choices = list_choices(start, ZoneInfo(values["zone"]))

    def _make_plan(self, values: dict[str, Any], start: datetime, fold: int | None, minutes: int) -> EventPlanData:
        hosts = dict.fromkeys([*values["hosts"], *([values["host"]] if values["host"] else [])])
        return EventPlanData(
            **{name: values[name] for name in _SAME},
            starts_local=start,
            fold=fold,
            minutes=minutes,
            mode=MeetingMode(values["mode"]),
            open_to=EventOpenTo(values["open_to"]),
            kind=TopicKind(values["kind"]) if values["kind"] else None,
            languages=tuple(values["languages"]),
            access_facts=frozenset(AccessFact(each) for each in values["access_facts"]),
            host_ids=tuple(hosts),
            room_capacity=values["room_capacity"] or 0,
            online_capacity=values["online_capacity"] or 0,
            guests_most=int(values["guests_most"]),
            offer_hours=int(values["offer_hours"]) if values["offer_hours"] else None,
            opens_days=int(values["opens_days"]) if values["opens_days"] else None,
            closes_minutes=int(values["closes_minutes"]),
            link_minutes=int(values["link_minutes"]),
            questions=tuple(row.to_data() for row in self.question_rows),
            units=tuple(row.to_data() for row in self.unit_rows),
        )

    def _say(self, name: str) -> str:
        """Return what a field holds, as people read it."""
        bound: BoundField = self[name]
        value = bound.value()
        if value is None or value == "" or value is False:
            return ""
        if value is True:
            return str(_("yes"))
        choices = {str(key): str(said) for key, said in getattr(bound.field, "choices", ())}
        if isinstance(value, list | tuple):
            return ", ".join(choices.get(str(each), str(each)) for each in value)
        return choices.get(str(value), str(bound.field.widget.format_value(value) or value))


_SAME: Final = (
    "title",
    "zone",
    "place",
    "link",
    "summary",
    "description",
    "agenda",
    "place_hint",
    "is_place_hidden",
    "access_note",
    "needs_approval",
    "has_waitlist",
)
_OPEN_TO_OF: Final = {Audience.LEARNERS: EventOpenTo.LEARNERS, Audience.ALUMNI: EventOpenTo.ALUMNI}


def initial_of(plan: EventPlanData) -> dict[str, Any]:
    """Return what the form shows of an event that is there, or of a template."""
    zone = ZoneInfo(plan.zone)
    end = end_of(plan.starts_local, plan.minutes, zone, fold=plan.fold)
    return {
        **{name: getattr(plan, name) for name in _SAME},
        "day": plan.starts_local.date(),
        "time": plan.starts_local.time(),
        "ends": end.time(),
        "ends_on": end.date() if end.date() != plan.starts_local.date() else None,
        "clock": {0: "first", 1: "second"}.get(plan.fold, "") if plan.fold is not None else "",
        "mode": plan.mode.value,
        "open_to": plan.open_to.value,
        "kind": plan.kind.value if plan.kind else "",
        "languages": list(plan.languages),
        "access_facts": sorted(each.value for each in plan.access_facts),
        "hosts": [str(each) for each in plan.host_ids],
        "room_capacity": plan.room_capacity or None,
        "online_capacity": plan.online_capacity or None,
        "guests_most": str(plan.guests_most),
        "offer_hours": str(plan.offer_hours or ""),
        "opens_days": "" if plan.opens_days is None else str(plan.opens_days),
        "closes_minutes": str(plan.closes_minutes),
        "link_minutes": str(plan.link_minutes),
    }


def _first_values(chapter: ChapterData) -> dict[str, Any]:
    """Return what the form shows of an event that nobody has thought of yet."""
    return {
        "zone": chapter.zone.key,
        "mode": MeetingMode.OFFLINE.value,
        "open_to": EventOpenTo.MEMBERS.value,
        "languages": list(chapter.languages[:1]),
        "has_waitlist": True,
        "guests_most": "0",
        "closes_minutes": "0",
        "link_minutes": "15",
    }


def _asked_by(form: EventForm) -> list[EventQuestionData]:
    """Return the questions of a form, to be compared with those of another: by what they say."""
    return [replace(row.to_data(), id=None) for row in form.question_rows]


def _plain(value: Any) -> Any:
    """Return a value of a field as it is sent, to be compared with one that was."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(str(each) for each in value)
    if isinstance(value, bool):
        return value
    if value in (None, ""):
        return ""
    formatted = {"date": lambda: f"{value:{DAY_FORMAT}}", "time": lambda: f"{value:%H:%M}"}
    kind = type(value).__name__
    text = formatted[kind]() if kind in formatted else str(value)
    return text.replace("\r\n", "\n").strip()
