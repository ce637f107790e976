"""How long texts and reports are kept. Verdicts, grades and points rest on codes and numbers that stay."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from people import api as people

from . import edx_platform
from .boards.owners import list_course_ids
from .contributions import forget_beside
from .data import ContributionState
from .models import Contribution, PendingEvaluation, Report

_TAKEN_AWAY = (ContributionState.WITHDRAWN, ContributionState.REMOVED)


def register() -> None:
    """Make the rules known; called once, when the app is ready."""
    people.register_retention(
        "texts taken away",
        setting="DISCUSSION_EXT_REMOVED_TEXTS_KEEP_DAYS",
        says="Erases the texts of posts that were withdrawn or removed.",
        find=find_removed_texts,
        act=erase_texts,
    )
    people.register_retention(
        "texts of past courses",
        setting="DISCUSSION_EXT_TEXTS_KEEP_DAYS",
        says="Erases our copies of what was written in courses that are over, and the posts of held cases.",
        find=find_old_texts,
        act=erase_texts,
    )
    people.register_retention(
        "reports",
        setting="DISCUSSION_EXT_REPORTS_KEEP_DAYS",
        says="Deletes reports that were decided or taken back.",
        find=find_settled_reports,
        act=delete_reports,
    )


def find_removed_texts(before: datetime) -> QuerySet[Contribution]:
    """Return posts taken away before a moment whose text is still kept."""
    return Contribution.objects.filter(is_erased=False, state__in=_TAKEN_AWAY, state_at__lt=before)


def find_old_texts(before: datetime) -> QuerySet[Contribution]:
    """Return posts of courses that ended before a moment whose text is still kept and that no verdict waits for."""
    ended = edx_platform.list_courses_ended_before(before)
    waiting = PendingEvaluation.objects.values("task_id")
    return Contribution.objects.filter(is_erased=False, course_id__in=ended).exclude(task_id__in=waiting)


def find_settled_reports(before: datetime) -> QuerySet[Report]:
    """Return reports decided, or taken back, before a moment."""
    return Report.objects.filter(resolved_at__lt=before).exclude(state=Report.OPEN)


def erase_texts(posts: QuerySet[Contribution]) -> int:
    """Erase what these posts say, and in the forum too where only our pages show it; why one was taken away stays."""
    held = posts.filter(Q(task__is_held=True) | Q(course_id__in=list_course_ids()), forum_key__isnull=False)
    keys = [key for key in held.values_list("forum_key", flat=True) if key is not None]
    forget_beside(posts)
    done = posts.update(body="", title="", closed_body=None, is_erased=True)
    edx_platform.erase_posts(keys)  # after our own record: what the forum then saves is nobody's edit
    return done


def delete_reports(reports: QuerySet[Report]) -> int:
    """Delete reports."""
    return reports.delete()[0]
