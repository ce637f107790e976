"""Refusals that a person can act on. Each has a code, an HTTP status, a sentence and, where there is one, a field."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .data import DecisionData


class ChapterError(Exception):
    """Something in a chapter that cannot be done, said in words."""

    code = "refused"
    status = 400

    def __init__(self, message: str | Promise, *, field: str = "") -> None:
        super().__init__(message)
        self._message = message
        self.field = field

    @property
    def message(self) -> str:
        """Return the sentence in the active language."""
        return str(self._message)


class InvalidValueError(ChapterError):
    """A value of a wrong type, length or range."""

    code = "invalid"
    status = 400


class NotFoundError(ChapterError):
    """No such chapter, member, request or report, or none that this person may see."""

    code = "not_found"
    status = 404


class NotAllowedError(ChapterError):
    """The decision was no; ``decision`` says why and what to do."""

    status = 403

    def __init__(self, decision: DecisionData) -> None:
        super().__init__(decision.sentence)
        self.decision = decision
        self.code = decision.code or "not_allowed"


class StateError(ChapterError):
    """It cannot be done in the state in which the chapter, request or report is now."""

    code = "wrong_state"
    status = 409


class LastOrganizerError(ChapterError):
    """The last person who runs a chapter hands it over, or back to the site, before they go."""

    code = "last_organizer"
    status = 409


class CadenceError(ChapterError):
    """An organizer begins more topics than people follow; they may insist, by a tick."""

    code = "cadence"
    status = 409

    def __init__(self, message: str | Promise, *, field: str = "insists") -> None:
        super().__init__(message, field=field)


class BannedError(ChapterError):
    """The person may not come in now."""

    code = "banned"
    status = 403


class SentAgainError(ChapterError):
    """The same form made an event before, ``event_id``: the first date of ``series_id`` where it made a series."""

    code = "sent_again"
    status = 409

    def __init__(self, *, event_id: int, series_id: int | None) -> None:
        super().__init__(_("Open the form again."))
        self.event_id, self.series_id = event_id, series_id


class EventChangedError(ChapterError):
    """Somebody else changed the event since the form was opened: look at it again, then decide."""

    code = "event_changed"
    status = 409
