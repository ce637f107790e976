"""What one person sees of a case: bounded queries over our own tables, the same for ten posts and for ten thousand.

Peers' positions come in pages from an index; counts are kept, never taken. Held posts are left out until the learner
has taken a position; withdrawn and removed ones are shown to their author only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from gamification import api as gamification

from .access import access_contribution, access_task
from .case_results import step_of
from .configurations import to_data
from .data import (
    CREDITED,
    CaseConfigData,
    CaseViewData,
    ContributionKind,
    ContributionPage,
    ContributionState,
    EvaluationData,
    Order,
    PointsData,
    PostedData,
)
from .drawing import (
    Reader,
    check_page,
    draw_all,
    draw_one,
    draw_override,
    draw_synthesis,
    draw_with_replies,
    explain,
    is_new,
    names_for,
    people_in,
)
from .evidence import compute, group_of, list_own, stored_evaluation
from .exceptions import InvalidValueError
from .kinds import kind_of
from .models import Contribution, HelpfulMark, Participation, Report, Task, TaskGroup
from .results import is_fresh, score_of

REPLIES_SHOWN = 5
_HEARD = 20
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "unanswered": ("answers", "pk"),
    "newest": ("-pk",),
    "helpful": ("-helpful", "-pk"),
}


def view_case(
    *,
    usage_key: UsageKey,
    user_id: int,
    is_team: bool = False,
    order: Order = "unanswered",
    page: int = 1,
    now: datetime | None = None,
) -> CaseViewData:
    """Return everything a learner sees of a case. ``is_team`` sees held posts without an own position."""
    moment = now or timezone.now()
    task = access_task(usage_key)
    participation = Participation.objects.filter(task=task, user_id=user_id).first()
    participation = participation or Participation(task=task, user_id=user_id)
    own = [post for post in list_own(task, user_id) if not _is_before_reset(post, participation)]
    result = stored_evaluation(participation) if is_fresh(task, participation) else None
    result = result or compute(task, participation, own)
    window = kind_of(task).window(task, user_id, moment)
    phase, closing = window.phase, window.closes_at
    position = _first(own, ContributionKind.POSITION)
    may_see = is_team or (phase != "scheduled" and (not task.is_held or position is not None))
    group_id = group_of(task, user_id, position)
    peers_count = _count_peers(task, group_id, own)
    rows, shown_page = _list_peers(task, group_id, user_id, order, page, peers_count) if may_see else ([], 1)
    replies = _list_replies(rows, user_id)
    heard = list_heard(task, user_id) if may_see and position is not None else []
    names = names_for([*own, *rows, *replies, *heard], task, extra=people_in(result))
    nameless_ids = {post.parent.author_id for post in own if post.parent is not None and post.parent.is_anonymous}
    result = explain(result, names, nameless_ids=nameless_ids)
    reader = Reader(
        user_id=user_id, is_team=is_team, names=names, verdicts=result.verdicts,
        new_since=participation.seen_at, knows_new=participation.opened_at is not None,
    )  # fmt: skip
    earned, possible = score_of(task, participation, result)
    return CaseViewData(
        task=to_data(task),
        config=CaseConfigData.from_json(task.config),
        phase=phase,
        step=step_of(result, participation),
        opens_at=window.opens_at,
        closes_at=closing,
        closed_at=closing if phase == "closed" else None,
        position=draw_one(position, reader),
        answers=draw_all((post for post in own if _is_own(post, ContributionKind.ANSWER)), reader),
        follow_ups=draw_all((post for post in own if _is_own(post, ContributionKind.FOLLOW_UP)), reader),
        look_back=draw_one(_first(own, ContributionKind.LOOK_BACK), reader),
        withdrawn=draw_all((post for post in own if post.state != ContributionState.LIVE), reader),
        may_see_peers=may_see,
        peers=ContributionPage(
            contributions=draw_with_replies(rows, replies, reader),
            page=shown_page,
            pages=_pages(peers_count),
            total=peers_count,
        ),
        peers_count=peers_count,
        heard=draw_all(heard, reader),
        news_count=sum(is_new(post, reader) for post in heard),
        helped_count=sum(post.helpful for post in own if post.state == ContributionState.LIVE),
        evaluation=result,
        earned=earned,
        possible=possible,
        override=draw_override(participation),
        synthesis=draw_synthesis(task) if phase == "closed" or is_team else None,
        points=_points(task, participation),
        order=order,
    )


def list_answers(
    *, usage_key: UsageKey, contribution_id: int, user_id: int, is_team: bool = False, page: int = 1
) -> ContributionPage:
    """Return what was written beneath a position, oldest first. Raises what ``access_contribution`` raises."""
    task = access_task(usage_key)
    position = access_contribution(task, contribution_id, user_id=user_id, is_team=is_team)
    size = int(settings.DISCUSSION_EXT_PAGE_SIZE)
    page = check_page(page)
    last = (page - 1) * size
    rows = list(
        _marked(
            Contribution.objects.filter(
                root=position, ordinal__gt=last, ordinal__lte=last + size, state=ContributionState.LIVE
            ).order_by("ordinal"),
            user_id,
        )
    )
    reader = Reader(user_id=user_id, is_team=is_team, names=names_for(rows, task))
    return ContributionPage(
        contributions=draw_all(rows, reader),
        page=page,
        pages=max(1, ceil(position.answers_ever / size)),
        total=position.answers,
    )


def show_own(
    task: Task, participation: Participation, contribution: Contribution, result: EvaluationData
) -> PostedData:
    """Return what became of a learner's post, with the verdict in words."""
    names = names_for([contribution], task, extra=people_in(result))
    answered = Contribution.objects.filter(task=task, author_id=participation.user_id, parent__is_anonymous=True)
    nameless_ids = set() if task.is_held else set(answered.values_list("parent__author_id", flat=True))
    result = explain(result, names, nameless_ids=nameless_ids)
    reader = Reader(user_id=participation.user_id, names=names, verdicts=result.verdicts)
    return PostedData(contribution=draw_one(contribution, reader), evaluation=result)


