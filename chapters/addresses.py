"""Where things of a chapter are shown: one place for the addresses that decisions, news and facts point to."""

from __future__ import annotations

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode


def directory_url() -> str:
    """Return the path of the directory."""
    return reverse("chapters:directory")


def propose_url() -> str:
    """Return the path of the form that proposes a chapter."""
    return reverse("chapters:propose")


def chapter_url(slug: str, page: str = "chapter") -> str:
    """Return the path of a page of a chapter, by the name of its address: "join", "people", "desk_life"."""
    return reverse(f"chapters:{page}", kwargs={"slug": slug})


def event_url(slug: str, event_id: int, page: str = "event") -> str:
    """Return the path of an event, or of one of its pages by the name of its address: "event_keep", "event_ticket"."""
    return reverse(f"chapters:{page}", kwargs={"slug": slug, "event_id": event_id})


def my_events_url() -> str:
    """Return the path at which somebody sees the events of all their chapters."""
    return reverse("chapters:my_events")


def proposal_url(slug: str) -> str:
    """Return the path at which somebody changes what they proposed."""
    return reverse("chapters:proposal", kwargs={"slug": slug})


def own_report_url(concern_id: int) -> str:
    """Return the path at which somebody reads what became of their confidential report."""
    return reverse("chapters:my_report", kwargs={"concern_id": concern_id})


def manage_url(page: str = "manage", **kwargs: int) -> str:
    """Return the path of a page for community managers."""
    return reverse(f"chapters:{page}", kwargs=kwargs or None)


def sign_in_url(next_url: str) -> str:
    """Return the path at which somebody signs in and comes back."""
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': next_url})}"
