"""Errors of gamification that a caller can act on. Every one names the field it is about."""


class GamificationError(Exception):
    """Something was refused; ``field`` names what, ``message`` says why."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.message = message


class ActivityError(GamificationError):
    """An activity cannot be recorded as it was described."""


class UnknownActivityKind(ActivityError):  # noqa: N818 - says more without "Error"
    """No rule and no tier belong to this kind of activity."""


class SchemeError(GamificationError):
    """A points scheme was refused; ``field`` is the path in the file, such as ``rules.comment.points``."""
