"""The events of somebody in all chapters: what they come to, what they were at, and the address of their calendar."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from .frame import chapter_page


@chapter_page(methods=("GET", "HEAD", "POST"))
def my_events(request: HttpRequest) -> HttpResponse:
    """Show the reader's events; a POST renews the address of their calendar."""
    raise Http404
