"""What people write on discussion boards: topics and posts, with the pictures that come with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chapters.data import Audience, ChapterData
from discussion_ext.data import TopicKind

from .base import ChapterForm, text_area

LONGEST_TITLE: Final = 150
LONGEST_TEXT: Final = 10_000
LONGEST_REASON: Final = 500
_LONGEST_OPEN_DAYS: Final = 365
_DATE: Final = "%Y-%m-%d"

_TITLE_TOO_LONG: Final = gettext_lazy("The title has %(show_value)d characters. At most %(limit_value)d fit.")
_TEXT_TOO_LONG: Final = gettext_lazy("The text has %(show_value)d characters. At most %(limit_value)d fit.")
MARKDOWN_HINT: Final = gettext_lazy(
    "An empty line begins a new paragraph. **Bold**, _italic_, “- ” for a list, “> ” for a quote, [words](address) for "
    "a link."
)


class PostForm(ChapterForm):
    """The text of a post."""

    body = forms.CharField(
        label=gettext_lazy("Your text"),
        widget=text_area(6),
        max_length=LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Write your text first."), "max_length": _TEXT_TOO_LONG},
    )


class EditForm(PostForm):
    """The text of a post that is there, with its title where it begins a topic."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Write a title."), "max_length": _TITLE_TOO_LONG},
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=MARKDOWN_HINT,
        widget=text_area(8),
        max_length=LONGEST_TEXT,
        error_messages={"required": gettext_lazy("Write your text first."), "max_length": _TEXT_TOO_LONG},
    )
    field_order = ("title", "body")

    def __init__(self, *args: Any, has_title: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_title:
            del self.fields["title"]


class TopicForm(ChapterForm):
    """A new topic. ``closes_at`` is read from the day, on the chapter's clock."""

    api_fields: ClassVar[Mapping[str, str]] = {"closes_at": "closes_on"}

    board = forms.ChoiceField(label=gettext_lazy("Who reads it"), widget=forms.RadioSelect, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of topic"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what kind of topic it is.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("A question gets more answers than a heading."),
        max_length=LONGEST_TITLE,
        error_messages={
            "required": gettext_lazy("Write a title: it is what people see in the list."),
            "max_length": _TITLE_TOO_LONG,
        },
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=MARKDOWN_HINT,
        widget=text_area(8),
        max_length=LONGEST_TEXT,
        error_messages={
            "required": gettext_lazy("Write a few lines, so that people know what to answer."),
            "max_length": _TEXT_TOO_LONG,
        },
    )
    closes_on = forms.DateField(
        label=gettext_lazy("Last day for answers, if there is one"),
        help_text=gettext_lazy("After this day the topic can be read, and takes no answers."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format=_DATE),
        input_formats=[_DATE],
        error_messages={"invalid": gettext_lazy("Write the day as 2026-12-03.")},
    )
    insists = forms.BooleanField(label=gettext_lazy("Start this topic all the same"), required=False)

    def __init__(self, *args: Any, chapter: ChapterData, boards: Sequence[tuple[Audience, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chapter = chapter
        self.fields["board"].choices = [(audience.value, label) for audience, label in boards]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.value, kind.value) for kind in TopicKind]  # type: ignore[attr-defined]

    def clean_closes_on(self) -> datetime | None:
        """Return the end of that day on the chapter's clock. Not in the past, and within a year."""
        day = self.cleaned_data.get("closes_on")
        if day is None:
            return None
        today = timezone.now().astimezone(self.chapter.zone).date()
        if day < today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        if day > today + timedelta(days=_LONGEST_OPEN_DAYS):
            raise forms.ValidationError(_("Choose a day within a year, or none: you can close the topic at any time."))
        return datetime.combine(day, time(23, 59), tzinfo=self.chapter.zone)
