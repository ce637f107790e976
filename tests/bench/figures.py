"""Taking ratios: slices of our work and of a raw denominator alternate, so that noise hits both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Work = Callable[[], None]


def rate(work: Work, seconds: float) -> float:
    """Return how often ``work`` runs in a second, tried for ``seconds``."""
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        work()
        count += 1
    return count / passed


def compare_rates(ours: Work, raw: Work, *, slices: int = 9, seconds: float = 0.7) -> tuple[float, float]:
    """Return (median rate of ours, median rate of raw) over alternating slices, after one slice to warm up each."""
    rate(ours, seconds / 2)
    rate(raw, seconds / 2)
    pairs = [(rate(ours, seconds), rate(raw, seconds)) for _ in range(slices)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)
