"""Pages of the LMS with forms on them, as somebody without script uses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from tests.contract.walk.person import Person


@dataclass(frozen=True)
class Page:
    """A page that somebody has open; ``path`` is where on the LMS it stands."""

    person: Person
    path: str
    status: int
    tree: Any

    @classmethod
    def open(cls, person: Person, address: str) -> Page:
        """Open an address of the LMS, given with or without its host."""
        path = _path(urljoin(f"{person.platform.lms}/", address))
        return cls._of(person, person.lms("GET", path, headers={"Accept": "text/html"}))

    @classmethod
    def _of(cls, person: Person, response: Any) -> Page:
        tree = html.fromstring(response.text) if response.text.strip() else html.fromstring("<p></p>")
        return cls(person, _path(response.url), response.status_code, tree)

    @property
    def words(self) -> str:
        """Return what is read on the page, in one line."""
        texts = self.tree.xpath("//text()[not(ancestor::script or ancestor::style)]")
        return re.sub(r"\s+", " ", " ".join(texts))

    def list_links(self, part: str) -> list[str]:
        """Return the addresses that lead to where ``part`` is in the address or in the words of the link."""
        links = self.tree.xpath("//a[@href]")
        return [link.get("href") for link in links if part in link.get("href") or part in link.text_content()]

    def follow(self, part: str) -> Page:
        """Follow the first such link."""
        links = self.list_links(part)
        assert links, f"{self.path} ({self.status}) has no link with {part!r}: {self.words[:500]}"
        return Page.open(self.person, urljoin(self.person.platform.lms + self.path, links[0]))

    def send(self, having: str, *, to: str = "", **fields: Any) -> Page:
        """Fill in and send the first form that has a field or button called ``having``; return where it leads.

        ``to`` is a part of the address that the form goes to, where a page has several.
        """
        forms = [
            form for form in self.tree.forms if form.xpath(f".//*[@name='{having}']") and to in (form.action or "")
        ]
        assert forms, f"{self.path} ({self.status}) has no form with {having!r}: {self.words[:500]}"
        form = forms[0]
        names = {name for name, _value in form.form_values()} | {each.get("name") for each in form.xpath(".//*[@name]")}
        assert set(fields) <= names, f"{self.path} asks for {sorted(names)}"
        values = [(name, value) for name, value in form.form_values() if name not in fields]
        for name, value in fields.items():
            values += [(name, each) for each in (value if isinstance(value, list) else [value])]
        address = urljoin(self.person.platform.lms + self.path, form.action or "")
        sent = self.person.lms("POST", _path(address), data=values, headers={"Accept": "text/html"})
        return Page._of(self.person, sent)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
