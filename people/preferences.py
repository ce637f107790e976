"""Where people are, which language they read and when they want peace: asked here first, on the platform second."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from . import edx_platform
from .data import PreferencesData
from .exceptions import InvalidPreferenceError
from .models import Preferences
from .prepared import PreparedLookup
from .zones import find_zone


def _zone_names(user_id: int) -> QuerySet[Any, Any]:
    """Return one row with the zone names set here and in the account."""
    own = Subquery(Preferences.objects.filter(pk=OuterRef("pk")).values("zone")[:1])
    account = edx_platform.time_zone_column(OuterRef("pk"))
    people = get_user_model().objects.filter(pk=user_id).annotate(own_zone=own, account_zone=account)
    return people.values_list("own_zone", "account_zone")


_zones = PreparedLookup(_zone_names)


def default_zone() -> ZoneInfo:
    """Return the zone of people who never set one."""
    return find_zone(settings.PEOPLE_DEFAULT_ZONE) or find_zone(settings.TIME_ZONE) or ZoneInfo("UTC")


def default_quiet_hours() -> tuple[time, time]:
    """Return the quiet hours of people who never set any."""
    start, end = settings.PEOPLE_QUIET_HOURS
    return time.fromisoformat(start), time.fromisoformat(end)


def list_preferences(user_ids: Iterable[int]) -> dict[int, PreferencesData]:
    """Return the preferences of all these people, in three queries however many they are."""
    ids = list(user_ids)
    own = {row.user_id: row for row in Preferences.objects.filter(pk__in=ids)}
    zones = edx_platform.list_time_zones(ids)
    languages = edx_platform.list_languages(ids)
    return {
        user_id: _merge(
            own.get(user_id) or Preferences(user_id=user_id), zones.get(user_id, ""), languages.get(user_id, "")
        )
        for user_id in ids
    }


def get_preferences(user_id: int) -> PreferencesData:
    """Return one person's preferences; somebody unknown has the site's defaults."""
    return list_preferences([user_id])[user_id]


def person_zones(user_ids: Iterable[int]) -> dict[int, ZoneInfo]:
    """Return where people are, in two queries however many they are."""
    ids = list(user_ids)
    own = dict(Preferences.objects.filter(pk__in=ids).values_list("user_id", "zone"))
    platform = edx_platform.list_time_zones(ids)
    return {user_id: _first_zone(own.get(user_id, ""), platform.get(user_id, "")) for user_id in ids}


def person_zone(user_id: int) -> ZoneInfo:
    """Return the zone a person lives by; asked with every point, so by a prepared look-up."""
    return _first_zone(*(name or "" for name in _zones.find(user_id) or ()))


def person_language(user_id: int) -> str:
    """Return the language a person reads, as a code this site has."""
    return get_preferences(user_id).language


def local_date(user_id: int, instant: datetime) -> date:
    """Return the date on the person's wall at that instant."""
    return instant.astimezone(person_zone(user_id)).date()


def set_preferences(
    *,
    user_id: int,
    zone: str | None = None,
    language: str | None = None,
    quiet_hours: tuple[time, time] | None = None,
) -> PreferencesData:
    """Store what is given and keep the rest; an empty zone or language means "as in my account" again."""
    changes: dict[str, Any] = {}
    if zone is not None:
        if zone and find_zone(zone) is None:
            raise InvalidPreferenceError(_("There is no time zone “%(zone)s”.") % {"zone": zone}, field="zone")
        changes["zone"] = zone
    if language is not None:
        if language and not translation.check_for_language(language):
            message = _("There is no language “%(language)s” here.") % {"language": language}
            raise InvalidPreferenceError(message, field="language")
        changes["language"] = language
    if quiet_hours is not None:
        changes["quiet_from"], changes["quiet_until"] = quiet_hours
    try:
        with transaction.atomic():  # insert first, as in names.choose_name
            Preferences.objects.create(user_id=user_id, **changes)
    except IntegrityError:
        Preferences.objects.filter(pk=user_id).update(**changes)
    return get_preferences(user_id)


def supported_language(code: str) -> str:
    """Return the code, a near relative that the site has, or the site's own language."""
    try:
        return translation.get_supported_language_variant(code or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def _merge(own: Preferences, zone: str, language: str) -> PreferencesData:
    quiet_from, quiet_until = default_quiet_hours()
    if own.quiet_from is not None and own.quiet_until is not None:
        quiet_from, quiet_until = own.quiet_from, own.quiet_until
    return PreferencesData(
        user_id=own.user_id,
        zone=_first_zone(own.zone, zone),
        language=supported_language(own.language or language),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
    )


def _first_zone(*names: str) -> ZoneInfo:
    return next((zone for name in names if (zone := find_zone(name))), None) or default_zone()
