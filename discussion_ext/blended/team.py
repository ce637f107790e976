"""What the course team sees of a blended task: numbers, a table by learner and stage, one learner, a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import edx_platform
from discussion_ext.access import check_learner
from discussion_ext.configurations import to_data
from discussion_ext.data import (
    BlendedFilter,
    BlendedReportData,
    BlendedRowData,
    BlendedRowPage,
    BlendedSummaryData,
    ContributionData,
    RequirementState,
    StageKind,
    StageResultData,
)
from discussion_ext.drawing import Reader, check_page, names_for
from discussion_ext.drawing import draw as draw_post
from discussion_ext.evidence import list_own, stored_evaluation
from discussion_ext.exceptions import InvalidValueError
from discussion_ext.models import Appeal, Participation, PendingEvaluation, Seat, StageDecision, StageStanding, Task
from discussion_ext.moderation import count_reports
from discussion_ext.results import score_of
from discussion_ext.sessions import sittings, standing
from discussion_ext.team import write_line
from people import api as people

from . import appeals, reading
from .explanations import explain, name_stage
from .gathering import to_data as decision_to_data
from .standings import load
from .tasks import config_of, find_stage, get_blended, stages_of

_ROWS: Final = 20
_CSV_BATCH: Final = 200
_MOST_FOUND: Final = 1_000
_UTC: Final = ZoneInfo("UTC")


def get_blended_summary(*, usage_key: UsageKey) -> BlendedSummaryData:
    """Return where the course stands; the team itself, which may try the task, is no part of the numbers."""
    task = get_blended(usage_key)
    learning = _learning(task)
    met = StageStanding.objects.filter(task=task, state=RequirementState.MET).exclude(user_id__in=_teachers(task))
    met_by_stage = met.values_list("stage_id").annotate(Count("pk")).order_by()
    asked = Appeal.objects.filter(task=task, answered_at=None)
    return BlendedSummaryData(
        task=to_data(task),
        learners=edx_platform.count_learners(_course_key(task)),
        finished=learning.filter(is_finished=True).count(),
        behind=learning.filter(is_behind=True).count(),
        no_sitting=learning.filter(needs_sitting=True).count(),
        asked=asked.count(),
        pending=PendingEvaluation.objects.filter(task=task).values("user_id").distinct().count(),
        met=dict(met_by_stage.values_list("stage_id", "pk__count")),
    )


def list_blended_rows(
    *,
    usage_key: UsageKey,
    show: BlendedFilter = "all",
    stage_id: str = "",
    sitting_id: int | None = None,
    search: str = "",
    page: int = 1,
) -> BlendedRowPage:
    """Return a page of learners by id.

    ``stage_id`` narrows what ``show`` asks to one stage, ``sitting_id`` to who sits there, ``search`` to names that
    contain it.
    """
    task = get_blended(usage_key)
    found = list_shown(task, show=show, stage_id=stage_id, sitting_id=sitting_id, search=search)
    total = found.count()
    pages = max(1, ceil(total / _ROWS))
    page = min(check_page(page), pages)
    rows = list(found[(page - 1) * _ROWS : page * _ROWS])
    return BlendedRowPage(rows=tuple(_draw_rows(task, rows)), page=page, pages=pages, total=total)


def list_shown(
    task: Task, *, show: BlendedFilter, stage_id: str = "", sitting_id: int | None = None, search: str = ""
) -> QuerySet[Participation]:
    """Return the rows of a list of learners, by id. Raises InvalidValueError naming what there is not."""
    found = _learning(task).order_by("user_id")
    if stage_id:
        find_stage(config_of(task), stage_id)
    if sitting_id is not None:
        found = found.filter(user_id__in=_list_seated(task, sitting_id))
    if search.strip():
        found = found.filter(user_id__in=edx_platform.search_learners(_course_key(task), search, limit=_MOST_FOUND))
    return _filter(task, found, show, stage_id)


def get_blended_report(*, usage_key: UsageKey, user_id: int) -> BlendedReportData:
    """Return one learner's evidence: every post and decision, what counted, what did not, and why."""
    task = get_blended(usage_key)
    check_learner(task, user_id)
    row = Participation.objects.filter(task=task, user_id=user_id).first()
    row = row or Participation(task=task, user_id=user_id)
    decisions = list(StageDecision.objects.filter(task=task, user_id=user_id).order_by("-pk"))
    actors = people.real_names({each.actor_id for each in decisions if each.actor_id is not None})
    return BlendedReportData(
        user_id=user_id,
        name=people.real_names([user_id]).get(user_id, ""),
        view=reading.draw(task, row, timezone.now(), is_for_team=True),
        posts={stage_id: _draw_posts(stage, user_id) for stage_id, stage in stages_of(task).items()},
        decisions=tuple(decision_to_data(each, actors.get(each.actor_id or 0, "")) for each in decisions),
        appeals=tuple(appeals.to_data(each) for each in Appeal.objects.filter(task=task, user_id=user_id)),
    )


