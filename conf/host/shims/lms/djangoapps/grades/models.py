"""A learner's grade in a course, as it was last worked out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey

from .signals.signals import COURSE_GRADE_PASSED_FIRST_TIME


class PersistentCourseGrade(models.Model):
    """One learner's grade in one course. ``letter_grade`` is empty for who has not passed; ``passed_timestamp`` says
    when they first did, and stays when they fall below again.

    .. no_pii:
    """

    user_id = models.IntegerField(db_index=True)
    course_id = CourseKeyField(max_length=255)
    course_edited_timestamp = models.DateTimeField(blank=True, null=True)
    course_version = models.CharField(blank=True, max_length=255)
    grading_policy_hash = models.CharField(max_length=255)
    percent_grade = models.FloatField()
    letter_grade = models.CharField(max_length=255)
    passed_timestamp = models.DateTimeField(blank=True, null=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "grades"
        unique_together = [("course_id", "user_id")]
        indexes = [
            models.Index(fields=["passed_timestamp", "course_id"], name="passed_timestamp_course_id_idx"),
            models.Index(fields=["modified", "course_id"], name="modified_course_id_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}: {self.percent_grade:.0%}"

    @classmethod
    def read(cls, user_id: int, course_id: CourseKey) -> PersistentCourseGrade:
        """Return the grade. Raises ``DoesNotExist``."""
        return cls.objects.get(user_id=user_id, course_id=course_id)

    @classmethod
    def update_or_create(
        cls, user_id: int, course_id: CourseKey, *, passed: bool, **values: Any
    ) -> PersistentCourseGrade:
        """Store the grade; who passes for the first time is announced."""
        grade, _created = cls.objects.update_or_create(user_id=user_id, course_id=course_id, defaults=values)
        if passed and not grade.passed_timestamp:
            COURSE_GRADE_PASSED_FIRST_TIME.send(sender=None, course_id=course_id, user_id=user_id)
            now: datetime = timezone.now()
            grade.passed_timestamp = now
            grade.save()
        return grade
