"""What this app hands out: frozen values, no models."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

NameKind = Literal["name", "pseudonym", "hidden"]

#: What every answer with personal content says to browsers and to whatever lies between.
PRIVATE_HEADERS: Mapping[str, str] = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


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


class NewsState(StrEnum):
    """Where an item of news is."""

    WAITING = "waiting"
    TOLD = "told"
    DROPPED = "dropped"


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
    is_leaving: bool = False


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


@dataclass(frozen=True, kw_only=True)
class NewsItemData:
    """Something to tell one person: ``context`` is what its kind puts into words."""

    key: str
    user_id: int
    kind: str
    context: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class NewsLineData:
    """An item in the words of the active language: a sentence, where it leads, and what one does there.

    ``course_name`` is the heading it stands under. ``subject`` is what a mail is called that holds nothing else, where
    the sentence is too long for that. ``details`` are paragraphs of plain text below the sentence, whose line breaks
    are kept. ``other_url`` and ``other_act`` are a second thing that one may do.
    """

    text: str
    url: str
    act: str
    course_name: str = ""
    subject: str = ""
    details: tuple[str, ...] = ()
    other_url: str = ""
    other_act: str = ""


@dataclass(frozen=True, kw_only=True)
class NewsKindData:
    """One kind of news, as the package knows it that adds it.

    ``say`` puts an item into words of the active language, moments in the reader's zone; ``times`` in its context says
    how many equal items it stands for. ``holds`` gets a person's id
    and their items of this kind and returns the keys of those still worth telling; None where all are. ``is_soon``:
    it goes out at once and by itself, within the person's waking hours. ``is_confidential``: that somebody is told at
    all is for nobody else, operators included; such a kind is soon as well, so that it stands in no mail with others.
    ``mail`` is the kind of mail in which one that is soon goes out: who has stopped that kind does not get it.
    ``topic`` narrows that, from an item's context, to what can be stopped by itself ("chapter:12"); see
    ``subscriptions.py``.
    """

    name: str
    say: Callable[[Mapping[str, Any], ZoneInfo], NewsLineData]
    holds: Callable[[int, Sequence[NewsItemData]], Collection[str]] | None = None
    is_soon: bool = False
    is_confidential: bool = False
    mail: str = "notice"
    topic: Callable[[Mapping[str, Any]], str] | None = None


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


@dataclass(frozen=True, kw_only=True)
class JobData:
    """A job in the background, known as "<package>.<command>" and run by hand by the management command of that name.

    ``work`` is a generator that does a small batch and yields what it did, as counts with plural nouns for operators
    ("mails sent": 3), until nothing is left or ``limit`` is used up (a job whose ``limit`` is None takes none).
    ``look`` returns how much there is to do. Both take the job's own options as keywords, all with defaults.
    A job that ``is_single`` runs once at a time; a run that gave no sign for ``lease_minutes`` is given up. A run that
    beat or cron started ends with the batch in which ``seconds`` are over, so that runs do not pile up.

    The work of a job that ``is_resumable`` leaves no mark of what was done: its ``work`` yields `JobStepData` and takes
    the last ``cursor`` as ``resume``, None for the beginning.
    """

    name: str
    says: str
    work: Callable[..., Generator[Mapping[str, int] | JobStepData, None, None]]
    look: Callable[..., Mapping[str, int]]
    limit: int | None = 1000
    is_single: bool = True
    is_resumable: bool = False
    lease_minutes: int = 15
    seconds: float | None = 240

    @property
    def command(self) -> str:
        """Return the name of the management command."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class JobStepData:
    """What a batch did, and from where a next run goes on (JSON: ids, keys and moments only)."""

    counts: Mapping[str, int]
    cursor: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class JobRunData:
    """How one run of a job ended; ``is_busy`` when another run was at work and nothing was done.

    One that ``is_unfinished`` was ended by its seconds, and the next goes on there.
    """

    name: str
    counts: Mapping[str, int] = field(default_factory=dict)
    is_busy: bool = False
    is_unfinished: bool = False


@dataclass(frozen=True, kw_only=True)
class JobStatusData:
    """A job and its last run. ``counts`` are of that run; ``failures`` are those since the last success.

    ``error`` is a class name, "RunLost" for a run that died. A job is late when no run succeeded for three intervals;
    one that has no interval never is.
    """

    name: str
    command: str
    says: str
    every_seconds: float
    last_started_at: datetime | None
    last_finished_at: datetime | None
    last_succeeded_at: datetime | None
    counts: Mapping[str, int]
    error: str
    failures: int
    runner: str
    is_running: bool
    is_late: bool


@dataclass(frozen=True)
class RangeData:
    """What a setting may be. ``expected`` completes the sentence "Set it to ...".

    ``allows`` may raise on a value of a wrong kind; that too means no.
    """

    name: str
    expected: str
    allows: Callable[[Any], bool]

    @classmethod
    def switch(cls, name: str) -> RangeData:
        """Return the range of a setting that is on or off."""
        return cls(name, "True or False", lambda value: isinstance(value, bool))

    @classmethod
    def whole(cls, name: str, low: int, high: int) -> RangeData:
        """Return the range of a whole number."""
        return cls(
            name, f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high
        )

    @classmethod
    def number(cls, name: str, low: float, high: float) -> RangeData:
        """Return the range of a number, whole or not."""
        return cls(
            name, f"a number from {low} to {high}", lambda value: type(value) in (int, float) and low <= value <= high
        )

    @classmethod
    def pace(cls, name: str) -> RangeData:
        """Return the range of a limit on how often somebody may do something."""
        expected = 'a number per second, minute, hour or day, such as "10/m", or an empty text for no limit'
        return cls(name, expected, lambda value: re.fullmatch(r"(\d+/\d*[smhd])?", value) is not None)

    @classmethod
    def text(cls, name: str) -> RangeData:
        """Return the range of any text."""
        return cls(name, "a text, or an empty one", lambda value: isinstance(value, str))


@dataclass(frozen=True, kw_only=True)
class ServiceData:
    """What a service ("lms" or "cms") said when it last started to serve."""

    name: str
    version: str
    apps: tuple[str, ...]
    python: str
    django: str
    started_at: datetime


class FindingState(StrEnum):
    """How a checkup found what it looked at."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


class Reach(StrEnum):
    """How far a check reaches: the code and settings of this process, the database, or other servers."""

    PROCESS = "process"
    DATABASE = "database"
    NETWORK = "network"


@dataclass(frozen=True)
class SeenData:
    """One thing that a check saw; where something is to be done, what mends it in one sentence."""

    state: FindingState
    said: str
    remedy: str = ""

    @classmethod
    def ok(cls, said: str) -> SeenData:
        """Return that something is as it should be."""
        return cls(FindingState.OK, said)

    @classmethod
    def warning(cls, said: str, remedy: str) -> SeenData:
        """Return that something should be looked at."""
        return cls(FindingState.WARNING, said, remedy)

    @classmethod
    def failure(cls, said: str, remedy: str) -> SeenData:
        """Return that something does not work."""
        return cls(FindingState.FAILURE, said, remedy)

    @classmethod
    def skipped(cls, said: str) -> SeenData:
        """Return why something was not looked at."""
        return cls(FindingState.SKIPPED, said)


@dataclass(frozen=True, kw_only=True)
class FindingData:
    """What one checkup saw. ``remedy`` says what to do, in a sentence, wherever something is to be done."""

    area: str
    name: str
    state: FindingState
    said: str
    remedy: str = ""


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
