"""What a recorded post sets going: points, the author's evaluation, and word to whom it concerns.

A failing neighbour never costs the record. Neighbours write in savepoints of their own, so none is made around them
here: what they could still break, the guard around the receiver undoes and an errand repeats.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from gamification import api as gamification
from people import api as people

from . import edx_platform, words
from .boards.owners import is_board_course
from .boards.recording import tell_owner
from .data import CREDITED, CaseConfigData, ContributionKind, ContributionState, TaskKind
from .facts import tell_contribution
from .models import Contribution, PendingEvaluation, Task

log = logging.getLogger(__name__)

#: For so long somebody is told of an answer: longer ago it was written before our time, or taken up very late.
_NEWS = timedelta(days=1)


def tell_others(contribution: Contribution) -> None:
    """Tell the ledger, and leave an evaluation to be done after the commit; of a post on a board, tell its owner.

    Boards belong to no course: what is written there earns nothing, and no course's facts name it (decision 0020).
    """
    if is_board_course(contribution.course_id):
        tell_owner(contribution)
        return
    tell_ledger(contribution)
    if contribution.task_id:
        await_evaluation(contribution.task_id, contribution.author_id)
    tell_contribution(contribution)


def tell_ledger(contribution: Contribution) -> None:
    """Tell the ledger about the present state of a post; the sweep does it again where that fails."""
    try:
        send_points(contribution)
    except Exception as error:  # noqa: BLE001 - whatever the neighbour does, the post is recorded
        name = people.name_error(error)
        log.error("discussion_ext.points_left_to_sweep contribution=%s error=%s", contribution.pk, name)
        Contribution.objects.filter(pk=contribution.pk).update(points_due=1)


def await_evaluation(task_id: int, user_id: int) -> None:
    """Leave a learner to be evaluated again."""
    PendingEvaluation.objects.create(task_id=task_id, user_id=user_id)


def announce_answer(contribution: Contribution) -> None:
    """Have the person told whose position was answered; once, and only while it is news."""
    task, answered_id = contribution.task, contribution.parent_author_id
    is_answer = contribution.kind == ContributionKind.ANSWER and contribution.state == ContributionState.LIVE
    is_news = is_answer and contribution.created_at > timezone.now() - _NEWS
    if not is_news or task is None or answered_id is None or answered_id == contribution.author_id:
        return
    course_key = CourseKey.from_string(contribution.course_id)
    try:
        people.add_news(
            key=f"case_answered:{contribution.pk}",
            user_id=answered_id,
            kind="case_answered",
            context={
                "course_name": edx_platform.get_course_title(course_key),
                "task_title": task.title,
                "url": activity_url(contribution),
                "is_review": _is_report(task),
            },
        )
    except Exception as error:  # noqa: BLE001 - news that cannot be added never cost the post
        log.error("discussion_ext.news_not_added contribution=%s error=%s", contribution.pk, people.name_error(error))


def _is_report(task: Task) -> bool:
    """Tell whether a task is a stage in which people hand in reports: what is answered there is a review."""
    return task.kind == TaskKind.STAGE and not CaseConfigData.from_json(task.config).answers_wanted


def send_points(contribution: Contribution) -> None:
    """Tell the ledger about the present state of a post; safe to repeat. The words of a near-copy earn nothing."""
    course_key = CourseKey.from_string(contribution.course_id)
    if contribution.is_unpaid or not gamification.is_on(course_key):
        return
    common = {
        "source": contribution.source,
        "revision": contribution.revision,
        "user_id": contribution.author_id,
        "course_key": course_key,
        "kind": activity_kind(contribution),
        "occurred_at": contribution.created_at,
        "folds": False,  # with all else that follows from a post, see ``consequences``
    }
    if contribution.state in CREDITED:
        gamification.record_activity(
            **common,
            # The kind says what was done; nobody's words or names may stay in the ledger.
            title=contribution.task.title if contribution.task else "",
            url=activity_url(contribution),
            facts={
                "words": 0 if contribution.is_left_out else contribution.words,
                "is_copy": int(contribution.is_left_out),
                "in_case": int(_is_asked(contribution)),
            },
        )
    else:
        gamification.void_activity(**common, reason=str(contribution.state))


def _is_asked(contribution: Contribution) -> bool:
    """Tell whether a case asks for a post like this, so far as that shows before it is evaluated."""
    task = contribution.task
    if task is None or contribution.is_left_out:
        return False
    config = CaseConfigData.from_json(task.config)
    least = {
        ContributionKind.POSITION: config.position_min,
        ContributionKind.ANSWER: config.answer_min,
        ContributionKind.LOOK_BACK: config.look_back_min,
    }.get(ContributionKind(contribution.kind), 0)
    factors = settings.DISCUSSION_EXT_WORD_FACTORS
    return bool(least) and contribution.words >= words.effective_minimum(contribution.body, least, factors=factors)


def activity_kind(contribution: Contribution) -> str:
    """Return what a post is in the words of a points scheme."""
    if contribution.kind == ContributionKind.ANSWER:
        return "answer"
    if contribution.kind == ContributionKind.RESPONSE and contribution.is_question:
        return "answer"
    if contribution.kind == ContributionKind.THREAD and contribution.is_question:
        return "question"
    return "comment"


def activity_url(contribution: Contribution) -> str:
    """Return the address at which a post can be read, on the LMS."""
    if contribution.task is not None:
        task = contribution.task.parent or contribution.task  # a stage is read where its task stands
        return edx_platform.block_url(contribution.course_id, task.usage_key)
    thread = contribution.root or contribution
    return edx_platform.thread_url(contribution.course_id, contribution.topic_id, thread.forum_key or "")
