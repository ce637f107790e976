"""How far the forum's past has been taken up."""

from __future__ import annotations

from django.db import models

from people.fields import ExactCharField


class Backfill(models.Model):
    """How far one course's posts from before our time have been taken up: the last ids that are done.

    ``has_points`` and ``since`` say how; a run that wants it otherwise starts from the beginning.

    .. no_pii:
    """

    course_id = ExactCharField(max_length=255, unique=True)
    since = models.DateTimeField(null=True)
    has_points = models.BooleanField(default=False)
    thread_id = models.BigIntegerField(default=0)
    comment_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.course_id
