"""What a caller of this app can act on."""


class PeopleError(Exception):
    """Base of this app's errors; ``field`` names the argument that was wrong."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UnknownSurfaceError(PeopleError):
    """The surface is none of ``PEOPLE_SURFACE_DEFAULTS``."""


class UnknownChoiceError(PeopleError):
    """The choice is not one of name, pseudonym or hidden."""


class UnknownMessageKindError(PeopleError):
    """No message type is known by that kind."""


class InvalidDeliveryError(PeopleError):
    """A delivery's key, context or moment cannot be stored."""


class InvalidErrandError(PeopleError):
    """An errand's kind, key, facts or moment cannot be stored or is known to nobody."""


class PersonNotFoundError(PeopleError):
    """There is no account with that id or username."""


class TaskFailedError(PeopleError):
    """A background task failed: the class of the error and the line that it came from, without its message."""


class UnknownJobError(PeopleError):
    """No periodic job, or more than one, has that name."""


class InvalidPreferenceError(PeopleError):
    """A zone, language or time of day that nobody can have."""


class InvalidTokenError(PeopleError):
    """The link was changed, cut off, or never ours."""


class TooFastError(PeopleError):
    """Somebody does something more often than the site allows; its text is for them."""

    def __init__(self, message: str, *, wait_seconds: int) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
