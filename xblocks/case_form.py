"""Read the author's form: every field checked, every mistake named, nothing changed until all of it is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from discussion_ext.data import TopicData
from people import api as people

from .moments import MomentError, read_moment
from .requests import clean_text, parse_number, parse_whole

MAX_TITLE, MAX_CASE, MAX_PROMPT = 255, 60_000, 5_000
MAX_WORDS, MAX_ANSWERS, MAX_POINTS = 5_000, 20, 100
LIMITS = {
    "position_min": MAX_WORDS,
    "position_max": MAX_WORDS,
    "answers_wanted": MAX_ANSWERS,
    "answer_min": MAX_WORDS,
    "look_back_min": MAX_WORDS,
    "position_points": MAX_POINTS,
    "answers_points": MAX_POINTS,
    "look_back_points": MAX_POINTS,
}


@dataclass(frozen=True)
class FieldError:
    """One mistake: ``summary`` stands in the list on top, ``message`` beside the field."""

    field: str
    summary: str
    message: str


@dataclass
class CaseForm:
    """What came out of reading the form: ``values`` by name of the block's field, and every mistake in form order."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


def read_form(
    data: Mapping[str, Any], *, zone: ZoneInfo, current: Mapping[str, Any], topics: list[TopicData]
) -> CaseForm:
    """Return the values and mistakes of ``data`` as the form posts it: names of fields to what was typed.

    ``current`` holds the values as they are stored: a moment that shows the same minute keeps its seconds.
    """
    form = CaseForm()
    _read_texts(form, data)
    _read_numbers(form, data)
    _read_sharing(form, data, topics)
    _read_moments(form, data, zone=zone, current=current)
    return form


def limited(name: str, value: float | None, default: float) -> Any:
    """Return a number as the form would allow it: no number becomes ``default``, any other goes to the nearer limit."""
    if value is None or math.isnan(value):
        return default
    return min(max(value, 0), LIMITS[name])


def label_of(name: str) -> str:
    """Return how the form calls a field, for the list of mistakes."""
    return {
        "display_name": _("Title"),
        "case_text": _("Case text"),
        "prompt": _("Question"),
        "position_min": _("Position, at least"),
        "position_max": _("Position, at most"),
        "answers_wanted": _("Answers to different classmates"),
        "answer_min": _("Each answer, at least"),
        "look_back_min": _("Look back, at least"),
        "position_points": _("Points for the position"),
        "answers_points": _("Points for the answers"),
        "look_back_points": _("Points for the look back"),
        "is_held": _("When classmates are seen"),
        "topic_id": _("Topic"),
        "by_cohort": _("Groups"),
        "opens_at": _("Opens"),
        "closes_at": _("Closes"),
    }[name]


def _blame(form: CaseForm, name: str, summary: str, message: str) -> None:
    line = _("%(field)s: %(mistake)s") % {"field": label_of(name), "mistake": summary}
    form.errors.append(FieldError(name, line, message))


def _read_texts(form: CaseForm, data: Mapping[str, Any]) -> None:
    for name, longest in (("display_name", MAX_TITLE), ("case_text", MAX_CASE), ("prompt", MAX_PROMPT)):
        value = data.get(name)
        if not isinstance(value, str):
            _blame(form, name, _("it must be text"), _("This must be text."))
            continue
        value = clean_text(value)
        if not value:
            _blame(form, name, _("it is empty"), _("Learners need this to take part. Write it here."))
        elif len(value) > longest:
            message = _("This has %(length)s characters. Keep it to %(limit)s.")
            _blame(form, name, _("it is too long"), message % {"length": len(value), "limit": longest})
        else:
            form.values[name] = value


def _read_numbers(form: CaseForm, data: Mapping[str, Any]) -> None:
    for name, most in LIMITS.items():
        parse = _parse_decimal if name.endswith("_points") else parse_whole
        _read_number(form, data, name, parse=parse, most=most)
        if name == "position_max":
            _compare_lengths(form)


def _read_number(
    form: CaseForm, data: Mapping[str, Any], name: str, *, parse: Callable[[Any], float | None], most: int
) -> None:
    value = data.get(name)
    if name == "position_max" and value in (None, ""):
        value = 0
    number = parse(value)
    if number is None:
        _blame(form, name, _("it is not a number"), _("Write a number from 0 to %(most)s.") % {"most": most})
    elif not 0 <= number <= most:
        message = _("Choose a number from 0 to %(most)s.") % {"most": most}
        _blame(form, name, _("it is out of range"), message)
    else:
        form.values[name] = number


def _parse_decimal(value: Any) -> float | None:
    number = parse_number(value)
    return None if number is None else round(number, 2)


def _compare_lengths(form: CaseForm) -> None:
    least, most = form.values.get("position_min"), form.values.get("position_max")
    if least and most and most < least:
        del form.values["position_max"]
        message = _("This is less than the %(least)s words asked for. Raise it, or leave it empty for no limit.")
        summary = _("the longest is shorter than the shortest")
        _blame(form, "position_max", summary, message % {"least": least})


def _read_sharing(form: CaseForm, data: Mapping[str, Any], topics: list[TopicData]) -> None:
    for name in ("is_held", "by_cohort"):
        if isinstance(data.get(name), bool):
            form.values[name] = data[name]
        else:
            _blame(form, name, _("nothing is chosen"), _("Choose one of the two."))
    form.values["topic_id"] = ""
    if form.values.get("is_held") is False:
        _read_topic(form, data.get("topic_id"), topics)


def _read_topic(form: CaseForm, value: Any, topics: list[TopicData]) -> None:
    topic = next((topic for topic in topics if topic.id == value), None)
    if topic is None:
        message = _("Positions that are seen at once are kept in a discussion topic of the course. Choose one.")
        _blame(form, "topic_id", _("none is chosen"), message)
    elif topic.taken_by:
        message = _("“%(case)s” uses this topic already. Choose another one, so that their posts stay apart.")
        _blame(form, "topic_id", _("another case uses it"), message % {"case": topic.taken_by})
    else:
        form.values["topic_id"] = topic.id


def _read_moments(form: CaseForm, data: Mapping[str, Any], *, zone: ZoneInfo, current: Mapping[str, Any]) -> None:
    for name in ("opens_at", "closes_at"):
        value = data.get(name)
        if value in (None, ""):
            form.values[name] = None
            continue
        _read_moment(form, name, value, zone=zone, current=current.get(name))
    opens_at, closes_at = form.values.get("opens_at"), form.values.get("closes_at")
    if opens_at and closes_at and closes_at <= opens_at:
        del form.values["closes_at"]
        message = _("Before it opens. Choose a moment after %(moment)s.")
        _blame(
            form, "closes_at", _("it closes before it opens"), message % {"moment": people.say_moment(opens_at, zone)}
        )


def _read_moment(form: CaseForm, name: str, value: Any, *, zone: ZoneInfo, current: datetime | None) -> None:
    try:
        form.values[name] = read_moment(value, zone=zone, current=current)
    except MomentError as error:
        _blame(form, name, error.summary, error.message)
