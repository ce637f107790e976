"""Markdown of posts as HTML that is safe to print."""

from __future__ import annotations

import threading

import markdown
import nh3
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


_readers = threading.local()


def render_markdown(text: str) -> SafeString:
    """Return the text as HTML without scripts, styles, images or foreign schemes; links say ``nofollow``."""
    return mark_safe(  # noqa: S308 - nh3 lets only the tags and attributes above through
        nh3.clean(
            _reader().reset().convert(text),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )


def _reader() -> markdown.Markdown:
    """Return this thread's reader of Markdown: making one costs more than reading a post."""
    if not hasattr(_readers, "markdown"):
        _readers.markdown = markdown.Markdown(extensions=["nl2br", "sane_lists", "tables"], output_format="html")
    found: markdown.Markdown = _readers.markdown
    return found
