"""What an event's form lets people choose from, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chapters.data import AccessFact, EventOpenTo, SeriesFrequency
from discussion_ext.data import MeetingMode, TopicKind

Choices = Sequence[tuple[str, Any]]

MODES: Final[Choices] = [
    (MeetingMode.OFFLINE.value, _("In a room")),
    (MeetingMode.ONLINE.value, _("Online")),
    (MeetingMode.HYBRID.value, _("In a room and online")),
]
OPEN_TO: Final[Choices] = [
    (EventOpenTo.MEMBERS.value, _("Members of the chapter")),
    (EventOpenTo.ANYONE.value, _("Anyone with an account; the page is public")),
    (EventOpenTo.LEARNERS.value, _("Members who take its course")),
    (EventOpenTo.ALUMNI.value, _("Members who completed its course")),
]
KINDS: Final[Choices] = [
    ("", pgettext_lazy("kind of topic", "Not said")),
    (TopicKind.PROBLEM.value, _("A problem to talk about")),
    (TopicKind.EXPERIENCE.value, _("An experience to share")),
    (TopicKind.LIGHT.value, _("Something light")),
]
ACCESS_FACTS: Final[Choices] = [
    (AccessFact.STEP_FREE.value, _("Step-free from the street to the room")),
    (AccessFact.LIFT.value, _("Lift")),
    (AccessFact.TOILET.value, _("Toilet for wheelchair users")),
    (AccessFact.HEARING_LOOP.value, _("Hearing loop")),
    (AccessFact.CAPTIONS.value, _("Live captions")),
    (AccessFact.SIGN_LANGUAGE.value, _("Sign language interpreter")),
    (AccessFact.QUIET_ROOM.value, _("Quiet room")),
    (AccessFact.MATERIALS_AHEAD.value, _("Materials sent ahead")),
    (AccessFact.PARKING.value, _("Parking for people with a disability")),
]
GUESTS: Final[Choices] = [
    ("0", _("None")),
    *((str(number), str(number)) for number in range(1, 6)),
]
OFFER_HOURS: Final[Choices] = [
    ("", _("As long as is usual here")),
    ("6", _("6 hours")),
    ("12", _("12 hours")),
    ("24", _("A day")),
    ("48", _("Two days")),
    ("72", _("Three days")),
]
OPENS: Final[Choices] = [
    ("", _("The day you publish it")),
    ("3", _("3 days before")),
    ("7", _("A week before")),
    ("14", _("Two weeks before")),
    ("30", _("30 days before")),
]
CLOSES: Final[Choices] = [
    ("0", _("It begins")),
    ("60", _("An hour before")),
    ("180", _("3 hours before")),
    ("720", _("12 hours before")),
    ("1440", _("A day before")),
    ("2880", _("Two days before")),
    ("10080", _("A week before")),
]
LINK_MINUTES: Final[Choices] = [
    ("5", _("5 minutes before")),
    ("15", _("15 minutes before")),
    ("30", _("30 minutes before")),
    ("60", _("An hour before")),
    ("1440", _("A day before")),
]
#: How an event comes back. "last_weekday" is a monthly rule too: the last such weekday of each month.
LAST_WEEKDAY: Final = "last_weekday"
REPEATS: Final[Choices] = [
    ("", _("It does not")),
    (SeriesFrequency.WEEKLY.value, _("Every week, on the same weekday")),
    (SeriesFrequency.TWO_WEEKLY.value, _("Every two weeks, on the same weekday")),
    (
        SeriesFrequency.MONTHLY_WEEKDAY.value,
        _("Every month, on the same weekday, such as the third Monday"),
    ),
    (LAST_WEEKDAY, _("Every month, on the last such weekday")),
    (SeriesFrequency.MONTHLY_LAST_DAY.value, _("Every month, on its last day")),
]


def number_field(*, most: int, label: Any, hint: Any = "") -> forms.IntegerField:
    """Return a field of a whole number from 1 to ``most`` that may stay empty. A 0 could mean none or all."""
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=most,
        label=label,
        help_text=hint,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Write a whole number.")},
    )


def keep_choice(choices: list[tuple[Any, Any]], value: Any) -> list[tuple[Any, Any]]:
    """Return choices with the one that an event has already, where it was set elsewhere and is not among them."""
    if value in (None, "") or str(value) in {str(key) for key, _said in choices}:
        return choices
    return [*choices, (str(value), _("As it is now (%(value)s)") % {"value": value})]
