"""Names of countries, languages and places in the active language, and what pages, REST and news all say of a chapter.

The names come from Unicode's CLDR by way of Babel, which the platform installs too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.translation import gettext as _

from .data import Audience, ChapterData, ChapterScope

#: Territories of CLDR that are no country somebody lives in: unions, outlying parts without a code of ISO 3166, tests.
_NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


def locale_of(language: str | None = None) -> Locale:
    """Return CLDR's locale of a language of Django's, of the active one for None; English where it has none."""
    code = language or translation.get_language() or settings.LANGUAGE_CODE
    try:
        return Locale.parse(translation.to_locale(code))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Return the codes of ISO 3166 that a chapter can lie in."""
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - _NO_COUNTRY


@lru_cache(maxsize=1)
def language_codes() -> frozenset[str]:
    """Return the languages a chapter can speak: those of the site and all that Django names, in small letters."""
    named = {code for code, about in LANG_INFO.items() if "name" in about}
    return frozenset(named | {code.lower() for code, _name in settings.LANGUAGES})


def say_country(code: str, *, language: str | None = None) -> str:
    """Return the name of a country in a language, its code where it has none there."""
    return str(locale_of(language).territories.get(code) or code)


def say_language(code: str, *, language: str | None = None) -> str:
    """Return the name of a language in a language ("" of the code is the language's own name for itself)."""
    about = LANG_INFO.get(code, {})
    name = locale_of(code if language == "" else language).languages.get(translation.to_locale(code))
    return str(name or about.get("name_local") or code)


def say_city(zone: str, *, language: str | None = None) -> str:
    """Return what a language calls the city that a time zone is named after; "" where it does not say."""
    return str(locale_of(language).time_zones.get(zone, {}).get("city") or "")


def country_choices() -> list[tuple[str, str]]:
    """Return codes and names of all countries, by name in the active language."""
    return sorted(((code, say_country(code)) for code in country_codes()), key=lambda each: each[1].casefold())


def language_choices() -> list[tuple[str, str]]:
    """Return codes and names of languages: the site's own first, then the others by name in the active language."""
    own = [code.lower() for code, _name in settings.LANGUAGES]
    others = sorted(language_codes() - set(own), key=lambda code: say_language(code).casefold())
    return [(code, say_language(code)) for code in (*own, *others)]


def say_place(chapter: ChapterData) -> str:
    """Return where a chapter is, or that it meets online: "Nairobi, Kenya", "Kenya", "Online"."""
    country = say_country(chapter.country) if chapter.country else ""
    if chapter.scope is ChapterScope.ONLINE:
        return _("Online")
    if chapter.scope is ChapterScope.TOPIC and not chapter.city:
        return chapter.topic or country or _("Online")
    city = chapter.city if chapter.scope is not ChapterScope.COUNTRY else ""
    return _("%(city)s, %(country)s") % {"city": city, "country": country} if city and country else city or country


def say_entry(chapter: ChapterData) -> str:
    """Return who may join, in words."""
    if chapter.entry is Audience.LEARNERS:
        return _("For people who take one of its courses")
    if chapter.entry is Audience.ALUMNI:
        return _("For people who completed one of its courses")
    if chapter.has_questions:
        return _("Open to everyone, on request")
    return _("Open to everyone")


def suggest_name(*, audience: str, core_value: str, tone: str) -> str:
    """Return a name made of whom a chapter is for, what they get and its tone; "" where nothing was filled in.

    At most 80 characters, cut between words. The order is the language's: English puts the people last.
    """
    parts = {"audience": audience.strip(), "core_value": core_value.strip(), "tone": tone.strip()}
    if all(parts.values()):
        name = _("%(core_value)s %(tone)s for %(audience)s") % parts
    elif parts["core_value"] and parts["audience"]:
        name = _("%(core_value)s for %(audience)s") % parts
    else:
        name = " ".join(part for part in parts.values() if part)
    name = " ".join(name.split())
    name = name[:1].upper() + name[1:]
    if len(name) <= _NAME_LENGTH:
        return name
    return name[:_NAME_LENGTH].rpartition(" ")[0] or name[:_NAME_LENGTH]


_NAME_LENGTH: Final = 80
