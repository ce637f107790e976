"""Say what an author configured: kinds of stages, when they open and are due, what happens to who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from discussion_ext.data import Anchor, BlendedConfigData, Late, MomentRule, StageConfigData, StageKind
from people import api as people

ICONS = {
    StageKind.READ: "book",
    StageKind.DISCUSS: "chat",
    StageKind.ATTEND: "people",
    StageKind.REPORT: "pen",
    StageKind.REVIEW: "star",
}


@dataclass(frozen=True)
class KindLine:
    """A kind of stage to choose: its code, icon, name, and what it asks in a sentence."""

    code: str
    icon: str
    name: str
    hint: str


def list_kinds() -> list[KindLine]:
    """Return the kinds of stages in the order in which a task usually has them."""
    hints = {
        StageKind.READ: _("Units of this course. Done when they are completed."),
        StageKind.DISCUSS: _("A position of one’s own, then answers to classmates. Others are seen after one’s own."),
        StageKind.ATTEND: _("Coming to the class session. Check-in by code, roll call or the recording."),
        StageKind.REPORT: _("A text about what happened at work, with a link where you want one."),
        StageKind.REVIEW: _("Reading classmates’ reports and answering your questions about them."),
    }
    return [KindLine(str(kind), ICONS[kind], say_kind(kind), hint) for kind, hint in hints.items()]


def say_kind(kind: StageKind) -> str:
    """Return how a kind of stage is called."""
    return {
        StageKind.READ: _("Read or watch"),
        StageKind.DISCUSS: _("Discuss"),
        StageKind.ATTEND: _("Attend"),
        StageKind.REPORT: _("Report back"),
        StageKind.REVIEW: _("Peer review"),
    }[kind]


def say_title(stage: StageConfigData) -> str:
    """Return a stage's title; without one, what its kind is called."""
    return stage.title or say_kind(stage.kind)


def say_stage(stage: StageConfigData, config: BlendedConfigData, zone: ZoneInfo) -> list[str]:
    """Return what an author reads of a folded stage, part by part: when, what, how much of the grade."""
    return [part for part in (*_say_dates(stage, config, zone), _say_asked(stage), _say_weight(stage.weight)) if part]


def say_task(config: BlendedConfigData) -> list[str]:
    """Return what an author reads of the folded task."""
    points = ngettext("%(count)s point", "%(count)s points", int(config.points)) % {"count": f"{config.points:g}"}
    days = config.catch_up_days
    late = ngettext("late joiners get %(count)s day", "late joiners get %(count)s days", days) % {"count": days}
    parts = [points, late if days else _("no extra days for late joiners")]
    if config.needs_session:
        shared = _("the class session of another task")
        parts.append(shared if config.session_block else _("a class session of its own"))
    return [*parts, _("each cohort by itself") if config.by_cohort else _("whole course")]


def say_rule(rule: MomentRule, config: BlendedConfigData, zone: ZoneInfo) -> str:
    """Return "7 days before the session", "when stage 2 is due" or "Thu 3 Dec, 19:00"; empty where there is no date."""
    if rule.anchor == Anchor.ALWAYS:
        return ""
    if rule.anchor == Anchor.FIXED:
        return people.say_moment(rule.at, zone) if rule.at else pgettext("a date", "not chosen yet")
    if not rule.days and not rule.hours:
        return _say_anchor(rule, config)
    message = _say_before(rule) if (rule.days, rule.hours) < (0, 0) else _say_after(rule)
    return message % {
        "offset": _say_offset(rule.days, rule.hours),
        "stage": _number(rule.stage_id, config),
    }


def say_late(stage: StageConfigData) -> str:
    """Return what happens to who is late; empty where nothing late is accepted."""
    facts = {"days": stage.late_days, "percent": say_percent(stage.late_percent)}
    if stage.late == Late.GRACE:
        message = ngettext("late: full credit for %(days)s day", "late: full credit for %(days)s days", stage.late_days)
        return message % facts
    if stage.late == Late.DECAY:
        message = ngettext(
            "late: %(percent)s less a day, for %(days)s day",
            "late: %(percent)s less a day, for %(days)s days",
            stage.late_days,
        )
        return message % facts
    return ""


def say_percent(number: int) -> str:
    """Return "25 %" as the language writes it."""
    return pgettext("percent", "%(number)s %%") % {"number": number}


