"""Pages over the engine's own pages: it reads only what a page shows, so nothing is counted or sliced here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

#: Given a page and a page size: the rows, the page they are on, how many pages and rows there are.
PageReader = Callable[[int, int], tuple[Sequence[Any], int, int, int]]

_DEFAULT_SIZE: Final = 20
_MOST: Final = {"page": 1_000_000, "page_size": 100}
SHOWN: Final = ("all", "given", "taken")


class EnginePages(BasePagination):
    """Reads ``page`` and ``page_size``, asks a `PageReader` and answers as the platform's lists do."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page asked for; ``queryset`` is a `PageReader`."""
        wanted = _read_number(request.query_params, "page", default=1)
        size = _read_number(request.query_params, "page_size", default=_DEFAULT_SIZE)
        rows, self.page, self.pages, self.total = queryset(wanted, size)
        self.url = request.build_absolute_uri()
        return list(rows)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with its neighbours."""
        return Response(
            {
                "count": self.total,
                "num_pages": self.pages,
                "current_page": self.page,
                "next": self._address(self.page + 1) if self.page < self.pages else None,
                "previous": self._address(self.page - 1) if self.page > 1 else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page of ``schema``."""
        link = {"type": "string", "format": "uri", "nullable": True}
        number = {"type": "integer"}
        properties = {"count": number, "num_pages": number, "current_page": number}
        return {
            "type": "object",
            "required": ["count", "num_pages", "current_page", "results"],
            "properties": {**properties, "next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe ``page`` and ``page_size``."""
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": f"1 to {most}.",
                "schema": {"type": "integer", "minimum": 1, "maximum": most},
            }
            for name, most in _MOST.items()
        ]

    def _address(self, page: int) -> str:
        return replace_query_param(self.url, "page", page)


class ShowFilter(BaseFilterBackend):
    """Reads ``show``: all entries, those that gave points, or those that took some back."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """Return the `PageReader` for what is to be shown; ``queryset`` makes one."""
        shown = request.query_params.get("show", "all")
        if shown not in SHOWN:
            raise ValidationError({"show": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(SHOWN)}]})
        return queryset(shown)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe ``show``."""
        return [
            {
                "name": "show",
                "in": "query",
                "required": False,
                "description": "All entries, those that gave points, or those that took some back.",
                "schema": {"type": "string", "enum": list(SHOWN), "default": "all"},
            }
        ]


def _read_number(params: Mapping[str, str], field: str, *, default: int) -> int:
    text, most = params.get(field, str(default)), _MOST[field]
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= value <= most:
        raise ValidationError({field: [_("Choose a whole number from 1 to %(most)s.") % {"most": most}]})
    return value
