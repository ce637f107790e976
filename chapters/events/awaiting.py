"""What seats leave to be done after the commit: one insert each, from wherever it becomes necessary.

It stands apart from what does it, so that memberships, which events know, can leave something to events.
"""

from __future__ import annotations

from collections.abc import Iterable

from people import api as people

from .kinds import EventErrand


def await_promotion(event_id: int) -> None:
    """Have the free seats of an event offered on: there are more than one request should offer."""
    _await(EventErrand.PROMOTE, event_id)


def await_open_round(event_id: int) -> None:
    """Have everybody in line told that a seat is free for who takes it first."""
    _await(EventErrand.OPEN_ROUND, event_id)


def await_release(*, user_id: int, chapter_id: int, keeps_open: bool) -> None:
    """Have somebody's seats at a chapter's coming events given up, if they are out of it still by then.

    ``keeps_open`` leaves alone the events that are open to anyone: who leaves a chapter may come to those still.
    """
    facts = {"user": user_id, "chapter": chapter_id, "keeps_open": keeps_open}
    key = f"{chapter_id}:{user_id}:{'left' if keeps_open else 'banned'}"
    people.add_errand(kind=EventErrand.RELEASE, key=key, facts=facts, run_after_commit=True)


def await_added_dates(series_id: int, event_ids: Iterable[int]) -> None:
    """Have published dates answered for those who come to the whole series."""
    ids = sorted(set(event_ids))
    if ids:
        facts = {"series": series_id, "events": ids}
        key = f"{series_id}:{ids[0]}:{ids[-1]}:{len(ids)}"
        people.add_errand(kind=EventErrand.SERIES_DATES, key=key, facts=facts, run_after_commit=True)


def _await(kind: EventErrand, event_id: int) -> None:
    people.add_errand(kind=kind, key=str(event_id), facts={"event": event_id}, run_after_commit=True)
