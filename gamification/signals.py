"""What this package tells the outside world. Ids and numbers only; docs/facts.md says what a consumer may rely on."""

from datetime import datetime

import attr
from opaque_keys.edx.keys import CourseKey

from people.signals import PublicFact


@attr.s(frozen=True, kw_only=True)
class TotalFactData:
    """A person's points in a course.

    Attributes:
        user_id (int): The person.
        course_key (CourseKey): The course.
        points (int): The total now, after the limits of the scheme.
        level (int): The level that these points are, from 1.
        occurred_at (datetime): When the total became this one; the later of two is the newer.
    """

    user_id = attr.ib(type=int)
    course_key = attr.ib(type=CourseKey)
    points = attr.ib(type=int)
    level = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class LevelFactData:
    """A level that a person came up to in a course.

    Attributes:
        user_id (int): The person.
        course_key (CourseKey): The course.
        level (int): The level, from 2.
        occurred_at (datetime): When it was reached.
    """

    user_id = attr.ib(type=int)
    course_key = attr.ib(type=CourseKey)
    level = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


# .. event_type: org.openedx.community.gamification.total.changed.v1
# .. event_name: TOTAL_CHANGED
# .. event_key_field: total.user_id
# .. event_description: Sent when a person's points in a course have changed, for whatever reason. Says the total and
#     not the difference, so that hearing it twice or late does no harm: keep the one with the latest occurred_at.
#     Changes that follow each other closely may be told as one. Repairs by rebuild_boards are not told.
# .. event_data: TotalFactData
TOTAL_CHANGED = PublicFact(
    event_type="org.openedx.community.gamification.total.changed.v1",
    data={"total": TotalFactData},
)

# .. event_type: org.openedx.community.gamification.level.reached.v1
# .. event_name: LEVEL_REACHED
# .. event_key_field: level.user_id
# .. event_description: Sent when a person's points in a course reach a level above the one before. One fact is a
#     person, a course and a level: whoever loses points and earns them again reaches a level again, and it is told
#     again. Each level that was passed is told. That a level was lost shows in total.changed.
# .. event_data: LevelFactData
LEVEL_REACHED = PublicFact(
    event_type="org.openedx.community.gamification.level.reached.v1",
    data={"level": LevelFactData},
)
