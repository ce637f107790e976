"""When the outside world hears of chapters themselves: in the transaction in which a state changes."""

from __future__ import annotations

from people import api as people

from .lifecycle import Step
from .models import Chapter
from .signals import CHAPTER_MOVED, ChapterMoveFactData


def tell_state(row: Chapter, step: Step, *, move_id: int) -> None:
    """Announce that a chapter's state changed; ``move_id`` is the number of the step in the audit log."""
    if row.state_at is None or not CHAPTER_MOVED.has_listeners():
        return
    fact = ChapterMoveFactData(
        chapter_id=row.pk,
        move_id=move_id,
        from_state=str(step.start),
        to_state=str(step.to),
        occurred_at=row.state_at,
    )
    people.announce(CHAPTER_MOVED, fact, key=f"{row.pk} {move_id}")