# -- the parts of a folded stage ---------------------------------------------------------------------------------------


def _say_dates(stage: StageConfigData, config: BlendedConfigData, zone: ZoneInfo) -> list[str]:
    opens, due = (say_rule(rule, config, zone) for rule in (stage.opens, stage.due))
    if stage.kind == StageKind.ATTEND:
        has_more_time = bool(due) and stage.due != MomentRule(anchor=Anchor.SESSION_END)
        recording = [_("a recording counts until %(when)s") % {"when": due}] if has_more_time else []
        return [_("At the learner’s own session"), *recording, say_late(stage)]
    opening = _("Opens %(when)s") % {"when": opens} if opens else _("Open from the beginning")
    if not due:
        return [opening, _("no due date")]
    return [opening, _("due %(when)s") % {"when": due}, say_late(stage)]


def _say_asked(stage: StageConfigData) -> str:
    if stage.kind == StageKind.READ:
        count = len(stage.unit_ids)
        return ngettext("%(count)s unit", "%(count)s units", count) % {"count": count}
    if stage.kind == StageKind.DISCUSS:
        return _say_discussion(stage)
    if stage.kind == StageKind.REPORT:
        words = ngettext("%(count)s word", "%(count)s words", stage.report_min) % {"count": stage.report_min}
        return _("%(words)s and a link") % {"words": words} if stage.needs_link else words
    if stage.kind == StageKind.REVIEW:
        count = stage.reviews_wanted
        return ngettext("%(count)s review", "%(count)s reviews", count) % {"count": count}
    return ""


def _say_discussion(stage: StageConfigData) -> str:
    position = ngettext("position of %(count)s word", "position of %(count)s words", stage.position_min)
    position %= {"count": stage.position_min}
    if not stage.answers_wanted:
        return position
    answers = ngettext("%(count)s answer", "%(count)s answers", stage.answers_wanted) % {"count": stage.answers_wanted}
    return _("%(position)s, %(answers)s") % {"position": position, "answers": answers}


def _say_weight(weight: int) -> str:
    return _("weight %(percent)s") % {"percent": say_percent(weight)}


# -- moments -----------------------------------------------------------------------------------------------------------


def _say_anchor(rule: MomentRule, config: BlendedConfigData) -> str:
    return {
        Anchor.SESSION_START: _("when the session starts"),
        Anchor.SESSION_END: _("when the session ends"),
        Anchor.STAGE_OPENS: _("when stage %(stage)s opens"),
        Anchor.STAGE_DUE: _("when stage %(stage)s is due"),
    }[rule.anchor] % {"stage": _number(rule.stage_id, config)}


def _say_before(rule: MomentRule) -> str:
    return {
        Anchor.SESSION_START: _("%(offset)s before the session"),
        Anchor.SESSION_END: _("%(offset)s before the session ends"),
        Anchor.STAGE_OPENS: _("%(offset)s before stage %(stage)s opens"),
        Anchor.STAGE_DUE: _("%(offset)s before stage %(stage)s is due"),
    }[rule.anchor]


def _say_after(rule: MomentRule) -> str:
    return {
        Anchor.SESSION_START: _("%(offset)s after the session starts"),
        Anchor.SESSION_END: _("%(offset)s after the session"),
        Anchor.STAGE_OPENS: _("%(offset)s after stage %(stage)s opens"),
        Anchor.STAGE_DUE: _("%(offset)s after stage %(stage)s is due"),
    }[rule.anchor]


def _say_offset(days: int, hours: int) -> str:
    """Return "7 days", "24 hours" or both; what points the other way carries a minus."""
    sign = -1 if (days, hours) < (0, 0) else 1
    parts = {"days": _say_days(days * sign), "hours": _say_hours(hours * sign)}
    if days and hours:
        return _("%(days)s and %(hours)s") % parts
    return parts["days"] if days else parts["hours"]


def _say_days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", abs(count)) % {"count": _signed(count)}


def _say_hours(count: int) -> str:
    return ngettext("%(count)s hour", "%(count)s hours", abs(count)) % {"count": _signed(count)}


def _signed(count: int) -> str:
    return f"\N{MINUS SIGN}{-count}" if count < 0 else str(count)


def _number(stage_id: str, config: BlendedConfigData) -> str:
    ids: Sequence[str] = [stage.id for stage in config.stages]
    return str(ids.index(stage_id) + 1) if stage_id in ids else "?"
