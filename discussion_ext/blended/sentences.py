"""Why a stage of a blended task stands as it does: one or two sentences for one reader. See `explanations`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.data import AttendanceSource, Late, StageConfigData, StageDatesData, StageKind, StageResultData
from people import api as people

_COUNTING = ("counts", "late", "part", "present", "replay")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A stage's result, and for whom it is put into words."""

    config: StageConfigData
    result: StageResultData
    found: StageDatesData
    names: Mapping[int, str]
    zone: ZoneInfo
    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]:
        """Return the facts of the result."""
        return self.result.facts

    @property
    def actor(self) -> str:
        """Return who decided or noted something."""
        return self.names.get(self.facts.get("actor_id") or 0, "") or _("the course team")

    @property
    def reason(self) -> str:
        """Return the reason they gave, or nothing."""
        return str(self.facts.get("reason") or "")

    def moment(self, at: datetime | str | None) -> str:
        """Say a moment with its day."""
        return people.say_moment(_instant(at), self.zone, now=self.now) if at else ""

    def day(self, at: datetime | str) -> str:
        """Say the day of a moment."""
        return people.say_day(_instant(at).astimezone(self.zone).date(), today=self.now.astimezone(self.zone).date())

    def time(self, at: datetime | str) -> str:
        """Say the time of day of a moment."""
        return people.say_time(_instant(at), self.zone)


def say_why(reader: Reader) -> str:
    """Return why a stage stands as it does, empty where only its items can say it."""
    result = reader.result
    sentence = _SENTENCES.get(result.code)
    if sentence:
        return sentence(reader)
    if result.code in _COUNTING:
        return " ".join(filter(None, (_WHAT_COUNTED[result.kind](reader), _late_note(reader))))
    return ""


def _counted_reading(reader: Reader) -> str:
    return ngettext(
        "%(done)d of %(wanted)d unit completed.", "%(done)d of %(wanted)d units completed.", reader.facts["wanted"]
    ) % {**reader.facts}


def _counted_discussion(reader: Reader) -> str:
    facts = {"count": reader.facts["answers"]}
    if not reader.facts["has_position"]:
        return ngettext("%(count)d answer, no position.", "%(count)d answers, no position.", facts["count"]) % facts
    if not reader.config.answers_wanted:
        return _("The position counts.")
    return ngettext("Position and %(count)d answer.", "Position and %(count)d answers.", facts["count"]) % facts


def _counted_attendance(reader: Reader) -> str:
    if reader.result.code == "replay":
        return _("The recording was watched on %(day)s.") % {"day": reader.day(reader.facts["arrived_at"])}
    source = AttendanceSource(reader.facts["source"])
    if source == AttendanceSource.CORRECTION:
        return _say_corrected(reader)
    text = {
        AttendanceSource.CODE: _("Checked in at %(time)s, by code."),
        AttendanceSource.SCAN: _("Checked in at %(time)s, by scanning the code."),
        AttendanceSource.TICKET: _("Checked in at %(time)s, by ticket."),
        AttendanceSource.ROLL: _("Noted as present by %(name)s."),
    }.get(source) or _("Noted as present from a list.")
    return text % {"time": reader.time(reader.facts["arrived_at"]), "name": reader.actor}


def _say_corrected(reader: Reader) -> str:
    facts = {"name": reader.actor, "day": reader.day(reader.facts["at"]), "reason": reader.reason}
    if reader.facts.get("corrected_from") == "absent":
        text = _("Marked absent at first, corrected by %(name)s on %(day)s: “%(reason)s”")
        bare = _("Marked absent at first, corrected by %(name)s on %(day)s.")
    else:
        text = _("Noted as present by %(name)s on %(day)s: “%(reason)s”")
        bare = _("Noted as present by %(name)s on %(day)s.")
    return (text if reader.reason else bare) % facts


def _counted_report(reader: Reader) -> str:
    number = reader.facts.get("words")
    late_by = reader.result.late_by
    facts = {"count": number, "late": _say_late(late_by) if late_by else ""}
    if number is None:
        # Translators: %(late)s is "2 hours after the due date".
        return _("Report handed in %(late)s.") % facts if late_by else _("Report handed in.")
    if late_by:
        # Translators: %(late)s is "2 hours after the due date".
        return ngettext(
            "Report of %(count)d word, handed in %(late)s.", "Report of %(count)d words, handed in %(late)s.", number
        ) % facts  # fmt: skip
    return ngettext("Report of %(count)d word.", "Report of %(count)d words.", number) % facts


def _counted_reviews(reader: Reader) -> str:
    return ngettext("%(done)d of %(wanted)d review.", "%(done)d of %(wanted)d reviews.", reader.facts["wanted"]) % {
        **reader.facts
    }


_WHAT_COUNTED: Mapping[StageKind, Callable[[Reader], str]] = {
    StageKind.READ: _counted_reading,
    StageKind.DISCUSS: _counted_discussion,
    StageKind.ATTEND: _counted_attendance,
    StageKind.REPORT: _counted_report,
    StageKind.REVIEW: _counted_reviews,
}


