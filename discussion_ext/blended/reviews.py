"""Who reviews whose report: the reports that fewest people have first. A review is an answer to the report."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import cases, edx_platform
from discussion_ext.access import find_position
from discussion_ext.configurations import get_task
from discussion_ext.contributions import now
from discussion_ext.data import CREDITED, ContributionKind, ContributionState, PostedData, ReviewTargetData, StageKind
from discussion_ext.exceptions import ContributionNotFoundError, InvalidTextError, PostsHeldError
from discussion_ext.kinds import kind_of
from discussion_ext.models import Contribution, ReviewAssignment, Task
from discussion_ext.rendering import render_markdown
from discussion_ext.results import lock_participation
from people import api as people

from . import loads
from .tasks import access_blended, config_of, find_stage, stage_key


def draw_reviews(*, usage_key: UsageKey, stage_id: str, user_id: int) -> list[ReviewTargetData]:
    """Give a learner reports to review, up to the number that is asked, and return all that the learner has.

    Never their own, in a task by cohorts only those of their cohort, the same again when asked again. Raises
    CaseNotOpenError outside the learner's own time, and PostsHeldError for who can still hand in a report of their own
    and has not: reports are held until then.
    """
    parent = access_blended(usage_key)
    config = config_of(parent)
    stage = find_stage(config, stage_id, StageKind.REVIEW)
    task = get_task(stage_key(usage_key, stage.report_stage_id))
    kind_of(task).check_open(task, user_id, ContributionKind.ANSWER, now())
    if find_position(task, user_id) is None and kind_of(task).window(task, user_id, now()).phase != "closed":
        raise PostsHeldError(_("Hand in your own report first. Then you see those of classmates."))
    group_id = edx_platform.cohort_id(user_id, CourseKey.from_string(parent.course_id)) if config.by_cohort else 0
    with transaction.atomic():
        loads.give(
            task, parent=parent, stage_id=stage_id, reviewer_id=user_id, group_id=group_id, wanted=stage.reviews_wanted
        )
    return list_targets(parent, task, stage_id, user_id)


def write_review(*, usage_key: UsageKey, stage_id: str, user_id: int, contribution_id: int, text: str) -> PostedData:
    """Write the review of a report that was drawn, or change it. Raises InvalidTextError with ``field`` ``text``."""
    parent = access_blended(usage_key)
    stage = find_stage(config_of(parent), stage_id, StageKind.REVIEW)
    drawn = ReviewAssignment.objects.filter(
        task=parent, stage_id=stage_id, reviewer_id=user_id, contribution_id=contribution_id
    )
    if not drawn.exists():
        raise ContributionNotFoundError(_("This report is not one of yours to review. Draw another one."))
    key = stage_key(usage_key, stage.report_stage_id)
    task = get_task(key)
    try:
        with transaction.atomic():
            lock_participation(task.pk, user_id)  # so that what is sent twice is one review
            mine = _list_own(task, user_id, [contribution_id], ContributionState.LIVE).get(contribution_id)
            if mine is not None:
                return cases.edit_contribution(usage_key=key, contribution_id=mine.pk, user_id=user_id, body=text)
            # That it was drawn is what lets a reviewer see it.
            return cases.post_answer(
                usage_key=key, contribution_id=contribution_id, user_id=user_id, body=text, is_team=True
            )
    except InvalidTextError as refusal:
        refusal.field = "text"
        raise


def list_targets(parent: Task, task: Task, stage_id: str, user_id: int) -> list[ReviewTargetData]:
    """Return the reports that a learner is asked to review, with the reviews so far; four queries."""
    rows = ReviewAssignment.objects.filter(task=parent, stage_id=stage_id, reviewer_id=user_id)
    reports = [row.contribution for row in rows.select_related("contribution").order_by("pk")]
    names = people.display_names([report.author_id for report in reports], surface="post", context_key=parent.course_id)
    mine = _list_own(task, user_id, [report.pk for report in reports], *CREDITED)
    return [
        _target(report, names[report.author_id].text, mine.get(report.pk))
        for report in reports
        if report.state == ContributionState.LIVE or report.pk in mine
    ]


def list_received(task: Task, user_id: int) -> list[str]:
    """Return the reviews that others wrote of a learner's report, as safe HTML, oldest first."""
    found = Contribution.objects.filter(
        task=task, parent_author_id=user_id, state=ContributionState.LIVE, kind=ContributionKind.ANSWER
    ).exclude(author_id=user_id)
    return [render_markdown(body) for body in found.order_by("pk").values_list("body", flat=True)[:100]]


def _list_own(
    task: Task, user_id: int, report_ids: Iterable[int], *states: ContributionState
) -> dict[int, Contribution]:
    """Return a learner's reviews in these states, by report."""
    found = Contribution.objects.filter(
        task=task,
        author_id=user_id,
        parent__in=list(report_ids),
        kind=ContributionKind.ANSWER,
        state__in=states,
    )
    return {review.parent_id: review for review in found.order_by("-pk") if review.parent_id is not None}


def _target(report: Contribution, name: str, review: Contribution | None) -> ReviewTargetData:
    return ReviewTargetData(
        contribution_id=report.pk,
        author_name=name,
        body_html=render_markdown(report.body),
        review_id=review.pk if review else None,
        review_body=review.body if review else "",
        review_html=render_markdown(review.body) if review else "",
    )
