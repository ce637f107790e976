"""What people fill in about a chapter: checked field by field, and what follows from it (slug, search, order)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.text import slugify
from django.utils.translation import gettext as _

from discussion_ext.api import attendance

from . import words
from .data import Audience, ChapterPlanData, ChapterScope, ChapterState, ChapterType, PositioningData
from .exceptions import InvalidValueError
from .models import Chapter, Region
from .models.chapters import NAME_FORMATS

#: The most characters that a welcome text may have; the other texts have as many as their columns.
WELCOME_LENGTH: Final = 5000
MOST_LANGUAGES: Final = 8
COVERS: Final = 6

#: Words that begin addresses of their own under ``/chapters/``, and some that might one day.
RESERVED_SLUGS: Final = frozenset(
    {
        *("admin", "api", "calendar", "challenge", "courses", "desk", "events", "help", "invitations", "join"),
        *("manage", "mine", "new", "newsletter", "organizers", "pictures", "propose", "proposals", "regions", "search"),
        *("settings", "static", "unsubscribe"),
    }
)

#: How the directory orders states: those where most happens first; 9 is not listed.
LISTED_RANKS: Final = {
    ChapterState.ACTIVE: 1,
    ChapterState.FORMING: 2,
    ChapterState.PAUSED: 3,
    ChapterState.DORMANT: 4,
}
NOT_LISTED: Final = 9

_LINES: Final = ("name", "lead", "city", "topic", "contact")
_POSITIONING: Final = tuple(each.name for each in fields(PositioningData))
_COLUMN_OF: Final = {"members": "members_wanted"}
_SHORT: Final = frozenset({"audience", "core_value", "tone"})
_CHOICES: Final = {"scope": ChapterScope, "type": ChapterType, "entry": Audience}
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_LENGTH: Final = 60


# -- what was filled in ------------------------------------------------------------------------------------------------


def read_plan(plan: ChapterPlanData) -> dict[str, Any]:
    """Return the columns of a chapter for a plan, trimmed and checked.

    Raises InvalidValueError with the name of the first field that is wrong, as `ChapterPlanData` calls it.
    """
    columns: dict[str, Any] = {name: read_line(getattr(plan, name), field=name) for name in _LINES}
    for name in _POSITIONING:
        read = read_line if name in _SHORT else read_text
        column = _COLUMN_OF.get(name, name)
        columns[column] = read(getattr(plan.positioning, name), field=name, most=_length(column))
    columns["welcome"] = read_text(plan.welcome, field="welcome", most=WELCOME_LENGTH)
    columns |= {name: _read_choice(getattr(plan, name), kind, name) for name, kind in _CHOICES.items()}
    columns |= {
        "country": _read_country(plan.country),
        "zone": _read_zone(plan.zone),
        "languages": " ".join(_read_languages(plan.languages)),
        "region_id": _read_region(plan.region_id),
        "cover": _read_cover(plan.cover),
        "name_format": _read_name_format(plan.name_format),
    }
    _check_contact(columns["contact"])
    _check_what_is_needed(columns)
    return columns


def read_line(text: object, *, field: str, most: int | None = None) -> str:
    """Return one line of text without odd characters; InvalidValueError where it is too long for its column."""
    return _check_length(" ".join(_clean(text, field).split()), field=field, most=most or _length(field))


def read_text(text: object, *, field: str, most: int) -> str:
    """Return a text of several lines without odd characters; InvalidValueError where it is too long."""
    lines = _clean(text, field).replace("\r\n", "\n").replace("\r", "\n")
    return _check_length(lines.strip(), field=field, most=most)


def _clean(text: object, field: str) -> str:
    if not isinstance(text, str):
        raise InvalidValueError(_("Give a text."), field=field)
    # Characters that control devices, and halves of characters, which no database stores.
    return "".join(each for each in text if each in "\n\r\t" or unicodedata.category(each) not in {"Cc", "Cs"})


def _check_length(text: str, *, field: str, most: int) -> str:
    if len(text) > most:
        message = _("At most %(most)d characters; these are %(count)d.") % {"most": most, "count": len(text)}
        raise InvalidValueError(message, field=field)
    return text


def _length(column: str) -> int:
    return int(Chapter._meta.get_field(column).max_length or 0)  # type: ignore[union-attr]


def _read_choice(value: Any, kind: Any, field: str) -> str:
    try:
        return str(kind(value).value)
    except ValueError as error:
        raise InvalidValueError(_("Choose one of the values that are offered."), field=field) from error


def _read_country(code: object) -> str:
    wanted = read_line(code, field="country", most=50).upper()
    if wanted and wanted not in words.country_codes():
        raise InvalidValueError(_("Choose a country by its code of two letters, such as KE."), field="country")
    return wanted


def _read_zone(name: object) -> str:
    wanted = read_line(name, field="zone")
    try:
        attendance.find_zone(wanted)
    except attendance.WallClockError as error:
        raise InvalidValueError(str(error), field="zone") from error
    return wanted


def _read_languages(codes: object) -> Iterator[str]:
    wanted = list(codes) if isinstance(codes, list | tuple) else []
    if not 1 <= len(wanted) <= MOST_LANGUAGES:
        message = _("Choose one to %(most)d languages, first the one that is spoken most.") % {"most": MOST_LANGUAGES}
        raise InvalidValueError(message, field="languages")
    for code in dict.fromkeys(read_line(each, field="languages").lower() for each in wanted):
        if code not in words.language_codes():
            raise InvalidValueError(_("Choose languages by their codes, such as en or pt-br."), field="languages")
        yield code


def _read_region(region_id: object) -> int | None:
    if region_id is None:
        return None
    if type(region_id) is int and 0 < region_id < 2**31 and Region.objects.filter(pk=region_id).exists():
        return region_id
    raise InvalidValueError(_("Choose one of the regions that are offered."), field="region_id")


def _read_cover(cover: object) -> int:
    if type(cover) is int and 1 <= cover <= COVERS:
        return cover
    raise InvalidValueError(_("Choose a cover from 1 to %(most)d.") % {"most": COVERS}, field="cover")


def _read_name_format(name: object) -> str:
    if name in dict(NAME_FORMATS):
        return str(name)
    raise InvalidValueError(_("Choose one of the values that are offered."), field="name_format")


def _check_contact(contact: str) -> None:
    check = validate_email if "@" in contact and ":" not in contact else URLValidator(schemes=["https"])
    try:
        if contact:
            check(contact)
    except ValidationError as error:
        message = _("Give an e-mail address, or an address of the web that begins with https://.")
        raise InvalidValueError(message, field="contact") from error


def _check_what_is_needed(columns: dict[str, Any]) -> None:
    for name in ("name", "lead"):
        if not columns[name]:
            raise InvalidValueError(_("Write something here."), field=name)
    needs = {ChapterScope.CITY: ("city", "country"), ChapterScope.COUNTRY: ("country",), ChapterScope.TOPIC: ("topic",)}
    for name in needs.get(ChapterScope(columns["scope"]), ()):
        if not columns[name]:
            raise InvalidValueError(_("Fill this in: it says where the chapter belongs."), field=name)


# -- what follows from it ----------------------------------------------------------------------------------------------


def read_slug(slug: object) -> str:
    """Return an address that a manager chose, or raise InvalidValueError("slug"). Whether it is free is not asked."""
    wanted = read_line(slug, field="slug").lower()
    if not _SLUG.fullmatch(wanted):
        raise InvalidValueError(
            _("Use letters from a to z, digits and hyphens, such as nairobi-evening."), field="slug"
        )
    if wanted in RESERVED_SLUGS:
        raise InvalidValueError(_("This address is used by the site itself. Choose another."), field="slug")
    return wanted


def list_slugs(name: str, chapter_id: int) -> Iterator[str]:
    """Yield addresses for a chapter from the nicest on: from its name, where that has Latin letters, and its number."""
    numbered = f"-{chapter_id}"
    words_only = re.sub(r"[-_]+", "-", slugify(name))
    nice = words_only[: _SLUG_LENGTH - len(numbered)].strip("-")
    if nice and nice not in RESERVED_SLUGS:
        yield nice
        yield f"{nice}{numbered}"
    yield f"chapter{numbered}"
    yield f"chapter{numbered}-0"


def write_search_text(row: Chapter) -> str:
    """Return what the directory finds a chapter by: its name, place and topic, and, in every language of the site and
    its own ones, the names of its country, its languages and, where they are known, its city."""
    spoken = list(dict.fromkeys(name for code in row.languages.split() for name in (code, code.partition("-")[0])))
    found = [row.name, row.city, row.topic, row.lead, row.audience, row.field, row.region.name if row.region else ""]
    languages = list(dict.fromkeys([code for code, _name in settings.LANGUAGES] + spoken))
    for language in languages:
        found.append(words.say_country(row.country, language=language) if row.country else "")
        found.extend(words.say_language(code, language=language) for code in spoken)
    found.extend(words.say_language(code, language="") for code in spoken)
    found.extend(_list_city_names(row.city, row.zone, languages))
    return "\n".join(dict.fromkeys(fold(each) for each in found if each))


def _list_city_names(city: str, zone: str, languages: list[str]) -> set[str]:
    """Return what languages call a city after which its time zone is named; nothing for any other city of the zone."""
    known = {words.say_city(zone, language=language) for language in languages}
    known |= {zone.rpartition("/")[2].replace("_", " ")}
    return known if fold(city) in {fold(name) for name in known} else set()


def fold(text: str) -> str:
    """Return a text as it is searched: without case and accents, so that "bogota" finds Bogotá."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(each for each in plain if not unicodedata.combining(each)))
