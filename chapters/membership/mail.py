"""How often a member hears by mail what is new."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import Digest, MembershipData
from chapters.exceptions import InvalidValueError
from people import api as people

from . import rows
from .reading import read_locked

_MOST_DAYS: Final = 366


@transaction.atomic
def set_mail(
    *, chapter_id: int, user_id: int, digest: Digest | None = None, paused_until: date | None = None
) -> MembershipData:
    """Set how often, and until which day nothing comes (None: it comes). ``digest`` None leaves it as it is.

    Raises InvalidValueError ("paused_until": a day to come, within a year) and NotFoundError.
    """
    now = timezone.now()
    today = people.local_date(user_id, now)
    if paused_until is not None and not today < paused_until <= today + timedelta(days=_MOST_DAYS):
        raise InvalidValueError(_("Choose a day to come, within a year."), field="paused_until")
    row = rows.lock_member(chapter_id=chapter_id, user_id=user_id)
    if digest is not None and digest != row.digest:
        period = rows.PERIODS.get(digest)
        row.digest, row.digest_at = digest, now + period if period else None
    row.paused_until = paused_until
    row.save(update_fields=["digest", "digest_at", "paused_until"])
    return read_locked(row.pk)
