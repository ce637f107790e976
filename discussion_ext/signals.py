"""What this package tells the outside world. Ids and codes only; docs/facts.md says what a consumer may rely on."""

from datetime import datetime

import attr
from opaque_keys.edx.keys import CourseKey, UsageKey

from people.signals import PublicFact


@attr.s(frozen=True, kw_only=True)
class CaseFactData:
    """A learner's standing in a case discussion.

    Attributes:
        user_id (int): The learner.
        course_key (CourseKey): The course.
        usage_key (UsageKey): The block.
        case_id (int): The case, for consumers that keep their own records of cases.
        revision (int): How often this has turned, from 1: odd when finished, even when not any more. The highest is the
            newest; user_id, case_id and revision together are one fact.
        occurred_at (datetime): When the last part was met, or when the case was found unfinished again.
    """

    user_id = attr.ib(type=int)
    course_key = attr.ib(type=CourseKey)
    usage_key = attr.ib(type=UsageKey)
    case_id = attr.ib(type=int)
    revision = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


@attr.s(frozen=True, kw_only=True)
class ContributionFactData:
    """A post as evidence.

    Attributes:
        contribution_id (int): The post's record; it stays the same when a post is edited, removed and restored.
        revision (int): Which state of it this is; the highest is the newest. Both together are one fact.
        course_key (CourseKey): The course.
        usage_key (UsageKey): The block of the case it belongs to; None outside a case.
        user_id (int): The author; None if they posted anonymously.
        kind (str): thread, response, comment; in a case position, answer, look_back, follow_up.
        state (str): live, withdrawn (by its author), removed (by the team) or gone (with its thread).
        words (int): How many words it has.
        occurred_at (datetime): When it was posted, edited, taken away or restored.
    """

    contribution_id = attr.ib(type=int)
    revision = attr.ib(type=int)
    course_key = attr.ib(type=CourseKey)
    usage_key = attr.ib(type=UsageKey, default=None)
    user_id = attr.ib(type=int, default=None)
    kind = attr.ib(type=str)
    state = attr.ib(type=str)
    words = attr.ib(type=int)
    occurred_at = attr.ib(type=datetime)


# .. event_type: org.openedx.community.discussion_ext.case.finished.v1
# .. event_name: CASE_FINISHED
# .. event_key_field: case.user_id
# .. event_description: Sent when a learner has met everything that a case asks for. A case that was opened again, or
#     whose requirements changed, can be finished again, with the next odd revision.
# .. event_data: CaseFactData
CASE_FINISHED = PublicFact(
    event_type="org.openedx.community.discussion_ext.case.finished.v1",
    data={"case": CaseFactData},
)

# .. event_type: org.openedx.community.discussion_ext.case.unfinished.v1
# .. event_name: CASE_UNFINISHED
# .. event_key_field: case.user_id
# .. event_description: Sent when a case that a learner had finished is not finished any more: a post was withdrawn or
#     removed, an edit made it too short, the team asks for more, or the attempt was reset.
# .. event_data: CaseFactData
CASE_UNFINISHED = PublicFact(
    event_type="org.openedx.community.discussion_ext.case.unfinished.v1",
    data={"case": CaseFactData},
)

# .. event_type: org.openedx.community.discussion_ext.contribution.recorded.v1
# .. event_name: CONTRIBUTION_RECORDED
# .. event_key_field: contribution.contribution_id
# .. event_description: Sent when a post stands as evidence: posted (also before the suite was installed, when a
#     backfill takes it up), edited or restored. Never says what was written.
# .. event_data: ContributionFactData
CONTRIBUTION_RECORDED = PublicFact(
    event_type="org.openedx.community.discussion_ext.contribution.recorded.v1",
    data={"contribution": ContributionFactData},
)

# .. event_type: org.openedx.community.discussion_ext.contribution.removed.v1
# .. event_name: CONTRIBUTION_REMOVED
# .. event_key_field: contribution.contribution_id
# .. event_description: Sent when a post is withdrawn by its author, removed by the team or gone with its thread. The
#     author of a post that is gone with somebody else's thread keeps the credit for it.
# .. event_data: ContributionFactData
CONTRIBUTION_REMOVED = PublicFact(
    event_type="org.openedx.community.discussion_ext.contribution.removed.v1",
    data={"contribution": ContributionFactData},
)
