"""Kinds of tasks: what is different between a case, a blended task and a stage of one, in one place for each.

Everything that is the same (locking, overriding, publishing, what waits for an evaluation) asks the kind for the rest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .data import BlendedResultData, ContributionKind, EvaluationData, Phase, TaskKind
from .exceptions import CaseNotOpenError
from .models import Participation, Task

Verdict = EvaluationData | BlendedResultData


@dataclass(frozen=True, kw_only=True)
class Window:
    """When one learner may post in a task; a moment of None is no limit."""

    phase: Phase
    opens_at: datetime | None = None
    closes_at: datetime | None = None


class KindOfTask(ABC):
    """What one kind of task does in its own way. Instances keep nothing."""

    is_published = True
    """Whether grade book and completion are told of it."""
    activity = ""
    """The kind of activity that finishing it is in the ledger; empty for none."""

    @abstractmethod
    def possible(self, task: Task) -> float:
        """Return the full grade."""

    @abstractmethod
    def grade(self, task: Task, verdict: Verdict) -> float | None:
        """Return the grade that a verdict gives, 0 to the full grade; None where nothing was possible."""

    @abstractmethod
    def load(self, participation: Participation) -> Verdict | None:
        """Return the verdict that was kept last, None before the first."""

    @abstractmethod
    def compute(self, task: Task, participation: Participation) -> Verdict:
        """Return the verdict on one learner as of now, without keeping it."""

    @abstractmethod
    def settle(self, task: Task, participation: Participation, *, reason: str) -> Verdict:
        """Evaluate a locked learner, keep the verdict in the row (the caller saves it) and tell the ledger.

        ``reason`` is what the ledger is told of what is taken back.
        """

    @abstractmethod
    def is_fresh(self, task: Task, participation: Participation) -> bool:
        """Tell whether the kept verdict is of this configuration, and no moment has passed that changes it."""

    @abstractmethod
    def await_everybody(self, task: Task) -> None:
        """Leave everybody who takes part to be evaluated again."""

    def evaluate_stale(self, task: Task) -> int:
        """Evaluate those who wait for it in this kind's own way; return how many."""
        del task
        return 0

    @abstractmethod
    def has_taken_part(self, participation: Participation) -> bool:
        """Tell whether a learner did something in the task since it was last reset for them."""

    @abstractmethod
    def start_afresh(self, task: Task, participation: Participation) -> None:
        """Let what a locked learner did until ``ignore_before`` count no more."""

    @abstractmethod
    def forget_reasons(self, verdict: Mapping[str, Any]) -> None:
        """Erase what others wrote about somebody from a verdict as it is stored."""

    @abstractmethod
    def window(self, task: Task, user_id: int, moment: datetime) -> Window:
        """Return when a learner may post."""

    def check_open(self, task: Task, user_id: int, act: ContributionKind, moment: datetime) -> None:
        """Raise CaseNotOpenError unless a learner may post such a thing now, or change it."""
        del act
        match self.window(task, user_id, moment).phase:
            case "scheduled":
                raise CaseNotOpenError(_("This case has not opened yet."))
            case "closed":
                raise CaseNotOpenError(_("This case is closed. You can still read it."))


_KINDS: dict[str, KindOfTask] = {}


def register_kind(name: TaskKind, kind: KindOfTask) -> None:
    """Make a kind known; called once, when the app is ready."""
    _KINDS[str(name)] = kind


def kind_of(task: Task) -> KindOfTask:
    """Return what is special about a task's kind."""
    return _KINDS[task.kind]
