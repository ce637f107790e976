"""How many words of a text count. `xblocks/public/case_discussion/words.js` is the same in JavaScript.

Both are tested by the one table `tests/word_examples.json`; a change here is a change there. To that end nothing is
used that the two languages see differently: character classes are written out and words are compared after `lower`.

A text is measured in three steps. *Reading* takes the mark-up away: HTML, Markdown, quotes, addresses, emoji and
invisible characters. *Tokens* are words where the script puts spaces between them (Korean too), single characters
in Chinese and Japanese, and single characters weighing a quarter of a word in Thai, Lao, Khmer and Burmese.
*Leaving out* drops runs that stand in other texts (the case, the question, the post that is answered) and runs that
the text itself has said before.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import not_, or_
from types import MappingProxyType
from typing import NamedTuple

WORD, HAN, KANA, QUARTER = range(4)

DEFAULT_FACTORS: Mapping[str, float] = MappingProxyType({"zh": 1.5, "ja": 2.0})
"""What a minimum in words is multiplied by for a text in characters: 120 English words are about 180 characters."""

RUN_LENGTHS = {WORD: 5, HAN: 8, KANA: 8, QUARTER: 16}
"""How many tokens in a row make a run, by the first of them. Shorter agreement is ordinary language."""

LONGEST_ECHO = 4
"""Up to this many tokens said three times in a row are an echo from the third time on ("good good good")."""


class Token(NamedTuple):
    """A word or character as it is compared (lower case), and its kind."""

    text: str
    kind: int


class Run(NamedTuple):
    """Tokens in a row, from ``start`` up to ``end``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class WordCount:
    """The words of a text: ``total = counted + borrowed + repeated``.

    ``borrowed`` words stand in one of the excluded texts, ``repeated`` ones earlier in the same text.
    """

    counted: int
    total: int
    borrowed: int
    repeated: int


# -- reading -----------------------------------------------------------------------------------------------------------

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_EMOJI = re.compile("[0-9#*]\ufe0f?\u20e3|[\u2139\u24c2\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1f\x85\u2028\u2029]")
_HIDDEN_HTML = re.compile(
    r"<!--[\s\S]*?(?:-->|\Z)|<(script|style|template)\b[^<>]*>[\s\S]*?(?:</\1[^<>]*>|\Z)", re.IGNORECASE | re.ASCII
)
_BLOCKQUOTE = re.compile(r"(</?blockquote\b[^<>]*>)", re.IGNORECASE | re.ASCII)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var|wbr)"
    r"(?:[ \t\n/][^<>]*)?>",
    re.IGNORECASE | re.ASCII,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ENTITIES = {
    "amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " ", "hellip": "…", "ndash": "–", "mdash": "—",
    "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
}  # fmt: skip
_MARKDOWN = (
    (re.compile(r"^[ \t]*>[^\n]*", re.MULTILINE), ""),  # a quoted line
    (re.compile(r"^[ \t]*(?:```|~~~)[^\n]*", re.MULTILINE), ""),  # the fence of a code block and its language
    (re.compile(r"^[ \t]*\[[^\[\]\n]+\]:[^\n]*", re.MULTILINE), ""),  # the definition of a link
    (re.compile(r"!\[[^\[\]]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"), " "),  # a picture
    (re.compile(r"\[([^\[\]]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"), r"\1"),  # a link: its text stays
    (re.compile(r"(?:https?://|ftp://|mailto:|www\.)[!-~]+", re.IGNORECASE | re.ASCII), " "),  # a bare address
    (re.compile(r"^[ \t]*[0-9]{1,9}[.)][ \t]", re.MULTILINE), ""),  # the number of a list item
    (re.compile(r"[*`~\\]"), ""),  # emphasis inside a word does not cut it
)


def _clean(text: str) -> str:
    text = _INVISIBLE.sub("", _EMOJI.sub(" ", text))
    return _LINE_ENDS.sub("\n", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def _without_blockquotes(text: str) -> str:
    depth, kept = 0, []
    for index, part in enumerate(_BLOCKQUOTE.split(text)):
        if index % 2:
            depth = max(0, depth - 1) if part.startswith("</") else depth + 1
            kept.append("\n")
        elif not depth:
            kept.append(part)
    return "".join(kept)


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        return _ENTITIES.get(name, "")
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def normalise(text: str) -> str:
    """Return the plain text that somebody wrote: no mark-up, quotes, addresses, emoji or invisible characters."""
    text = _without_blockquotes(_HIDDEN_HTML.sub(" ", _clean(text)))
    text = _TAG.sub("\n", _INLINE_TAG.sub("", _autolinks_spared(text)))
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return _clean(_ENTITY.sub(_entity, text))


def _autolinks_spared(text: str) -> str:
    # "<https://…>" is an address between angle brackets, not a tag that ends a paragraph.
    return re.sub(r"<(?=https?://|mailto:)", " ", text)


# -- tokens ------------------------------------------------------------------------------------------------------------

_KANA = ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0x1AFF0, 0x1B16F))
_HAN = ((0x3005, 0x3007), (0x3021, 0x3029), (0x303B, 0x303B), (0x3100, 0x312F), (0x31A0, 0x31BF), (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip
_QUARTER = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))
_JOINERS = frozenset("'’‘-‐·״׳")
_DIGIT_JOINERS = frozenset(".,:/")


