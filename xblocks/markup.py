"""Turn what an author typed into safe HTML: Markdown in, a short list of elements out."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "*": {"lang", "dir"}}
SCHEMES = {"http", "https", "mailto"}


def render_author_text(text: str) -> SafeString:
    """Return ``text`` as HTML in which headings begin at level 3 and scripts, styles and handlers are gone."""
    converter = Markdown(
        extensions=["sane_lists", "tables", "toc"], extension_configs={"toc": {"baselevel": 3, "toc_depth": 0}}
    )
    html = nh3.clean(
        converter.convert(text), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return mark_safe(html)  # noqa: S308  cleaned on the line above


def plain_text(html: str) -> str:
    """Return ``html`` without its elements, in one line."""
    return " ".join(nh3.clean(html, tags=set()).split())
