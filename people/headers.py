"""What a page for one person says of itself: kept by nobody on the way, never taken for another type, not framed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny

from .data import PRIVATE_HEADERS

View = Callable[..., HttpResponseBase]


def personal_page(view: View) -> View:
    """Make a page one that one person reads, in a window of its own; the platform itself says only some of this."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        for name, value in PRIVATE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return never_cache(xframe_options_deny(answer))
