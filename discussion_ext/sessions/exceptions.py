"""Refusals about class sessions, in the family of the app's ``CaseError``."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussion_ext.exceptions import CaseError


class SessionError(CaseError):
    """Something about a class session that cannot be; ``field`` names what is wrong."""

    code = "invalid"
    status = 422


class SessionNotFoundError(SessionError):
    """No such class session, or none that this person may see."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such class session."))


class SittingNotFoundError(SessionError):
    """No such sitting, or none that this person may see."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such sitting. Load the page again to see those there are."))


class SeatRefusedError(SessionError):
    """A seat that cannot be taken, left or wished for. ``code`` is one of those below.

    ``not_choice`` (others decide), ``not_yours`` (for other groups), ``cancelled``, ``begun``, ``too_late`` (after the
    cut-off), ``attended`` (elsewhere), ``full``, ``has_room`` (nothing to wish for), ``not_enrolled``, ``changed`` (at
    the same moment, by somebody else).
    """

    status = 409

    def __init__(self, message: str | Promise, *, code: str) -> None:
        super().__init__(message, field="sitting_id")
        self.code = code


class TableError(SessionError):
    """A file that is no table we can read. Faults of single lines are listed with the table, not raised."""

    code = "invalid_table"

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message, field="file")


class TableExpiredError(SessionError):
    """A table that was read too long ago, was thrown away, or is somebody else's."""

    code = "expired"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This file is no longer here: it is kept for a day. Choose it again."))
