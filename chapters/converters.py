"""What stands in an address of ours."""

from __future__ import annotations

from django.urls.converters import IntConverter

from .data import Audience

_LARGEST = 2**31 - 1


class RowIdConverter(IntConverter):
    """The number of a row; one that no database holds leads nowhere, however many digits the address has."""

    def to_python(self, value: str) -> int:
        """Return the number, or raise ValueError, which means that the address is none of ours."""
        number = super().to_python(value)
        if number > _LARGEST:
            raise ValueError(value[:20])
        return number


class AudienceConverter:
    """For whom a board is."""

    regex = "|".join(Audience)

    def to_python(self, value: str) -> Audience:
        """Return the audience."""
        return Audience(value)

    def to_url(self, value: str) -> str:
        """Return it as it stands in an address."""
        return Audience(value).value
