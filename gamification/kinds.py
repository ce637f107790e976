"""What kinds of activity are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .data import MANUAL

#: The name of the rule, as in: Rule “comment”.
LABELS: Mapping[str, str | Promise] = {
    "unit_finished": _("page finished"),
    "check_in": _("check-in"),
    "comment": _("comment"),
    "question": _("question"),
    "answer": _("answer"),
    "prepare": _("prepared for class"),
    "attend": _("took part in class"),
    "host": _("hosted"),
    "case_finished": _("case finished"),
    "applied": _("applied after class"),
    MANUAL: _("given by hand"),
}

#: What a line is called whose source has no title of its own.
TITLES: Mapping[str, str | Promise] = {
    "unit_finished": _("Finished a page"),
    "check_in": _("Checked in"),
    "comment": _("Wrote a comment"),
    "question": _("Asked a question"),
    "answer": _("Answered a question"),
    "prepare": _("Prepared for class"),
    "attend": _("Took part in class"),
    "host": _("Hosted a meeting"),
    "case_finished": _("Finished a case"),
    "applied": _("Applied it after class"),
    MANUAL: _("From the course team"),
}

#: Where points came from, in groups that a person recognises.
SHARES: Mapping[str, tuple[str | Promise, frozenset[str]]] = {
    "cases": (_("Cases"), frozenset({"case_finished"})),
    "posts": (_("Questions, answers, comments"), frozenset({"comment", "question", "answer"})),
    "sessions": (_("Class sessions"), frozenset({"prepare", "attend", "host", "applied"})),
    "pages": (_("Pages finished"), frozenset({"unit_finished"})),
    "check_ins": (_("Check-ins"), frozenset({"check_in"})),
    "manual": (_("From the course team"), frozenset({MANUAL})),
}


def kind_label(kind: str) -> str:
    """Return the name of a kind's rule."""
    return str(LABELS[kind])


def kind_title(kind: str) -> str:
    """Return what to call a line of this kind that has no title."""
    return str(TITLES[kind])
