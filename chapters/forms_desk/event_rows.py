"""Rows of an event's form that are as many as somebody fills in: questions to those who come, units to prepare with.

Empty rows at the end are for more; a row whose first field is emptied is asked or shown no more. No script is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, TypeVar

from django.utils.translation import gettext as _

from chapters.data import EventQuestionData, EventUnitData, QuestionKind
from chapters.events.questions import LONGEST_TEXT, MOST_QUESTIONS
from chapters.events.units import MOST_MINUTES, MOST_UNITS
from chapters.exceptions import ChapterError

_SPARE: Final = 2
_FEWEST_CHOICES: Final = 2
_LONGEST_CHOICES: Final = 2000
_LONGEST_ADDRESS: Final = 2000
_LONGEST_NUMBER: Final = 10


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """A question as it stands in the form; ``id`` 0 is new, ``choices`` has an answer a line."""

    id: int = 0
    text: str = ""
    kind: str = QuestionKind.LINE.value
    choices: str = ""
    is_needed: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    first: ClassVar[str] = "text"

    def to_data(self) -> EventQuestionData:
        """Return it as the api takes it."""
        lines = (line.strip() for line in self.choices.splitlines())
        is_choice = self.kind == QuestionKind.CHOICE
        return EventQuestionData(
            id=self.id or None,
            text=self.text.strip(),
            kind=QuestionKind(self.kind),
            choices=tuple(line for line in lines if line) if is_choice else (),
            is_needed=self.is_needed,
        )


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A unit as it stands in the form: its key, or the address at which it opens; the course says what it is called."""

    address: str = ""
    title: str = ""
    minutes: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    first: ClassVar[str] = "address"

    def to_data(self) -> EventUnitData:
        """Return it as the api takes it; of a row without errors."""
        minutes = self.minutes.strip()
        return EventUnitData(usage_key=self.address.strip(), minutes=int(minutes) if minutes else 0)


Row = TypeVar("Row", QuestionRow, UnitRow)


def list_question_rows(questions: Sequence[EventQuestionData]) -> list[QuestionRow]:
    """Return the questions that an event asks, as rows."""
    return [
        QuestionRow(
            id=each.id or 0,
            text=each.text,
            kind=each.kind.value,
            choices="\n".join(each.choices),
            is_needed=each.is_needed,
        )
        for each in questions
    ]


def list_unit_rows(units: Sequence[EventUnitData]) -> list[UnitRow]:
    """Return the units that an event names, as rows."""
    return [
        UnitRow(address=each.usage_key, title=each.title, minutes=str(each.minutes) if each.minutes else "")
        for each in units
    ]


def read_question_rows(posted: Mapping[str, str]) -> list[QuestionRow]:
    """Return the questions that were sent, in their order, without the rows that were left or made empty."""
    rows = [
        QuestionRow(
            id=_number(posted.get(f"question-{place}-id", "")),
            text=_clip(posted.get(f"question-{place}-text", ""), LONGEST_TEXT),
            kind=_kind(posted.get(f"question-{place}-kind", "")),
            choices=_clip(posted.get(f"question-{place}-choices", ""), _LONGEST_CHOICES),
            is_needed=f"question-{place}-needed" in posted,
        )
        for place in range(MOST_QUESTIONS)
    ]
    return [_check_question(row) for row in rows if row.text.strip()]


def read_unit_rows(posted: Mapping[str, str]) -> list[UnitRow]:
    """Return the units that were sent, in their order, each with what is wrong with it."""
    rows = [
        UnitRow(
            address=_clip(posted.get(f"unit-{place}-address", ""), _LONGEST_ADDRESS),
            minutes=_clip(posted.get(f"unit-{place}-minutes", ""), _LONGEST_NUMBER),
        )
        for place in range(MOST_UNITS)
    ]
    return [_check_unit(row) for row in rows if row.address.strip()]


def pad_questions(rows: Sequence[QuestionRow]) -> list[QuestionRow]:
    """Return rows with empty ones behind them, to be filled in."""
    return [*rows, *(QuestionRow() for _each in range(min(_SPARE, MOST_QUESTIONS - len(rows))))]


def pad_units(rows: Sequence[UnitRow]) -> list[UnitRow]:
    """Return rows with empty ones behind them, to be filled in."""
    return [*rows, *(UnitRow() for _each in range(min(_SPARE, MOST_UNITS - len(rows))))]


def refuse_row(rows: Sequence[Row], refusal: ChapterError, name: str) -> list[Row] | None:
    """Return rows with a refusal at the one that it names ("questions-2"), None where it names none of ``name``."""
    said, _dash, number = refusal.field.partition("-")
    place = _number(number) if number.isdigit() else len(rows)
    if said != name or place >= len(rows):
        return None
    errors = {rows[place].first: refusal.message}
    return [replace(row, errors=errors) if at == place else row for at, row in enumerate(rows)]


def _check_question(row: QuestionRow) -> QuestionRow:
    if len(row.text.strip()) > LONGEST_TEXT:
        said = _("A question has at most %(count)d characters.") % {"count": LONGEST_TEXT}
        return replace(row, errors={"text": said})
    if row.kind == QuestionKind.CHOICE and len(row.to_data().choices) < _FEWEST_CHOICES:
        return replace(row, errors={"choices": _("Give at least two answers to choose from, one a line.")})
    return row


def _check_unit(row: UnitRow) -> UnitRow:
    minutes = row.minutes.strip()
    if not minutes or (minutes.isascii() and minutes.isdigit() and int(minutes) <= MOST_MINUTES):
        return row
    said = _("Write how many minutes it takes, at most %(count)d.") % {"count": MOST_MINUTES}
    return replace(row, errors={"minutes": said})


def _clip(text: str, length: int) -> str:
    """Return a text that is at most a character too long, so that it can be said to be."""
    return text.replace("\0", "")[: length + 1]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else 0


def _kind(text: str) -> str:
    return text if text in {kind.value for kind in QuestionKind} else QuestionKind.LINE.value
