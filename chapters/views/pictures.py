"""Pictures of posts: taken one by one while somebody writes, and handed out to whoever may read the post."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse

from chapters import discussion, visits
from chapters.data import Audience

from .board_answers import Refusal, ask_to_wait, attempt
from .board_rows import draw_picture
from .frame import chapter_page, open_chapter, reader_id


@chapter_page(methods=("POST",))
def upload(request: HttpRequest, slug: str, audience: Audience) -> HttpResponse:
    """Take one picture for a post that is being written; the page's script asks, as JSON."""
    chapter, access = open_chapter(request, slug)
    visit = visits.open_board(chapter, access, audience)
    file, alt = request.FILES.get("file"), request.POST.get("alt", "")
    if file is None:
        return JsonResponse({"message": "", "field": "file"}, status=400)
    outcome = attempt(lambda: discussion.add_picture(visit, file=file, alt=alt))
    if isinstance(outcome, Refusal):
        answer = JsonResponse({"message": outcome.message, "field": outcome.field}, status=outcome.status)
        return ask_to_wait(answer, outcome)
    return JsonResponse(draw_picture(outcome), status=201)


def _asked_each_time(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let the reader's own browser keep what was shown, and ask each time whether it may still show it.

    What is under a ``uid`` never changes, but who may see it does.
    """

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        if response.has_header("ETag"):
            response.headers["Cache-Control"] = "private, no-cache"
            del response.headers["Expires"]
        return response

    return answer


@_asked_each_time
@chapter_page()  # type: ignore[arg-type]  # it sends a file
def picture(request: HttpRequest, uid: str) -> HttpResponseBase:
    """Hand out a picture."""
    found, file, content_type = visits.open_picture(uid, reader_id(request))
    tag = f'"{found.uid}"'
    if request.headers.get("If-None-Match") == tag:
        file.close()
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = FileResponse(
            file, content_type=content_type, filename=f"{found.uid}.{content_type.partition('/')[2]}"
        )
    response.headers["ETag"] = tag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
