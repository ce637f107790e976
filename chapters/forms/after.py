"""The forms of what people say after an event: how it was, and that they were there."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from .base import ChapterForm, text_area

_MOST: Final = 500

RATINGS = [
    ("5", _("Very good")),
    ("4", _("Good")),
    ("3", _("So so")),
    ("2", _("Not so good")),
    ("1", _("Not good")),
]


class SurveyForm(ChapterForm):
    """How it was, what one takes along and what would be better; only the first is needed."""

    rating = forms.TypedChoiceField(
        choices=RATINGS,
        coerce=int,
        label=_("How was it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was.")},
    )
    useful = forms.CharField(
        required=False, max_length=_MOST, label=_("What do you take with you?"), widget=text_area(3)
    )
    better = forms.CharField(required=False, max_length=_MOST, label=_("What would be better?"), widget=text_area(3))


class PresenceForm(ChapterForm):
    """That somebody was there, in words that the hosts can check."""

    text = forms.CharField(
        max_length=_MOST,
        label=_("How can the hosts tell?"),
        help_text=_(
            "When you came, with whom you spoke, why nobody ticked you. Only the hosts and organizers read it."
        ),
        widget=text_area(3),
        error_messages={"required": _("Write a sentence by which the hosts can tell.")},
    )
