"""What the course team's acts share in every block: who may act, the table as a file, and who or what is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from django.utils.translation import gettext as _
from webob import Request, Response

from discussion_ext import api as cases
from people import api as people
from people.data import PRIVATE_HEADERS

from .case_handlers import refuse_case
from .fragments import speaking
from .learner import ActingPerson, acting_person, refuse_write
from .requests import RequestError, read_integer, refuse, refuse_haste, require_reading

MAX_PAGE: Final = 100_000


def require_team(block: Any, off_reason: Callable[[ActingPerson], str]) -> ActingPerson:
    """Return who acts, if they belong to the course team here; raise RequestError otherwise.

    ``off_reason`` says in a sentence why the block does nothing in this course, or nothing at all.
    """
    person = acting_person(block)
    refusal = refuse_write(person)
    if refusal:
        raise RequestError(refusal.message, status=403, code=refusal.code)
    if not person.is_team:
        raise RequestError(_("Only the course team can do this."), status=403, code="not_allowed")
    if reason := off_reason(person):
        raise RequestError(reason, status=403, code="off")
    return person


def send_table(
    block: Any,
    request: Request,
    *,
    team: Callable[[], ActingPerson],
    list_lines: Callable[[], Iterator[str]],
    filename: str,
) -> Response:
    """Return the team's table as a file, line by line, so that memory stays flat."""
    with speaking(block):
        try:
            require_reading(request)
            cases.keep_pace("export", user_id=team().signed_in_id)
            lines = list_lines()
            heading = next(lines)  # what can be refused is refused here, before the answer begins
        except RequestError as error:
            return refuse(error.message, status=error.status, code=error.code)
        except cases.CaseError as error:
            return refuse_case(error)
        except people.TooFastError as error:
            return refuse_haste(error)
    response = Response(content_type="text/csv", charset="utf-8")
    response.headers.update(PRIVATE_HEADERS)
    response.app_iter = (line.encode("utf-8") for line in chain([heading], lines))
    response.content_disposition = f"attachment; filename={filename}"
    return response


def read_page(data: Mapping[str, Any]) -> int:
    """Return the page that is asked for, the first where none is."""
    return read_integer({"page": 1} | dict(data), "page", least=1, most=MAX_PAGE)


def read_user(data: Mapping[str, Any]) -> int:
    """Return the id of the learner whom an act is about."""
    return read_integer(data, "user", least=1)
