"""Posts that could not be dealt with become errands, which all packages share, and back.

The reason inside an intent stays behind: it is somebody's words, and the audit log has it.
"""

import hashlib
from uuid import uuid4

from django.db import migrations

from people.batches import InBatches

KIND = "discussion.post"


def to_errands(apps, repairs):
    """Move a batch. What an interrupted run moved already is left as it is."""
    errands = apps.get_model("people", "Errand")
    rows = [
        errands(
            id=hashlib.sha256(f"{KIND}\n{each.forum_key}".encode()).hexdigest(),
            kind=KIND,
            key=each.forum_key,
            facts={
                "post": each.forum_key,
                "intent": {name: value for name, value in each.intent.items() if name != "reason"},
            },
            ticket=uuid4().hex,
            attempts=each.attempts,
            error=each.error,
            due_at=each.created_at,
            created_at=each.created_at,
        )
        for each in repairs
    ]
    errands.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("discussion_ext", "Repair").objects.filter(pk__in=[each.pk for each in repairs]).delete()


def from_errands(apps, errands):
    """Move a batch back."""
    model = apps.get_model("discussion_ext", "Repair")
    rows = [
        model(
            forum_key=each.facts["post"],
            intent=each.facts.get("intent", {}),
            error=each.error,
            attempts=each.attempts,
        )
        for each in errands
    ]
    model.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("people", "Errand").objects.filter(pk__in=[each.pk for each in errands]).delete()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("discussion_ext", "0002_exact_keys"), ("people", "0002_errands")]

    operations = [
        migrations.RunPython(
            InBatches(lambda apps: apps.get_model("discussion_ext", "Repair").objects.all(), to_errands),
            InBatches(lambda apps: apps.get_model("people", "Errand").objects.filter(kind=KIND), from_errands),
        ),
    ]
