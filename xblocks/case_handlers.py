"""Serve the case discussion's handlers: one table of acts per role, one shape of answer, a 4xx for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from webob import Request, Response

from discussion_ext.api import CaseError
from people.api import TooFastError

from .fragments import speaking
from .learner import acting_person
from .requests import RequestError, answer, read_object, refuse, refuse_haste

#: For whom the page was drawn that sends the request.
PERSON_HEADER = "X-Community-Person"

Act = Callable[[Any, dict[str, Any]], Mapping[str, Any]]


def serve(block: Any, request: Request, name: str, acts: Mapping[str, Act]) -> Response:
    """Run the act called ``name`` with the JSON object of ``request``; refusals become a 4xx that says why."""
    with speaking(block):
        act = acts.get(name)
        if act is None:
            return refuse(_("There is no such action."), status=404, code="not_found")
        try:
            _require_same_person(block, request)
            return answer(act(block, read_object(request)))
        except RequestError as error:
            return _refuse(error)
        except CaseError as error:
            return refuse_case(error)
        except TooFastError as error:
            return refuse_haste(error)


def refuse_case(error: CaseError) -> Response:
    """Return a refusal of ``discussion_ext`` as an answer."""
    return refuse(
        error.message, status=error.status, code=error.code, field=error.field, wait_seconds=error.wait_seconds
    )


def failure_words() -> dict[str, str]:
    """Return what the browser says when the server was not reached, or gave no answer of ours."""
    return {
        "offline": _("There is no connection. What you wrote is still here; try again in a moment."),
        "signed_out": _(
            "You are no longer signed in. What you wrote is still here: sign in again in another tab, then try again."
        ),
        "broken": _("That did not work, and nothing was changed. Try again in a few minutes."),
    }


def _require_same_person(block: Any, request: Request) -> None:
    """Raise `RequestError` where the page was drawn for somebody else than who is signed in now.

    On a shared computer a tab may outlive its person's session: what they wrote must not go out in the next one's name.
    """
    drawn_for = request.headers.get(PERSON_HEADER)
    if drawn_for is not None and drawn_for != str(acting_person(block).user_id):
        message = _(
            "Somebody else is signed in here now. What you wrote is still here: sign in as yourself again, in another "
            "tab, then try again."
        )
        raise RequestError(message, status=409, code="other_person")


def _refuse(error: RequestError) -> Response:
    return refuse(error.message, status=error.status, code=error.code, field=error.field, details=error.details)
