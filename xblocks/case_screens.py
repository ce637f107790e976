"""What the case's templates are given: a learner's view of the case in the words and order of the screen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext import api as cases
from discussion_ext.data import CaseConfigData, CaseViewData, ContributionData, RequirementState
from people import api as people

from .case_block import CaseBlock
from .fragments import dom_id
from .learner import ActingPerson
from .markup import plain_text

ANSWERS_SHOWN = 5
SOON = timedelta(hours=48)
WORDS_READ_A_MINUTE = 200
WORDS_WRITTEN_A_MINUTE = 15
MINUTES_AN_ANSWER = 2  # reading a classmate and thinking of what to say


@dataclass(frozen=True)
class StepLine:
    """One part of the step bar; ``state`` is ``done``, ``now`` or empty."""

    code: str
    title: str
    state: str


@dataclass(frozen=True)
class TagLine:
    """The word in the corner that says where the case stands."""

    tone: str
    icon: str
    text: str


def reader_zone(person: ActingPerson) -> ZoneInfo:
    """Return the zone in which moments are said to ``person``."""
    return people.person_zone(person.user_id) if person.user_id else ZoneInfo("UTC")


def learner_context(block: CaseBlock, person: ActingPerson, view: CaseViewData, *, notice: str = "") -> dict[str, Any]:
    """Return the context of ``region.html`` and its parts for one learner."""
    now = timezone.now()
    zone = reader_zone(person)
    steps = list_steps(view)
    return {
        "view": view,
        "mine": _with_answers(view),
        "config": view.config,
        "case_html": block.case_html,
        "zone": zone,
        "person": person,
        "steps": steps,
        "step_number": next((index for index, step in enumerate(steps, 1) if step.state == "now"), 0),
        "step_title": next((step.title for step in steps if step.state == "now"), ""),
        "tag": say_tag(view, now=now),
        "line": say_line(view, zone),
        "drafts": block.drafts,
        "notice": notice,
        "can_write": may_write(view, person),
        "minutes": estimate_minutes(view.config),
        "points_hint": view.points.hint,
        "quotes": count_texts(view.config),
        "quotes_id": f"{dom_id(block)}-quotes",
    }


def may_write(view: CaseViewData, person: ActingPerson) -> bool:
    """Tell whether acts are offered: while the case is open, to whoever is here as themselves."""
    return view.phase == "open" and not person.is_masquerade


def _with_answers(view: CaseViewData) -> ContributionData | None:
    """Return the own position with the latest answers beneath it, oldest first."""
    if view.position is None:
        return None
    return replace(view.position, replies=tuple(reversed(view.heard[:ANSWERS_SHOWN])))


def list_steps(view: CaseViewData) -> list[StepLine]:
    """Return the steps that this case asks, each done, now or to come."""
    config = view.config
    titles = {"read": _("Read"), "position": _("Take a position")}
    if config.answers_wanted:
        titles["answer"] = _("Answer classmates")
    if config.look_back_min:
        titles["look_back"] = _("Look back")
    codes = list(titles)
    now = codes.index(view.step) if view.step in titles else len(codes)
    done = {req.kind for req in view.evaluation.requirements if req.state == RequirementState.MET}
    kinds = {"position": "position", "answer": "answers", "look_back": "look_back"}
    lines = []
    for index, (code, title) in enumerate(titles.items()):
        is_done = index < now or kinds.get(code) in done
        is_now = index == now and view.phase == "open"
        lines.append(StepLine(code, title, "now" if is_now else "done" if is_done and _was_reached(view, code) else ""))
    return lines


def _was_reached(view: CaseViewData, code: str) -> bool:
    """A closed case ticks only what was really done."""
    if view.phase == "open" or view.evaluation.is_finished:
        return True
    reached = {"read": True, "position": view.position, "answer": view.answers, "look_back": view.look_back}
    return bool(reached[code])


def say_tag(view: CaseViewData, *, now: datetime) -> TagLine:
    """Return the corner's word: finished, days left, closed or opening."""
    if view.evaluation.is_finished:
        return TagLine("ok", "check", _("Finished"))
    if view.phase == "scheduled":
        return TagLine("", "lock", _("Not open yet"))
    if view.phase == "closed":
        return TagLine("", "lock", _("Closed"))
    if view.closes_at is None:
        return TagLine("info", "clock", _("Open"))
    tone = "warn" if view.closes_at - now < SOON else "info"
    return TagLine(tone, "clock", people.say_left(view.closes_at, now=now))


def say_line(view: CaseViewData, zone: ZoneInfo) -> str:
    """Return the line below the title: until when, since when or from when."""
    if view.phase == "scheduled" and view.opens_at:
        return _("Opens %(moment)s, %(zone)s") % _said(view.opens_at, zone)
    if view.phase == "closed" and view.closed_at:
        return _("Closed by the course team on %(moment)s, %(zone)s") % _said(view.closed_at, zone)
    if view.phase == "closed" and view.closes_at:
        return _("Closed %(moment)s, %(zone)s") % _said(view.closes_at, zone)
    if view.closes_at:
        return _("Open until %(moment)s, %(zone)s") % _said(view.closes_at, zone)
    return ""


def estimate_minutes(config: CaseConfigData) -> int:
    """Return how long reading, thinking and writing take most learners, rounded up to five minutes."""
    reading = cases.count_words(plain_text(config.case_html)) / WORDS_READ_A_MINUTE
    words = config.position_min + config.answers_wanted * config.answer_min + config.look_back_min
    minutes = reading + words / WORDS_WRITTEN_A_MINUTE + config.answers_wanted * MINUTES_AN_ANSWER
    return max(math.ceil(minutes / 5) * 5, 5)


def _said(moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {"moment": people.say_moment(moment, zone), "zone": people.say_zone(zone)}


def count_texts(config: CaseConfigData) -> list[str]:
    """Return the texts whose words are left out of the count, as the evaluator leaves them out."""
    return [config.prompt, plain_text(config.case_html)]


def counter_words() -> Mapping[str, Any]:
    """Return the sentences of the live word count; ``{left}`` and ``{count}`` are filled in by the browser."""
    return {
        "to_go": _("{left} to go. Words quoted from the case are left out."),
        "enough": _("Enough. It counts once posted."),
        "over": _("{over} too many."),
        "counted": {
            "one": ngettext("{count} word.", "{count} words.", 1),
            "other": ngettext("{count} word.", "{count} words.", 2),
        },
        "of": {
            "one": ngettext("{count} of {least} word.", "{count} of {least} words.", 1),
            "other": ngettext("{count} of {least} word.", "{count} of {least} words.", 2),
        },
        "limit": _("Nearly as long as it may be."),
        "saved": _("Draft saved {time}"),
        "kept": _("Not saved yet: no connection. Your text is kept on this device."),
        "restored": _("Your unsaved text was brought back."),
    }


def sum_words(count: int) -> str:
    """Return "138 words"."""
    return ngettext("%(count)s word", "%(count)s words", count) % {"count": count}


def read_only_reason(person: ActingPerson, course_key: Any) -> str:
    """Return why this person only reads here, or nothing."""
    if person.user_id is None:
        return _("Sign in and enrol to take part.")
    if not person.is_team and not cases.can_take_part(person.user_id, course_key):
        return _("Enrol in this course to take part.")
    return ""


def off_reason(person: ActingPerson) -> str:
    """Return that the course has no case discussions, or nothing."""
    if person.course_key is not None and cases.is_on(person.course_key):
        return ""
    return _("Case discussions are not turned on in this course.")
