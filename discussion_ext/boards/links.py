"""Links of a post as cards, made from the address alone: nothing is ever fetched (decision 0020).

A server that fetches what people paste can be sent into the site's own network, tells strangers who reads what, and
shows what the page says to it rather than to readers.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from discussion_ext.data import LinkData

#: So many cards stand under one post.
MOST_LINKS: Final = 3

_LONGEST: Final = 500
_LONGEST_TITLE: Final = 80
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`\\^{|}\[\]]+", re.IGNORECASE)
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_BEHIND: Final = ".,;:!?*_)"
_INVISIBLE: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def list_links(text: str) -> tuple[LinkData, ...]:
    """Return the first http and https links of a Markdown text as cards, none twice and none of what stands in code."""
    cards: dict[str, LinkData] = {}
    for match in _ADDRESS.finditer(_CODE.sub(" ", text)):
        card = _draw(_without_end(match.group()))
        if card is not None:
            cards.setdefault(card.url, card)
        if len(cards) == MOST_LINKS:
            break
    return tuple(cards.values())


def _without_end(address: str) -> str:
    """Return an address without the punctuation behind it; a bracket stays where it was opened in the address."""
    while address and address[-1] in _BEHIND:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _draw(address: str) -> LinkData | None:
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return None
    # Whoever writes "https://bank.example@evil.example/" wants the wrong host to be read.
    if not host or "." not in host or "@" in parts.netloc or len(address) > _LONGEST:
        return None
    return LinkData(url=address, host=_say_host(host), title=_say_path(parts.path) or _say_host(host))


def _say_host(host: str) -> str:
    """Return what a reader judges a link by: letters that only look like others stay in their coded form."""
    try:
        return host.encode("idna").decode("ascii").removeprefix("www.")
    except UnicodeError:
        return host.encode("ascii", "replace").decode("ascii").replace("?", "\N{REPLACEMENT CHARACTER}")


def _say_path(path: str) -> str:
    """Return the last part of a path as words: "how-to-run-a-table.html" is "how to run a table"."""
    last = unquote(path.rstrip("/").rpartition("/")[2])
    name = re.sub(r"\.[a-z0-9]{1,5}$", "", last, flags=re.IGNORECASE)
    return " ".join(_INVISIBLE.sub(" ", name).replace("-", " ").replace("_", " ").split())[:_LONGEST_TITLE]
