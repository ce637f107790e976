"""Whose certificates stand, and whose were taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from opaque_keys.edx.keys import CourseKey

from chapters.data import CertificateStanding


def list_certificates(
    user_ids: Collection[int], course_keys: Collection[CourseKey] | None = None
) -> dict[int, dict[CourseKey, CertificateStanding]]:
    """Return the certificates of each of these people that stand or were taken back, in one query.

    Among ``course_keys``, or among all. One that waits for an identity check, is in the making or was never earned says
    nothing and is left out.
    """
    from lms.djangoapps.certificates.data import CertificateStatuses
    from lms.djangoapps.certificates.models import GeneratedCertificate

    says = {
        CertificateStatuses.downloadable: CertificateStanding.HELD,
        CertificateStatuses.unavailable: CertificateStanding.TAKEN_BACK,
        CertificateStatuses.invalidated: CertificateStanding.TAKEN_BACK,
        CertificateStatuses.restricted: CertificateStanding.TAKEN_BACK,
        CertificateStatuses.deleted: CertificateStanding.TAKEN_BACK,
        CertificateStatuses.deleting: CertificateStanding.TAKEN_BACK,
    }
    rows = GeneratedCertificate.objects.filter(user_id__in=user_ids, status__in=says).order_by()
    if course_keys is not None:
        rows = rows.filter(course_id__in=course_keys)
    found: dict[int, dict[CourseKey, CertificateStanding]] = defaultdict(dict)
    for user_id, course_key, status in rows.values_list("user_id", "course_id", "status"):
        found[user_id][course_key] = says[status]
    return found