def _late_note(reader: Reader) -> str:
    """Return what came late, and what that takes."""
    late_by, config = reader.result.late_by, reader.config
    if late_by is None:
        return ""
    notes = []
    if reader.result.kind != StageKind.REPORT:
        # Translators: %(late)s is "2 hours after the due date".
        notes.append(_("The last of it came %(late)s.") % {"late": _say_late(late_by)})
    if config.late == Late.DECAY:
        notes.append(_("What is late loses %(percent)d %% for each day begun.") % {"percent": config.late_percent})
    if reader.facts.get("is_capped"):
        notes.append(_("Late answers and reviews bring at most what was earned in time."))
    return " ".join(notes)


def _say_late(late_by: timedelta) -> str:
    minutes = max(1, int(late_by.total_seconds() // 60))
    if minutes < 60:
        return ngettext(
            "%(count)d minute after the due date", "%(count)d minutes after the due date", minutes
        ) % {"count": minutes}  # fmt: skip
    hours = minutes // 60
    if hours < 48:
        return ngettext(
            "%(count)d hour after the due date", "%(count)d hours after the due date", hours
        ) % {"count": hours}  # fmt: skip
    days = hours // 24
    return ngettext("%(count)d day after the due date", "%(count)d days after the due date", days) % {"count": days}


def _say_excused(reader: Reader) -> str:
    text = _("Excused by %(name)s: “%(reason)s” This does not lower the grade.")
    bare = _("Excused by %(name)s. This does not lower the grade.")
    return (text if reader.reason else bare) % {"name": reader.actor, "reason": reader.reason}


def _say_marked(reader: Reader) -> str:
    facts = {"percent": int(reader.result.share * 100 + 0.5), "name": reader.actor, "reason": reader.reason}
    text = _("Marked with %(percent)d %% by %(name)s: “%(reason)s”")
    return (text if reader.reason else _("Marked with %(percent)d %% by %(name)s.")) % facts


def _say_cancelled(reader: Reader) -> str:
    text = _("The class session was cancelled: “%(reason)s” This does not lower the grade.")
    bare = _("The class session was cancelled. This does not lower the grade.")
    return (text if reader.reason else bare) % {"reason": reader.reason}


def _say_absent(reader: Reader) -> str:
    text = _("Marked absent by %(name)s: “%(reason)s”") if reader.reason else _("Marked absent by %(name)s.")
    return text % {"name": reader.actor, "reason": reader.reason}


def _say_missed(reader: Reader) -> str:
    if reader.result.kind == StageKind.ATTEND:
        return _("Nobody noted that the class session was attended.")
    if reader.found.closes_at is None:
        return ""
    return _("It closed on %(moment)s.") % {"moment": reader.moment(reader.found.closes_at)}


def _say_waiting(reader: Reader) -> str:
    if reader.result.kind == StageKind.REVIEW:
        return _("Too few classmates have handed in a report so far.")
    return _("Too few classmates have posted so far.")


def _say_impossible(reader: Reader) -> str:
    if reader.result.kind == StageKind.REVIEW:
        return _("Too few classmates handed in a report before it closed. This does not lower the grade.")
    return _("Too few classmates posted before it closed. This does not lower the grade.")


def _say_replay_left(reader: Reader) -> str:
    closes_at = reader.found.closes_at
    if closes_at is None:
        return _("Watching the recording counts as attended.")
    return _("Watching the recording until %(moment)s counts as attended.") % {"moment": reader.moment(closes_at)}


def _say_opens(reader: Reader) -> str:
    opens_at = reader.found.opens_at or reader.facts.get("starts_at")
    return _("Opens %(moment)s.") % {"moment": reader.moment(opens_at)} if opens_at else ""


def _say_due(reader: Reader) -> str:
    due_at = reader.found.due_at
    if reader.result.kind == StageKind.ATTEND or due_at is None:
        return ""
    return _("Due %(moment)s.") % {"moment": reader.moment(due_at)}


def _say_overdue(reader: Reader) -> str:
    facts = {"moment": reader.moment(reader.found.closes_at), "percent": reader.config.late_percent}
    if reader.config.late == Late.DECAY:
        return (
            _("The due date is over. Accepted until %(moment)s, with %(percent)d %% less for each day begun.") % facts
        )
    return _("The due date is over. Accepted until %(moment)s.") % facts


_SENTENCES: Mapping[str, Callable[[Reader], str]] = {
    "excused": _say_excused,
    "marked": _say_marked,
    "cancelled": _say_cancelled,
    "absent": _say_absent,
    "missed": _say_missed,
    "waiting": _say_waiting,
    "impossible": _say_impossible,
    "no_units": lambda _reader: _("None of its units is in the course now. This does not lower the grade."),
    "no_sitting": lambda _reader: _("Its dates follow the class session: they are known with a seat in one."),
    "not_noted": lambda reader: (
        _("It is not noted yet who came. The host can do so until %(moment)s.")
        % {"moment": reader.moment(reader.facts["until"])}
    ),
    "replay_left": _say_replay_left,
    "opens_later": _say_opens,
    "open": _say_due,
    "overdue": _say_overdue,
}


def _instant(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
