"""The forms of a session's rules, of files, and of what the team decides about one learner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussion_ext.data import AssignedBy, AttendanceState, SessionData, SittingData
from people import api as people


class SessionForm(forms.Form):
    """Who decides where learners sit, until when, and what a recording counts."""

    title = forms.CharField(max_length=255, label=gettext_lazy("Title"))
    assigned_by = forms.ChoiceField(
        label=gettext_lazy("Who decides where learners sit"),
        choices=[
            (AssignedBy.CHOICE.value, gettext_lazy("Each learner chooses a sitting")),
            (AssignedBy.COHORT.value, gettext_lazy("Their cohort: its members get seats in its sitting")),
            (AssignedBy.TEAM.value, gettext_lazy("The course team, here or by a file")),
        ],
        widget=forms.RadioSelect,
    )
    change_until_hours = forms.IntegerField(
        min_value=0,
        max_value=8760,
        label=gettext_lazy("Changing closes, hours before the start"),
        help_text=gettext_lazy("48 is two days. It holds at the sitting that is left and at the one that is taken."),
    )
    replay_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label=gettext_lazy("Recording counts as having been there, from percent"),
        help_text=gettext_lazy(
            "How much of the parts of its unit has to be finished, after the sitting. 0: a recording never counts."
        ),
    )

    @staticmethod
    def initial_of(session: SessionData) -> dict[str, Any]:
        """Return what the form shows of a session."""
        return {
            "title": session.title,
            "assigned_by": session.assigned_by.value,
            "change_until_hours": session.change_until_hours,
            "replay_percent": session.replay_percent,
        }


class FileForm(forms.Form):
    """A file to be looked over."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/tab-separated-values"}),
    )


class CorrectionForm(forms.Form):
    """What is true of somebody's attendance, and why it is changed."""

    state = forms.ChoiceField(
        label=gettext_lazy("Attendance"),
        choices=[
            (AttendanceState.PRESENT.value, gettext_lazy("Present")),
            (AttendanceState.ABSENT.value, gettext_lazy("Absent")),
            (AttendanceState.EXCUSED.value, gettext_lazy("Excused")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is true.")},
    )
    reason = forms.CharField(
        max_length=500,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The learner reads it beside their result."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: the learner will read it.")},
    )


class MoveForm(forms.Form):
    """Where somebody sits from now on."""

    sitting = forms.TypedChoiceField(label=gettext_lazy("Sitting"), coerce=int, empty_value=None, required=False)
    is_forced = forms.BooleanField(required=False, label=gettext_lazy("Even if it is full"))

    def __init__(self, *args: Any, sittings: Sequence[SittingData], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            (each.id, f"{each.meeting.title}, {people.format_moment(each.meeting.starts_at, zone=each.meeting.zone)}")
            for each in sittings
            if not each.meeting.is_cancelled
        ]
        self.fields["sitting"].choices = [("", _("No seat")), *shown]  # type: ignore[attr-defined]
