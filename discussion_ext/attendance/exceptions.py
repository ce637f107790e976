"""Refusals about meetings, seats and attendance, in the family of the app's ``CaseError``."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussion_ext.exceptions import CaseError
from people import api as people


class MeetingError(CaseError):
    """Something about a meeting that cannot be; ``field`` names what is wrong."""

    code = "invalid"
    status = 422


class WallClockError(MeetingError):
    """A time that the clock of the place does not show, or shows twice, or a place that is none.

    ``code`` is "skipped", "doubled" or "unknown_zone".
    """

    def __init__(self, message: str | Promise, *, code: str, field: str = "") -> None:
        super().__init__(message, field=field)
        self.code = code


class CapacityError(MeetingError):
    """Fewer places than people who have a seat."""

    code = "capacity"
    status = 409


class MeetingExistsError(MeetingError):
    """A meeting with this key is there already."""

    code = "exists"
    status = 409


class MeetingNotFoundError(MeetingError):
    """No such meeting, or none that this person may see."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such meeting."))


class MeetingCancelledError(MeetingError):
    """The meeting does not take place."""

    code = "cancelled"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This meeting was cancelled."))


class MeetingFullError(CaseError):
    """Nobody more fits in."""

    code = "full"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The last seat was taken. Choose another meeting, or ask to be told when a seat opens."))


class SeatTakenError(CaseError):
    """The person has a seat at another of these meetings; moving is a step of its own."""

    code = "has_seat"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("There is a seat at another time already. Change it instead."))


class SeatChangedError(CaseError):
    """Somebody else changed the seat at the same moment."""

    code = "seat_changed"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The seat was changed at the same moment. Look at it again, then try once more."))


class NoSeatError(CaseError):
    """The person has no seat at this meeting."""

    code = "no_seat"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You have no seat at this meeting. If you are in the room, ask your host to add you."))


class NotHostError(CaseError):
    """Only the host and the team may do this, and the host until some moment only."""

    code = "not_host"
    status = 403


class WrongCodeError(CaseError):
    """The code lets nobody in; the sentence says what is wrong with it.

    ``is_guess`` where it looks like a code and belongs to no meeting: no slip, and none that was shown a while ago.
    """

    code = "wrong_code"
    status = 422

    def __init__(self, message: str | Promise, *, field: str = "", is_guess: bool = False) -> None:
        super().__init__(message, field=field)
        self.is_guess = is_guess


class WrongTicketError(CaseError):
    """The ticket is none of this meeting; the sentence says what is wrong with it."""

    code = "wrong_ticket"
    status = 422

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message, field="ticket")


class NoPlaceError(CaseError):
    """The ticket is real, and its owner has no place any more; a host may add them as somebody who walks in."""

    code = "no_place"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This person has no seat any more. If there is room, add them."))


class CheckInClosedError(CaseError):
    """It is not the time to check in. ``opens_at`` is when it will be, None when it is over."""

    code = "check_in_closed"
    status = 409

    def __init__(self, message: str | Promise, *, opens_at: datetime | None = None) -> None:
        super().__init__(message)
        self.opens_at = opens_at


class TooManyTriesError(CaseError):
    """Codes are tried faster than anybody types them."""

    code = "too_many"
    status = 429

    def __init__(self, *, wait_seconds: int) -> None:
        super().__init__(people.say_wait(wait_seconds))
        self.wait_seconds = wait_seconds
