"""What this app hands out: frozen values, no models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

NameKind = Literal["name", "pseudonym", "hidden"]


class NameChoice(StrEnum):
    """How a person wants to appear on one surface."""

    NAME = "name"
    PSEUDONYM = "pseudonym"
    HIDDEN = "hidden"


class DeliveryState(StrEnum):
    """Where a delivery is; only ``pending`` ones are ever sent."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class NameData:
    """A person as shown on one surface. ``tone`` (1 to 6) picks the avatar's colour and follows from the text alone."""

    user_id: int
    kind: NameKind
    text: str
    initials: str
    tone: int


@dataclass(frozen=True)
class PreferencesData:
    """What somebody chose here or, where nothing was chosen, on the platform. Quiet hours may span midnight."""

    user_id: int
    zone: ZoneInfo
    language: str
    quiet_from: time
    quiet_until: time


@dataclass(frozen=True)
class ContactData:
    """What the platform knows about an account."""

    user_id: int
    username: str
    full_name: str
    email: str
    is_active: bool
    is_retired: bool


@dataclass(frozen=True)
class DeliveryRunData:
    """How one run over the due deliveries ended, in numbers of deliveries.

    ``taken`` went to another sender meanwhile; ``lost`` are older claims whose sender never came back.
    """

    sent: int = 0
    retried: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    postponed: int = 0
    taken: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """Return how many due deliveries the run looked at."""
        return self.sent + self.retried + self.failed + self.unknown + self.skipped + self.postponed + self.taken


@dataclass(frozen=True)
class DueDeliveryData:
    """A delivery that a run would look at."""

    id: int
    key: str
    user_id: int
    kind: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True)
class ErrandData:
    """Something that a package must still do. ``is_known`` says whether anybody here can do it."""

    id: str
    kind: str
    key: str
    attempts: int
    error: str
    due_at: datetime
    created_at: datetime
    is_known: bool


@dataclass(frozen=True)
class ErrandRunData:
    """How one run over the due errands ended; ``taken`` went to another runner meanwhile."""

    done: int = 0
    failed: int = 0
    taken: int = 0

    @property
    def total(self) -> int:
        """Return how many errands the run looked at."""
        return self.done + self.failed + self.taken


@dataclass(frozen=True)
class AuditEntryData:
    """One act of a person (or of the system, where ``actor_id`` is None) that others may want explained."""

    id: int
    actor_id: int | None
    verb: str
    target: str
    context_key: str
    reason: str
    recorded_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditPage:
    """A page of the audit log, newest first."""

    entries: list[AuditEntryData]
    page: int
    pages: int
    total: int
