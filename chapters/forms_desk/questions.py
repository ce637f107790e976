"""The editor of join questions: rows that are added, moved and retired before anything is saved, without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from chapters.data import JoinQuestionData, QuestionKind
from chapters.exceptions import ChapterError

MOST_QUESTIONS: Final = 8
_TEXT_LENGTH: Final = 300
_LONGEST_NUMBER: Final = 10


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One question as it stands in the editor; ``id`` 0 is new. ``errors`` are sentences by field."""

    id: int = 0
    text: str = ""
    hint: str = ""
    kind: str = QuestionKind.TEXT.value
    choices: str = ""
    is_required: bool = True
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the answers that a choice offers, one a line."""
        return tuple(line.strip() for line in self.choices.splitlines() if line.strip())

    def to_data(self) -> JoinQuestionData:
        """Return it as the api takes it."""
        kind = QuestionKind(self.kind)
        return JoinQuestionData(
            id=self.id,
            text=self.text.strip(),
            kind=kind,
            hint=self.hint.strip(),
            choices=self.lines if kind is QuestionKind.CHOICE else (),
            is_required=self.is_required,
        )


def to_rows(questions: Sequence[JoinQuestionData]) -> list[QuestionRow]:
    """Return the questions that are asked now, as rows of the editor."""
    return [
        QuestionRow(
            id=each.id,
            text=each.text,
            hint=each.hint,
            kind=each.kind.value,
            choices="\n".join(each.choices),
            is_required=each.is_required,
        )
        for each in questions
    ]


def read_rows(posted: Mapping[str, str]) -> list[QuestionRow]:
    """Return the rows of a posted editor in their order; at most `MOST_QUESTIONS`, whatever was sent."""
    return [
        QuestionRow(
            id=_number(posted.get(f"id-{place}", "")),
            text=posted[f"text-{place}"].replace("\0", "")[: _TEXT_LENGTH + 1],
            hint=posted.get(f"hint-{place}", "").replace("\0", "")[: _TEXT_LENGTH + 1],
            kind=_kind(posted.get(f"kind-{place}", "")),
            choices=posted.get(f"choices-{place}", "").replace("\0", "")[:4000],
            is_required=f"required-{place}" in posted,
        )
        for place in range(MOST_QUESTIONS)
        if f"text-{place}" in posted
    ]


def change_rows(rows: list[QuestionRow], act: str) -> list[QuestionRow] | None:
    """Return the rows after an act of the editor ("add", "up-2", "down-0", "retire-1"); None for any other act."""
    if act == "add":
        return [*rows, QuestionRow()] if len(rows) < MOST_QUESTIONS else rows
    verb, _dash, number = act.partition("-")
    place = _number(number)
    if verb not in {"up", "down", "retire", "use"} or not number.isdigit():
        return None
    if verb == "use":
        return _use(rows, place)
    if place >= len(rows):
        return rows
    changed = list(rows)
    row = changed.pop(place)
    if verb == "up":
        changed.insert(max(place - 1, 0), row)
    elif verb == "down":
        changed.insert(place + 1, row)
    return changed


def refuse_rows(rows: list[QuestionRow], refusal: ChapterError) -> tuple[list[QuestionRow], str]:
    """Return the rows with a refusal at the field that it names ("text-0"), and what is left to say above them."""
    name, _dash, number = refusal.field.partition("-")
    place = _number(number)
    if not number.isdigit() or place >= len(rows):
        return rows, refusal.message
    changed = list(rows)
    changed[place] = replace(rows[place], errors={name: refusal.message})
    return changed, ""


#: Questions that fit most chapters' positioning: they let applicants show how they think, and who they are to others.
SUGGESTIONS: Final[tuple[tuple[str | Promise, str | Promise], ...]] = (
    (
        gettext_lazy("What are you working on that this chapter could help with?"),
        gettext_lazy("Shows whether they look for what the chapter offers."),
    ),
    (
        gettext_lazy("What could you share with others here?"),
        gettext_lazy("Shows what they bring; beginners may say what they want to learn."),
    ),
    (
        gettext_lazy("Tell of one thing you tried after a course, and how it went."),
        gettext_lazy("Shows how they think. There is no wrong answer."),
    ),
    (
        gettext_lazy("How much time do you have for the chapter in a month?"),
        gettext_lazy("Helps you plan; it is no entry test."),
    ),
)


def _use(rows: list[QuestionRow], number: int) -> list[QuestionRow]:
    if number >= len(SUGGESTIONS) or len(rows) >= MOST_QUESTIONS:
        return rows
    return [*rows, QuestionRow(text=str(SUGGESTIONS[number][0]))]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else 0


def _kind(text: str) -> str:
    return text if text in {kind.value for kind in QuestionKind} else QuestionKind.TEXT.value
