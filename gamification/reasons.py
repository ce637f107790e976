"""Why a line of the ledger is worth what it is, in whole sentences of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext, pgettext_lazy

from people.api import say_day

from .data import MANUAL
from .kinds import kind_label
from .ledger import IN_CASE, WORDS
from .models import Entry

CASE_FINISHED = "case_finished"
#: A fact that only reasons look at: 1 for a post whose words had been written before; its own count is 0 then.
IS_COPY = "is_copy"


class LineEffect(NamedTuple):
    """What the arithmetic found about a line.

    Attributes:
        points: its effect on the total, signed.
        earned: of a void, the points of the award it takes back.
        place: among the paying awards of its day, from 1; 0 where there is none.
        given_on: of a void, the day of the award it takes back.
    """

    points: int
    place: int = 0
    is_capped: bool = False
    is_replaced: bool = False
    earned: int = 0
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class KindSentences:
    """The sentences about a daily limit and a minimum of words that name the thing itself."""

    capped: str | Promise
    words: str | Promise


_NUMBERS = {
    1: pgettext_lazy("how many, at the start of a sentence", "One"),
    2: pgettext_lazy("how many, at the start of a sentence", "Two"),
    3: pgettext_lazy("how many, at the start of a sentence", "Three"),
    4: pgettext_lazy("how many, at the start of a sentence", "Four"),
    5: pgettext_lazy("how many, at the start of a sentence", "Five"),
    6: pgettext_lazy("how many, at the start of a sentence", "Six"),
    7: pgettext_lazy("how many, at the start of a sentence", "Seven"),
    8: pgettext_lazy("how many, at the start of a sentence", "Eight"),
    9: pgettext_lazy("how many, at the start of a sentence", "Nine"),
    10: pgettext_lazy("how many, at the start of a sentence", "Ten"),
}
_PLACES = {
    1: pgettext_lazy("which one of the day", "first"),
    2: pgettext_lazy("which one of the day", "second"),
    3: pgettext_lazy("which one of the day", "third"),
    4: pgettext_lazy("which one of the day", "fourth"),
    5: pgettext_lazy("which one of the day", "fifth"),
    6: pgettext_lazy("which one of the day", "sixth"),
    7: pgettext_lazy("which one of the day", "seventh"),
    8: pgettext_lazy("which one of the day", "eighth"),
    9: pgettext_lazy("which one of the day", "ninth"),
    10: pgettext_lazy("which one of the day", "tenth"),
    11: pgettext_lazy("which one of the day", "eleventh"),
    12: pgettext_lazy("which one of the day", "twelfth"),
}

_SENTENCES: Mapping[str, KindSentences] = {
    "comment": KindSentences(
        capped=ngettext_lazy(
            "%(limit)s comment a day earns points and this was the %(place)s.",
            "%(limit)s comments a day earn points and this was the %(place)s.",
            "count",
        ),
        words=ngettext_lazy(
            "%(words)s word; from %(minimum)s words a comment earns points.",
            "%(words)s words; from %(minimum)s words a comment earns points.",
            "count",
        ),
    ),
    "question": KindSentences(
        capped=ngettext_lazy(
            "%(limit)s question a day earns points and this was the %(place)s.",
            "%(limit)s questions a day earn points and this was the %(place)s.",
            "count",
        ),
        words=ngettext_lazy(
            "%(words)s word; from %(minimum)s words a question earns points.",
            "%(words)s words; from %(minimum)s words a question earns points.",
            "count",
        ),
    ),
    "answer": KindSentences(
        capped=ngettext_lazy(
            "%(limit)s answer a day earns points and this was the %(place)s.",
            "%(limit)s answers a day earn points and this was the %(place)s.",
            "count",
        ),
        words=ngettext_lazy(
            "%(words)s word; from %(minimum)s words an answer earns points.",
            "%(words)s words; from %(minimum)s words an answer earns points.",
            "count",
        ),
    ),
    "unit_finished": KindSentences(
        capped=ngettext_lazy(
            "%(limit)s page a day earns points and this was the %(place)s.",
            "%(limit)s pages a day earn points and this was the %(place)s.",
            "count",
        ),
        words="",
    ),
}

_TAKEN_BACK: Mapping[str, str | Promise] = {
    "withdrawn": ngettext_lazy(
        "You took it back, so its %(points)s point of %(date)s went back. Restoring it gives it again.",
        "You took it back, so its %(points)s points of %(date)s went back. Restoring it gives them again.",
        "count",
    ),
    "removed": ngettext_lazy(
        "The course team removed it, so its %(points)s point of %(date)s went back.",
        "The course team removed it, so its %(points)s points of %(date)s went back.",
        "count",
    ),
    "unmet": ngettext_lazy(
        "Not all that was asked is there any more, so its %(points)s point of %(date)s went back. "
        "Once it is, you get it again.",
        "Not all that was asked is there any more, so its %(points)s points of %(date)s went back. "
        "Once it is, you get them again.",
        "count",
    ),
    "reset": ngettext_lazy(
        "The course team started your attempt over, so its %(points)s point of %(date)s went back.",
        "The course team started your attempt over, so its %(points)s points of %(date)s went back.",
        "count",
    ),
    "corrected": ngettext_lazy(
        "This was recorded by mistake, so its %(points)s point of %(date)s went back.",
        "This was recorded by mistake, so its %(points)s points of %(date)s went back.",
        "count",
    ),
}

_TAKEN_BACK_WITHOUT_POINTS: Mapping[str, str | Promise] = {
    "withdrawn": gettext_lazy("You took it back. It had earned no points, so nothing changes."),
    "removed": gettext_lazy("The course team removed it. It had earned no points, so nothing changes."),
    "unmet": gettext_lazy("Not all that was asked is there any more. It had earned no points, so nothing changes."),
    "reset": gettext_lazy("The course team started your attempt over. It had earned no points, so nothing changes."),
    "corrected": gettext_lazy("This was recorded by mistake. It had earned no points, so nothing changes."),
}


def explain(entry: Entry, effect: LineEffect) -> str:
    """Return why this line has this effect."""
    if entry.kind == MANUAL:
        return _("The course team wrote: %(reason)s") % {"reason": entry.note or "–"}
    if entry.is_void:
        return _explain_void(entry, effect)
    if effect.is_replaced:
        return _("A later line about the same thing counts instead, so this one has no points of its own.")
    if not entry.worth:
        return _say_worthless(entry)
    return _say_capped(entry, effect) if effect.is_capped else _say_paid(entry, effect)


def _explain_void(entry: Entry, effect: LineEffect) -> str:
    if not effect.earned or effect.given_on is None:
        return str(_TAKEN_BACK_WITHOUT_POINTS[entry.reason])
    day = say_day(effect.given_on)
    return _TAKEN_BACK[entry.reason] % {"count": effect.earned, "points": effect.earned, "date": day}


def _say_worthless(entry: Entry) -> str:
    if entry.facts.get(IS_COPY):
        return _(
            "Most of its words had been written before, by you or by a classmate; only words of your own earn points."
        )
    if entry.rule_points:
        return _say_words(entry)
    return _("No rule of scheme version %(version)s gives points for this.") % {"version": entry.scheme_version}


def _say_paid(entry: Entry, effect: LineEffect) -> str:
    values = {"rule": kind_label(entry.kind), "points": entry.rule_points}
    if entry.min_words:
        rule = ngettext("Rule “%(rule)s”: %(points)s point.", "Rule “%(rule)s”: %(points)s points.", entry.rule_points)
        return _join(rule % values, _say_words(entry))
    if entry.per_day:
        return _say_rule_with_limit(entry, effect)
    rule = ngettext(
        "Rule “%(rule)s”: %(points)s point, scheme version %(version)s.",
        "Rule “%(rule)s”: %(points)s points, scheme version %(version)s.",
        entry.rule_points,
    ) % (values | {"version": entry.scheme_version})
    if entry.kind == CASE_FINISHED:
        return _join(_("All that was asked counted on %(date)s.") % {"date": say_day(entry.local_date)}, rule)
    return rule


def _say_rule_with_limit(entry: Entry, effect: LineEffect) -> str:
    values = {"rule": kind_label(entry.kind), "points": entry.rule_points, "limit": entry.per_day}
    rule = ngettext(
        "Rule “%(rule)s”: %(points)s point, up to %(limit)s a day.",
        "Rule “%(rule)s”: %(points)s points, up to %(limit)s a day.",
        entry.rule_points,
    )
    if effect.place not in _PLACES:
        return rule % values
    return _join(rule % values, _("This was the %(place)s that day.") % {"place": _PLACES[effect.place]})


def _say_words(entry: Entry) -> str:
    words = int(entry.facts.get(WORDS, 0))
    values = {"count": words, "words": words, "minimum": entry.min_words}
    sentences = _SENTENCES.get(entry.kind)
    if sentences is None or not sentences.words:
        return ngettext(
            "%(words)s word; points come from %(minimum)s words on.",
            "%(words)s words; points come from %(minimum)s words on.",
            words,
        ) % {"words": words, "minimum": entry.min_words}
    return sentences.words % values


def _say_capped(entry: Entry, effect: LineEffect) -> str:
    limit = entry.per_day or 0
    sentences = _SENTENCES.get(entry.kind)
    if sentences is None or limit not in _NUMBERS or effect.place not in _PLACES:
        return ngettext(
            "The rule “%(rule)s” gives points up to %(limit)s time a day, and that was reached.",
            "The rule “%(rule)s” gives points up to %(limit)s times a day, and that was reached.",
            limit,
        ) % {"rule": kind_label(entry.kind), "limit": limit}
    said = sentences.capped % {"count": limit, "limit": _NUMBERS[limit], "place": _PLACES[effect.place]}
    more = _("It still counts for the case.") if entry.facts.get(IN_CASE) else _("The rest is simply welcome.")
    return _join(said, more)


def _join(first: str, second: str) -> str:
    """Return two sentences one after the other, with the space that the language puts between them."""
    return pgettext("two sentences in a row", "%(first)s %(second)s") % {"first": first, "second": second}
