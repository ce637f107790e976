"""What is needed of events and answers to tell of them: their rows have it, and so has their data."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class AboutEvent(Protocol):
    """What is needed of an event: its row or its data. ``starts_at`` and ``ends_at`` are aware."""

    @property
    def id(self) -> int: ...
    @property
    def chapter_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


class AboutRsvp(Protocol):
    """What is needed of an answer: its row or its data, as it is after the change."""

    @property
    def user_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def state_at(self) -> datetime | None: ...
    @property
    def note(self) -> str: ...


class AboutOffer(AboutRsvp, Protocol):
    """What is needed of an offer: the answer's row. ``offers`` counts from 1."""

    @property
    def offers(self) -> int: ...
    @property
    def offer_until(self) -> datetime | None: ...
