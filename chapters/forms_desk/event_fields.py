"""The fields of an event's form, and the parts in which all but the first of them fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from chapters.events.plans import LONGEST_AGENDA, LONGEST_DESCRIPTION, MOST_SEATS
from chapters.forms.base import ChapterForm, text_area

from .base import day_field
from .clocks import time_field
from .event_choices import (
    ACCESS_FACTS,
    CLOSES,
    GUESTS,
    KINDS,
    LINK_MINUTES,
    MODES,
    OFFER_HOURS,
    OPEN_TO,
    OPENS,
    number_field,
)


class EventFields(ChapterForm):
    """Everything that is asked about an event; ``events.EventForm`` makes a plan of it."""

    api_fields: ClassVar[Mapping[str, str]] = {
        "starts_local": "day",
        "starts_on": "day",
        "starts_at": "day",
        "at": "time",
        "fold": "clock",
        "minutes": "ends",
        "host_ids": "hosts",
    }

    title = forms.CharField(
        max_length=255,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What people will talk about, such as “Giving feedback upwards: three real cases”."),
        error_messages={"required": gettext_lazy("Give the event a title.")},
    )
    day = day_field(label=gettext_lazy("Day"), required=gettext_lazy("Choose the day."))
    time = time_field(label=gettext_lazy("From"), required=gettext_lazy("Choose the time at which it begins."))
    ends = time_field(label=gettext_lazy("Until"), required=gettext_lazy("Choose the time at which it ends."))
    clock = forms.CharField(required=False, max_length=16, label=gettext_lazy("Which time do you mean?"))
    mode = forms.ChoiceField(label=gettext_lazy("How people meet"), choices=MODES, widget=forms.RadioSelect)
    place = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Room, house and street, as somebody looks for it."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    room_capacity = number_field(
        most=MOST_SEATS, label=gettext_lazy("Seats in the room"), hint=gettext_lazy("Empty for no limit.")
    )
    link = forms.CharField(
        required=False,
        max_length=1000,
        label=gettext_lazy("Link to the video call"),
        help_text=gettext_lazy("For those who come online; it may follow later."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )
    online_capacity = number_field(
        most=MOST_SEATS, label=gettext_lazy("Places online"), hint=gettext_lazy("Empty for no limit.")
    )

    summary = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("In a sentence or two"),
        help_text=gettext_lazy("It stands below the title, and in mails."),
        widget=text_area(2),
    )
    description = forms.CharField(
        required=False,
        max_length=LONGEST_DESCRIPTION,
        label=pgettext_lazy("event", "What it is about"),
        help_text=gettext_lazy("Markdown: an empty line begins a paragraph, * a list."),
        widget=text_area(5),
    )
    agenda = forms.CharField(
        required=False,
        max_length=LONGEST_AGENDA,
        label=gettext_lazy("How it goes"),
        help_text=gettext_lazy("A step a line, such as “18:30, arrive. Tea, name tags.”"),
        widget=text_area(3),
    )
    kind = forms.ChoiceField(required=False, label=gettext_lazy("What kind of topic"), choices=KINDS)
    languages = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Languages spoken"), widget=forms.CheckboxSelectMultiple
    )

    open_to = forms.ChoiceField(label=gettext_lazy("Who may come"), choices=OPEN_TO, widget=forms.RadioSelect)
    needs_approval = forms.BooleanField(required=False, label=gettext_lazy("You approve everybody before they come"))
    has_waitlist = forms.BooleanField(
        required=False, label=gettext_lazy("When it is full, people can wait in line for a seat")
    )
    offer_hours = forms.ChoiceField(
        required=False,
        label=gettext_lazy("How long a free seat is kept for who is next in line"),
        choices=OFFER_HOURS,
    )
    guests_most = forms.ChoiceField(label=gettext_lazy("Guests that each may bring"), choices=GUESTS)
    opens_days = forms.ChoiceField(required=False, label=gettext_lazy("Answers are taken from"), choices=OPENS)
    closes_minutes = forms.ChoiceField(label=gettext_lazy("Answers are taken until"), choices=CLOSES)

    is_place_hidden = forms.BooleanField(required=False, label=gettext_lazy("Only those who come see the exact place"))
    place_hint = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("How to find it"),
        help_text=gettext_lazy(
            "Such as “Opposite the bus stop. The gate asks for your name.” It is shown also where the place is not."
        ),
        widget=text_area(2),
    )
    link_minutes = forms.ChoiceField(label=gettext_lazy("The link of the call is shown"), choices=LINK_MINUTES)
    access_facts = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("What it offers to people who need it"),
        choices=ACCESS_FACTS,
        widget=forms.CheckboxSelectMultiple,
    )
    access_note = forms.CharField(
        required=False,
        max_length=300,
        label=gettext_lazy("More about access"),
        help_text=gettext_lazy("Also what is missing: it saves somebody a way in vain."),
        widget=text_area(2),
    )

    hosts = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label=gettext_lazy("Hosts"), widget=forms.CheckboxSelectMultiple
    )
    host = forms.CharField(
        required=False,
        max_length=254,
        label=gettext_lazy("Somebody else as host"),
        help_text=gettext_lazy("Their username. They can check people in at this event; they need no role for it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    zone = forms.CharField(
        max_length=64,
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The place whose clock counts, such as Africa/Nairobi."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Name the place whose clock counts, such as Africa/Nairobi.")},
    )
    ends_on = day_field(
        label=gettext_lazy("Ends on another day"), hint=gettext_lazy("Only where it goes on past midnight.")
    )


#: The parts that fold, in their order, with their fields.
FOLDS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "about": (pgettext_lazy("event", "What it is about"), ("summary", "description", "agenda", "kind", "languages")),
    "who": (
        gettext_lazy("Who may come, and when it is full"),
        (
            "open_to",
            "needs_approval",
            "has_waitlist",
            "offer_hours",
            "guests_most",
            "opens_days",
            "closes_minutes",
        ),
    ),
    "there": (
        gettext_lazy("Finding it, and access"),
        ("is_place_hidden", "place_hint", "link_minutes", "access_facts", "access_note"),
    ),
    "hosts": (gettext_lazy("Hosts"), ("hosts", "host")),
    "questions": (gettext_lazy("Questions to those who come"), ()),
    "units": (gettext_lazy("Units of a course to prepare with"), ()),
    "when": (gettext_lazy("Time zone, past midnight"), ("zone", "ends_on")),
}
