"""Every file that a drawn block asks for, fetched as a browser would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin

from lxml import html

from tests.contract.walk.person import Person

KINDS: Final = {".js": ("text/javascript", "application/javascript"), ".css": ("text/css",)}
OURS: Final = re.compile(r"/xblock/resources?/|/people/|community")
_IMPORT: Final = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


def of_page(page: str) -> set[str]:
    """Return the suite's files that a page of the LMS asks for, modules that its scripts load included."""
    tree = html.fromstring(page)
    found = {str(address) for address in tree.xpath("//script/@src | //link[@rel='stylesheet']/@href")}
    return {address for address in found | set(_modules(tree)) if OURS.search(address)}


def of_view(view: dict[str, Any]) -> set[str]:
    """Return the suite's files that a view in Studio asks for."""
    found = {resource["data"] for _, resource in view["resources"] if resource["kind"] == "url"}
    return {address for address in found | set(_modules(html.fromstring(view["html"]))) if OURS.search(address)}


def _modules(tree: Any) -> Iterator[str]:
    arguments = [json.loads(text) for text in tree.xpath("//script[@type='json/xblock-args']/text()")]
    yield from (given["module"] for given in arguments if isinstance(given, dict) and "module" in given)


def fetch_all(person: Person, base: str, addresses: set[str]) -> dict[str, str]:
    """Fetch files and every module they import by name; return what is wrong, by address."""
    waiting, seen, wrong = [urljoin(f"{base}/", address) for address in addresses], set[str](), {}
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = person.session.get(address, timeout=60)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        wanted = next((kinds for ending, kinds in KINDS.items() if address.partition("?")[0].endswith(ending)), ())
        if answer.status_code != 200 or kind not in wanted or not answer.text.strip():
            wrong[address] = f"{answer.status_code} {kind}"
        elif address.endswith(".js"):
            waiting += [urljoin(address, name) for name in _IMPORT.findall(answer.text)]
    assert len(seen) >= len(addresses)
    return wrong
