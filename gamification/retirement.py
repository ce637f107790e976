"""What becomes of somebody's points when the account is retired."""

from __future__ import annotations

from django.db import transaction

from . import boards
from .models import Entry


def retire_person(*, user_id: int) -> None:
    """Erase what the lines tell beyond numbers and take the person off every board for good.

    Lines and totals stay: they belong to nobody any more, and no rule has to be applied again. This is the one place
    where lines are changed.
    """
    with transaction.atomic():
        Entry.objects.filter(user_id=user_id).update(title="", url="", note="")
    boards.retire_person(user_id=user_id)
