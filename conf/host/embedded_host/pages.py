"""What every page of the host knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def host_context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the names and addresses of both services."""
    return {
        "platform_name": settings.PLATFORM_NAME,
        "lms_root_url": settings.LMS_ROOT_URL,
        "cms_root_url": settings.CMS_ROOT_URL,
        "service_variant": settings.SERVICE_VARIANT,
        "host_languages": settings.LANGUAGES,
    }
