"""Cohorts, who is in them, and whether a course uses them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from opaque_keys.edx.django.models import CourseKeyField
from openedx_events.learning.data import CohortData, CourseData, UserData, UserPersonalData
from openedx_events.learning.signals import COHORT_MEMBERSHIP_CHANGED


class CourseUserGroup(models.Model):
    """A cohort of a course.

    .. no_pii:
    """

    COHORT = "cohort"

    name = models.CharField(max_length=255)
    users = models.ManyToManyField(User, related_name="course_groups")
    course_id = CourseKeyField(max_length=255, db_index=True)
    group_type = models.CharField(max_length=20, choices=[(COHORT, "Cohort")], default=COHORT)

    class Meta:
        unique_together = (("name", "course_id"),)

    def __str__(self) -> str:
        return self.name


class CourseCohort(models.Model):
    """How learners come into a cohort: by hand or by lot.

    .. no_pii:
    """

    RANDOM = "random"
    MANUAL = "manual"

    course_user_group = models.OneToOneField(CourseUserGroup, on_delete=models.CASCADE, related_name="cohort")
    assignment_type = models.CharField(max_length=20, choices=[(RANDOM, "Random"), (MANUAL, "Manual")], default=MANUAL)


class CourseCohortsSettings(models.Model):
    """Whether a course uses cohorts.

    .. no_pii:
    """

    is_cohorted = models.BooleanField(default=False)
    course_id = CourseKeyField(unique=True, max_length=255)


class CohortMembership(models.Model):
    """A learner's cohort; one row per learner and course.

    .. no_pii:
    """

    course_user_group = models.ForeignKey(CourseUserGroup, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)

    class Meta:
        unique_together = (("user", "course_id"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Announce the membership, then write it and keep ``CourseUserGroup.users`` in step."""
        self.clean()
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        profile = getattr(self.user, "profile", None)
        # The platform sends this before it writes; receivers that read the row see the old cohort.
        COHORT_MEMBERSHIP_CHANGED.send_event(
            cohort=CohortData(
                user=UserData(
                    pii=UserPersonalData(
                        username=self.user.username, email=self.user.email, name=profile.name if profile else ""
                    ),
                    id=self.user.id,
                    is_active=self.user.is_active,
                ),
                course=CourseData(course_key=self.course_id),
                name=self.course_user_group.name,
            )
        )
        super().save(*args, **kwargs)
        if before is not None and before.course_user_group_id != self.course_user_group_id:
            before.course_user_group.users.remove(self.user)
        self.course_user_group.users.add(self.user)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Take the learner out of the cohort."""
        self.course_user_group.users.remove(self.user)
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a membership whose course is not the cohort's."""
        if self.course_user_group.course_id != self.course_id:
            raise ValidationError("Non-matching course_ids provided")

    @classmethod
    def assign(cls, cohort: CourseUserGroup, user: User) -> tuple[CohortMembership, CourseUserGroup | None]:
        """Put a learner in a cohort; return the membership and the cohort that was left.

        Raises ValueError when the learner is in this cohort already.
        """
        with transaction.atomic():
            membership = cls.objects.select_for_update().filter(user=user, course_id=cohort.course_id).first()
            if membership is None:
                membership = cls(user=user, course_id=cohort.course_id, course_user_group=cohort)
                membership.save()
                return membership, None
            previous = membership.course_user_group
            if previous == cohort:
                raise ValueError(f"User {user.username} already present in cohort {cohort.name}")
            membership.course_user_group = cohort
            membership.save()
            return membership, previous