def _kind(code: int) -> int:
    if code < 0x0E00 or 0xAC00 <= code <= 0xD7FF:
        return WORD
    for kind, ranges in ((QUARTER, _QUARTER), (KANA, _KANA), (HAN, _HAN)):
        if any(first <= code <= last for first, last in ranges):
            return kind
    return WORD


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text as it was written; mark-up is taken away here."""
    return list(_tokens(text))


@lru_cache(maxsize=64)  # an evaluation reads the case and each post many times; longest texts bound the memory
def _tokens(text: str) -> tuple[Token, ...]:
    plain = normalise(text).lower()
    tokens: list[Token] = []
    start = -1  # where the word that is being read begins
    for index, char in enumerate(plain):
        major = unicodedata.category(char)[0]
        kind = _kind(ord(char)) if major in "LMN" else None
        if kind == WORD and (major != "M" or start >= 0):
            start = index if start < 0 else start
            continue
        if kind is None and start >= 0 and _joins(plain, index):
            continue
        if start >= 0:
            tokens.append(Token(plain[start:index], WORD))
            start = -1
        if kind and (kind == QUARTER or major != "M"):
            tokens.append(Token(char, kind))
    if start >= 0:
        tokens.append(Token(plain[start:], WORD))
    return tuple(tokens)


def _joins(plain: str, index: int) -> bool:
    """Whether the sign at the index stands inside a word ("don't", "twenty-one") or a number ("19:30")."""
    before, after = plain[index - 1], plain[index + 1 : index + 2]
    if not after:
        return False
    if plain[index] in _DIGIT_JOINERS:
        return before in "0123456789" and after in "0123456789"
    return plain[index] in _JOINERS and unicodedata.category(after)[0] in "LN" and _kind(ord(after)) == WORD


# -- leaving out -------------------------------------------------------------------------------------------------------


def runs(tokens: Sequence[Token], lengths: Mapping[int, int] = MappingProxyType(RUN_LENGTHS)) -> Iterator[Run]:
    """Yield the runs of a text, one for every token from which a whole run can be read."""
    for start, token in enumerate(tokens):
        end = start + lengths[token.kind]
        if end <= len(tokens):
            yield Run(start, end, " ".join(part.text for part in tokens[start:end]))


def weigh(tokens: Iterable[Token]) -> int:
    """Return how many words the tokens make; quarters are rounded up, so that no text weighs nothing."""
    whole = quarters = 0
    for token in tokens:
        if token.kind == QUARTER:
            quarters += 1
        else:
            whole += 1
    return whole + math.ceil(quarters / 4)


def _borrowed(tokens: Sequence[Token], exclude: Iterable[str]) -> list[bool]:
    foreign = {run.text for text in exclude for run in runs(tokenise(text))}
    marks = [False] * len(tokens)
    for start, end, text in runs(tokens) if foreign else ():
        if text in foreign:
            marks[start:end] = [True] * (end - start)
    return marks


def _repeated(tokens: Sequence[Token]) -> list[bool]:
    marks = [False] * len(tokens)
    seen = set()
    for start, end, text in runs(tokens):
        if text in seen:
            marks[start:end] = [True] * (end - start)
        seen.add(text)
    for size in range(1, LONGEST_ECHO + 1):
        for index in range(2 * size, len(tokens) - size + 1):
            unit = tokens[index : index + size]
            if unit == tokens[index - size : index] == tokens[index - 2 * size : index - size]:
                marks[index : index + size] = [True] * size
    return marks


def mark_left_out(text: str, exclude: Iterable[str] = ()) -> tuple[list[Token], list[bool], list[bool]]:
    """Return the tokens of a text and, for each of them, whether it is borrowed and whether it is repeated."""
    tokens = tokenise(text)
    return tokens, _borrowed(tokens, exclude), _repeated(tokens)


def measure(text: str, exclude: Iterable[str] = ()) -> WordCount:
    """Count the words of a text, and those left out because they stand in an excluded text or were said before."""
    tokens, borrowed, repeated = mark_left_out(text, exclude)
    total = weigh(tokens)
    own = weigh(compress(tokens, map(not_, borrowed)))
    counted = weigh(compress(tokens, map(not_, map(or_, borrowed, repeated))))
    return WordCount(counted=counted, total=total, borrowed=total - own, repeated=own - counted)


def count_words(text: str, *, exclude: Iterable[str] = ()) -> int:
    """Return how many words of a text count."""
    return measure(text, exclude).counted


# -- minimums ----------------------------------------------------------------------------------------------------------


def character_language(text: str) -> str:
    """Return ``zh`` or ``ja`` when more than half of a text is written in such characters, else an empty string."""
    tokens = tokenise(text)
    kana = sum(token.kind == KANA for token in tokens)
    characters = kana + sum(token.kind == HAN for token in tokens)
    if characters * 2 <= weigh(tokens):
        return ""
    return "ja" if kana * 10 >= characters else "zh"


def effective_minimum(
    text: str, minimum: int, *, factors: Mapping[str, float] = DEFAULT_FACTORS, language: str = ""
) -> int:
    """Return a number of words as it applies to this text: multiplied when the text is counted in characters.

    An empty text has no script of its own: ``language`` (such as ``zh-hans``, the reader's) speaks for it.
    """
    code = character_language(text) if tokenise(text) else language[:2].lower()
    return math.floor(minimum * factors.get(code, 1) + 0.5)
