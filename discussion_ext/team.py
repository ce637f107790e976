"""What the course team sees: who is where, what is worth their time, one learner's evidence, and everything as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from math import ceil
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from people import api as people

from . import edx_platform, phases
from .access import check_learner
from .configurations import get_task, to_data
from .contributions import now
from .data import (
    CaseConfigData,
    ContributionKind,
    ContributionPage,
    ContributionState,
    LearnerReportData,
    PostFilter,
    RowFilter,
    TeamRowData,
    TeamRowPage,
    TeamSummaryData,
    Where,
)
from .drawing import (
    Reader,
    check_page,
    draw,
    draw_override,
    draw_synthesis,
    draw_with_replies,
    explain,
    names_for,
    people_in,
)
from .evidence import compute, list_own
from .exceptions import InvalidValueError
from .models import Contribution, Participation, PendingEvaluation, Report, Task, TaskGroup
from .moderation import count_reports
from .reading import REPLIES_SHOWN
from .results import score_of

_ROWS = 20
_CSV_BATCH = 500


def get_team_summary(*, usage_key: UsageKey) -> TeamSummaryData:
    """Return who is where in a case, and what is worth the team's time now."""
    task = get_task(usage_key)
    course_key = CourseKey.from_string(task.course_id)
    learning = _learning(task)
    counts = learning.aggregate(
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        position=Count("pk", filter=Q(has_position=True)),
        answered=Count("pk", filter=Q(step__in=("look_back", "finished"))),
        finished=Count("pk", filter=Q(is_finished=True)),
        waiting=Count("pk", filter=Q(is_waiting=True)),
        left_out=Count("pk", filter=Q(left_out__gt=0)),
    )
    unanswered = _positions(task).filter(answers=0)
    return TeamSummaryData(
        task=to_data(task),
        phase=phases.phase_of(task, now()),
        learners=edx_platform.count_learners(course_key),
        silent=edx_platform.count_learners(course_key, without=_posted(task)),
        unanswered=unanswered.count(),
        oldest_unanswered_at=unanswered.order_by("pk").values_list("created_at", flat=True).first(),
        first_posts=_first_posts(task).count(),
        reports=Report.objects.filter(task=task, state=Report.OPEN).count(),
        pending=PendingEvaluation.objects.filter(task=task).values("user_id").distinct().count(),
        synthesis=draw_synthesis(task),
        closed_at=task.closed_at,
        closes_at=phases.closing_moment(task),
        **counts,
    )


def list_team_rows(*, usage_key: UsageKey, show: RowFilter = "all", page: int = 1) -> TeamRowPage:
    """Return a page of learners; ``silent`` are those without a position, whether they opened the case or not."""
    task = get_task(usage_key)
    course_key = CourseKey.from_string(task.course_id)
    page = check_page(page)
    if show in {"all", "silent"}:
        without = _posted(task) if show == "silent" else None
        total = edx_platform.count_learners(course_key, without=without)
        page = min(page, _pages(total))
        ids = edx_platform.list_learner_ids(course_key, without=without, offset=(page - 1) * _ROWS, limit=_ROWS)
    else:
        found = _participations(task, show)
        total = found.count()
        page = min(page, _pages(total))
        ids = list(found.values_list("user_id", flat=True)[(page - 1) * _ROWS : page * _ROWS])
    return TeamRowPage(rows=tuple(_draw_rows(task, ids)), page=page, pages=_pages(total), total=total)


def list_team_posts(
    *, usage_key: UsageKey, actor_id: int, show: PostFilter = "unanswered", page: int = 1
) -> ContributionPage:
    """Return a page of posts to look at, oldest first, positions with their first replies."""
    task = get_task(usage_key)
    found = {
        "unanswered": _positions(task).filter(answers=0),
        "left_out": Contribution.objects.filter(task=task, is_left_out=True),
        "first": _first_posts(task),
        "reported": Contribution.objects.filter(
            pk__in=Report.objects.filter(task=task, state=Report.OPEN).values("contribution")
        ),
        "all": _positions(task),
    }.get(show)
    if found is None:
        raise InvalidValueError(_("There is no such list."), field="show")
    size = int(settings.DISCUSSION_EXT_PAGE_SIZE)
    total = found.count()
    pages = max(1, ceil(total / size))
    page = min(check_page(page), pages)
    rows = list(found.order_by("pk")[(page - 1) * size : page * size])
    replies = list(
        Contribution.objects.filter(
            root__in=[row.pk for row in rows], ordinal__lte=REPLIES_SHOWN, state=ContributionState.LIVE
        ).order_by("ordinal")
    )
    reader = Reader(
        user_id=actor_id, is_team=True, names=names_for([*rows, *replies], task), reports=count_reports(rows)
    )
    return ContributionPage(contributions=draw_with_replies(rows, replies, reader), page=page, pages=pages, total=total)


