"""What credentials hears. Loaded in the LMS and in credentials, so it imports nothing of either."""

from datetime import datetime

import attr
from opaque_keys.edx.keys import CourseKey, UsageKey
from openedx_events.learning.data import UserData
from openedx_events.tooling import OpenEdxPublicSignal


@attr.s(frozen=True)
class CaseStandingData:
    """Whether a person has finished a case discussion.

    Attributes:
        user (UserData): The person, named: credentials knows people by their username.
        course_key (CourseKey): The course.
        usage_key (UsageKey): The block.
        is_finished (bool): Whether everything that the case asks for is met.
        occurred_at (datetime): Since when.
    """

    user = attr.ib(type=UserData)
    course_key = attr.ib(type=CourseKey)
    usage_key = attr.ib(type=UsageKey)
    is_finished = attr.ib(type=bool)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True)
class LevelData:
    """A level that a person came up to.

    Attributes:
        user (UserData): The person, named.
        course_key (CourseKey): The course.
        number (int): The level, from 2.
        occurred_at (datetime): Since when.
    """

    user = attr.ib(type=UserData)
    course_key = attr.ib(type=CourseKey)
    number = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


# .. event_type: org.openedx.badge_facts.case.standing.changed.v1
# .. event_name: CASE_STANDING_CHANGED
# .. event_key_field: standing.user.pii.username
# .. event_description: Sent when a person finished a case discussion, or has not finished it any more.
# .. event_data: CaseStandingData
CASE_STANDING_CHANGED = OpenEdxPublicSignal(
    event_type="org.openedx.badge_facts.case.standing.changed.v1",
    data={"standing": CaseStandingData},
)

# .. event_type: org.openedx.badge_facts.level.reached.v1
# .. event_name: LEVEL_REACHED
# .. event_key_field: level.user.pii.username
# .. event_description: Sent when a person reached a level in a course.
# .. event_data: LevelData
LEVEL_REACHED = OpenEdxPublicSignal(
    event_type="org.openedx.badge_facts.level.reached.v1",
    data={"level": LevelData},
)
