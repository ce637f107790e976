"""Who passes gets a certificate, and who falls below again loses it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.dispatch import receiver
from opaque_keys.edx.keys import CourseKey

from common.djangoapps.student.models import CourseEnrollment
from openedx.core.djangoapps.signals.signals import COURSE_GRADE_NOW_FAILED, COURSE_GRADE_NOW_PASSED

from .data import CertificateStatuses
from .models import GeneratedCertificate


@receiver(COURSE_GRADE_NOW_PASSED, dispatch_uid="new_passing_learner")
def listen_for_passing_grade(sender: Any, user: User, course_id: CourseKey, **kwargs: Any) -> None:
    """Give the learner a certificate, unless they have one or are not enrolled."""
    certificate = GeneratedCertificate.certificate_for_student(user, course_id)
    if certificate is not None and CertificateStatuses.is_passing_status(certificate.status):
        return
    if not CourseEnrollment.is_enrolled(user, course_id):
        return
    certificate = certificate or GeneratedCertificate(user=user, course_id=course_id)
    profile = getattr(user, "profile", None)
    certificate.status = CertificateStatuses.downloadable
    certificate.name = profile.name if profile else user.get_full_name()
    certificate.save()


@receiver(COURSE_GRADE_NOW_FAILED, dispatch_uid="new_failing_learner")
def listen_for_failing_grade(sender: Any, user: User, course_id: CourseKey, grade: Any, **kwargs: Any) -> None:
    """Take the certificate back."""
    certificate = GeneratedCertificate.certificate_for_student(user, course_id)
    if certificate is not None and CertificateStatuses.is_passing_status(certificate.status):
        certificate.mark_notpassing(mode=certificate.mode, grade=grade.percent, source="notpassing_signal")