def iter_blended_csv(*, usage_key: UsageKey) -> Iterator[str]:
    """Return the table of all learners line by line, in batches; cells that a spreadsheet would run are disarmed."""
    task = get_blended(usage_key)
    config = config_of(task)
    titles = [name_stage(stage) for stage in config.stages]
    columns = [cell for title in titles for cell in (title, _("Share of %(stage)s, percent") % {"stage": title})]
    yield write_line(
        [_("User id"), _("Name"), _("Sitting"), *columns, _("Grade"), _("Of"), _("Decided by the team"),
         _("Last seen (UTC)")]
    )  # fmt: skip
    last = 0
    while rows := list(_learning(task).filter(user_id__gt=last).order_by("user_id")[:_CSV_BATCH]):
        for row in _draw_rows(task, rows):
            cells = [value for cell in row.cells for value in (cell.detail or cell.code, round(cell.share * 100, 2))]
            yield write_line(
                [row.user_id, row.name, row.sitting_title, *cells, row.earned, row.possible,
                 _("yes") if row.is_overridden else "",
                 row.last_seen.isoformat(timespec="seconds") if row.last_seen else ""]
            )  # fmt: skip
        last = rows[-1].user_id


# -- rows --------------------------------------------------------------------------------------------------------------


def _draw_rows(task: Task, rows: Sequence[Participation]) -> Iterator[BlendedRowData]:
    """Yield rows as they were last evaluated, in a number of queries that does not grow with them."""
    ids = [row.user_id for row in rows]
    names = people.real_names(ids)
    asking = set(Appeal.objects.filter(task=task, user_id__in=ids, answered_at=None).values_list("user_id", flat=True))
    seated = standing.find_own_sittings(session_id=task.session_id, user_ids=ids) if task.session_id else {}
    for row in rows:
        own = seated[row.user_id].sitting if row.user_id in seated else None
        earned, possible = score_of(task, row)
        yield BlendedRowData(
            user_id=row.user_id,
            name=names.get(row.user_id, ""),
            sitting_title=own.meeting.title if own is not None else "",
            cells=tuple(_cells(task, row)),
            earned=earned,
            possible=possible,
            is_overridden=row.override_score is not None,
            last_seen=row.last_seen_at,
            has_appeal=row.user_id in asking,
            is_behind=row.is_behind,
            nudged_at=row.nudged_at,
        )


def _cells(task: Task, row: Participation) -> Iterator[StageResultData]:
    """Yield how each stage stands, in the order of the stages; one not evaluated yet is open."""
    config = config_of(task)
    kept = load(row)
    said = explain(kept, config=config, names={}, zone=_UTC, is_for_team=True) if kept is not None else None
    for stage in config.stages:
        found = said.find_stage(stage.id) if said is not None else None
        yield found or StageResultData(
            stage_id=stage.id,
            kind=stage.kind,
            state=RequirementState.OPEN,
            code="open",
            weight=stage.weight,
            title=name_stage(stage),
        )


def _draw_posts(stage: Task, user_id: int) -> tuple[ContributionData, ...]:
    own = list_own(stage, user_id)
    row = Participation.objects.filter(task=stage, user_id=user_id).first()
    kept = stored_evaluation(row) if row is not None else None
    reader = Reader(
        user_id=0,
        is_team=True,
        names=names_for(own, stage),
        verdicts=kept.verdicts if kept is not None else {},
        reports=count_reports(own),
    )
    return tuple(draw_post(post, reader) for post in own)


def _learning(task: Task) -> QuerySet[Participation]:
    """Return those who take part without those who teach."""
    return Participation.objects.filter(task=task, is_retired=False).exclude(user_id__in=_teachers(task))


def _filter(task: Task, found: QuerySet[Participation], show: BlendedFilter, stage_id: str) -> QuerySet[Participation]:
    of_stage = {"stage_id": stage_id} if stage_id else {}
    standings = StageStanding.objects.filter(task=task, **of_stage)
    who: QuerySet[Any]
    match show:
        case "all":
            return found
        case "no_sitting":
            return found.filter(needs_sitting=True)
        case "behind":
            found = found.filter(is_behind=True)
            who = standings.filter(state__in=(RequirementState.OPEN, RequirementState.NOT))
        case "absent":
            attended = [stage.id for stage in config_of(task).stages if stage.kind == StageKind.ATTEND]
            who = standings.filter(stage_id__in=attended, state=RequirementState.NOT)
        case "late":
            who = standings.filter(is_late=True)
        case "asked":
            who = Appeal.objects.filter(task=task, answered_at=None, **of_stage)
        case "changed_by_team":
            return _changed_by_team(task, found, stage_id)
        case _:
            raise InvalidValueError(_("There is no such list."), field="show")
    return found.filter(user_id__in=who.values_list("user_id", flat=True))


def _changed_by_team(task: Task, found: QuerySet[Participation], stage_id: str) -> QuerySet[Participation]:
    decided = StageDecision.objects.filter(task=task, revoked_at=None)
    if stage_id:
        return found.filter(user_id__in=decided.filter(stage_id=stage_id).values("user_id"))
    by_decision = found.filter(user_id__in=decided.values("user_id"))
    return by_decision | found.filter(override_score__isnull=False)


def _list_seated(task: Task, sitting_id: int) -> QuerySet[Any]:
    sitting = next((each for each in sittings.list_sittings(task.session_id or 0) if each.id == sitting_id), None)
    if sitting is None:
        raise InvalidValueError(_("There is no such sitting."), field="sitting_id")
    return Seat.objects.filter(meeting_id=sitting.meeting.id).values("user_id")


def _teachers(task: Task) -> QuerySet[Any]:
    return edx_platform.list_teachers(_course_key(task))


def _course_key(task: Task) -> CourseKey:
    return CourseKey.from_string(task.course_id)