def get_learner_report(*, usage_key: UsageKey, user_id: int) -> LearnerReportData:
    """Return one learner's evidence: every post, what counted, what did not, and why.

    Raises LearnerNotFoundError for somebody who is none here.
    """
    task = get_task(usage_key)
    check_learner(task, user_id)
    participation = Participation.objects.filter(task=task, user_id=user_id).first()
    participation = participation or Participation(task=task, user_id=user_id)
    own = list_own(task, user_id)
    result = compute(task, participation, own)
    names = names_for(own, task, extra=people_in(result))
    result = explain(result, names, is_for_team=True)
    reader = Reader(user_id=0, is_team=True, names=names, verdicts=result.verdicts, reports=count_reports(own))
    score, possible = score_of(task, participation, result)
    return LearnerReportData(
        user_id=user_id,
        name=people.real_names([user_id]).get(user_id, ""),
        evaluation=result,
        posts=tuple(draw(post, reader) for post in own),
        score=score,
        max_score=possible,
        override=draw_override(participation),
    )


def iter_team_csv(*, usage_key: UsageKey) -> Iterator[str]:
    """Return the table of all learners line by line, in batches; cells that a spreadsheet would run are disarmed."""
    task = get_task(usage_key)
    course_key = CourseKey.from_string(task.course_id)
    yield write_line(
        [
            _("User id"), _("Name"), _("Where"), _("Words of the position"), _("Answers that count"),
            _("Words of the look back"), _("Posts left out"), _("Grade"), _("Of"), _("Decided by the team"),
            _("Last seen (UTC)"),
        ]
    )  # fmt: skip
    last = 0
    while ids := edx_platform.list_learner_ids(course_key, after=last, limit=_CSV_BATCH):
        for row in _draw_rows(task, ids):
            yield write_line(
                [
                    row.user_id, row.name, row.where_text, row.position_words, row.answers_done,
                    row.look_back_words, row.left_out, row.score, row.max_score,
                    _("yes") if row.is_overridden else "",
                    row.last_seen.isoformat(timespec="seconds") if row.last_seen else "",
                ]
            )  # fmt: skip
        last = ids[-1]


def where_text(where: Where) -> str:
    """Return in words where a learner is."""
    return {
        "not_opened": _("Not opened"),
        "read": _("Reading"),
        "position": _("Position does not count yet"),
        "answer": _("Answering"),
        "look_back": _("Looking back"),
        "finished": _("Finished"),
    }[where]


def _draw_rows(task: Task, ids: list[int]) -> Iterator[TeamRowData]:
    config = CaseConfigData.from_json(task.config)
    known = {row.user_id: row for row in Participation.objects.filter(task=task, user_id__in=ids)}
    names = people.real_names(ids)
    for user_id in ids:
        row = known.get(user_id) or Participation(task=task, user_id=user_id)
        where = _where(row)
        score, possible = score_of(task, row)
        yield TeamRowData(
            user_id=user_id,
            name=names.get(user_id, ""),
            where=where,
            where_text=where_text(where),
            position_words=row.position_words,
            answers_done=row.answers_done,
            answers_wanted=config.answers_wanted,
            look_back_words=row.look_back_words,
            left_out=row.left_out,
            score=score,
            max_score=possible,
            is_overridden=row.override_score is not None,
            last_seen=row.last_seen_at,
        )


def _where(row: Participation) -> Where:
    if row.is_finished:
        return "finished"
    if row.has_position:
        match row.step:
            case "answer":
                return "answer"
            case "look_back":
                return "look_back"
            case _:
                return "position"
    return "read" if row.opened_at else "not_opened"


def _participations(task: Task, show: RowFilter) -> QuerySet[Participation]:
    found = _learning(task).order_by("user_id")
    match show:
        case "waiting":
            return found.filter(is_waiting=True)
        case "left_out":
            return found.filter(left_out__gt=0)
        case "reported":
            reported = Report.objects.filter(task=task, state=Report.OPEN).values("contribution__author_id")
            return found.filter(user_id__in=reported)
        case _:
            raise InvalidValueError(_("There is no such list."), field="show")


def _learning(task: Task) -> QuerySet[Participation]:
    """Return those who take part without those who teach: the team may try the case and is no part of its numbers."""
    teachers = edx_platform.list_teachers(CourseKey.from_string(task.course_id))
    return Participation.objects.filter(task=task).exclude(user_id__in=teachers)


def _posted(task: Task) -> QuerySet[Any]:
    return Participation.objects.filter(task=task, has_position=True).values("user_id")


def _positions(task: Task) -> QuerySet[Contribution]:
    groups = list(TaskGroup.objects.filter(task=task).values_list("group_id", flat=True))
    return Contribution.objects.filter(
        task=task, group_id__in=groups, kind=ContributionKind.POSITION, state=ContributionState.LIVE
    )


def _first_posts(task: Task) -> QuerySet[Contribution]:
    return Contribution.objects.filter(task=task, is_first=True, state=ContributionState.LIVE, answers=0)


def _pages(total: int) -> int:
    return max(1, ceil(total / _ROWS))


def write_line(cells: list[object]) -> str:
    """Return a line of a file for spreadsheets; cells that one would run are disarmed."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_disarm(cell) for cell in cells])
    return buffer.getvalue()


def _disarm(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
