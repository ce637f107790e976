"""How much of one text stands in another: shingles, a small sketch for an index, and the exact overlap.

A *shingle* is a short run of tokens, hashed to a number that is the same on every machine and in every process. A
*sketch* keeps the smallest few of a text's shingles (bottom-k, Broder 1997, "On the resemblance and containment of
documents"): near-copies share some of them, so that candidates are found through an ordinary database index. Candidates
are then compared by `overlap`, which is exact and can be told to the learner in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from types import MappingProxyType

from . import words

SHINGLE_LENGTHS: Mapping[int, int] = MappingProxyType({words.WORD: 3, words.HAN: 5, words.KANA: 5, words.QUARTER: 12})
"""Tokens in a shingle: three words, five Chinese or Japanese characters, twelve Thai ones (three words or so)."""

SKETCH_SIZE = 32


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """``same`` of the ``total`` words of a text stand in the other one."""

    same: int
    total: int

    @property
    def share(self) -> float:
        """0 to 1; a text without words repeats nothing."""
        return self.same / self.total if self.total else 0.0


def shingles(text: str) -> frozenset[int]:
    """Return the hashes of a text's shingles as signed 64-bit numbers; a text shorter than one is one shingle."""
    tokens = words.tokenise(text)
    parts = [run.text for run in words.runs(tokens, SHINGLE_LENGTHS)]
    if tokens and not parts:
        parts = [" ".join(token.text for token in tokens)]
    return frozenset(_stable_hash(part) for part in parts)


def sketch(text: str, *, size: int = SKETCH_SIZE) -> tuple[int, ...]:
    """Return the ``size`` smallest shingles of a text, ascending; fewer when it has fewer."""
    return tuple(sorted(shingles(text))[:size])


def resemblance(mine: Sequence[int], other: Sequence[int], *, size: int = SKETCH_SIZE) -> float:
    """Estimate from two sketches which part of the shingles of both texts they share, 0 to 1."""
    together = sorted({*mine, *other})[:size]
    shared = {*mine} & {*other}
    return sum(shingle in shared for shingle in together) / len(together) if together else 0.0


def overlap(text: str, other: str) -> Overlap:
    """Return how many words of a text stand in runs that the other text has too."""
    tokens, marks = mark_shared(text, other)
    return Overlap(same=words.weigh(compress(tokens, marks)), total=words.weigh(tokens))


def mark_shared(text: str, other: str) -> tuple[list[words.Token], list[bool]]:
    """Return the tokens of a text and, for each of them, whether it stands in a run of the other text."""
    tokens, foreign = words.tokenise(text), words.tokenise(other)
    marks = [False] * len(tokens)
    known = {run.text for run in words.runs(foreign, SHINGLE_LENGTHS)}
    for start, end, run in words.runs(tokens, SHINGLE_LENGTHS):
        if run in known:
            marks[start:end] = [True] * (end - start)
    if tokens == foreign:  # too short for a run, and yet the same
        marks = [True] * len(tokens)
    return tokens, marks


def _stable_hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
