"""The form in which somebody says that they come to an event, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from chapters.data import EventData, EventQuestionData, QuestionKind, RsvpData, RsvpDraftData
from chapters.events.drafts import LONGEST_ANSWER, LONGEST_NOTE
from discussion_ext.data import MeetingMode

from .base import ChapterForm, text_area

#: What somebody chooses who does not come.
CANNOT_COME: Final = "no"


class AnswerForm(ChapterForm):
    """Whether and how somebody comes, with whom, what they need, and their answers to the hosts' questions.

    ``choices`` are the modes with their labels. Nobody who cannot come is asked anything else. ``rsvp`` and ``own`` (by
    question) are what the person has said before.
    """

    api_fields: ClassVar[Mapping[str, str]] = {"mode": "come"}

    come = forms.ChoiceField(
        label=_("Will you come?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether you come."),
            "invalid_choice": _("This is no way to come to this event. Choose one that stands here."),
        },
    )
    needs_step_free = forms.BooleanField(required=False, label=_("I need step-free access"))
    needs_note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        label=_("Something else you need"),
        help_text=_("Only the hosts see this."),
    )

    def __init__(
        self,
        *args: Any,
        event: EventData,
        choices: Sequence[tuple[MeetingMode, str]],
        questions: Sequence[EventQuestionData] = (),
        rsvp: RsvpData | None = None,
        own: Mapping[int, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = [each for each in questions if each.id is not None]
        modes = [(mode.value, label) for mode, label in choices]
        self._choice("come").choices = [*modes, (CANNOT_COME, _("I cannot come"))]
        if event.guests_most:
            self.fields["guests"] = _guests_field(event.guests_most)
        if event.mode is MeetingMode.ONLINE:
            del self.fields["needs_step_free"]
        for question in self.questions:
            self.fields[_name(question)] = _question_field(question)
        self.initial = {**_initial_of(rsvp, own or {}), **self.initial}

    def clean(self) -> dict[str, Any]:
        """Ask for the answers that are needed, of whoever comes."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("come") not in (None, CANNOT_COME):
            for question in self.questions:
                if question.is_needed and not values.get(_name(question)) and _name(question) not in self.errors:
                    self.add_error(_name(question), forms.ValidationError(_("Answer this question.")))
        return values

    @property
    def comes(self) -> bool:
        """Tell whether they come; only of a valid form."""
        return bool(self.cleaned_data["come"] != CANNOT_COME)

    @property
    def draft(self) -> RsvpDraftData:
        """Return what they answer; only of a valid form in which somebody comes."""
        values = self.cleaned_data
        answers = ((int(each.id or 0), values[_name(each)]) for each in self.questions)
        return RsvpDraftData(
            mode=MeetingMode(values["come"]),
            guests=values.get("guests") or 0,
            needs_step_free=values.get("needs_step_free", False),
            needs_note=values["needs_note"],
            answers=tuple((number, text) for number, text in answers if text),
        )

    def asked(self) -> list[forms.BoundField]:
        """Return the fields of the questions, in their order."""
        return [self[_name(each)] for each in self.questions]

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        return field


def _name(question: EventQuestionData) -> str:
    return f"answer-{question.id}"


def _guests_field(most: int) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[(str(number), str(number)) for number in range(most + 1)],
        coerce=int,
        required=False,
        label=_("Guests you bring"),
        help_text=_("Each takes a seat, so all of you get in or wait together."),
        error_messages={"invalid_choice": _("You cannot bring so many people to this event.")},
    )


def _question_field(question: EventQuestionData) -> forms.Field:
    """Return the field of a question; whether an answer is needed is asked in `AnswerForm.clean`."""
    options: dict[str, Any] = {"label": question.text, "required": False}
    if question.kind is QuestionKind.CHOICE:
        choices = [(each, each) for each in question.choices]
        messages = {"invalid_choice": _("Choose one of the answers that stand here.")}
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=messages, **options)
    widget = text_area(3) if question.kind is QuestionKind.TEXT else forms.TextInput()
    return forms.CharField(max_length=LONGEST_ANSWER[question.kind], widget=widget, **options)


def _initial_of(rsvp: RsvpData | None, own: Mapping[int, str]) -> dict[str, Any]:
    values: dict[str, Any] = {f"answer-{number}": text for number, text in own.items()}
    if rsvp is not None:
        values |= {
            "come": rsvp.mode.value,
            "guests": str(rsvp.guests),
            "needs_step_free": rsvp.needs_step_free,
            "needs_note": rsvp.needs_note,
        }
    return values
