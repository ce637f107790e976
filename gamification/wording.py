"""Whole sentences for entries, rules and levels, so that every language can order them as it likes."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from opaque_keys.edx.keys import CourseKey

from . import schemes
from .data import (
    MANUAL,
    EntryData,
    LevelNameData,
    RuleData,
    RuleShownData,
    SchemeShownData,
    Tier,
    TierShownData,
)

# What somebody did, with the thing it was about.
_SENTENCES: Final = {
    "unit_finished": gettext_lazy("Finished the page {title}"),
    "check_in": gettext_lazy("Checked in: {title}"),
    "comment": gettext_lazy("Commented in {title}"),
    "question": gettext_lazy("Asked in {title}"),
    "answer": gettext_lazy("Answered in {title}"),
    "prepare": gettext_lazy("Prepared {title}"),
    "attend": gettext_lazy("Attended {title}"),
    "host": gettext_lazy("Hosted {title}"),
    "case_finished": gettext_lazy("Finished the case {title}"),
    "applied": gettext_lazy("Applied {title}"),
    MANUAL: gettext_lazy("From the course team: {title}"),
}

_TIERS: Final = (
    (
        Tier.APPLY,
        gettext_lazy("Applying"),
        gettext_lazy("Working through a case, from your own position to the look back."),
    ),
    (Tier.CONTRIBUTE, gettext_lazy("Contributing"), gettext_lazy("Sharing what you think, and answering others.")),
    (Tier.VIEW, gettext_lazy("Reading"), gettext_lazy("Going through the pages of the course.")),
)


def entry_sentence(kind: str) -> str:
    """Return what an entry is about, with ``{title}`` where the thing's name and link go."""
    return str(_SENTENCES[kind])


def level_name(number: int, title: str) -> str:
    """Return "Level 3, Contributor"."""
    return _("Level %(number)s, %(title)s") % {"number": number, "title": title}


def scheme_sentence(entry: EntryData) -> str:
    """Return which version of the scheme counted an entry; empty for points given by hand, which follow none."""
    if entry.kind == MANUAL:
        return ""
    return _("Counted by version %(version)s of the points scheme.") % {"version": entry.scheme_version}


def rule_limits(rule: RuleData) -> str:
    """Return from when and up to how many a day a rule pays."""
    parts = {"words": rule.min_words, "count": rule.per_day}
    if rule.per_day is None:
        return _("From %(words)s words. No limit.") % parts if rule.min_words else _("No limit.")
    if rule.min_words:
        message = ngettext(
            "From %(words)s words. %(count)s a day earns points.",
            "From %(words)s words. Up to %(count)s a day earn points.",
            rule.per_day,
        )
    else:
        message = ngettext("%(count)s a day earns points.", "Up to %(count)s a day earn points.", rule.per_day)
    return message % parts


def get_scheme(course_key: CourseKey, *, level: int | None = None) -> SchemeShownData:
    """Return the scheme of a course in words, dearest tier first; ``level`` is the reader's own.

    Only kinds that something on this site records are listed (``GAMIFICATION_KINDS_IN_USE``).
    """
    rules = [rule for rule in schemes.describe_scheme(course_key) if rule.kind in settings.GAMIFICATION_KINDS_IN_USE]
    tiers = [
        TierShownData(tier.value, str(title), str(text), [_rule(rule) for rule in rules if rule.tier == tier])
        for tier, title, text in _TIERS
    ]
    levels = [
        LevelNameData(
            name=level_name(start.number, start.title),
            starts=pgettext("points from which a level starts", "from %(points)s") % {"points": start.starts_at},
            is_mine=start.number == level,
        )
        for start in schemes.list_levels(course_key)
    ]
    return SchemeShownData([tier for tier in tiers if tier.rules], levels)


def _rule(rule: RuleData) -> RuleShownData:
    return RuleShownData(capfirst(rule.title), f"+{rule.points}", rule_limits(rule))
