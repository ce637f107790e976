"""Forgetting a person: words are erased, what they counted for stays, and nobody is graded again."""

from __future__ import annotations

from typing import Any

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
    for participation in Participation.objects.filter(user_id=user_id, evaluation__isnull=False).iterator():
        _forget_reasons(participation)
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


def _forget_reasons(participation: Participation) -> None:
    """Erase from kept verdicts what the team wrote about removed posts."""
    kept: dict[str, Any] = participation.evaluation or {}
    for part in kept["requirements"]:
        for verdict in (part, *part["items"]):
            verdict["facts"].pop("reason", None)
    for verdict in kept["verdicts"].values():
        verdict["facts"].pop("reason", None)
    Participation.objects.filter(pk=participation.pk).update(evaluation=kept)
