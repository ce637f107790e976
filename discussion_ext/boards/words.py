"""The words by which a text is found, the same for what is written and for what is asked.

Words are case folded and compatible forms are one (NFKC). Chinese, Japanese, Thai, Lao, Khmer and Burmese put no spaces
between words: there each pair of neighbouring characters is one, so that a word of two characters is found anywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 32

#: Scripts that put no spaces between words, as ranges of code points, ends included.
_UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3100, 0x312F),
    (0x31A0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Chinese characters
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_APART, _SPACED, _PAIRED = range(3)


def search_words(text: str) -> set[str]:
    """Return the words by which a text is found, each of 2 to 32 characters: longer ones by their beginning."""
    return set(_iter_words(text))


def _iter_words(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for kind, run in groupby(folded, _kind):
        characters = "".join(run)
        if kind == _SPACED and len(characters) >= SHORTEST:
            yield characters[:LONGEST]
        elif kind == _PAIRED:
            yield from map("".join, pairwise(characters))


def _kind(character: str) -> int:
    if unicodedata.category(character)[0] not in "LMN":
        return _APART
    code = ord(character)
    return _PAIRED if any(first <= code <= last for first, last in _UNSPACED) else _SPACED
