"""Forms about one person: an answer to their request, an audience, a removal, a ban and its appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chapters.data import Audience, ChapterData, ChapterRole
from chapters.forms.base import ChapterForm
from chapters.models.chapters import AUDIENCES
from chapters.models.organizers import ROLES

from .base import REASON_LENGTH, day_field, reason_field

_DAYS: Final = {"7": 7, "30": 30, "90": 90}


class AnswerForm(ChapterForm):
    """What an applicant reads beside yes or no."""

    note = forms.CharField(
        required=False,
        max_length=REASON_LENGTH,
        label=gettext_lazy("A line for them"),
        help_text=gettext_lazy("They read it with your answer. You may leave it empty."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class StandingForm(ChapterForm):
    """An audience that an organizer gives or takes, and why."""

    audience = forms.ChoiceField(label=gettext_lazy("Discussion board"), widget=forms.RadioSelect)
    reason = reason_field(
        label=gettext_lazy("Why"),
        hint=gettext_lazy("Kept in the chapter's log. For example: took the course before it was on this platform."),
        required=gettext_lazy("Say why. It is kept in the chapter's log."),
        length=300,
    )

    def __init__(self, *args: Any, audiences: list[Audience], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(AUDIENCES)
        self.fields["audience"].choices = [(each.value, words[each.value]) for each in audiences]  # type: ignore[attr-defined]
        if len(audiences) == 1:
            self.initial.setdefault("audience", audiences[0].value)


class RemoveForm(ChapterForm):
    """Why somebody is no member any more."""

    reason = reason_field(
        label=gettext_lazy("Reason"),
        hint=gettext_lazy("They read it. Say what happened, not what you think of them."),
        required=gettext_lazy("Say why: the person will read it."),
    )


class BanForm(RemoveForm):
    """Why somebody is kept out, and until when."""

    length = forms.ChoiceField(
        label=gettext_lazy("For how long"),
        choices=[
            ("7", gettext_lazy("One week")),
            ("30", gettext_lazy("30 days")),
            ("90", gettext_lazy("90 days")),
            ("day", gettext_lazy("Until a day")),
            ("open", gettext_lazy("Until somebody lifts it")),
        ],
        initial="30",
        widget=forms.RadioSelect,
    )
    until = day_field(label=gettext_lazy("Until which day"), hint=gettext_lazy("For “Until a day”: the last day."))

    api_fields: ClassVar[Mapping[str, str]] = {"expires_at": "until"}

    def __init__(self, *args: Any, chapter: ChapterData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._zone = chapter.zone
        self.expires_at: datetime | None = None

    def clean(self) -> dict[str, Any]:
        """Work out when the ban ends: after so many days, or at the end of a day on the chapter's clock."""
        values = super().clean() or {}
        length, until = values.get("length"), values.get("until")
        now = timezone.now()
        if length in _DAYS:
            self.expires_at = now + timedelta(days=_DAYS[length])
        elif length == "day" and "until" not in self.errors:
            if until is None:
                self.add_error("until", _("Choose the last day of the ban."))
            elif until < now.astimezone(self._zone).date():
                self.add_error("until", _("This day is over. Choose one that lies ahead."))
            elif until.year > now.year + 10:
                self.add_error("until", _("That is more than ten years ahead. Choose “Until somebody lifts it”."))
            else:
                end = datetime.combine(until + timedelta(days=1), datetime.min.time(), self._zone)
                self.expires_at = end
        return values


class LiftForm(ChapterForm):
    """Why a ban ends early."""

    reason = reason_field(
        label=gettext_lazy("Why it ends"),
        hint=gettext_lazy("Kept in the chapter's log. You may leave it empty."),
        required="",
    )


class AppealForm(ChapterForm):
    """The answer to an appeal, given once."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            ("lifted", gettext_lazy("Lift the ban: they may join again")),
            ("kept", gettext_lazy("Keep the ban")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether the ban is lifted or kept.")},
    )
    answer = reason_field(
        label=gettext_lazy("Your answer"),
        hint=gettext_lazy("They read it. An appeal is answered once."),
        required=gettext_lazy("Write an answer: the person will read it."),
    )


class RoleForm(ChapterForm):
    """A role for a member, and until when."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    ends_on = day_field(
        label=gettext_lazy("Last day of the term"),
        hint=gettext_lazy("Empty for the usual length. They are reminded before it ends."),
    )

    api_fields: ClassVar[Mapping[str, str]] = {"user_id": "role"}

    def __init__(self, *args: Any, roles: list[ChapterRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(ROLES)
        self.fields["role"].choices = [(each.value, words[each.value]) for each in roles]  # type: ignore[attr-defined]


class ExportForm(ChapterForm):
    """What a list of members is wanted for."""

    reason = reason_field(
        label=gettext_lazy("What you need it for"),
        hint=gettext_lazy("Kept in the chapter's log, with your name and how many people are in the file."),
        required=gettext_lazy("Say what you need the list for. It is kept in the chapter's log."),
    )
