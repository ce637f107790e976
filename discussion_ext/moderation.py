"""What the course team does with posts: look at reports, take a post away with a reason, put it back."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from . import counts
from .access import forum_course_id
from .configurations import get_task
from .contributions import held_topic_id
from .data import ReportData, ReportPage
from .drawing import Reader, check_page, draw, names_for
from .exceptions import ContributionNotFoundError, InvalidValueError
from .grounds import Ground, count_reports, decide_reports, put_back, take_down
from .models import Contribution, Report, Task
from .results import evaluate_learner, lock_participation


def list_reports(*, usage_key: UsageKey, actor_id: int | None = None, page: int = 1) -> ReportPage:
    """Return the open reports of a case, oldest first."""
    task = get_task(usage_key)
    size = int(settings.DISCUSSION_EXT_PAGE_SIZE)
    found = Report.objects.filter(task=task, state=Report.OPEN)
    total = found.count()
    pages = max(1, ceil(total / size))
    page = min(check_page(page), pages)
    start = (page - 1) * size
    reports = list(found.select_related("contribution").order_by("pk")[start : start + size])
    posts = [report.contribution for report in reports]
    reader = Reader(user_id=actor_id or 0, is_team=True, names=names_for(posts, task), reports=count_reports(posts))
    return ReportPage(
        reports=tuple(
            ReportData(
                id=report.pk,
                contribution=draw(report.contribution, reader),
                reporter_id=report.reporter_id,
                reason=report.reason,
                created_at=report.created_at,
            )
            for report in reports
        ),
        page=page,
        pages=pages,
        total=total,
    )


def remove_contribution(*, usage_key: UsageKey, contribution_id: int, actor_id: int, reason: str = "") -> int:
    """Take a live post away and return its author, who reads the reason. Open reports of it are upheld."""
    return take_down(CaseGround(get_task(usage_key)), contribution_id, actor_id=actor_id, reason=reason)


def restore_contribution(*, usage_key: UsageKey, contribution_id: int, actor_id: int, reason: str = "") -> int:
    """Post a removed or withdrawn text again from its snapshot, with what went down with it; return its author."""
    return put_back(CaseGround(get_task(usage_key)), contribution_id, actor_id=actor_id, reason=reason)


def resolve_report(*, usage_key: UsageKey, report_id: int, actor_id: int, is_upheld: bool, reason: str = "") -> None:
    """Decide a report: the post goes, or it stays and all its reports are answered."""
    task = get_task(usage_key)
    report = Report.objects.filter(pk=report_id, task=task).first()
    if report is None:
        raise ContributionNotFoundError(_("There is no such report."))
    ground = CaseGround(task)
    with transaction.atomic():
        post = ground.lock(report.contribution_id)  # of two who decide, the second sees what the first did
        if Report.objects.select_for_update().get(pk=report_id).state != Report.OPEN:
            raise InvalidValueError(_("Somebody has decided this report already."), field="report_id")
        decide_reports(ground, post, actor_id=actor_id, is_upheld=is_upheld, reason=reason)


class CaseGround(Ground):
    """A task: whoever wrote in it is evaluated again."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.course_id = forum_course_id(task)
        self.context_key = task.course_id
        self.details = {"case": task.pk}

    def lock(self, contribution_id: int) -> Contribution:
        """Lock the author's participation, then the post after those above it; the documented order."""
        found = Contribution.objects.filter(pk=contribution_id, task=self.task).values_list("author_id", flat=True)
        author_id = found.first()
        if author_id is None:
            raise ContributionNotFoundError(_("There is no such post in this case."))
        lock_participation(self.task.pk, author_id)
        return counts.lock_with_above(contribution_id)[contribution_id]

    def find_thread(self, contribution: Contribution) -> Mapping[str, Any]:
        """Return topic, title and whether it is held."""
        is_held = self.task.is_held
        topic_id = held_topic_id(self.task.pk) if is_held else contribution.topic_id
        return {"topic_id": topic_id, "title": contribution.title or self.task.title, "is_held": is_held}

    def follow(self, author_id: int) -> None:
        """Evaluate the author."""
        evaluate_learner(self.task.pk, author_id)
