"""What the community managers' pages share: who may come in, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chapters import api
from chapters.data import DecisionData
from chapters.exceptions import ChapterError, NotAllowedError

from .frame import reader_id, render_page


def open_manage(request: HttpRequest) -> int:
    """Return who asks, for community managers. Raises NotAllowedError, which becomes a page, for everybody else."""
    user_id = reader_id(request)
    if not api.is_manager(user_id):
        raise NotAllowedError(DecisionData(code="not_manager", reason=_("This page is for the community team.")))
    return user_id


def render_manage(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    refusal: ChapterError | None = None,
    notices: Mapping[str, Callable[[], str]] | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Return a page from ``templates/chapters/manage/``; a refusal gives the page its status."""
    done = request.GET.get("done", "")
    frame = {
        "notice": notices[done]() if notices and done in notices and request.method != "POST" else "",
        "refusal": refusal.message if refusal is not None and not refusal.field else "",
    }
    code = status or (refusal.status if refusal is not None else 200)
    return render_page(request, f"manage/{template}.html", frame | context, status=code)
