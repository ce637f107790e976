"""What people answer to an event: that they come, that they cannot, an offer, a whole series, a move. Each is a POST."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from .frame import chapter_page


@chapter_page(methods=("POST",))
def answer(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Take an answer: in the room, online, or not at all."""
    raise Http404


@chapter_page(methods=("POST",))
def decline(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Give a seat back, leave the line or pass an offer."""
    raise Http404


@chapter_page(methods=("POST",))
def offer(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Take the seat that is kept for the reader, or pass it on."""
    raise Http404


@chapter_page(methods=("GET", "HEAD", "POST"))
def keep(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Ask whether somebody comes to an event that was moved; a POST answers."""
    raise Http404


@chapter_page(methods=("POST",))
def series(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """Come to all dates of a series that are left, or stop."""
    raise Http404
