"""Refusals that a person can act on. Each has a code, an HTTP status, a sentence and, where there is one, a field."""

from __future__ import annotations

from django.utils.functional import Promise

from people import api as people


class NotYetError(Exception):
    """Something that will be possible later, without anybody doing anything about it: an errand waits for another."""


class ConfigurationsMissedError(Exception):
    """Some blocks of a published course could not be read or kept."""


class CaseError(Exception):
    """Something in a case that cannot be done, said in words."""

    code = "refused"
    status = 400
    wait_seconds = 0
    """After how many seconds it can be done, 0 where waiting does not help."""

    def __init__(self, message: str | Promise, *, field: str = "") -> None:
        super().__init__(message)
        self._message = message
        self.field = field

    @property
    def message(self) -> str:
        """Return the sentence in the active language."""
        return str(self._message)


class InvalidTextError(CaseError):
    """A text that is empty, too short or too long."""

    code = "invalid_text"
    status = 422


class InvalidValueError(CaseError):
    """A value of a wrong type or range."""

    code = "invalid"
    status = 400


class CaseNotFoundError(CaseError):
    """No case is known under this key."""

    code = "not_found"
    status = 404


class LearnerNotFoundError(CaseError):
    """The person neither learns in this course nor took part in the case."""

    code = "not_found"
    status = 404


class ContributionNotFoundError(CaseError):
    """No such post, or none that this person may see."""

    code = "not_found"
    status = 404


class PostsHeldError(CaseError):
    """The posts of others stay unseen until the learner has taken a position."""

    code = "held"
    status = 403


class NotAllowedError(CaseError):
    """The post belongs to somebody else, or the act is not this person's."""

    code = "not_allowed"
    status = 403


class CaseNotOpenError(CaseError):
    """The case is scheduled or closed."""

    code = "not_open"
    status = 409


class CaseOffError(CaseError):
    """Cases are not turned on in this course."""

    code = "off"
    status = 403


class PositionExistsError(CaseError):
    """A learner takes one position, and looks back once."""

    code = "exists"
    status = 409


class PositionMissingError(CaseError):
    """The step needs an own position first."""

    code = "position_missing"
    status = 409


class TopicTakenError(CaseError):
    """The topic belongs to another case of the course."""

    code = "topic_taken"
    status = 409


class PinnedEnoughError(CaseError):
    """A board has as many pinned topics as it can."""

    code = "pinned_enough"
    status = 409


class TooManyPostsError(CaseError):
    """The learner posts faster than the forum allows."""

    code = "too_many"
    status = 429

    def __init__(self, *, wait_seconds: int) -> None:
        super().__init__(people.say_wait(wait_seconds))
        self.wait_seconds = wait_seconds


class ForumRefusedError(CaseError):
    """The platform's forum did not take the post: closed, blackout, not enrolled, or out of order."""

    code = "forum_refused"
    status = 409
