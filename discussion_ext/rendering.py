"""Markdown of posts as HTML that is safe to print."""

from __future__ import annotations

import re
import threading
from typing import Final

import markdown
import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "td": {"align"}, "th": {"align"}}
_SCHEMES = {"http", "https", "mailto"}

#: Beyond so many brackets that wait for their partner at a time, backticks and lines, reading Markdown takes seconds.
_MOST_OPEN: Final = 50
_MOST_TICKS: Final = 500
_MOST_LINES: Final = 1000
_BRACKETS: Final = (re.compile(r"[\[\]]"), re.compile(r"[()]"))

_readers = threading.local()


def render_markdown(text: str) -> SafeString:
    """Return the text as HTML without scripts, styles, images or foreign schemes; links say ``nofollow``.

    What is made to keep the reader busy, or nests too deep for it, stays as it was typed: one such post never costs the
    page on which it stands.
    """
    return mark_safe(  # noqa: S308 - nh3 lets only the tags and attributes above through
        nh3.clean(
            _read(text) if _is_readable(text) else linebreaks(text, autoescape=True),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )


def _is_readable(text: str) -> bool:
    """Tell whether reading takes about as long as a text of this length does."""
    if text.count("\n") > _MOST_LINES or text.count("`") > _MOST_TICKS:
        return False
    return all(_depth(text, pair) <= _MOST_OPEN for pair in _BRACKETS)


def _depth(text: str, pair: re.Pattern[str]) -> int:
    """Return how many brackets of a pair are open at a time, at most."""
    depth = deepest = 0
    for bracket in pair.findall(text):
        depth = depth + 1 if bracket in "[(" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _read(text: str) -> str:
    try:
        return _reader().reset().convert(text)
    except RecursionError:
        del _readers.markdown  # it stopped half-way and would go on from there
        return linebreaks(text, autoescape=True)


def _reader() -> markdown.Markdown:
    """Return this thread's reader of Markdown: making one costs more than reading a post."""
    if not hasattr(_readers, "markdown"):
        _readers.markdown = markdown.Markdown(extensions=["nl2br", "sane_lists", "tables"], output_format="html")
    found: markdown.Markdown = _readers.markdown
    return found
