"""Events of a chapter as people see them: what is coming, what was, and the page of each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from .frame import chapter_page


@chapter_page(is_public=True)
def events(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a chapter's events: those to come, or with ``when=past`` those that are over."""
    raise Http404


@chapter_page(is_public=True)
def event(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Show one event, with what the reader may answer."""
    raise Http404
