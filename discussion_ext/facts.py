"""When the outside world hears of posts and cases: in the transaction that records them."""

from __future__ import annotations

from datetime import datetime

from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from .data import ContributionState
from .models import Contribution, Participation, Task
from .signals import (
    CASE_FINISHED,
    CASE_UNFINISHED,
    CONTRIBUTION_RECORDED,
    CONTRIBUTION_REMOVED,
    CaseFactData,
    ContributionFactData,
)


def tell_contribution(contribution: Contribution) -> None:
    """Announce the present state of a post. Who posted anonymously is not named."""
    signal = CONTRIBUTION_RECORDED if contribution.state == ContributionState.LIVE else CONTRIBUTION_REMOVED
    if not signal.has_listeners():
        return
    moments = (contribution.created_at, contribution.edited_at, contribution.state_at)
    fact = ContributionFactData(
        contribution_id=contribution.pk,
        revision=contribution.revision,
        course_key=CourseKey.from_string(contribution.course_id),
        usage_key=UsageKey.from_string(contribution.task.usage_key) if contribution.task else None,
        **({} if contribution.is_anonymous else {"user_id": contribution.author_id}),
        kind=str(contribution.kind),
        state=str(contribution.state),
        words=contribution.words,
        occurred_at=max(moment for moment in moments if moment is not None),
    )
    people.announce(signal, fact, key=f"{contribution.pk} {contribution.revision}")


def tell_case(task: Task, participation: Participation, *, revision: int, at: datetime) -> None:
    """Announce that a learner finished a case (an odd revision), or has not finished it any more."""
    signal = CASE_FINISHED if revision % 2 else CASE_UNFINISHED
    if not signal.has_listeners():
        return
    fact = CaseFactData(
        user_id=participation.user_id,
        course_key=CourseKey.from_string(task.course_id),
        usage_key=UsageKey.from_string(task.usage_key),
        case_id=task.pk,
        revision=revision,
        occurred_at=at,
    )
    people.announce(signal, fact, key=f"{participation.user_id} {task.pk} {revision}")
