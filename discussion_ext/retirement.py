"""Forgetting a person: words are erased, what they counted for stays, and nobody is graded again."""

from __future__ import annotations

from django.db import transaction

from .models import Contribution, Participation, PendingEvaluation, Report

_BATCH = 500


def retire_person(user_id: int) -> None:
    """Erase what a retired person wrote here; hash, length and verdicts stay. Safe to repeat; memory stays flat."""
    with transaction.atomic():
        Participation.objects.filter(user_id=user_id).update(is_retired=True, override_reason="")
        PendingEvaluation.objects.filter(user_id=user_id).delete()
        Report.objects.filter(reporter_id=user_id).update(reason="")
        Report.objects.filter(resolved_by=user_id).update(resolution="")
    last = 0
    while True:
        ids = list(
            Contribution.objects.filter(author_id=user_id, pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:_BATCH]
        )
        if not ids:
            return
        Contribution.objects.filter(pk__in=ids).update(
            body="", title="", closed_body=None, state_reason="", is_erased=True
        )
        last = ids[-1]
