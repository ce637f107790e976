"""What the doctor found, as a document for monitoring; docs/doctor.md describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from people.data import FindingData, FindingState

from . import suite
from .checkups import current_service

#: Goes up when something in the document changes its name or meaning; new keys may come without.
FORMAT: Final = 1

_WORST_FIRST: Final = (FindingState.FAILURE, FindingState.WARNING)


def report_checkups(found: Iterable[FindingData]) -> dict[str, Any]:
    """Return the findings with their number by state and the worst of these, ready for JSON."""
    findings = list(found)
    return {
        "format": FORMAT,
        "service": current_service(),
        "version": suite.version(),
        "state": worst_state(findings),
        "counts": count_states(findings),
        "findings": [asdict(finding) for finding in findings],
    }


def worst_state(found: Iterable[FindingData]) -> FindingState:
    """Return the worst state among findings; what was skipped is no worse than what is well."""
    states = {finding.state for finding in found}
    return next((state for state in _WORST_FIRST if state in states), FindingState.OK)


def count_states(found: Iterable[FindingData]) -> dict[str, int]:
    """Return how many findings there are of each state, of those that did not occur too."""
    counts = Counter(finding.state for finding in found)
    return {state.value: counts[state] for state in FindingState}
