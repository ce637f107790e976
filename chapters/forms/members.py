"""Forms of who joins, goes, is written to, or disagrees with a ban."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chapters.data import (
    INTRODUCTION_FIELDS,
    Digest,
    FieldVisibility,
    IntroductionData,
    JoinQuestionData,
    LeaveReason,
    QuestionKind,
)
from chapters.models.members import DIGESTS, LEAVE_REASONS

from .base import ChapterForm, text_area

_DATE: Final = "%Y-%m-%d"
_ANSWER_LENGTH: Final = {QuestionKind.LINE: 200, QuestionKind.TEXT: 2000, QuestionKind.CHOICE: 300}
_VISIBILITY: Final = [
    (FieldVisibility.MEMBERS.value, _("All members see it")),
    (FieldVisibility.ORGANIZERS.value, _("Only organizers see it")),
]


class IntroductionForm(ChapterForm):
    """The uniform introduction, with who sees each field; ``introduction`` is what was said, once it is valid."""

    position = forms.CharField(
        max_length=INTRODUCTION_FIELDS["position"],
        label=_("What you do"),
        help_text=_("In a few words, such as “team lead, logistics”."),
        error_messages={"required": _("Say in a few words what you do.")},
    )
    place = forms.CharField(
        max_length=INTRODUCTION_FIELDS["place"],
        required=False,
        label=_("Where you are"),
        help_text=_("A city or a part of it is enough."),
    )
    skills = forms.CharField(
        max_length=INTRODUCTION_FIELDS["skills"],
        required=False,
        label=_("What you can help with"),
        help_text=_("What others may ask you about."),
        widget=text_area(2),
    )
    why = forms.CharField(
        max_length=INTRODUCTION_FIELDS["why"],
        label=_("Why you join"),
        help_text=_("One honest sentence says more than five careful ones."),
        widget=text_area(2),
        error_messages={"required": _("Say why you join, in a sentence.")},
    )
    hobbies = forms.CharField(
        max_length=INTRODUCTION_FIELDS["hobbies"],
        required=False,
        label=_("Outside work"),
        widget=text_area(2),
    )

    def __init__(self, *args: Any, introduction: IntroductionData | None = None, **kwargs: Any) -> None:
        if introduction is not None:
            kwargs["initial"] = _initial_of(introduction) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in INTRODUCTION_FIELDS:
            self.fields[f"{name}_for"] = forms.ChoiceField(
                choices=_VISIBILITY,
                required=False,
                initial=FieldVisibility.MEMBERS.value,
                label=_("Who sees it"),
            )

    @property
    def introduction(self) -> IntroductionData:
        """Return what was said; only of a valid form."""
        values = self.cleaned_data
        hidden = {each for each in INTRODUCTION_FIELDS if values.get(f"{each}_for") == FieldVisibility.ORGANIZERS}
        return IntroductionData(**{each: values[each] for each in INTRODUCTION_FIELDS}, private=frozenset(hidden))

    def facts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return each field beside the one that says who sees it."""
        return [(self[name], self[f"{name}_for"]) for name in INTRODUCTION_FIELDS]


class JoinForm(IntroductionForm):
    """What somebody who wants to join says: the introduction, and answers to the chapter's questions."""

    def __init__(self, *args: Any, questions: Sequence[JoinQuestionData], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"answer-{question.id}"] = _answer_field(question)
            if question.hint:
                self._describe(f"answer-{question.id}", f"{self[f'answer-{question.id}'].auto_id}_helptext")

    @property
    def answers(self) -> Mapping[int, str]:
        """Return the answers by the number of their question; only of a valid form."""
        return {question.id: self.cleaned_data[f"answer-{question.id}"] for question in self.questions}

    def asked(self) -> list[forms.BoundField]:
        """Return the fields of the questions, in their order."""
        return [self[f"answer-{question.id}"] for question in self.questions]


class LeaveReasonForm(ChapterForm):
    """Why somebody left, where they want to say it."""

    reason = forms.ChoiceField(
        choices=LEAVE_REASONS,
        label=_("What made you leave?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest, or leave the page.")},
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        label=_("In your words"),
        help_text=_("Organizers read it without your name, among others."),
        widget=text_area(2),
    )

    @property
    def leave_reason(self) -> LeaveReason:
        """Return the reason; only of a valid form."""
        return LeaveReason(self.cleaned_data["reason"])


class MailForm(ChapterForm):
    """How often a chapter writes to somebody, and until when it does not."""

    digest = forms.ChoiceField(
        choices=DIGESTS,
        label=_("What is new on the boards, by mail"),
        widget=forms.RadioSelect,
    )
    paused_until = forms.DateField(
        required=False,
        label=_("No mail from this chapter until"),
        help_text=_("You stay a member, and everything stays open to you. Empty: mail comes."),
        input_formats=[_DATE],
        widget=forms.DateInput(attrs={"type": "date"}, format=_DATE),
        error_messages={"invalid": _("Write the day as 2026-12-03.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tomorrow = timezone.now().date() + timedelta(days=1)
        self.fields["paused_until"].widget.attrs["min"] = tomorrow.isoformat()

    @property
    def chosen_digest(self) -> Digest:
        """Return how often; only of a valid form."""
        return Digest(self.cleaned_data["digest"])


class AppealForm(ChapterForm):
    """What somebody says to being kept out: one text, which is answered once."""

    text = forms.CharField(
        max_length=1000,
        label=_("What should the organizers know?"),
        help_text=_("Somebody else than who decided reads it, wherever there is somebody else. You can write once."),
        widget=text_area(4),
        error_messages={"required": _("Write what you want to say first.")},
    )


def _initial_of(introduction: IntroductionData) -> dict[str, str]:
    values = {name: getattr(introduction, name) for name in INTRODUCTION_FIELDS}
    seen = {
        f"{name}_for": (
            FieldVisibility.ORGANIZERS.value if name in introduction.private else FieldVisibility.MEMBERS.value
        )
        for name in INTRODUCTION_FIELDS
    }
    return values | seen


def _answer_field(question: JoinQuestionData) -> forms.Field:
    options: dict[str, Any] = {
        "label": question.text,
        "help_text": question.hint,
        "required": question.is_required,
        "error_messages": {"required": _("Answer this question.")},
    }
    if question.kind is QuestionKind.CHOICE:
        choices = [(each, each) for each in question.choices]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)
    widget = text_area(3) if question.kind is QuestionKind.TEXT else forms.TextInput()
    return forms.CharField(max_length=_ANSWER_LENGTH[question.kind], widget=widget, **options)
