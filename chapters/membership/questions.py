"""What a chapter asks people who want to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import JoinAnswerData, JoinQuestionData, QuestionKind
from chapters.exceptions import InvalidValueError
from chapters.models import Chapter, JoinAnswer, JoinQuestion, Membership
from people import api as people

from . import rows

MOST_QUESTIONS: Final = 8
MOST_CHOICES: Final = 10
LONGEST_TEXT: Final = 300
LONGEST_CHOICE: Final = 120
LONGEST_ANSWER: Final = {QuestionKind.LINE: 300, QuestionKind.TEXT: 2000, QuestionKind.CHOICE: LONGEST_CHOICE}


def list_questions(chapter_id: int) -> tuple[JoinQuestionData, ...]:
    """Return the questions asked now, in their order."""
    found = JoinQuestion.objects.filter(chapter_id=chapter_id, retired_at__isnull=True)
    return tuple(_to_data(row) for row in found.order_by("position", "pk"))


@transaction.atomic
def set_questions(
    *, chapter_id: int, actor_id: int, questions: Sequence[JoinQuestionData]
) -> tuple[JoinQuestionData, ...]:
    """Replace the questions, at most 8; ``id`` 0 is a new one. One that changes is retired and asked anew.

    Whoever has asked to join keeps the questions they answered. Raises InvalidValueError (field "questions", or
    "text-0", "hint-0", "choices-0" by place).
    """
    if len(questions) > MOST_QUESTIONS:
        raise InvalidValueError(_("Ask at most %(most)d questions.") % {"most": MOST_QUESTIONS}, field="questions")
    wanted = [_read(question, place) for place, question in enumerate(questions)]
    rows.lock_chapter(chapter_id)
    before = {question.id: question for question in list_questions(chapter_id)}
    kept = {question.id for question in wanted if before.get(question.id) == question}
    retired = JoinQuestion.objects.filter(chapter_id=chapter_id, pk__in=before.keys() - kept)
    retired.update(retired_at=timezone.now())
    for place, question in enumerate(wanted):
        if question.id in kept:
            JoinQuestion.objects.filter(pk=question.id).update(position=place)
        else:
            _create(chapter_id, place, question)
    Chapter.objects.filter(pk=chapter_id).update(has_questions=bool(wanted))
    people.record_audit(
        actor_id=actor_id,
        verb="chapter.questions.set",
        target=f"chapter:{chapter_id}",
        context_key=f"chapter:{chapter_id}",
        data={"questions": len(wanted)},
    )
    return list_questions(chapter_id)


def read_answers(chapter_id: int, answers: Mapping[int, str]) -> list[JoinAnswerData]:
    """Return the questions asked now with these answers, or raise InvalidValueError ("answer-12" of question 12)."""
    return [
        JoinAnswerData(question=question.text, answer=_read_answer(question, answers.get(question.id, "")))
        for question in list_questions(chapter_id)
    ]


def write_answers(row: Membership, answers: Sequence[JoinAnswerData]) -> None:
    """Store what an applicant answers now in place of what they answered before."""
    # Written first: looking with a lock for earlier ones locks the gap into which other applicants write theirs.
    for place, each in enumerate(answers):
        JoinAnswer.objects.create(membership=row, question=each.question, answer=each.answer, position=place)
    forget_answers(row, but_last=len(answers))


def forget_answers(row: Membership, *, but_last: int = 0) -> None:
    """Erase what an applicant answered, except so many of the answers that were stored last."""
    found = JoinAnswer.objects.select_for_update().filter(membership_id=row.pk).values_list("pk", flat=True)
    for pk in sorted(found, reverse=True)[but_last:]:
        JoinAnswer.objects.filter(pk=pk).delete()


def _read_answer(question: JoinQuestionData, text: str) -> str:
    field = f"answer-{question.id}"
    answer = rows.read_text(text, field=field, most=LONGEST_ANSWER[question.kind], is_needed=question.is_required)
    if question.kind is QuestionKind.CHOICE and answer and answer not in question.choices:
        raise InvalidValueError(_("Choose one of the answers."), field=field)
    return answer


def _read(question: JoinQuestionData, place: int) -> JoinQuestionData:
    choices: tuple[str, ...] = ()
    if question.kind is QuestionKind.CHOICE:
        read = [rows.read_text(each, field=f"choices-{place}", most=LONGEST_CHOICE) for each in question.choices]
        choices = tuple(dict.fromkeys(read))
        if not 2 <= len(choices) <= MOST_CHOICES:
            message = _("Give 2 to %(most)d different answers to choose from.") % {"most": MOST_CHOICES}
            raise InvalidValueError(message, field=f"choices-{place}")
    return JoinQuestionData(
        id=question.id,
        text=rows.read_text(question.text, field=f"text-{place}", most=LONGEST_TEXT),
        kind=question.kind,
        hint=rows.read_text(question.hint, field=f"hint-{place}", most=LONGEST_TEXT, is_needed=False),
        choices=choices,
        is_required=question.is_required,
    )


def _create(chapter_id: int, place: int, question: JoinQuestionData) -> None:
    JoinQuestion.objects.create(
        chapter_id=chapter_id,
        text=question.text,
        hint=question.hint,
        kind=question.kind,
        choices=list(question.choices),
        is_required=question.is_required,
        position=place,
    )


def _to_data(row: JoinQuestion) -> JoinQuestionData:
    return JoinQuestionData(
        id=row.pk,
        text=row.text,
        kind=QuestionKind(row.kind),
        hint=row.hint,
        choices=tuple(row.choices),
        is_required=row.is_required,
    )
