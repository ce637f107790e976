"""Words that pages of chapters say in several places, in the active language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.data import Audience, ChapterData, ChapterRole, ChapterState, ChapterType
from chapters.words import say_language
from people import api as people


def say_number(number: int) -> str:
    """Return a number with the separators of the active language."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


def say_members(count: int) -> str:
    """Return "1 member", "1,204 members"."""
    return ngettext("%(count)s member", "%(count)s members", count) % {"count": say_number(count)}


def say_languages(codes: Iterable[str]) -> str:
    """Return "English, français": each language by its own name for itself."""
    return ", ".join(say_language(code, language="") for code in codes)


def say_audience(audience: Audience) -> str:
    """Return what a discussion board, or the people it is for, are called."""
    return {Audience.EVERYONE: _("Everyone"), Audience.LEARNERS: _("Learners"), Audience.ALUMNI: _("Alumni")}[audience]


def say_role(role: ChapterRole | str) -> str:
    """Return what a role is called."""
    return {
        ChapterRole.LEAD: _("Lead organizer"),
        ChapterRole.CO_ORGANIZER: _("Co-organizer"),
        ChapterRole.HOST: _("Event host"),
        ChapterRole.CHECK_IN: _("Check-in helper"),
        ChapterRole.MODERATOR: _("Moderator"),
    }[ChapterRole(role)]


def say_state(chapter: ChapterData) -> tuple[str, str, str]:
    """Return the word for a state that visitors should know, the kind of its tag and its icon; three times "" for none.

    A pause names its last day.
    """
    if chapter.state is ChapterState.FORMING:
        return _("Just beginning"), "info", "flag"
    if chapter.state is ChapterState.PAUSED:
        if chapter.paused_until is None:
            return _("Paused"), "warn", "clock"
        return _("Paused until %(day)s") % {"day": people.say_day(chapter.paused_until)}, "warn", "clock"
    if chapter.state is ChapterState.DORMANT:
        return _("Quiet at the moment"), "warn", "clock"
    if chapter.state is ChapterState.ARCHIVED:
        return _("Closed, kept for reading"), "", "lock"
    return "", "", ""


def say_month(day: date) -> str:
    """Return "March 2024", in the active language."""
    return formats.date_format(day, "YEAR_MONTH_FORMAT")


def say_type(kind: ChapterType) -> str:
    """Return what kind of community a chapter is."""
    return {
        ChapterType.KNOWLEDGE: _("People who get better at something together"),
        ChapterType.WORKS: _("People who show each other what they made"),
        ChapterType.SOCIAL: _("People who meet and know whom to call"),
    }[kind]
