"""A clock that can be set: what happens inside ``at(moment)`` is stored as having happened then.

It moves ``django.utils.timezone.now()``, which Django's fields, the forum and the suite ask for the present. Other
threads see it too, so it is for a command that runs alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be that moment."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    with patch.object(timezone, "datetime", Moved):
        yield
