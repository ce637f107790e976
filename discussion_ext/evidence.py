"""The facts that a verdict on one learner rests on, fetched in bounded queries and handed to the pure evaluator."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.db.models import Case, Value, When
from opaque_keys.edx.keys import CourseKey

from . import edx_platform, evaluation, phases, verdicts
from .contributions import now
from .data import (
    CREDITED,
    CaseConfigData,
    ContributionKind,
    ContributionState,
    EvaluationData,
    EvaluationRules,
    EvidenceData,
    PeerTextData,
    RequirementItemData,
)
from .models import Contribution, Participation, SketchHash, Task, TaskGroup

_CANDIDATES = 400
_CANDIDATES_EACH = 5
_OWN_POSTS = 200
_ASKED = (ContributionKind.POSITION, ContributionKind.LOOK_BACK)
_HANGS_ON_A_SOURCE = ("copy_of_peer", "copy_of_parent", "too_short")


def compute(task: Task, participation: Participation, own: list[Contribution]) -> EvaluationData:
    """Return the verdict on one learner from the evidence as it is, without keeping it.

    Where words that counted are no longer kept, the verdict that was found while they were stands.
    """
    counted = [post for post in own if not is_ignored(post, participation)]
    kept = stored_evaluation(participation)
    if kept is not None and any(post.is_erased and post.state in CREDITED for post in counted):
        return kept
    similar, bereft = _list_similar(task, counted)
    config = replace(CaseConfigData.from_json(task.config), closes_at=phases.closing_moment(task))
    return evaluation.evaluate(
        config=config,
        config_version=task.version,
        user_id=participation.user_id,
        mine=[_to_evidence(post) for post in counted],
        others=similar,
        reachable_peers=_count_reachable(task, participation.user_id, counted),
        now=now(),
        rules=rules(),
        settled=_list_settled(task, participation, bereft),
    )


def list_own(task: Task, user_id: int) -> list[Contribution]:
    """Return a learner's posts in a task with what they answer, oldest first.

    Of more than two hundred the latest follow-ups are left, so that talk never crowds out what was asked.
    """
    weight = Case(When(kind__in=_ASKED, then=Value(0)), When(kind=ContributionKind.ANSWER, then=Value(1)), default=2)
    found = Contribution.objects.filter(task=task, author_id=user_id).select_related("parent")
    return sorted(found.order_by(weight, "-pk")[:_OWN_POSTS], key=lambda post: post.pk)


def rules() -> EvaluationRules:
    """Return the site's numbers for evaluating."""
    return EvaluationRules(
        near_copy_share=settings.DISCUSSION_EXT_NEAR_COPY_SHARE,
        word_factors=settings.DISCUSSION_EXT_WORD_FACTORS,
        is_team_a_peer=settings.DISCUSSION_EXT_TEAM_IS_PEER,
    )


def group_of(task: Task, user_id: int, position: Contribution | None) -> int:
    """Return the group whose posts a learner sees: that of their position, else the cohort; 0 for the whole course."""
    if position is not None:
        return position.group_id
    return edx_platform.cohort_id(user_id, CourseKey.from_string(task.course_id)) if task.by_cohort else 0


def stored_evaluation(participation: Participation) -> EvaluationData | None:
    """Return the last evaluation that was kept, None before the first."""
    return verdicts.load(participation.evaluation) if participation.evaluation else None


def is_ignored(post: Contribution, participation: Participation) -> bool:
    """Tell whether a post is from before the learner's attempt was started over."""
    return participation.ignore_before is not None and post.created_at <= participation.ignore_before


def _to_evidence(post: Contribution) -> EvidenceData:
    is_closed_text = post.closed_body is not None
    parent = post.parent
    return EvidenceData(
        id=post.pk,
        kind=ContributionKind(post.kind),
        author_id=post.author_id,
        body=post.closed_body if post.closed_body is not None else post.body,
        created_at=post.created_at,
        edited_at=post.closed_edited_at if is_closed_text else post.edited_at,
        worded_at=post.worded_at,
        state=ContributionState(post.state),
        state_reason=post.state_reason,
        parent_author_id=post.parent_author_id,
        is_parent_by_team=parent.is_team if parent else False,
        parent_body=parent.body if parent else "",
    )


def _list_settled(
    task: Task, participation: Participation, bereft: list[Contribution]
) -> dict[int, RequirementItemData]:
    """Return kept verdicts on posts whose source is erased: what can no longer be compared stays as it was found.

    An edit since gives a text a new verdict, and so does a new minimum where the verdict was about length.
    """
    kept = stored_evaluation(participation) if bereft else None
    if kept is None:
        return {}
    codes = _HANGS_ON_A_SOURCE if kept.config_version == task.version else _HANGS_ON_A_SOURCE[:2]
    return {
        post.pk: kept.verdicts[post.pk]
        for post in bereft
        if post.pk in kept.verdicts
        and kept.verdicts[post.pk].code in codes
        and (post.edited_at or post.created_at) <= kept.evaluated_at
    }


def _list_similar(task: Task, own: list[Contribution]) -> tuple[list[PeerTextData], list[Contribution]]:
    """Return posts of others that share shingles with these, and those of these whose source is erased.

    Three bounded queries, whatever the crowd.
    """
    ids = [post.pk for post in own if post.state in CREDITED]
    if not ids:
        return [], []
    mine: dict[int, set[int]] = {}
    for value, post_id in SketchHash.objects.filter(contribution_id__in=ids).values_list("value", "contribution_id"):
        mine.setdefault(value, set()).add(post_id)
    shared: dict[int, dict[int, int]] = {}
    sharing = (
        SketchHash.objects.filter(task=task, value__in=list(mine))
        .exclude(contribution_id__in=ids)
        .values_list("value", "contribution_id")[:_CANDIDATES]
    )
    for value, other_id in sharing:
        for post_id in mine[value]:
            votes = shared.setdefault(post_id, {})
            votes[other_id] = votes.get(other_id, 0) + 1
    likely = {
        post_id: sorted(votes, key=lambda other_id: (-votes[other_id], other_id))[:_CANDIDATES_EACH]
        for post_id, votes in shared.items()
    }
    rows = Contribution.objects.filter(pk__in={other_id for ids in likely.values() for other_id in ids})
    found = list(rows.only("pk", "author_id", "body", "worded_at", "is_erased"))
    erased = {row.pk for row in found if row.is_erased}
    bereft = [
        post
        for post in own
        if not erased.isdisjoint(likely.get(post.pk, ())) or (post.parent is not None and post.parent.is_erased)
    ]
    similar = [
        PeerTextData(id=row.pk, author_id=row.author_id, body=row.body, worded_at=row.worded_at)
        for row in found
        if not row.is_erased
    ]
    return similar, bereft


def _count_reachable(task: Task, user_id: int, own: list[Contribution]) -> int:
    """Return how many others of the learner's group hold a position."""
    positions = [
        post for post in own if post.kind == ContributionKind.POSITION and post.state == ContributionState.LIVE
    ]
    group_id = group_of(task, user_id, positions[-1] if positions else None)
    row = TaskGroup.objects.filter(task=task, group_id=group_id).values_list("positions", "team_positions").first()
    if row is None:
        return 0
    total = row[0] + (row[1] if settings.DISCUSSION_EXT_TEAM_IS_PEER else 0)
    mine = sum(
        post.is_counted and (settings.DISCUSSION_EXT_TEAM_IS_PEER or not post.is_team)
        for post in positions
        if post.group_id == group_id
    )
    return max(0, total - mine)
