"""Kinds of fields that the desk's forms share."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

DAY_FORMAT: Final = "%Y-%m-%d"
#: The most characters of a reason, a note and an answer, as their columns hold them.
REASON_LENGTH: Final = 500


def reason_field(*, label: Any, hint: Any, required: Any, length: int = REASON_LENGTH) -> forms.CharField:
    """Return a field of a few sentences that somebody reads; ``required`` is what is said where it is empty."""
    return forms.CharField(
        max_length=length,
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": required} if required else None,
    )


def day_field(*, label: Any, hint: Any = "", required: Any = "") -> forms.DateField:
    """Return a field of one day, chosen in the browser's calendar or written as 2026-12-03."""
    messages = {"invalid": gettext_lazy("Write the day as 2026-12-03.")}
    return forms.DateField(
        label=label,
        help_text=hint,
        required=bool(required),
        widget=forms.DateInput(attrs={"type": "date"}, format=DAY_FORMAT),
        input_formats=[DAY_FORMAT],
        error_messages={**messages, "required": required} if required else messages,
    )


def read_day(text: str) -> date | None:
    """Return the day that a text names; None for whatever is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
