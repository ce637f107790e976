"""The form of a sitting: a wall clock and a zone, with an answer for the hours that clocks skip or show twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey

from discussion_ext import edx_platform
from discussion_ext.api import attendance
from discussion_ext.data import MeetingMode, MeetingPlanData, SittingData
from people import api as people

_DATE: Final = "%Y-%m-%d"
#: The field of the form that a field of the plan is typed into.
_FIELDS: Final = {"starts_local": "day", "fold": "clock", "host_id": "host"}


@dataclass(frozen=True, slots=True)
class ClockChoice:
    """One of two answers to a time that a clock skips or shows twice."""

    value: str
    label: str


class SittingForm(forms.Form):
    """What an organizer decides about one sitting. ``plan`` is the meeting's, once the form is valid."""

    title = forms.CharField(
        max_length=255,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What tells it from the other sittings, such as “Nairobi, evening”."),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format=_DATE),
        input_formats=[_DATE],
        error_messages={"invalid": gettext_lazy("Write the day as 2026-12-03.")},
    )
    time = forms.TimeField(
        label=gettext_lazy("Starts at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Write the time as 19:00.")},
    )
    minutes = forms.IntegerField(label=gettext_lazy("Length in minutes"), min_value=1, max_value=2880, initial=90)
    zone = forms.CharField(
        max_length=64,
        label=gettext_lazy("Time zone"),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=gettext_lazy("The place whose clock counts, such as Africa/Nairobi."),
    )
    clock = forms.CharField(required=False, max_length=16, label=gettext_lazy("Which time do you mean?"))
    mode = forms.ChoiceField(
        label=gettext_lazy("How people meet"),
        choices=[
            (MeetingMode.OFFLINE.value, gettext_lazy("In a room")),
            (MeetingMode.ONLINE.value, gettext_lazy("Online")),
            (MeetingMode.HYBRID.value, gettext_lazy("Both")),
        ],
        initial=MeetingMode.OFFLINE.value,
        widget=forms.RadioSelect,
    )
    place = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Room, house and street, as somebody looks for it."),
    )
    link = forms.CharField(
        required=False,
        max_length=1000,
        label=gettext_lazy("Link to the video call"),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        help_text=gettext_lazy("Shown to those who have a seat, not in calendar files."),
    )
    host = forms.CharField(
        required=False,
        max_length=254,
        label=gettext_lazy("Host"),
        help_text=gettext_lazy("Username or e-mail address. The host shows the check-in code and calls the roll."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    capacity = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=1_000_000,
        label=gettext_lazy("Seats"),
        help_text=gettext_lazy("Empty for no limit."),
    )
    cohorts = forms.TypedMultipleChoiceField(
        required=False,
        coerce=int,
        label=gettext_lazy("Cohorts"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whose sitting this is. None for everybody."),
        error_messages={"invalid_choice": gettext_lazy("One of these cohorts is gone. Choose once more.")},
    )
    replay_url = forms.CharField(
        required=False,
        max_length=500,
        label=gettext_lazy("Link to the recording"),
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    replay_unit = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Unit with the recording"),
        help_text=gettext_lazy("Finishing this unit can count as having been there: see the session's rules."),
    )

    def __init__(self, *args: Any, course_key: CourseKey, sitting: SittingData | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.course_key = course_key
        self.plan: MeetingPlanData | None = None
        self.clock_choices: Sequence[ClockChoice] = ()
        cohorts = edx_platform.list_cohorts(course_key)
        kept = [] if sitting is None else [each for each in sitting.cohort_ids if each not in {c.id for c in cohorts}]
        gone = [(each, _("A cohort that is no longer there")) for each in kept]
        self.fields["cohorts"].choices = [(each.id, each.name) for each in cohorts] + gone  # type: ignore[attr-defined]
        if not self.fields["cohorts"].choices:  # type: ignore[attr-defined]
            del self.fields["cohorts"]
        units = [(unit.block_id, " / ".join([*unit.path, unit.title])) for unit in edx_platform.list_units(course_key)]
        lost = sitting.replay_unit if sitting and sitting.replay_unit not in {"", *dict(units)} else ""
        if lost:
            units.append((lost, _("A unit that is no longer there")))
        self.fields["replay_unit"].choices = [("", _("None")), *units]  # type: ignore[attr-defined]
        for name in ("title", "day", "time", "zone"):
            self.fields[name].error_messages["required"] = _REQUIRED[name]

    @staticmethod
    def initial_of(sitting: SittingData) -> dict[str, Any]:
        """Return what the form shows of a sitting that is there."""
        meeting = sitting.meeting
        is_second = bool(meeting.starts_at.astimezone(meeting.zone).fold)
        logins = edx_platform.list_logins([meeting.host_id]) if meeting.host_id is not None else {}
        return {
            "title": meeting.title,
            "day": meeting.starts_local.date(),
            "time": meeting.starts_local.time(),
            "minutes": meeting.minutes,
            "zone": meeting.zone.key,
            "clock": "second" if is_second else "",
            "mode": meeting.mode.value,
            "place": meeting.place,
            "link": meeting.link,
            "host": logins[meeting.host_id][0] if meeting.host_id in logins else "",
            "capacity": meeting.capacity or None,
            "cohorts": list(sitting.cohort_ids),
            "replay_url": sitting.replay_url,
            "replay_unit": sitting.replay_unit,
        }

    def clean_host(self) -> int | None:
        """Return the id of the host; None for none."""
        login = self.cleaned_data["host"].strip()
        if not login:
            return None
        found = edx_platform.identify_hosts(self.course_key, [login]).get(login)
        if found is None:
            raise forms.ValidationError(
                _("Nobody of this course has this username or e-mail address. Enrol them, or add them to the team.")
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Make the plan of a meeting, or say what is wrong with it."""
        values = super().clean() or {}
        if not {"day", "time", "zone"} <= set(values) or self.errors:
            return values
        start, fold = self._read_clock(datetime.combine(values["day"], values["time"]))
        plan = MeetingPlanData(
            title=values["title"],
            mode=MeetingMode(values["mode"]),
            starts_local=start,
            zone=values["zone"].strip(),
            minutes=values["minutes"],
            fold=fold,
            place=values["place"],
            link=values["link"],
            host_id=values["host"],
            capacity=values["capacity"] or 0,
        )
        try:
            attendance.check_plan(plan)
        except attendance.WallClockError as fault:
            self.clock_choices = _choices(fault.code, start, plan.zone)
            self.add_error("clock" if self.clock_choices else "zone", fault.message)
        except attendance.MeetingError as fault:
            self.refuse(fault)
        else:
            self.plan = plan
        return values

    def refuse(self, fault: Any) -> None:
        """Show a refusal of the api at the field that it names."""
        name = _FIELDS.get(fault.field, fault.field)
        self.add_error(name if name in self.fields else None, fault.message)

    def _read_clock(self, start: datetime) -> tuple[datetime, int | None]:
        """Return the start and which of two equal hours is meant, by the answer that was chosen."""
        answer = self.cleaned_data.get("clock", "")
        if answer in _FOLDS:
            return start, _FOLDS[answer]
        try:
            chosen = datetime.fromisoformat(answer)
        except ValueError:
            return start, None
        # The answer is to the time that it was asked about: a time that was changed since asks anew.
        is_answer = any(choice.value == answer for choice in _choices("skipped", start, self.cleaned_data["zone"]))
        return (chosen, None) if is_answer else (start, None)


class CancelForm(forms.Form):
    """Why a sitting does not take place."""

    reason = forms.CharField(
        max_length=500,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody who has a seat reads it, in their mail and on their page."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: the people concerned will read it.")},
    )


def _choices(code: str, start: datetime, zone: str) -> Sequence[ClockChoice]:
    """Return the two answers to a time that is skipped or doubled in a zone; none where the zone is wrong."""
    if code not in ("skipped", "doubled"):
        return ()
    try:
        place = attendance.find_zone(zone)
    except attendance.WallClockError:
        return ()
    try:
        moments = [start.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:  # the first or the last day of the calendar, in a zone beyond its end
        return ()
    if code == "doubled":
        said = {"first": _("The first time, %(moment)s"), "second": _("The second time, %(moment)s")}
        return [
            ClockChoice(value, text % {"moment": people.format_moment(moment, zone=attendance.find_zone("UTC"))})
            for (value, text), moment in zip(said.items(), moments, strict=True)
        ]
    if moments[0] == moments[1]:
        return ()
    locals_ = sorted(moment.astimezone(place).replace(tzinfo=None, fold=0) for moment in moments)
    return [ClockChoice(f"{local:%Y-%m-%dT%H:%M}", f"{local:%H:%M}") for local in locals_]


_FOLDS: Final = {"first": 0, "second": 1}
_REQUIRED: Final = {
    "title": gettext_lazy("Give the sitting a title."),
    "day": gettext_lazy("Choose the day."),
    "time": gettext_lazy("Choose the time at which it starts."),
    "zone": gettext_lazy("Name the place whose clock counts, such as Africa/Nairobi."),
}
