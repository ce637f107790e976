"""Apply a person's language and time zone to a request, and store what they choose."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from openedx.core.djangoapps.lang_pref import LANGUAGE_KEY
from openedx.core.djangoapps.user_api.accounts.api import TIME_ZONE_KEY
from openedx.core.djangoapps.user_api.models import UserPreference


class PreferencesMiddleware:
    """Activate language (preference, cookie, browser) and zone (preference, else UTC) for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the person's language and zone."""
        preferences = _preferences(request)
        language = preferences.get(LANGUAGE_KEY) or translation.get_language_from_request(request)
        zone = find_zone(preferences.get(TIME_ZONE_KEY))
        with translation.override(language), timezone.override(zone):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def _preferences(request: HttpRequest) -> dict[str, str]:
    if not request.user.is_authenticated:
        return {}
    rows = UserPreference.objects.filter(user=request.user, key__in=[LANGUAGE_KEY, TIME_ZONE_KEY])
    return dict(rows.values_list("key", "value"))


def find_zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    """Return the zone of that name, or None where it is unknown."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
