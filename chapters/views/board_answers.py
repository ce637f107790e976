"""How acts on discussion boards are answered: a refusal is drawn where the act was, with what was typed still there.

Forms work without script. Script sends the same form and says so in a header; it is then told where to go, or given the
page with the reason, of which it takes the form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from chapters.exceptions import ChapterError, NotFoundError
from discussion_ext.api import boards
from people import api as people

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why something was not done: a sentence, the field it is about, and how many seconds to wait, 0 for none."""

    message: str
    field: str = ""
    code: str = ""
    status: int = 400
    wait_seconds: int = 0


def attempt(act: Callable[[], Result]) -> Result | Refusal:
    """Return what an act gives, or its refusal, with nothing half done. What is not there stays an error."""
    try:
        with transaction.atomic():
            return act()
    except people.TooFastError as haste:
        return Refusal(message=str(haste), code="too_fast", status=429, wait_seconds=haste.wait_seconds)
    except boards.ContributionNotFoundError as error:
        raise NotFoundError(error.message) from error
    except NotFoundError:
        raise
    except (ChapterError, boards.BoardError) as error:
        wait = error.wait_seconds if isinstance(error, boards.BoardError) else 0
        return Refusal(
            message=error.message, field=error.field, code=error.code, status=error.status, wait_seconds=wait
        )


def read(act: Callable[[], Result]) -> Result:
    """Return what is read. Raises NotFoundError for what is not there, and for a page that a forged cursor asks for."""
    try:
        return act()
    except boards.BoardError as error:
        raise NotFoundError(error.message) from error


def go_on(request: HttpRequest, url: str) -> HttpResponse:
    """Lead on to where the result of an act is."""
    if not is_script(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    response.headers["Location"] = url
    return response


def is_script(request: HttpRequest) -> bool:
    """Tell whether the page's own script sends the form and takes the answer."""
    return request.headers.get("X-Requested-With") == "fetch"


def ask_to_wait(response: HttpResponse, refusal: Refusal | None) -> HttpResponse:
    """Add to an answer how long somebody who was too fast waits."""
    if refusal is not None and refusal.wait_seconds:
        response.headers["Retry-After"] = str(refusal.wait_seconds)
    return response
