"""The row that makes a course exist."""

from django.db import models
from opaque_keys.edx.django.models import LearningContextKeyField


class SplitModulestoreCourseIndex(models.Model):
    """A course that is stored, by its key; the host keeps versions elsewhere.

    .. no_pii:
    """

    course_id = LearningContextKeyField(max_length=255, unique=True)

    def __str__(self) -> str:
        return f"Course Index ({self.course_id})"
