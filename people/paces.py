"""How fast one person may do one thing: counted in the site's cache, refused with how long to wait.

django-ratelimit counts, in fixed windows, as the platform's own limits do. The counts live in Django's default cache
(or the one that ``RATELIMIT_USE_CACHE`` names): a shared one (Redis, Memcached) makes a limit hold for the whole site,
while with a cache of each process (locmem) every process counts for itself, so that the limit is as many times higher.
``RATELIMIT_ENABLE = False`` lifts all limits.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from django.utils.translation import ngettext
from django_ratelimit.core import get_usage

from .exceptions import TooFastError
from .upkeep.logs import name_error

log = logging.getLogger(__name__)

_LIMIT: Final = re.compile(r"(?P<count>\d{1,9})/(?P<multiple>\d{0,6})(?P<unit>[smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def read_limit(limit: str) -> tuple[int, int] | None:
    """Return how often in how many seconds ("5/30s" is five in thirty); None for no limit and for what is none."""
    found = _LIMIT.fullmatch(limit)
    if found is None:
        return None
    seconds = int(found["multiple"] or 1) * _SECONDS[found["unit"]]
    return (int(found["count"]), seconds) if seconds else None


def keep_pace(*, act: str, who: int | str, limit: str) -> None:
    """Count that ``who`` does ``act`` once more; raise TooFastError beyond ``limit`` ("10/m", "5/30s"; empty for none).

    A limit protects, it does not serve: while the cache is down, or where the limit cannot be read, nothing is refused.
    """
    _ask(act, who, limit, counts=True)


def check_pace(*, act: str, who: int | str, limit: str) -> None:
    """Raise TooFastError while `keep_pace` would have to refuse; nothing is counted."""
    _ask(act, who, limit, counts=False)


def _ask(act: str, who: int | str, limit: str, *, counts: bool) -> None:
    rate = read_limit(limit)
    if rate is None:
        return
    try:
        usage = get_usage(None, group=f"community.{act}", key=lambda *_asked: str(who), rate=rate, increment=counts)
    except Exception as error:  # noqa: BLE001 - whatever a cache raises when it is down
        log.error("people.pace_not_counted act=%s error=%s", act, name_error(error))
        return
    # django-ratelimit says so by a time below zero when the cache did not take the count.
    if usage is None or not usage["should_limit"] or usage["time_left"] < 0:
        return
    raise TooFastError(say_wait(seconds := max(1, usage["time_left"])), wait_seconds=seconds)


def say_wait(seconds: int) -> str:
    """Return in words that somebody is too fast and how long to wait, in seconds or minutes."""
    if seconds < 90:
        return ngettext(
            "That was too often in a short time. Try again in %(count)d second.",
            "That was too often in a short time. Try again in %(count)d seconds.",
            seconds,
        ) % {"count": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "That was too often in a short time. Try again in %(count)d minute.",
        "That was too often in a short time. Try again in %(count)d minutes.",
        minutes,
    ) % {"count": minutes}
