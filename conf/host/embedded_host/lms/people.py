"""Sign in as a demo person, sign out, and a person's own settings."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.djangoapps.student.models import CourseAccessRole
from embedded_host.preferences import find_zone
from openedx.core.djangoapps.django_comment_common.models import Role
from openedx.core.djangoapps.lang_pref import LANGUAGE_KEY
from openedx.core.djangoapps.user_api.accounts.api import TIME_ZONE_KEY
from openedx.core.djangoapps.user_api.models import UserPreference

ROLE_LIMIT = 12
PAGE_SIZE = 30


@dataclass(frozen=True)
class RoleGroup:
    """People of one role on the sign-in page."""

    title: str
    people: list[User]


def signin(request: HttpRequest) -> HttpResponse:
    """Offer every account by role, and sign in as the one that is picked. There are no passwords in the demo."""
    if not settings.HOST_DEMO_LOGIN:
        raise Http404
    next_url = _safe_next(request)
    if request.method == "POST":
        user = get_object_or_404(User, username=request.POST.get("username", ""), is_active=True)
        login(request, user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
        return redirect(next_url or settings.LOGIN_REDIRECT_URL)
    query = request.GET.get("q", "").strip()
    page = Paginator(_find_people(query), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"groups": _role_groups(), "page": page, "query": query, "next": next_url}
    return render(request, "embedded_host/signin.html", context)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_required
def account_settings(request: HttpRequest) -> HttpResponse:
    """Show and store language and time zone."""
    if request.method == "POST":
        language, zone = request.POST.get("language", ""), request.POST.get("time_zone", "")
        if language not in dict(settings.LANGUAGES):
            messages.error(request, _("Language: choose one of the list."))
        elif zone and find_zone(zone) is None:
            messages.error(request, _("Time zone: choose one of the list."))
        else:
            _store(request.user, {LANGUAGE_KEY: language, TIME_ZONE_KEY: zone})
            with translation.override(language):
                messages.success(request, _("Your settings are saved."))
            return redirect("account_settings")
    chosen = UserPreference.get_all_preferences(request.user)
    context = {
        "language": chosen.get(LANGUAGE_KEY) or translation.get_language(),
        "zone": chosen.get(TIME_ZONE_KEY, ""),
        "zones": sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")),
    }
    return render(request, "embedded_host/account.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Store the language picked in the footer: as preference, or as cookie for visitors."""
    language = request.POST.get("language", "")
    response = redirect(_safe_next(request) or "/")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        if request.user.is_authenticated:
            _store(request.user, {LANGUAGE_KEY: language})
    return response


def _store(user: Any, values: dict[str, str]) -> None:
    for key, value in values.items():
        if value:
            UserPreference.objects.update_or_create(user=user, key=key, defaults={"value": value})
        else:
            UserPreference.objects.filter(user=user, key=key).delete()


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = {request.get_host(), settings.LMS_BASE, settings.CMS_BASE}
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=allowed) else ""


def _find_people(query: str) -> QuerySet[User]:
    people = User.objects.filter(is_active=True).select_related("profile").order_by("username")
    if query:
        people = people.filter(Q(username__icontains=query) | Q(profile__name__icontains=query))
    return people


def _role_groups() -> list[RoleGroup]:
    people = User.objects.filter(is_active=True).select_related("profile").order_by("username")
    team = CourseAccessRole.objects.filter(role__in=["staff", "instructor"]).values("user_id")
    moderators = Role.objects.exclude(name="Student").values("users")
    groups = [
        RoleGroup(_("Site administrators"), list(people.filter(is_staff=True)[:ROLE_LIMIT])),
        RoleGroup(_("Course teams"), list(people.filter(id__in=team, is_staff=False)[:ROLE_LIMIT])),
        RoleGroup(
            _("Moderators"), list(people.filter(id__in=moderators, is_staff=False).exclude(id__in=team)[:ROLE_LIMIT])
        ),
    ]
    return [group for group in groups if group.people]
