"""In which courses chapters are shown."""

from __future__ import annotations

from django.db import models

from people.fields import ExactCharField


class CourseSwitch(models.Model):
    """Whether one course shows its chapters. A course without a row follows ``CHAPTERS_ON_BY_DEFAULT``.

    .. pii: The id of the member of the course team who last turned it, kept as part of the course's set-up.
    .. pii_types: id
    .. pii_retirement: retained
    """

    course_id = ExactCharField(max_length=255, unique=True)
    is_on = models.BooleanField(default=False)
    changed_by = models.IntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "course switch"
        verbose_name_plural = "course switches"

    def __str__(self) -> str:
        return f"{self.course_id}: {'on' if self.is_on else 'off'}"
