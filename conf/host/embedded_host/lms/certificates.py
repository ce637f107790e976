"""The public page of a certificate. What it shows goes through the platform's filter, under the platform's names."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openedx_filters.learning.filters import CertificateRenderStarted

from lms.djangoapps.certificates.data import CertificateStatuses
from lms.djangoapps.certificates.models import GeneratedCertificate
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview


def show(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    """Show a certificate to whoever knows its address; its owner sees a banner above it."""
    certificate = get_object_or_404(
        GeneratedCertificate.eligible_certificates,
        verify_uuid=certificate_uuid,
        status=CertificateStatuses.downloadable,
    )
    try:
        context, _template = CertificateRenderStarted.run_filter(context=_context(certificate), custom_template=None)
    except CertificateRenderStarted.RedirectToPage as refusal:
        return HttpResponseRedirect(refusal.redirect_to)
    except CertificateRenderStarted.RenderCustomResponse as refusal:
        response: HttpResponse = refusal.response
        return response
    is_owner = request.user.is_authenticated and request.user.id == int(context["accomplishment_user_id"])
    return render(request, "embedded_host/certificate.html", {**context, "is_owner": is_owner})


def _context(certificate: GeneratedCertificate) -> dict[str, Any]:
    """Return what the platform's page knows, as far as it is drawn here."""
    owner: User = certificate.user
    overview = get_object_or_404(CourseOverview, id=certificate.course_id)
    return {
        "accomplishment_user_id": owner.id,
        "accomplishment_copy_name": certificate.name,
        "accomplishment_copy_username": owner.username,
        "accomplishment_copy_course_name": overview.display_name,
        "accomplishment_banner_opening": _("%(name)s, you earned a certificate.") % {"name": certificate.name},
        "accomplishment_banner_congrats": _("This page is yours to share. It says what you finished."),
        "certificate_id_number": certificate.verify_uuid,
        "certificate_date_issued": date_format(certificate.modified_date),
        "course_id": str(certificate.course_id),
        "document_title": _("Certificate | %(course)s") % {"course": overview.display_name},
    }
