"""What an event asks those who come. A question that somebody has answered stays as it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from chapters.data import EventQuestionData, QuestionKind
from chapters.exceptions import InvalidValueError
from chapters.models import EventAnswer, EventQuestion
from chapters.profiles import read_line

MOST_QUESTIONS: Final = 8
MOST_CHOICES: Final = 10
LONGEST_TEXT: Final = 200
LONGEST_CHOICE: Final = 120


def read_questions(
    questions: Sequence[EventQuestionData], *, kept: Sequence[EventQuestionData] = ()
) -> tuple[EventQuestionData, ...]:
    """Return questions as they are stored; an ``id`` that is not among ``kept`` is a new question.

    Raises InvalidValueError ("questions", or "questions-0" by place).
    """
    if len(questions) > MOST_QUESTIONS:
        raise InvalidValueError(_("Ask at most %(most)d questions.") % {"most": MOST_QUESTIONS}, field="questions")
    known = {each.id for each in kept}
    read = tuple(_read(each, place, known) for place, each in enumerate(questions))
    ids = [each.id for each in read if each.id is not None]
    if len(ids) != len(set(ids)):
        raise InvalidValueError(_("A question stands here twice."), field="questions")
    return read


def check_questions(questions: Sequence[EventQuestionData], *, before: Sequence[EventQuestionData]) -> None:
    """Raise InvalidValueError where a question changes or goes that somebody has answered; one query at most.

    Whether it must be answered and where it stands may change. The caller holds the event's lock.
    """
    wanted = {each.id: each for each in questions if each.id is not None}
    places = {each.id: place for place, each in enumerate(questions) if each.id is not None}
    changed = [each.id for each in before if each.id not in wanted or _asks(wanted[each.id]) != _asks(each)]
    if not changed:
        return
    answered = EventAnswer.objects.filter(question_id__in=changed).order_by("question_id")
    question_id = answered.values_list("question_id", flat=True).first()
    if question_id is None:
        return
    field = f"questions-{places[question_id]}" if question_id in places else "questions"
    raise InvalidValueError(_("People have answered this question, so it stays as it is. Ask a new one."), field=field)


def write_questions(event_id: int, questions: Sequence[EventQuestionData]) -> None:
    """Store the questions of an event in their order; the caller holds the event's lock and has checked them."""
    ids = [each.id for each in questions if each.id is not None]
    EventQuestion.objects.filter(event_id=event_id).exclude(pk__in=ids).delete()
    for place, each in enumerate(questions):
        values: dict[str, Any] = {
            "kind": each.kind.value,
            "text": each.text,
            "choices": "\n".join(each.choices),
            "is_needed": each.is_needed,
            "position": place,
        }
        if each.id is None:
            EventQuestion.objects.create(event_id=event_id, **values)
        else:
            EventQuestion.objects.filter(pk=each.id, event_id=event_id).update(**values)


def _asks(question: EventQuestionData) -> tuple[QuestionKind, str, tuple[str, ...]]:
    return question.kind, question.text, question.choices


def _read(question: EventQuestionData, place: int, known: set[int | None]) -> EventQuestionData:
    field = f"questions-{place}"
    try:
        kind = QuestionKind(question.kind)
    except ValueError as error:
        raise InvalidValueError(_("Choose one of the values that are offered."), field=field) from error
    text = read_line(question.text, field=field, most=LONGEST_TEXT)
    if not text:
        raise InvalidValueError(_("Write something here."), field=field)
    choices: tuple[str, ...] = ()
    if kind is QuestionKind.CHOICE:
        read = (read_line(each, field=field, most=LONGEST_CHOICE) for each in question.choices)
        choices = tuple(dict.fromkeys(each for each in read if each))
        if not 2 <= len(choices) <= MOST_CHOICES:
            message = _("Give 2 to %(most)d different answers to choose from.") % {"most": MOST_CHOICES}
            raise InvalidValueError(message, field=field)
    return replace(
        question,
        id=question.id if question.id in known else None,
        kind=kind,
        text=text,
        choices=choices,
        is_needed=bool(question.is_needed),
    )
