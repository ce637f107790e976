"""The log of a chapter in words: one sentence for each kind of act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chapters.models import Ban, Membership, Term
from chapters.models.chapters import AUDIENCES, STATES
from chapters.models.organizers import ROLES
from people.data import AuditEntryData

from .desk_event_log import SENTENCES

_TARGETS: Final[Mapping[str, Any]] = {"term": Term, "membership": Membership, "ban": Ban}

Say = Callable[[Mapping[str, Any]], str]


def say_act(verb: str, data: Mapping[str, Any]) -> str:
    """Return what was done, as people read it; an act that has no sentence yet by the word that is stored."""
    say = _SENTENCES.get(verb) or SENTENCES.get(verb)
    return say(data) if say is not None else verb


def list_subjects(entries: Iterable[AuditEntryData]) -> dict[int, int]:
    """Return whom entries are about, by the number of the entry: of each kind of target in one query.

    Entries about nobody, or about a row that is gone, are left out.
    """
    wanted: defaultdict[str, dict[int, int]] = defaultdict(dict)
    found: dict[int, int] = {}
    for entry in entries:
        kind, _colon, number = entry.target.partition(":")
        if isinstance(subject := entry.data.get("user"), int):
            found[entry.id] = subject
        elif kind in _TARGETS and number.isdigit():
            wanted[kind][entry.id] = int(number)
    for kind, numbers in wanted.items():
        rows = _TARGETS[kind].objects.filter(pk__in=set(numbers.values()))
        people = dict(rows.values_list("pk", "user_id"))
        found |= {entry_id: people[number] for entry_id, number in numbers.items() if number in people}
    return found


def _name(words: list[tuple[str, Any]], value: object) -> str:
    return str(dict(words).get(str(value), value or "–"))


def _say_export(data: Mapping[str, Any]) -> str:
    count = int(data.get("people", 0))
    text = ngettext("Took a list of %(count)d member", "Took a list of %(count)d members", count)
    return text % {"count": count}


def _say_appeal(data: Mapping[str, Any]) -> str:
    return _("Answered an appeal: the ban is lifted") if data.get("lifted") else _("Answered an appeal: the ban stays")


_SENTENCES: Final[Mapping[str, Say]] = {
    "chapter.propose": lambda _data: _("Proposed the chapter"),
    "chapter.change": lambda _data: _("Changed what the chapter says of itself"),
    "chapter.rules": lambda _data: _("Changed the course rules"),
    "chapter.questions.set": lambda _data: _("Changed the join questions"),
    "chapter.move": lambda data: (
        _("Changed the chapter's state to: %(state)s") % {"state": _name(STATES, data.get("to"))}
    ),
    "chapter.request.accept": lambda _data: _("Let somebody in"),
    "chapter.request.decline": lambda _data: _("Declined a request to join"),
    "chapter.member.admit": lambda _data: _("Made somebody a member"),
    "chapter.member.remove": lambda _data: _("Removed a member"),
    "chapter.ban": lambda _data: _("Banned somebody"),
    "chapter.ban.lift": lambda _data: _("Lifted a ban"),
    "chapter.appeal.answer": _say_appeal,
    "chapter.standing.grant": lambda data: (
        _("Opened a board by hand: %(board)s") % {"board": _name(AUDIENCES, data.get("audience"))}
    ),
    "chapter.standing.revoke": lambda data: (
        _("Took a board back: %(board)s") % {"board": _name(AUDIENCES, data.get("audience"))}
    ),
    "chapter.members_exported": _say_export,
    "contribution.remove": lambda _data: _("Removed a post"),
    "contribution.restore": lambda _data: _("Put a post back"),
    "report.uphold": lambda _data: _("Removed a reported post"),
    "report.dismiss": lambda _data: _("Kept a reported post"),
    "topic.pin": lambda _data: _("Kept a topic at the top"),
    "topic.unpin": lambda _data: _("Took a topic from the top"),
    "topic.open": lambda _data: _("Opened a topic again"),
    "topic.close": lambda _data: _("Closed a topic"),
    "topic.archive": lambda _data: _("Put a topic into the archive"),
    "role.give": lambda data: _("Gave a role: %(role)s") % {"role": _name(ROLES, data.get("role"))},
    "role.extend": lambda data: _("Changed the end of a term: %(role)s") % {"role": _name(ROLES, data.get("role"))},
    "role.end": lambda data: _("A role ended: %(role)s") % {"role": _name(ROLES, data.get("role"))},
}
