"""Certificates of learners, announced whenever one is saved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey
from openedx_events.learning.data import CertificateData, CourseData, UserData, UserPersonalData
from openedx_events.learning.signals import CERTIFICATE_CHANGED, CERTIFICATE_CREATED, CERTIFICATE_REVOKED

from openedx.core.djangoapps.signals.signals import COURSE_CERT_AWARDED, COURSE_CERT_CHANGED, COURSE_CERT_REVOKED

from .data import CertificateStatuses


class EligibleCertificateManager(models.Manager["GeneratedCertificate"]):
    """Certificates without those of people who audit."""

    def get_queryset(self) -> models.QuerySet[GeneratedCertificate]:
        """Return them."""
        return super().get_queryset().exclude(status__in=("audit_passing", "audit_notpassing"))


class GeneratedCertificate(models.Model):
    """One learner's certificate of one course.

    .. pii: The learner's name as it stood on the certificate.
    .. pii_types: name
    .. pii_retirement: retained
    """

    objects = models.Manager()
    eligible_certificates = EligibleCertificateManager()

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255, blank=True, default=None)
    verify_uuid = models.CharField(max_length=32, blank=True, default="", db_index=True)
    grade = models.CharField(max_length=5, blank=True, default="")
    status = models.CharField(max_length=32, default=CertificateStatuses.unavailable)
    mode = models.CharField(max_length=32, default="honor")
    name = models.CharField(blank=True, max_length=255)
    download_url = models.CharField(max_length=128, blank=True, default="")
    created_date = models.DateTimeField(auto_now_add=True)
    modified_date = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "certificates"
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}: {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and announce the certificate as the platform does."""
        self.verify_uuid = self.verify_uuid or uuid4().hex
        super().save(*args, **kwargs)
        facts = {"user": self.user, "course_key": self.course_id, "mode": self.mode, "status": self.status}
        COURSE_CERT_CHANGED.send_robust(sender=type(self), **facts)
        CERTIFICATE_CHANGED.send_event(certificate=self._event_data())
        if CertificateStatuses.is_passing_status(self.status):
            COURSE_CERT_AWARDED.send_robust(sender=type(self), **facts)
            CERTIFICATE_CREATED.send_event(certificate=self._event_data())

    @classmethod
    def certificate_for_student(cls, student: User, course_id: CourseKey) -> GeneratedCertificate | None:
        """Return the learner's certificate or None."""
        return cls.objects.filter(user=student, course_id=course_id).first()

    def mark_notpassing(self, mode: str, grade: float, source: str | None = None) -> None:
        """Take the certificate back because its learner does not pass any longer."""
        self.status, self.mode, self.grade = CertificateStatuses.notpassing, mode, f"{grade:.2f}"
        COURSE_CERT_REVOKED.send_robust(
            sender=type(self), user=self.user, course_key=self.course_id, mode=mode, status=self.status
        )
        CERTIFICATE_REVOKED.send_event(certificate=self._event_data())
        self.save()

    def _event_data(self) -> CertificateData:
        pii = UserPersonalData(username=self.user.username, email=self.user.email, name=self.name)
        return CertificateData(
            user=UserData(pii=pii, id=self.user_id, is_active=self.user.is_active),
            course=CourseData(course_key=self.course_id),
            mode=self.mode,
            grade=self.grade,
            current_status=self.status,
            download_url=self.download_url,
            name=self.name,
        )
