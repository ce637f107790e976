"""Forms of community managers: a proposal's answer, a lead organizer, notes and the end of a confidential report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from chapters.forms.base import ChapterForm

from .base import day_field, reason_field


class ApproveForm(ChapterForm):
    """Where a chapter that begins is found: its address and its region."""

    slug = forms.SlugField(
        max_length=60,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("The end of its web address: letters, digits and hyphens, such as nairobi-evening."),
        error_messages={"required": gettext_lazy("Give the chapter an address.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    region = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label=gettext_lazy("Region in the directory")
    )

    api_fields: ClassVar[Mapping[str, str]] = {"region_id": "region"}

    def __init__(self, *args: Any, regions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].choices = [("", gettext_lazy("None")), *regions]  # type: ignore[attr-defined]


class DeclineForm(ChapterForm):
    """Why a proposal does not become a chapter."""

    reason = reason_field(
        label=gettext_lazy("Reason"),
        hint=gettext_lazy("Who proposed it reads it. Say what would have to change, or where their idea fits better."),
        required=gettext_lazy("Give a reason: who proposed the chapter will read it."),
    )


class LeadForm(ChapterForm):
    """Somebody to lead a chapter."""

    username = forms.CharField(
        max_length=254,
        label=gettext_lazy("Username"),
        help_text=gettext_lazy("Ask them first. They become a member if they are none yet."),
        error_messages={"required": gettext_lazy("Name somebody.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    ends_on = day_field(
        label=gettext_lazy("Last day of the term"), hint=gettext_lazy("Empty for the usual length of a term.")
    )

    api_fields: ClassVar[Mapping[str, str]] = {"user_id": "username"}


class NoteForm(ChapterForm):
    """A note of whoever handles a confidential report."""

    text = forms.CharField(
        max_length=4000,
        label=gettext_lazy("Note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write the note first.")},
    )
    is_for_reporter = forms.BooleanField(required=False, label=gettext_lazy("Who reported it reads this note"))


class CloseForm(ChapterForm):
    """How a confidential report ends."""

    outcome = reason_field(
        label=gettext_lazy("Outcome"),
        hint=gettext_lazy("Who reported it reads it. Say what was done, without details of other people."),
        required=gettext_lazy("Write how it ended: who reported it will read it."),
        length=1000,
    )
