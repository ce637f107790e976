"""Units of courses that an event is prepared with: chosen by their address, and what a reader has done of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey, UsageKey

from chapters.data import EventUnitData, PreparationData
from chapters.edx_platform import units as platform
from chapters.exceptions import InvalidValueError
from chapters.models import EventUnit
from chapters.profiles import read_line
from discussion_ext.api import units as courses

MOST_UNITS: Final = 10
MOST_MINUTES: Final = 600
LONGEST_KEY: Final = 255

#: A block's key wherever it stands in what somebody pasted, such as the address of a page of a course.
_KEY: Final = re.compile(r"block-v1:[^\s/?#]+|i4x://[^\s?#]+")


def read_units(units: Sequence[EventUnitData], *, kept: Sequence[EventUnitData] = ()) -> tuple[EventUnitData, ...]:
    """Return units as they are stored, each once; ``usage_key`` may be a whole address that has the key in it.

    A unit that is new must be there in its published course, whose title it has; one of ``kept`` is not looked up
    again. Raises InvalidValueError ("units", or "units-0" by place).
    """
    if len(units) > MOST_UNITS:
        raise InvalidValueError(_("Name at most %(most)d units.") % {"most": MOST_UNITS}, field="units")
    known = {each.usage_key: each.title for each in kept}
    read = (_read(each, f"units-{place}", known) for place, each in enumerate(units))
    return tuple({each.usage_key: each for each in read}.values())


def write_units(event_id: int, units: Sequence[EventUnitData]) -> None:
    """Store the units of an event in their order; the caller holds the event's lock."""
    found = EventUnit.objects.filter(event_id=event_id).order_by("position", "pk")
    known = list(found.values_list("pk", "usage_key", "title", "minutes"))
    if [row[1:] for row in known] == [(each.usage_key, each.title, each.minutes) for each in units]:
        return
    for pk, *_said in known:  # by their keys, as hosts
        EventUnit.objects.filter(pk=pk).delete()
    EventUnit.objects.bulk_create(
        EventUnit(event_id=event_id, usage_key=each.usage_key, title=each.title, minutes=each.minutes, position=place)
        for place, each in enumerate(units)
    )


def list_preparation(units: Iterable[EventUnitData], *, user_id: int | None) -> tuple[PreparationData, ...]:
    """Return units with their addresses and when this person finished them: one query for each course in them."""
    chosen = [(each, UsageKey.from_string(each.usage_key)) for each in units]
    finished = _find_finished([key for _unit, key in chosen], user_id) if user_id is not None else {}
    return tuple(
        PreparationData(unit=each, url=platform.unit_url(key), finished_at=finished.get((key.course_key, key.block_id)))
        for each, key in chosen
    )


def _find_finished(keys: Iterable[UsageKey], user_id: int) -> dict[tuple[CourseKey, str], datetime]:
    by_course: defaultdict[CourseKey, list[str]] = defaultdict(list)
    for key in keys:
        by_course[key.course_key].append(key.block_id)
    return {
        (course_key, unit_id): moment
        for course_key, unit_ids in by_course.items()
        for (unit_id, _user_id), moment in courses.units_done(
            course_key=course_key, unit_ids=unit_ids, user_ids=[user_id]
        ).items()
    }


def _read(unit: EventUnitData, field: str, known: dict[str, str]) -> EventUnitData:
    minutes = unit.minutes
    if type(minutes) is not int or not 0 <= minutes <= MOST_MINUTES:
        message = _("This is a whole number from %(low)d to %(high)d.") % {"low": 0, "high": MOST_MINUTES}
        raise InvalidValueError(message, field=field)
    key = _read_key(unit.usage_key, field)
    title = known.get(str(key)) or platform.find_unit_title(key)
    if title is None:
        raise InvalidValueError(_("There is no such unit in a course. Paste the unit's address."), field=field)
    return EventUnitData(usage_key=str(key), title=title[:255], minutes=minutes)


def _read_key(text: str, field: str) -> UsageKey:
    line = read_line(text, field=field, most=1000).replace("%3A", ":").replace("%2B", "+").replace("%40", "@")
    found = [_parse(each) for each in _KEY.findall(line)]
    # The address of a page names its subsection first and the unit after it.
    key = next((each for each in reversed(found) if each is not None), None)
    if key is None or len(str(key)) > LONGEST_KEY:
        raise InvalidValueError(_("There is no such unit in a course. Paste the unit's address."), field=field)
    return key


def _parse(text: str) -> UsageKey | None:
    try:
        key = UsageKey.from_string(text)
    except InvalidKeyError:
        return None
    return key if isinstance(key, UsageKey) else None
