"""How an event comes back: the rule of a series as people choose it, and how far a series goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chapters.data import SeriesFrequency, SeriesRuleData
from chapters.forms.base import ChapterForm

from .base import day_field
from .event_choices import LAST_WEEKDAY, REPEATS

_MOST_DATES: Final = 60
_DAYS_OF_WEEK: Final = 7
_LAST: Final = -1
_MOST_ORDINALS: Final = 4


class RepeatForm(ChapterForm):
    """Whether an event comes back, how, and until when. `make_rule` gives the rule of a valid form."""

    api_fields: ClassVar[Mapping[str, str]] = {
        "frequency": "repeat",
        "ordinal": "repeat",
        "rule": "repeat",
        "count": "repeat_count",
        "until": "repeat_until",
    }

    repeat = forms.ChoiceField(required=False, label=gettext_lazy("It comes back"), choices=REPEATS)
    repeat_count = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=_MOST_DATES,
        label=gettext_lazy("How many dates"),
        help_text=gettext_lazy("With the first one, 2 to 60."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Write a whole number.")},
    )
    repeat_until = day_field(
        label=gettext_lazy("Or until which day"), hint=gettext_lazy("Two years at most. It can be extended later.")
    )

    @property
    def is_wanted(self) -> bool:
        """Tell whether a series was chosen; of a valid form."""
        return bool(self.cleaned_data.get("repeat"))

    def clean(self) -> dict[str, Any]:
        """Ask for one end: a number of dates, or a last day."""
        values = super().clean() or {}
        if values.get("repeat") and not self.errors:
            _ask_one_end(self, values)
        return values

    def make_rule(self, day: date, at: time) -> SeriesRuleData:
        """Return the rule that begins with an event's first date, whose place in its month follows from that day."""
        chosen = self.cleaned_data["repeat"]
        is_last = chosen == LAST_WEEKDAY
        return SeriesRuleData(
            frequency=SeriesFrequency.MONTHLY_WEEKDAY if is_last else SeriesFrequency(chosen),
            starts_on=day,
            at=at.replace(second=0, microsecond=0),
            ordinal=_LAST if is_last else find_ordinal(day),
            until=self.cleaned_data["repeat_until"],
            count=self.cleaned_data["repeat_count"],
        )


class ExtendForm(ChapterForm):
    """How far a series goes on."""

    api_fields: ClassVar[Mapping[str, str]] = {"more": "repeat_count", "until": "repeat_until"}

    repeat_count = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=_MOST_DATES,
        label=gettext_lazy("How many dates more"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Write a whole number.")},
    )
    repeat_until = day_field(label=gettext_lazy("Or until which day"))
    publishes = forms.BooleanField(required=False, label=gettext_lazy("Publish the new dates at once"))

    def clean(self) -> dict[str, Any]:
        """Ask for one end: a number of dates, or a last day."""
        values = super().clean() or {}
        if not self.errors:
            _ask_one_end(self, values)
        return values


def find_ordinal(day: date) -> int:
    """Return which of its month's weekdays a day is: 1 to 4, or -1 for a fifth one, which is always the last."""
    ordinal = (day.day - 1) // _DAYS_OF_WEEK + 1
    return ordinal if ordinal <= _MOST_ORDINALS else _LAST


def _ask_one_end(form: ChapterForm, values: Mapping[str, Any]) -> None:
    count, until = values.get("repeat_count"), values.get("repeat_until")
    if count is None and until is None:
        form.add_error("repeat_count", _("Say how many dates, or until which day: no series is endless."))
    elif count is not None and until is not None:
        form.add_error("repeat_until", _("Give a number of dates or a last day, not both."))
