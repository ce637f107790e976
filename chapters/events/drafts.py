"""What somebody fills in when they answer: read against what the event asks, and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import EventQuestionData, QuestionKind, RsvpDraftData
from chapters.exceptions import InvalidValueError
from chapters.membership.rows import read_text
from chapters.models import Event, EventAnswer, Rsvp
from discussion_ext.data import MeetingMode
from people import api as people

from .records import list_questions
from .seats import modes_of

LONGEST_NOTE: Final = 300
LONGEST_ANSWER: Final = {QuestionKind.LINE: 300, QuestionKind.TEXT: 1000, QuestionKind.CHOICE: 200}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody answered, everything in range. ``answers`` are by question; None leaves them as they are."""

    mode: MeetingMode
    guests: int = 0
    needs_step_free: bool = False
    needs_note: str = ""
    answers: Mapping[int, str] | None = field(default=None)

    @classmethod
    def of(cls, row: Rsvp, *, mode: MeetingMode | None = None) -> Self:
        """Return what a row says already, but for how they come."""
        return cls(
            mode=MeetingMode(mode or row.mode),
            guests=row.guests,
            needs_step_free=row.needs_step_free,
            needs_note=row.needs_note,
        )


def read_draft(event: Event, draft: RsvpDraftData) -> Said:
    """Return what a draft says, or raise InvalidValueError ("mode", "guests", "needs_note", "answer-12"); one query."""
    return Said(
        mode=_read_mode(event, draft.mode),
        guests=_read_guests(event, draft.guests),
        needs_step_free=bool(draft.needs_step_free),
        needs_note=read_text(draft.needs_note, field="needs_note", most=LONGEST_NOTE, is_needed=False),
        answers=_read_answers(list_questions(event.pk), dict(draft.answers)),
    )


def write_answers(row: Rsvp, said: Said) -> None:
    """Store what was answered to the event's questions in place of what was before; blank answers are not kept."""
    if not said.answers:
        return
    # What is there is found by a plain look and deleted by its key: a look with locks for nothing would lock a gap.
    blank = [question_id for question_id, text in said.answers.items() if not text]
    gone = (
        EventAnswer.objects.filter(rsvp_id=row.pk, question_id__in=blank).values_list("pk", flat=True) if blank else ()
    )
    for pk in list(gone):
        EventAnswer.objects.filter(pk=pk).delete()
    for question_id, text in said.answers.items():
        if text:
            fresh = EventAnswer(rsvp_id=row.pk, question_id=question_id, text=text)
            people.insert_or_update(fresh, by=["rsvp", "question"], update=["text"])


def list_own_answers(event_id: int, user_id: int) -> dict[int, str]:
    """Return what somebody answered to an event's questions, by question; one query."""
    found = EventAnswer.objects.filter(rsvp__event_id=event_id, rsvp__user_id=user_id)
    return dict(found.values_list("question_id", "text"))


def _read_mode(event: Event, wanted: MeetingMode) -> MeetingMode:
    try:
        mode = MeetingMode(wanted)
    except ValueError as error:
        raise InvalidValueError(_("Choose how you come."), field="mode") from error
    if mode in modes_of(event):
        return mode
    message = (
        _("This event has no seats online.") if mode is MeetingMode.ONLINE else _("This event takes place online only.")
    )
    raise InvalidValueError(message if mode is not MeetingMode.HYBRID else _("Choose how you come."), field="mode")


def _read_guests(event: Event, wanted: int) -> int:
    if type(wanted) is not int or wanted < 0:
        raise InvalidValueError(_("Give a whole number of guests, 0 for nobody."), field="guests")
    if wanted > event.guests_most:
        if not event.guests_most:
            raise InvalidValueError(_("Guests cannot be brought to this event."), field="guests")
        text = ngettext(
            "You can bring %(most)d guest at most.", "You can bring %(most)d guests at most.", event.guests_most
        )
        raise InvalidValueError(text % {"most": event.guests_most}, field="guests")
    return wanted


def _read_answers(questions: tuple[EventQuestionData, ...], given: Mapping[int, str]) -> dict[int, str]:
    return {each.id: _read_answer(each, given.get(each.id, "")) for each in questions if each.id is not None}


def _read_answer(question: EventQuestionData, text: str) -> str:
    field = f"answer-{question.id}"
    said = read_text(text, field=field, most=LONGEST_ANSWER[question.kind], is_needed=question.is_needed)
    if question.kind is QuestionKind.CHOICE and said and said not in question.choices:
        raise InvalidValueError(_("Choose one of the answers."), field=field)
    return said
