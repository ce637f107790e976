"""Small forms about an event and the people who come: calling off, removing, adding, mailing, writing what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chapters.data import EventData, EventMailAudience, SeriesScope
from chapters.forms.base import ChapterForm
from discussion_ext.data import MeetingMode
from people import api as people

from .base import REASON_LENGTH, day_field, reason_field
from .clocks import time_field

#: As the columns of answers to events hold them.
NOTE_LENGTH: Final = 300
RESULT_LENGTH: Final = 20_000

_WAYS: Final = {
    MeetingMode.OFFLINE: gettext_lazy("In the room"),
    MeetingMode.ONLINE: gettext_lazy("Online"),
}


class ScopeForm(ChapterForm):
    """Which dates of a series are meant; of a single event the question is not there."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Which dates"),
        choices=[
            (SeriesScope.THIS.value, gettext_lazy("This date")),
            (SeriesScope.FOLLOWING.value, gettext_lazy("This and all that follow")),
        ],
        initial=SeriesScope.THIS.value,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which dates you mean.")},
    )

    def __init__(self, *args: Any, event: EventData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        if event.series_id is None:
            del self.fields["scope"]

    @property
    def chosen(self) -> SeriesScope:
        """Return the scope; of a valid form."""
        return SeriesScope(self.cleaned_data.get("scope", SeriesScope.THIS.value))


class CancelForm(ScopeForm):
    """Why an event does not take place."""

    reason = reason_field(
        label=gettext_lazy("Why it does not take place"),
        hint=gettext_lazy("Everybody who has a seat, an offer or a place in line reads it, once."),
        required=gettext_lazy("Say why: the people concerned will read it."),
    )
    field_order = ["scope", "reason"]


class SkipForm(ChapterForm):
    """Why a date of a series is left out."""

    reason = reason_field(
        label=gettext_lazy("Why this date is left out"),
        hint=gettext_lazy("Whoever has a seat that day reads it. The other dates stay."),
        required=gettext_lazy("Say why: the people concerned will read it."),
    )


class CopyForm(ChapterForm):
    """When the copy of an event takes place."""

    api_fields: ClassVar[Mapping[str, str]] = {"starts_local": "day", "fold": "time"}

    day = day_field(label=gettext_lazy("Day"), required=gettext_lazy("Choose the day."))
    time = time_field(label=gettext_lazy("From"), required=gettext_lazy("Choose the time at which it begins."))


class TemplateForm(ChapterForm):
    """What a template is called."""

    name = forms.CharField(
        max_length=120,
        label=gettext_lazy("Name of the template"),
        help_text=gettext_lazy("Such as “Evening in room B2”. It keeps everything but the date."),
        error_messages={"required": gettext_lazy("Give the template a name.")},
    )


class RefuseForm(ChapterForm):
    """Why somebody cannot come."""

    note = forms.CharField(
        required=False,
        max_length=NOTE_LENGTH,
        label=gettext_lazy("A line for them"),
        help_text=gettext_lazy("They read it with your answer. You may leave it empty."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RemoveForm(ChapterForm):
    """Why somebody loses their seat or place in line."""

    note = reason_field(
        label=gettext_lazy("Reason"),
        hint=gettext_lazy("They read it. The seat goes to who is next in line."),
        required=gettext_lazy("Say why: the person will read it."),
        length=NOTE_LENGTH,
    )


class AddForm(ChapterForm):
    """Somebody who is put on the list of an event by its organizers."""

    api_fields: ClassVar[Mapping[str, str]] = {"user_id": "username", "seats": "is_forced", "capacity": "is_forced"}

    username = forms.CharField(
        max_length=254,
        label=gettext_lazy("Username"),
        help_text=gettext_lazy("They are told that they have a seat, and can give it back."),
        error_messages={"required": gettext_lazy("Name somebody.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    mode = forms.ChoiceField(label=gettext_lazy("How they come"), widget=forms.RadioSelect)
    is_forced = forms.BooleanField(required=False, label=gettext_lazy("Even if it is full then"))

    def __init__(self, *args: Any, event: EventData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_id = 0
        ways = [(each.mode.value, _WAYS[each.mode]) for each in event.seats]
        self.fields["mode"].choices = ways  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["mode"].widget = forms.HiddenInput()
        if ways:
            self.initial.setdefault("mode", ways[0][0])

    def clean_username(self) -> str:
        """Return the username, and keep whose it is."""
        username = str(self.cleaned_data["username"]).strip()
        try:
            self.user_id = people.find_person(username=username)
        except people.PersonNotFoundError as error:
            raise forms.ValidationError(_("Nobody has this username.")) from error
        return username


class MailForm(ChapterForm):
    """A mail to people of an event. ``request_key`` makes sending the form again harmless."""

    audience = forms.ChoiceField(label=gettext_lazy("To whom"), widget=forms.RadioSelect)
    subject = forms.CharField(
        max_length=150,
        label=gettext_lazy("Subject"),
        error_messages={"required": gettext_lazy("Give the mail a subject.")},
    )
    body = forms.CharField(
        max_length=5000,
        label=gettext_lazy("What you write"),
        help_text=gettext_lazy("The name of the event, its day and place stand below your text by themselves."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    request_key = forms.RegexField(r"^[0-9a-f-]{8,64}$", widget=forms.HiddenInput())

    def __init__(self, *args: Any, audiences: Sequence[tuple[EventMailAudience, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(each.value, said) for each, said in audiences]  # type: ignore[attr-defined]
        if audiences:
            self.initial.setdefault("audience", audiences[0][0].value)


class ResultForm(ChapterForm):
    """What came of an event."""

    text = forms.CharField(
        required=False,
        max_length=RESULT_LENGTH,
        label=gettext_lazy("What came out of it"),
        help_text=gettext_lazy(
            "Three sentences are enough: what was tried, what worked, what stays open. Name nobody without asking."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


class PresenceForm(ChapterForm):
    """The answer to somebody who says that they were there."""

    answer = forms.CharField(
        required=False,
        max_length=REASON_LENGTH,
        label=gettext_lazy("A line for them"),
        help_text=gettext_lazy("They read it. Say why where you cannot confirm it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ExportForm(ChapterForm):
    """What a list of attendees is wanted for."""

    reason = reason_field(
        label=gettext_lazy("What you need it for"),
        hint=gettext_lazy("Kept in the chapter's log, with your name and how many people are in the file."),
        required=gettext_lazy("Say what you need the list for. It is kept in the chapter's log."),
    )
