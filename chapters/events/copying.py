"""Copies of events: every field of a plan is taken along unless this module says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from chapters.data import EventData

from .hosts import list_members
from .life import create_event
from .reading import get_event, get_plan

#: What a copy of an event does not take along as it is, and why. Whatever else a plan has is copied.
NOT_COPIED: Final[Mapping[str, str]] = {
    "starts_local": "a copy is for another date",
    "fold": "which of two equal times is meant belongs to the date",
    "host_ids": "only those who are members still",
    "questions": "they are asked anew, as questions of its own",
}


@transaction.atomic
def copy_event(
    *,
    event_id: int,
    actor_id: int,
    starts_local: datetime,
    fold: int | None = None,
    request_key: str | None = None,
) -> EventData:
    """Make a draft like an event, whatever became of that, for another date and time on the wall of the same zone.

    Nobody's answers, mails or results go along. Raises InvalidValueError ("starts_local", "fold") and what
    `create_event` raises.
    """
    plan, chapter_id = get_plan(event_id), get_event(event_id).chapter_id
    members = list_members(chapter_id, plan.host_ids)
    copy = replace(
        plan,
        starts_local=starts_local,
        fold=fold,
        host_ids=tuple(each for each in plan.host_ids if each in members),
        questions=tuple(replace(each, id=None) for each in plan.questions),
    )
    return create_event(chapter_id=chapter_id, actor_id=actor_id, plan=copy, known=plan, request_key=request_key)
