"""The form of a confidential report."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chapters.data import ConcernKind
from chapters.models.organizers import CONCERN_KINDS

from .base import ChapterForm, text_area


class ConcernForm(ChapterForm):
    """What happened, whom it is about, and whether those who handle it learn who reported it."""

    kind = forms.ChoiceField(
        choices=CONCERN_KINDS,
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )
    text = forms.CharField(
        max_length=5000,
        label=_("What happened?"),
        help_text=_("When, where, and what you saw or heard yourself. Write in any language."),
        widget=text_area(6),
        error_messages={"required": _("Say what happened. A sentence is enough to begin.")},
    )
    about = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        label=_("Whom is it about?"),
        help_text=_("Whoever you choose never sees the report, whatever their role. Name others in your text."),
        widget=forms.CheckboxSelectMultiple,
    )
    is_anonymous = forms.BooleanField(
        required=False,
        label=_("Do not tell those who handle it who I am"),
        help_text=_("You can still follow your report here and read what they note for you."),
    )
    request_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, team: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        kwargs["initial"] = {"request_key": uuid.uuid4().hex} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = team  # type: ignore[attr-defined]
        if not team:
            del self.fields["about"]

    @property
    def chosen_kind(self) -> ConcernKind:
        """Return what it is about; only of a valid form."""
        return ConcernKind(self.cleaned_data["kind"])
