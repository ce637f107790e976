"""What a body may be: JSON, and no longer than our longest text in any script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, Final, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser

LONGEST: Final = 100_000


class BodyTooLarge(APIException):
    """More was sent than any of our forms holds."""

    status_code = 413
    default_detail = _("That is too much to send at once.")
    default_code = "too_large"


class ShortJSONParser(JSONParser):
    """Reads JSON of at most ``LONGEST`` bytes and stops reading there."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value in the body. Raises BodyTooLarge, and ParseError for what is no JSON."""
        return super().parse(cast("IO[Any]", _Bounded(stream)), media_type, parser_context)


class _Bounded:
    """A stream that refuses to be longer than allowed."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        body: bytes = self._stream.read(LONGEST + 1)
        if len(body) > LONGEST:
            raise BodyTooLarge
        return body
