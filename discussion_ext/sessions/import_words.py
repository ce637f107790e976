"""A file that was looked over, in words: its first lines, and what to know before it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from discussion_ext.data import SittingData
from discussion_ext.models import SittingImport
from people import api as people

from .import_kinds import ImportData, ImportKind, parts_of
from .lessons import get_session
from .sittings import list_sittings
from .standing import own_sittings

_SHOWN: Final = 10


def describe(found: ImportData) -> ImportData:
    """Return the same with its first valid lines in words, and what should be known before it is confirmed."""
    row = SittingImport.objects.get(token=found.token)
    lines = row.lines[:_SHOWN]
    sittings = {each.id: each for each in list_sittings(row.session_id)}
    if found.kind is ImportKind.SITTINGS:
        sample = [(number, _say_sitting(own, values)) for number, own, values in lines]
        return replace(found, sample=sample)
    names = people.real_names([line[1] for line in lines])
    if found.kind is ImportKind.ATTENDANCE:
        return replace(found, sample=[(line[0], f"{names[line[1]]}: {say_state(line[2])}") for line in lines])
    titles = {key: each.meeting.title for key, each in sittings.items()}
    sample = [(line[0], f"{names[line[1]]}: {titles.get(line[2], '')}") for line in lines]
    return replace(found, sample=sample, warnings=_warn_of_seats(row, sittings) if not found.is_confirmed else ())


def say_state(state: str) -> str:
    """Return an attendance in one word."""
    return {"present": _("present"), "absent": _("absent"), "excused": _("excused")}[state]


def _say_sitting(own_id: int | None, values: Mapping[str, Any]) -> str:
    start = datetime.fromisoformat(values["starts_local"])
    what = {
        "title": values["title"],
        "day": people.say_day(start.date()),
        "time": f"{start:%H:%M}",
        "zone": values["zone"],
    }
    if own_id is None:
        return _("New: %(title)s, %(day)s, %(time)s, %(zone)s") % what
    return _("Changed: %(title)s, %(day)s, %(time)s, %(zone)s") % what


def _warn_of_seats(row: SittingImport, sittings: Mapping[int, SittingData]) -> list[str]:
    """Return for which sittings more people are named than there are seats left."""
    wanted: dict[int, int] = {}
    session = get_session(row.session_id)
    for part in parts_of(row.lines):
        owned = own_sittings(session, list(sittings.values()), [line[1] for line in part])
        for _number, user_id, sitting_id in part:
            own = owned[user_id].sitting
            if own is None or own.id != sitting_id:
                wanted[sitting_id] = wanted.get(sitting_id, 0) + 1
    return [
        _("%(sitting)s has fewer seats left (%(left)d) than people named (%(wanted)d). The last of them are left out.")
        % {"sitting": sittings[sitting_id].meeting.title, "left": left, "wanted": number}
        for sitting_id, number in wanted.items()
        if sitting_id in sittings and (left := sittings[sitting_id].meeting.seats_left) is not None and left < number
    ]
