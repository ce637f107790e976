"""What one person sees of a case: bounded queries over our own tables, the same for ten posts and for ten thousand.

Peers' positions come in pages from an index; counts are kept, never taken. Held posts are left out until the learner
has taken a position; withdrawn and removed ones are shown to their author only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from gamification import api as gamification
from people import api as people
from people.data import NameData

from . import explanations, phases
from .access import access_contribution
from .availability import is_on
from .configurations import get_task, to_data
from .contributions import CREDITED, now
from .data import (
    CaseConfigData,
    CaseViewData,
    ContributionData,
    ContributionKind,
    ContributionPage,
    ContributionState,
    EvaluationData,
    Order,
    OverrideData,
    PointsData,
    PostedData,
    RequirementItemData,
    SynthesisData,
)
from .exceptions import CaseOffError, InvalidValueError
from .models import Contribution, HelpfulMark, Participation, Report, Task, TaskGroup
from .rendering import render_markdown
from .results import compute, group_of, is_fresh, list_own, score_of, step_of, stored_evaluation

REPLIES_SHOWN = 5
_HEARD = 20
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "unanswered": ("answers", "pk"),
    "newest": ("-pk",),
    "helpful": ("-helpful", "-pk"),
}


@dataclass
class Reader:
    """Who reads, and what has to be known to draw posts for them."""

    user_id: int
    is_team: bool = False
    names: Mapping[int, NameData] = field(default_factory=dict)
    verdicts: Mapping[int, RequirementItemData] = field(default_factory=dict)
    reports: Mapping[int, int] = field(default_factory=dict)
    new_since: datetime | None = None
    knows_new: bool = False


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
    moment = now or _now()
    task = get_task(usage_key)
    if not is_on(CourseKey.from_string(task.course_id)):
        raise CaseOffError(_("Case discussions are turned off in this course."))
    participation = Participation.objects.filter(task=task, user_id=user_id).first()
    participation = participation or Participation(task=task, user_id=user_id)
    own = [post for post in list_own(task, user_id) if not _is_before_reset(post, participation)]
    result = stored_evaluation(participation) if is_fresh(task, participation) else None
    result = result or compute(task, participation, own)
    phase = phases.phase_of(task, moment)
    position = _first(own, ContributionKind.POSITION)
    may_see = is_team or (phase != "scheduled" and (not task.is_held or position is not None))
    group_id = position.group_id if position is not None else group_of(task, user_id)
    peers_count = _count_peers(task, group_id, own)
    rows, shown_page = _list_peers(task, group_id, user_id, order, page, peers_count) if may_see else ([], 1)
    replies = _list_replies(rows, user_id)
    heard = list_heard(task, user_id) if may_see and position is not None else []
    names = _names([*own, *rows, *replies, *heard], task, extra=_people_in(result))
    result = _explain(result, names)
    reader = Reader(
        user_id=user_id, is_team=is_team, names=names, verdicts=result.verdicts,
        new_since=participation.seen_at, knows_new=participation.opened_at is not None,
    )  # fmt: skip
    earned, possible = score_of(task, participation, result)
    closing = phases.closing_moment(task)
    return CaseViewData(
        task=to_data(task),
        config=CaseConfigData.from_json(task.config),
        phase=phase,
        step=step_of(result, participation),
        opens_at=task.opens_at,
        closes_at=closing,
        closed_at=closing if phase == "closed" else None,
        position=_draw(position, reader),
        answers=_draw_all((post for post in own if _is_own(post, ContributionKind.ANSWER)), reader),
        follow_ups=_draw_all((post for post in own if _is_own(post, ContributionKind.FOLLOW_UP)), reader),
        look_back=_draw(_first(own, ContributionKind.LOOK_BACK), reader),
        withdrawn=_draw_all((post for post in own if post.state != ContributionState.LIVE), reader),
        may_see_peers=may_see,
        peers=ContributionPage(
            contributions=draw_with_replies(rows, replies, reader),
            page=shown_page,
            pages=_pages(peers_count),
            total=peers_count,
        ),
        peers_count=peers_count,
        heard=_draw_all(heard, reader),
        news_count=sum(_is_new(post, reader) for post in heard),
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
    task = get_task(usage_key)
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
    reader = Reader(user_id=user_id, is_team=is_team, names=_names(rows, task))
    return ContributionPage(
        contributions=_draw_all(rows, reader),
        page=page,
        pages=max(1, ceil(position.answers_ever / size)),
        total=position.answers,
    )


def show_own(
    task: Task, participation: Participation, contribution: Contribution, result: EvaluationData
) -> PostedData:
    """Return what became of a learner's post, with the verdict in words."""
    names = _names([contribution], task, extra=_people_in(result))
    result = _explain(result, names)
    reader = Reader(user_id=participation.user_id, names=names, verdicts=result.verdicts)
    return PostedData(contribution=_draw(contribution, reader), evaluation=result)


