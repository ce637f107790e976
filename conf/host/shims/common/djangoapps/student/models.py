"""People in courses: enrolment, profile, roles and the ids under which blocks know them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import CourseData, CourseEnrollmentData, UserData, UserPersonalData
from openedx_events.learning.signals import (
    COURSE_ENROLLMENT_CHANGED,
    COURSE_ENROLLMENT_CREATED,
    COURSE_UNENROLLMENT_COMPLETED,
)
from openedx_filters.learning.filters import CourseEnrollmentStarted, CourseUnenrollmentStarted

from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

from .signals import ENROLL_STATUS_CHANGE, UNENROLL_DONE


class CourseEnrollmentException(Exception):  # noqa: N818  (the platform's name)
    """An enrolment that is not possible."""


class NonExistentCourseError(CourseEnrollmentException):
    """There is no such course."""


class EnrollmentNotAllowed(CourseEnrollmentException):
    """A filter refused the enrolment."""


class UnenrollmentNotAllowed(CourseEnrollmentException):
    """A filter refused the unenrolment."""


class UserProfile(models.Model):
    """What a person says about themselves.

    .. pii: The full name, the country and the year of birth.
    .. pii_types: name, location, birth_date
    .. pii_retirement: local_api
    """

    user = models.OneToOneField(User, unique=True, db_index=True, related_name="profile", on_delete=models.CASCADE)
    name = models.CharField(blank=True, max_length=255, db_index=True)
    language = models.CharField(blank=True, max_length=255, default="")
    country = models.CharField(blank=True, max_length=2, default="")
    year_of_birth = models.IntegerField(blank=True, null=True, db_index=True)

    class Meta:
        app_label = "student"
        db_table = "auth_userprofile"

    def __str__(self) -> str:
        return self.name or self.user.username


class AnonymousUserId(models.Model):
    """The id under which external tools and blocks know a person in one course.

    .. no_pii:
    """

    user = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)
    anonymous_user_id = models.CharField(unique=True, max_length=32)
    course_id = CourseKeyField(db_index=True, max_length=255, blank=True)

    class Meta:
        app_label = "student"

    def __str__(self) -> str:
        return self.anonymous_user_id


class CourseAccessRole(models.Model):
    """A role of a person in a course or organisation.

    .. no_pii:
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    org = models.CharField(max_length=64, db_index=True, blank=True)
    course_id = CourseKeyField(max_length=255, db_index=True, blank=True)
    role = models.CharField(max_length=64, db_index=True)

    class Meta:
        app_label = "student"
        unique_together = ("user", "org", "course_id", "role")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} in {self.course_id or self.org}"


class CourseEnrollmentManager(models.Manager["CourseEnrollment"]):
    """Questions about a course's people."""

    def users_enrolled_in(self, course_id: CourseKey, include_inactive: bool = False) -> models.QuerySet[User]:
        """Return the people enrolled in the course."""
        found = User.objects.filter(courseenrollment__course_id=course_id)
        return found if include_inactive else found.filter(courseenrollment__is_active=True)

    def num_enrolled_in(self, course_id: CourseKey) -> int:
        """Return how many people are enrolled in the course."""
        return self.filter(course_id=course_id, is_active=True).count()


