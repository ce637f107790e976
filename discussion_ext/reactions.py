"""Helpful marks and reports as our tables know them: they follow votes and flags of the platform's forum."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from people import api as people

from .boards.recording import find_board
from .intents import current_intent
from .models import Contribution, HelpfulMark, Report


def has_record(forum_key: str) -> bool:
    """Tell whether a post of the forum is one of ours."""
    return _find(forum_key) is not None


def record_vote(forum_key: str, *, user_id: int, is_up: bool) -> int | None:
    """Record that a vote for a post came or went; return the id of the mark, None when nothing changed."""
    contribution_id = _find(forum_key)
    if contribution_id is None:
        return None
    mark = HelpfulMark.objects.filter(contribution_id=contribution_id, user_id=user_id).first()
    if mark is None:
        if not is_up:
            return None
        row = HelpfulMark(contribution_id=contribution_id, user_id=user_id)
        people.insert_or_update(row, by=["contribution", "user_id"])
        mark = HelpfulMark.objects.select_for_update().get(contribution_id=contribution_id, user_id=user_id)
        if mark.is_on:
            return mark.pk
    if mark.is_on == is_up:
        return None
    HelpfulMark.objects.filter(pk=mark.pk).update(is_on=is_up, fold_due=1)
    return mark.pk


def record_flag(forum_key: str, *, user_id: int, reason: str = "") -> Report | None:
    """Record a report of a post; reporting again after taking it back opens the first report again, and so does
    reporting what its author has changed since the report was dismissed.

    A report made through our api brings its reason in the intent.
    """
    intent = current_intent()
    reason = reason or (intent.reason if intent is not None else "")
    known = Contribution.objects.filter(forum_key=forum_key)
    contribution = known.only("pk", "task_id", "course_id", "topic_id", "edited_at").first()
    if contribution is None:
        return None
    board = find_board(contribution.course_id, contribution.topic_id)
    reports = Report.objects.filter(contribution=contribution, reporter_id=user_id)
    if reports.exists():
        again = Q(state=Report.TAKEN_BACK)
        if contribution.edited_at is not None:
            again |= Q(state=Report.DISMISSED, resolved_at__lt=contribution.edited_at)
        reports.filter(again).update(
            state=Report.OPEN, reason=reason[:500], resolved_by=None, resolved_at=None, resolution=""
        )
    else:
        row = Report(
            contribution=contribution,
            task_id=contribution.task_id,
            board=board,
            reporter_id=user_id,
            reason=reason[:500],
        )
        people.insert_or_update(row, by=["contribution", "reporter_id"])
    return reports.first()


def record_unflag(forum_key: str, *, user_id: int) -> None:
    """Record that a report was taken back, unless the team has decided it or, by our api, is about to."""
    contribution_id = _find(forum_key)
    if contribution_id is not None and current_intent() is None:
        Report.objects.filter(contribution_id=contribution_id, reporter_id=user_id, state=Report.OPEN).update(
            state=Report.TAKEN_BACK, resolved_at=timezone.now()
        )


def _find(forum_key: str) -> int | None:
    return Contribution.objects.filter(forum_key=forum_key).values_list("pk", flat=True).first()
