"""What the life of events needs to run well: its owner of meetings, errands and exports."""

from __future__ import annotations

from typing import Any, Final

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from people import api as people
from people.data import RangeData

from . import audience_seats, exports, life, owner, points, retirement
from .life_kinds import LifeErrand


def register() -> None:
    """Make it known; called once, when the app is ready."""
    owner.register()
    people.register_errand(LifeErrand.ARCHIVED, life.run_archived)
    people.register_errand(LifeErrand.AUDIENCE, audience_seats.run_audience)
    people.register_errand(LifeErrand.ATTENDED, points.run_attended)
    people.register_errand(LifeErrand.HELD, points.run_held)
    people.register_reserved_key("CHAPTERS_POINTS_COURSE_KEY")
    exports.register()
    retirement.register()
    people.register_ranges(RANGES)


def _is_course_key(value: Any) -> bool:
    try:
        return bool(CourseKey.from_string(value).is_course)
    except (InvalidKeyError, TypeError):
        return False


RANGES: Final = (
    RangeData("CHAPTERS_POINTS_COURSE_KEY", "a course key of which no course exists", _is_course_key),
    RangeData.whole("CHAPTERS_NEEDS_KEEP_DAYS", 0, 36_500),
    RangeData.whole("CHAPTERS_EVENT_MAILS_KEEP_DAYS", 0, 36_500),
    RangeData.whole("CHAPTERS_SURVEYS_KEEP_DAYS", 0, 36_500),
)