class CourseEnrollment(models.Model):
    """One person in one course; leaving makes the row inactive.

    .. no_pii:
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course = models.ForeignKey(CourseOverview, db_constraint=False, on_delete=models.DO_NOTHING)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(default="audit", max_length=100)

    objects = CourseEnrollmentManager()

    class Meta:
        app_label = "student"
        unique_together = (("user", "course"),)
        ordering = ("user", "course")

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"

    @classmethod
    def is_enrolled(cls, user: Any, course_key: CourseKey) -> bool:
        """Tell whether the person is actively enrolled."""
        if not user or user.is_anonymous:
            return False
        return cls.objects.filter(user_id=user.id, course_id=course_key, is_active=True).exists()

    @classmethod
    def get_enrollment(cls, user: Any, course_key: CourseKey) -> CourseEnrollment | None:
        """Return the enrolment, active or not, or None."""
        if not user or user.is_anonymous:
            return None
        return cls.objects.filter(user_id=user.id, course_id=course_key).first()

    @classmethod
    def enrollments_for_user(cls, user: User) -> models.QuerySet[CourseEnrollment]:
        """Return the person's active enrolments."""
        return cls.objects.filter(user=user, is_active=True)

    @classmethod
    def get_or_create_enrollment(cls, user: User, course_key: CourseKey) -> CourseEnrollment:
        """Return the row, made inactive where there was none."""
        return cls.objects.get_or_create(user=user, course_id=course_key, defaults={"is_active": False})[0]

    @classmethod
    @transaction.atomic
    def enroll(
        cls, user: User, course_key: CourseKey, mode: str | None = None, check_access: bool = False
    ) -> CourseEnrollment:
        """Enrol the person and tell everybody, in the order of the platform.

        Raises:
            NonExistentCourseError: where there is no such course (only with ``check_access``).
            EnrollmentNotAllowed: where a filter refuses.
        """
        mode = mode or "audit"
        try:
            user, course_key, mode = CourseEnrollmentStarted.run_filter(user=user, course_key=course_key, mode=mode)
        except CourseEnrollmentStarted.PreventEnrollment as refusal:
            raise EnrollmentNotAllowed(str(refusal)) from refusal
        if check_access and not CourseOverview.course_exists(course_key):
            raise NonExistentCourseError(str(course_key))
        enrollment = cls.get_or_create_enrollment(user, course_key)
        enrollment.update_enrollment(is_active=True, mode=mode)
        COURSE_ENROLLMENT_CREATED.send_event(enrollment=enrollment.event_data())
        return enrollment

    @classmethod
    @transaction.atomic
    def unenroll(cls, user: User, course_id: CourseKey) -> None:
        """Make the person's enrolment inactive, if there is one."""
        enrollment = cls.get_enrollment(user, course_id)
        if enrollment is None or not enrollment.is_active:
            return
        try:
            CourseUnenrollmentStarted.run_filter(enrollment=enrollment)
        except CourseUnenrollmentStarted.PreventUnenrollment as refusal:
            raise UnenrollmentNotAllowed(str(refusal)) from refusal
        enrollment.update_enrollment(is_active=False)

    def update_enrollment(self, *, is_active: bool | None = None, mode: str | None = None) -> None:
        """Change state or mode, save when something changed and announce it."""
        was_active = self.is_active
        activation_changed = is_active is not None and is_active != self.is_active
        mode_changed = mode is not None and mode != self.mode
        if not activation_changed and not mode_changed:
            return
        self.is_active = self.is_active if is_active is None else is_active
        self.mode = mode or self.mode
        self.save()
        COURSE_ENROLLMENT_CHANGED.send_event(enrollment=self.event_data())
        if not activation_changed:
            return
        if self.is_active:
            ENROLL_STATUS_CHANGE.send(
                sender=None, event="enrolled", user=self.user, mode=self.mode, course_id=self.course_id
            )
        elif was_active:
            UNENROLL_DONE.send(sender=None, course_enrollment=self, skip_refund=False)
            ENROLL_STATUS_CHANGE.send(
                sender=None, event="unenrolled", user=self.user, mode=self.mode, course_id=self.course_id
            )
            COURSE_UNENROLLMENT_COMPLETED.send_event(enrollment=self.event_data())

    def event_data(self) -> CourseEnrollmentData:
        """Return the enrolment as events carry it."""
        user = self.user
        title = CourseOverview.objects.filter(id=self.course_id).values_list("display_name", flat=True).first()
        profile = UserProfile.objects.filter(user=user).first()
        return CourseEnrollmentData(
            user=UserData(
                pii=UserPersonalData(
                    username=user.username, email=user.email, name=profile.name if profile else user.get_full_name()
                ),
                id=user.id,
                is_active=user.is_active,
            ),
            course=CourseData(course_key=self.course_id, display_name=title or ""),
            mode=self.mode,
            is_active=self.is_active,
            creation_date=self.created,
        )


def anonymous_id_for_user(user: Any, course_id: CourseKey | None) -> str | None:
    """Return the stored id of the person in the course, made on first use; None for anonymous visitors."""
    if user.is_anonymous:
        return None
    known: dict[CourseKey | None, str] = user.__dict__.setdefault("_anonymous_id", {})
    if course_id not in known:
        seed = f"{settings.SECRET_KEY}{user.id}{course_id or ''}".encode()
        row, _ = AnonymousUserId.objects.get_or_create(
            user_id=user.id,
            course_id=course_id,
            defaults={"anonymous_user_id": hashlib.shake_128(seed).hexdigest(16)},
        )
        known[course_id] = row.anonymous_user_id
    return known[course_id]


def user_by_anonymous_id(uid: str | None) -> User | None:
    """Return the person behind the id, or None."""
    if not uid:
        return None
    return User.objects.filter(anonymoususerid__anonymous_user_id=uid).first()
