"""Keep held posts, and those of boards, out of every address that names a post or the key that they are stored under.

The discussion's REST API asks for the course of a thread, which a held one does not have, and says so in its own words:
it is left alone. The pages of before that API (``/courses/<course>/discussion/forum/<topic>/threads/<number>?ajax=1``
and the acts beside it) ask only whether the reader may see the course in the *address*, and give any thread. The
forum's own HTTP API (``/forum/api/``), which older releases (0.3.4 for one) mount in every LMS, asks nobody anything.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase

from . import contributions, edx_platform
from .boards.owners import list_course_ids

_NAMES = {"thread_id": "thread", "comment_id": "comment"}
_ASKS_ITSELF = "/api/discussion/"
_ASKS_NOBODY = "/forum/api/"
_LARGEST_NUMBER: Final = 2**63 - 1


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
        if request.path_info.startswith(_ASKS_NOBODY) and _asks_for_held_posts(request, kwargs):
            raise Http404
        for name, kind in _NAMES.items():
            if name in kwargs and _is_held(kind, str(kwargs[name])):
                raise Http404


def _asks_for_held_posts(request: HttpRequest, named: dict[str, Any]) -> bool:
    """Tell whether a list, or figures, are asked for in which held posts could stand: they are out of a course's."""
    asked = [value for name in request.GET for value in request.GET.getlist(name)]
    keys = {_as_databases_compare(key) for key in (contributions.held_course_id(), *list_course_ids())}
    return set(request.GET.getlist("context")) - {"course"} != set() or any(
        _as_databases_compare(str(value)) in keys for value in (*asked, *named.values())
    )


def _as_databases_compare(text: str) -> str:
    """Return the letters and digits alone: to databases and search servers, case, accents and blanks are the same."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text))).casefold()


def _is_held(kind: str, number: str) -> bool:
    try:
        pk = int(number)  # as Django reads it for the forum: 12 is also 012, +12, 1_2 and twelve in other digits
    except ValueError:
        return False
    if not 0 < pk <= _LARGEST_NUMBER:
        return False
    post = edx_platform.find_post(f"{kind}:{pk}")
    return post is not None and contributions.is_kept_apart(post.course_id)
