"""A chapter for search engines, after schema.org: an organization and its place, and no person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from chapters.data import ChapterData, ChapterScope
from chapters.json_ld import write_json_ld


def describe_chapter(chapter: ChapterData, *, url: str) -> SafeString:
    """Return the JSON-LD of a chapter, safe inside a script element; ``url`` is its canonical address."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": url,
        "url": url,
        "name": chapter.name,
        "description": chapter.lead,
        "foundingDate": chapter.since.isoformat() if chapter.since else "",
        "knowsLanguage": list(chapter.languages),
        "knowsAbout": chapter.topic,
        "location": _describe_place(chapter),
        "parentOrganization": {"@type": "Organization", "name": settings.PLATFORM_NAME},
    }
    return write_json_ld(said)


def _describe_place(chapter: ChapterData) -> dict[str, Any]:
    if chapter.scope is ChapterScope.ONLINE:
        return {"@type": "VirtualLocation"}
    if not chapter.city and not chapter.country:
        return {}
    address = {"@type": "PostalAddress", "addressLocality": chapter.city, "addressCountry": chapter.country}
    return {"@type": "Place", "address": {name: value for name, value in address.items() if value}}
