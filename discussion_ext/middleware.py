"""Keep held posts out of every address that names a post by its number, or the key under which they are stored.

The discussion's REST API asks for the course of a thread, which a held one does not have, and says so in its own words:
it is left alone. The pages of before that API (``/courses/<course>/discussion/forum/<topic>/threads/<number>?ajax=1``
and the acts beside it) ask only whether the reader may see the course in the *address*, and give any thread. The
forum's own HTTP API (``/forum/api/``), which older releases (0.3.4 for one) mount in every LMS, asks nobody anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict

from . import contributions, edx_platform

_NAMES = {"thread_id": "thread", "comment_id": "comment"}
_ASKS_ITSELF = "/api/discussion/"
_ASKS_NOBODY = "/forum/api/"


class HeldPostsMiddleware:
    """Answer 404 where an address names a held post; one query, and only for addresses that name a post."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Look at what the address named before its view runs."""
        del view, args
        if request.path_info.startswith(_ASKS_ITSELF):
            return
        if request.path_info.startswith(_ASKS_NOBODY) and _names_held_posts(request.GET):
            raise Http404
        for name, kind in _NAMES.items():
            if name in kwargs and _is_held(kind, str(kwargs[name])):
                raise Http404


def _names_held_posts(asked: QueryDict) -> bool:
    """Tell whether a list is asked for in which held posts could stand."""
    held = {"standalone", contributions.held_course_id()}
    return any(held.intersection(asked.getlist(name)) for name in asked)


def _is_held(kind: str, number: str) -> bool:
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # no number of a row
        return False
    post = edx_platform.find_post(f"{kind}:{number}")
    return post is not None and post.course_id == contributions.held_course_id()