# -- rows ----------------------------------------------------------------------------------------------------------------


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
    """Say of each post whether the reader marked or reported it."""
    return found.annotate(
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


# -- drawing -------------------------------------------------------------------------------------------------------------


def draw(post: Contribution, reader: Reader, replies: tuple[ContributionData, ...] = ()) -> ContributionData:
    """Return a post as this reader may see it."""
    is_me = post.author_id == reader.user_id
    is_nameless = post.is_anonymous and not is_me and not reader.is_team
    may_know = is_me or reader.is_team
    return ContributionData(
        id=post.pk,
        case_id=post.task_id,
        kind=ContributionKind(post.kind),
        author_id=0 if is_nameless else post.author_id,
        author=None if is_nameless else reader.names.get(post.author_id),
        is_me=is_me,
        parent_id=post.parent_id,
        parent_author_id=post.parent_author_id,
        parent_author=reader.names.get(post.parent_author_id or 0),
        body=post.body,
        body_html=render_markdown(post.body),
        words=post.words,
        created_at=post.created_at,
        edited_at=post.edited_at,
        state=ContributionState(post.state),
        state_reason=post.state_reason if may_know else "",
        state_actor_id=post.state_actor_id if reader.is_team else None,
        answers=post.answers,
        helpful=post.helpful,
        revision=post.revision,
        is_helpful_by_me=bool(getattr(post, "is_marked", False)),
        is_reported_by_me=bool(getattr(post, "is_reported", False)),
        is_new=_is_new(post, reader),
        is_team=post.is_team,
        reports=reader.reports.get(post.pk, 0) if reader.is_team else 0,
        verdict=reader.verdicts.get(post.pk) if may_know else None,
        replies=replies,
    )


def draw_with_replies(
    rows: Iterable[Contribution], replies: Iterable[Contribution], reader: Reader
) -> tuple[ContributionData, ...]:
    """Return positions, each with the replies that belong to it."""
    beneath: dict[int | None, list[ContributionData]] = {}
    for reply in replies:
        beneath.setdefault(reply.root_id, []).append(draw(reply, reader))
    return tuple(draw(row, reader, tuple(beneath.get(row.pk, ()))) for row in rows)


def draw_override(participation: Participation) -> OverrideData | None:
    """Return the team's own decision about a grade, if there is one."""
    if participation.override_score is None or participation.override_at is None:
        return None
    actor_id = participation.override_by or 0
    return OverrideData(
        score=participation.override_score,
        reason=participation.override_reason,
        actor_id=actor_id,
        actor_name=people.real_names([actor_id]).get(actor_id, "") if actor_id else "",
        at=participation.override_at,
    )


def draw_synthesis(task: Task) -> SynthesisData | None:
    """Return the closing text, None where nothing is written."""
    if not task.synthesis:
        return None
    return SynthesisData(
        body=task.synthesis,
        body_html=render_markdown(task.synthesis),
        author_id=task.synthesis_by,
        written_at=task.synthesis_at,
    )


def names_for(posts: Iterable[Contribution], task: Task, extra: Iterable[int] = ()) -> dict[int, NameData]:
    """Return the names under which the people of these posts are shown here."""
    ids = {post.author_id for post in posts} | {post.parent_author_id for post in posts if post.parent_author_id}
    return people.display_names(sorted(ids | set(extra)), surface="post", context_key=task.course_id)


def explain(result: EvaluationData, names: Mapping[int, NameData], *, is_for_team: bool = False) -> EvaluationData:
    """Return an evaluation with its reasons in the active language."""
    return explanations.explain(
        result,
        names={user_id: name.text for user_id, name in names.items()},
        is_for_team=is_for_team,
        factors=settings.DISCUSSION_EXT_WORD_FACTORS,
    )


def people_in(result: EvaluationData) -> set[int]:
    """Return the ids of the people whom an evaluation speaks of."""
    items = [*result.verdicts.values(), *(item for each in result.requirements for item in each.items)]
    return {
        user_id for item in items for user_id in (item.peer_id, item.facts.get("of_peer_id")) if user_id is not None
    }


def check_page(page: Any) -> int:
    """Return a page number from 1 or raise InvalidValueError."""
    if isinstance(page, bool) or not isinstance(page, int) or page < 1:
        raise InvalidValueError(_("Pages are counted from 1."), field="page")
    return page


def _draw(post: Contribution | None, reader: Reader) -> ContributionData | None:
    return draw(post, reader) if post is not None else None


def _draw_all(posts: Iterable[Contribution], reader: Reader) -> tuple[ContributionData, ...]:
    return tuple(draw(post, reader) for post in posts)


def _is_new(post: Contribution, reader: Reader) -> bool:
    is_to_me = post.parent_author_id == reader.user_id and post.author_id != reader.user_id
    return is_to_me and reader.knows_new and (reader.new_since is None or post.created_at > reader.new_since)


def _points(task: Task, participation: Participation) -> PointsData:
    course_key = CourseKey.from_string(task.course_id)
    if not gamification.is_on(course_key):
        return PointsData()
    hint = gamification.points_for(course_key, "case_finished")
    entry = gamification.find_source_points(participation.source) if participation.is_finished else None
    if entry is None:
        return PointsData(hint=hint)
    return PointsData(hint=hint, points=entry.points, reason=entry.reason, recorded_at=entry.recorded_at)


def _pages(total: int) -> int:
    return max(1, ceil(total / int(settings.DISCUSSION_EXT_PAGE_SIZE)))


_names, _explain, _people_in, _now = names_for, explain, people_in, now
