"""How long the words of confidential reports are kept: the clock starts when a report is closed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from people import api as people

from .data import ConcernState
from .models import Concern, ConcernNote, ConcernSubject


def register() -> None:
    """Make the rule known; called once, when the app is ready."""
    people.register_retention(
        "confidential reports",
        setting="CHAPTERS_CONCERN_KEEP_DAYS",
        says="Erases the words of confidential reports that are closed, and whom they are from and about.",
        find=find_old_concerns,
        act=erase_concerns,
    )


def find_old_concerns(before: datetime) -> QuerySet[Concern]:
    """Return reports closed before a moment, and those whose promised day has come, whose words are still kept."""
    is_due = Q(closed_at__lt=before) | Q(erase_at__lte=timezone.now())
    return Concern.objects.filter(is_due, state=ConcernState.CLOSED, is_erased=False)


def erase_concerns(rows: QuerySet[Concern]) -> int:
    """Erase what these reports say and everybody in them; that there was one, of which kind and when, stays."""
    ids = list(rows.values_list("pk", flat=True))
    ConcernSubject.objects.filter(concern__in=ids).delete()
    ConcernNote.objects.filter(concern__in=ids).delete()
    people.forget_reasons(f"concern:{pk}" for pk in ids)
    return Concern.objects.filter(pk__in=ids).update(
        text="", outcome="", reporter_id=None, handler_id=None, request_key=None, is_erased=True
    )