# -- rows --------------------------------------------------------------------------------------------------------------


def list_heard(task: Task, user_id: int) -> list[Contribution]:
    """Return the latest live answers to a learner."""
    found = Contribution.objects.filter(
        task=task, parent_author_id=user_id, state=ContributionState.LIVE, kind=ContributionKind.ANSWER
    ).exclude(author_id=user_id)
    return list(_marked(found.order_by("-pk"), user_id)[:_HEARD])


def _list_peers(
    task: Task, group_id: int, user_id: int, order: Order, page: int, total: int
) -> tuple[list[Contribution], int]:
    if order not in _ORDERS:
        raise InvalidValueError(_("There is no such order."), field="order")
    page = min(check_page(page), _pages(total))
    size = int(settings.DISCUSSION_EXT_PAGE_SIZE)
    found = Contribution.objects.filter(
        task=task, group_id=group_id, kind=ContributionKind.POSITION, state=ContributionState.LIVE
    ).exclude(author_id=user_id)
    start = (page - 1) * size
    return list(_marked(found.order_by(*_ORDERS[order]), user_id)[start : start + size]), page


def _list_replies(rows: Sequence[Contribution], user_id: int) -> list[Contribution]:
    """Return the first replies of each of these positions, in one query that reads no more than it shows."""
    if not rows:
        return []
    found = Contribution.objects.filter(
        root__in=[row.pk for row in rows], ordinal__lte=REPLIES_SHOWN, state=ContributionState.LIVE
    )
    return list(_marked(found.order_by("ordinal"), user_id))


def _marked(found: QuerySet[Contribution], user_id: int) -> QuerySet[Contribution]:
    """Say of each post whether the reader marked or reported it, and whether it answers somebody anonymous."""
    return found.annotate(
        is_parent_anonymous=F("parent__is_anonymous"),
        is_marked=Exists(HelpfulMark.objects.filter(contribution=OuterRef("pk"), user_id=user_id, is_on=True)),
        is_reported=Exists(
            Report.objects.filter(contribution=OuterRef("pk"), reporter_id=user_id).exclude(state=Report.TAKEN_BACK)
        ),
    )


def _count_peers(task: Task, group_id: int, own: Iterable[Contribution]) -> int:
    counts = TaskGroup.objects.filter(task=task, group_id=group_id).values_list("positions", "team_positions").first()
    mine = sum(
        post.is_counted
        and post.kind == ContributionKind.POSITION
        and post.state == ContributionState.LIVE
        and post.group_id == group_id
        for post in own
    )
    return max(0, sum(counts) - mine) if counts else 0


def _is_before_reset(post: Contribution, participation: Participation) -> bool:
    return participation.ignore_before is not None and post.created_at <= participation.ignore_before


def _is_own(post: Contribution, kind: ContributionKind) -> bool:
    return post.kind == kind and post.state == ContributionState.LIVE


def _first(own: Iterable[Contribution], kind: ContributionKind) -> Contribution | None:
    return next((post for post in own if post.kind == kind and post.state in CREDITED), None)


def _points(task: Task, participation: Participation) -> PointsData:
    course_key = CourseKey.from_string(task.course_id)
    activity = kind_of(task).activity
    if not activity or not gamification.is_on(course_key):
        return PointsData()
    hint = gamification.points_for(course_key, activity)
    entry = gamification.find_source_points(participation.source) if participation.is_finished else None
    if entry is None:
        return PointsData(hint=hint)
    return PointsData(hint=hint, points=entry.points, reason=entry.reason, recorded_at=entry.recorded_at)


def _pages(total: int) -> int:
    return max(1, ceil(total / int(settings.DISCUSSION_EXT_PAGE_SIZE)))
