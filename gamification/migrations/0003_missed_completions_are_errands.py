"""Completions that could not be looked at become errands, which all packages share, and back."""

import hashlib
from uuid import uuid4

from django.db import migrations

from people.batches import InBatches

KIND = "points.unit"


def to_errands(apps, missed):
    """Move a batch. What an interrupted run moved already is left as it is."""
    errands = apps.get_model("people", "Errand")
    rows = []
    for each in missed:
        key = f"{each.user_id} {each.block_key}"
        rows.append(
            errands(
                id=hashlib.sha256(f"{KIND}\n{key}".encode()).hexdigest(),
                kind=KIND,
                key=key[:255],
                facts={"user": each.user_id, "block": each.block_key, "at": each.missed_at.isoformat()},
                ticket=uuid4().hex,
                attempts=each.attempts,
                due_at=each.missed_at,
                created_at=each.missed_at,
            )
        )
    errands.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("gamification", "MissedCompletion").objects.filter(pk__in=[each.pk for each in missed]).delete()


def from_errands(apps, errands):
    """Move a batch back."""
    model = apps.get_model("gamification", "MissedCompletion")
    rows = []
    for each in errands:
        user_id, block = each.facts["user"], each.facts["block"]
        digest = hashlib.sha1(f"{user_id}:{block}".encode(), usedforsecurity=False).hexdigest()
        # The column is a small number.
        rows.append(model(key=digest, user_id=user_id, block_key=block, attempts=min(each.attempts, 32767)))
    model.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("people", "Errand").objects.filter(pk__in=[each.pk for each in errands]).delete()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("gamification", "0002_exact_keys"), ("people", "0002_errands")]

    operations = [
        migrations.RunPython(
            InBatches(lambda apps: apps.get_model("gamification", "MissedCompletion").objects.all(), to_errands),
            InBatches(lambda apps: apps.get_model("people", "Errand").objects.filter(kind=KIND), from_errands),
        ),
    ]
