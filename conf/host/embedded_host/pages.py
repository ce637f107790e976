"""What every page of the host knows, and the page for a form that is too old."""

from __future__ import annotations

import functools
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.djangoapps.student.models import CourseAccessRole


def host_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the names and addresses of both services."""
    return {
        "platform_name": settings.PLATFORM_NAME,
        "lms_root_url": settings.LMS_ROOT_URL,
        "cms_root_url": settings.CMS_ROOT_URL,
        "service_variant": settings.SERVICE_VARIANT,
        "host_languages": settings.LANGUAGES,
        "is_author": functools.cache(lambda: _is_author(request)),
    }


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token, with the request in the context: Django 4.2's own view leaves it out."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def _is_author(request: HttpRequest) -> bool:
    """Tell whether the person has something to do in Studio."""
    if not request.user.is_authenticated:
        return False
    if request.user.is_staff:
        return True
    return CourseAccessRole.objects.filter(user=request.user, role__in=["staff", "instructor"]).exists()
