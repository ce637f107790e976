"""What the course team does with posts: look at reports, take a post away with a reason, put it back."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import UsageKey

from people import api as people

from . import counts, edx_platform
from .access import forum_course_id
from .configurations import get_task
from .contributions import held_topic_id, now, take_away
from .data import ContributionState, ReportData, ReportPage
from .drawing import Reader, check_page, draw, names_for
from .exceptions import ContributionNotFoundError, InvalidValueError, NotAllowedError
from .intents import Intent
from .models import Contribution, Report, Task
from .posting import call_forum
from .results import evaluate_learner, lock_participation
from .targets import name_post

_REMOVE, _RESTORE = "contribution.remove", "contribution.restore"


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


def count_reports(posts: Iterable[Contribution]) -> dict[int, int]:
    """Return how many open reports each of these posts has."""
    found = Report.objects.filter(contribution__in=[post.pk for post in posts], state=Report.OPEN)
    return dict(found.values_list("contribution_id").annotate(Count("pk")))


def remove_contribution(*, usage_key: UsageKey, contribution_id: int, actor_id: int, reason: str = "") -> int:
    """Take a live post away and return its author, who reads the reason. Open reports of it are upheld."""
    task = get_task(usage_key)
    reason = reason.strip()[:500]
    with transaction.atomic():
        contribution = _lock(task, contribution_id)
        if contribution.state != ContributionState.LIVE:
            raise ContributionNotFoundError(_("This post is no longer there."))
        intent = Intent(actor_id=actor_id, state=ContributionState.REMOVED, reason=reason)
        key, course_id = contribution.forum_key or "", forum_course_id(task)
        if key in edx_platform.existing_keys([key]):
            call_forum(lambda: edx_platform.delete_post(key, course_id=course_id), intent)
        else:
            take_away(contribution, state=ContributionState.REMOVED, actor_id=actor_id, reason=reason)
        _settle_reports(contribution_id, actor_id=actor_id, state=Report.UPHELD, reason=reason)
        _audit(task, _REMOVE, contribution_id, actor_id, reason)
        evaluate_learner(task.pk, contribution.author_id)
    return contribution.author_id


def restore_contribution(*, usage_key: UsageKey, contribution_id: int, actor_id: int, reason: str = "") -> int:
    """Post a removed or withdrawn text again from its snapshot, with what went down with it; return its author."""
    task = get_task(usage_key)
    with transaction.atomic():
        contribution = _lock(task, contribution_id)
        if contribution.state == ContributionState.LIVE:
            raise NotAllowedError(_("This post is there already."))
        if contribution.is_erased:
            raise NotAllowedError(_("The text of this post is no longer kept."))
        if contribution.parent is not None and contribution.parent.state != ContributionState.LIVE:
            raise NotAllowedError(_("Restore the post that it answers first."))
        _repost(task, contribution, actor_id, reason)
        beneath = Contribution.objects.filter(Q(root=contribution) | Q(parent=contribution))
        for reply in beneath.filter(state=ContributionState.GONE, is_erased=False).order_by("pk"):
            # Read again: it may have been posted again a moment ago.
            reply.parent = Contribution.objects.filter(pk=reply.parent_id or 0).first()
            if reply.parent is not None and reply.parent.state == ContributionState.LIVE:
                _repost(task, reply, actor_id, reason)
        _audit(task, _RESTORE, contribution_id, actor_id, reason)
        evaluate_learner(task.pk, contribution.author_id)
    return contribution.author_id


def resolve_report(*, usage_key: UsageKey, report_id: int, actor_id: int, is_upheld: bool, reason: str = "") -> None:
    """Decide a report: the post goes, or it stays and all its reports are answered."""
    task = get_task(usage_key)
    report = Report.objects.filter(pk=report_id, task=task).select_related("contribution").first()
    if report is None:
        raise ContributionNotFoundError(_("There is no such report."))
    if report.state != Report.OPEN:
        raise InvalidValueError(_("Somebody has decided this report already."), field="report_id")
    contribution = report.contribution
    if is_upheld and contribution.state == ContributionState.LIVE:
        remove_contribution(usage_key=usage_key, contribution_id=contribution.pk, actor_id=actor_id, reason=reason)
        return
    with transaction.atomic():
        state = Report.UPHELD if is_upheld else Report.DISMISSED
        key, course_id = contribution.forum_key or "", forum_course_id(task)
        if contribution.state == ContributionState.LIVE:
            # After the forum, as where somebody reports elsewhere: our rows are locked after its own.
            intent = Intent(actor_id=actor_id)
            call_forum(lambda: edx_platform.unflag_post(key, course_id=course_id, user_id=actor_id), intent)
        _settle_reports(contribution.pk, actor_id=actor_id, state=state, reason=reason)
        _audit(task, "report.uphold" if is_upheld else "report.dismiss", contribution.pk, actor_id, reason)


def find_reason(contribution_id: int) -> str:
    """Return the reason that the team gave when it took this post away or put it back, empty if it gave none."""
    page = people.list_audit(target=name_post(contribution_id))
    return next((entry.reason for entry in page.entries if entry.verb in {_REMOVE, _RESTORE}), "")


def _lock(task: Task, contribution_id: int) -> Contribution:
    """Lock the author's participation, then the post after those above it; the documented order."""
    author_id = Contribution.objects.filter(pk=contribution_id, task=task).values_list("author_id", flat=True).first()
    if author_id is None:
        raise ContributionNotFoundError(_("There is no such post in this case."))
    lock_participation(task.pk, author_id)
    return counts.lock_with_above(contribution_id)[contribution_id]


def _repost(task: Task, contribution: Contribution, actor_id: int, reason: str) -> None:
    intent = Intent(restores=contribution.pk, actor_id=actor_id, reason=reason)
    course_id = forum_course_id(task)
    if contribution.parent is None:
        title = contribution.title or task.title
        topic_id = held_topic_id(task.pk) if task.is_held else contribution.topic_id
        call_forum(
            lambda: edx_platform.create_thread(
                course_id=course_id,
                topic_id=topic_id,
                author_id=contribution.author_id,
                title=title,
                body=contribution.body,
                is_held=task.is_held,
                is_anonymous=contribution.is_anonymous,
                group_id=contribution.group_id or None,
            ),
            intent,
        )
    else:
        parent_key = contribution.parent.forum_key or ""
        call_forum(
            lambda: edx_platform.create_comment(
                parent_key=parent_key,
                course_id=course_id,
                author_id=contribution.author_id,
                body=contribution.body,
                is_anonymous=contribution.is_anonymous,
            ),
            intent,
        )


def _settle_reports(contribution_id: int, *, actor_id: int, state: str, reason: str) -> None:
    Report.objects.filter(contribution_id=contribution_id, state=Report.OPEN).update(
        state=state, resolved_by=actor_id, resolved_at=now(), resolution=reason[:500]
    )


def _audit(task: Task, verb: str, contribution_id: int, actor_id: int, reason: str) -> None:
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=name_post(contribution_id),
        context_key=task.course_id,
        reason=reason,
        data={"case": task.pk},
    )
