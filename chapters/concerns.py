"""Confidential reports: they go past the people who run a chapter, to managers whom they do not accuse.

Nothing of a report stands in the chapter's audit log, in logs or in the text of news. Every act is recorded under the
report's own context, "concern:7", which only its handlers are shown. When a report is closed its clock starts: after
``CHAPTERS_CONCERN_KEEP_DAYS`` its words and everybody's ids are erased.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from people import api as people

from . import life_news
from .concern_rows import concerns_to_read, list_handlers, to_concern, visible_concerns
from .cursors import read_cursor, write_cursor
from .data import ConcernData, ConcernKind, ConcernPage, ConcernState
from .edx_platform import profiles
from .exceptions import InvalidValueError, NotFoundError, StateError
from .models import Chapter, Concern, ConcernNote, ConcernSubject
from .profiles import read_line, read_text

TEXT_LENGTH: Final = 5000
NOTE_LENGTH: Final = 4000
OUTCOME_LENGTH: Final = 1000
MOST_SUBJECTS: Final = 10
_KEY_LENGTH: Final = 40
_MOST_OWN: Final = 100


# -- for who reports ---------------------------------------------------------------------------------------------------


@transaction.atomic
def create_concern(
    *,
    chapter_id: int | None,
    reporter_id: int,
    kind: ConcernKind,
    text: str,
    about: Collection[int] = (),
    is_anonymous: bool = False,
    request_key: str = "",
) -> ConcernData:
    """Report something in confidence and return the report; sent again with the same ``request_key`` it is the same.

    ``about`` are the people it accuses: none of them is ever shown it. ``is_anonymous`` hides the reporter from
    whoever handles it. Raises InvalidValueError ("kind", "text", "about", "request_key") and NotFoundError.
    """
    said = read_text(text, field="text", most=TEXT_LENGTH)
    if not said:
        raise InvalidValueError(_("Tell what happened."), field="text")
    if kind not in set(ConcernKind):
        raise InvalidValueError(_("Choose one of the values that are offered."), field="kind")
    accused = _read_about(about, reporter_id)
    if chapter_id is not None and not Chapter.objects.filter(pk=chapter_id).exists():
        raise NotFoundError(_("There is no such chapter, or not any more."), field="chapter_id")
    sent = Concern(
        chapter_id=chapter_id,
        kind=ConcernKind(kind),
        text=said,
        reporter_id=reporter_id,
        is_anonymous=bool(is_anonymous),
        due_at=timezone.now() + timedelta(hours=settings.CHAPTERS_CONCERN_HOURS),
        request_key=_read_request_key(request_key, reporter_id),
    )
    people.insert_or_update(sent, by=["request_key"])
    row = Concern.objects.select_for_update().get(request_key=sent.request_key)
    if row.created_at == sent.created_at:  # else it was sent before, and is as it was then
        ConcernSubject.objects.bulk_create(ConcernSubject(concern=row, user_id=user_id) for user_id in accused)
        life_news.tell_concern_waits(row, list_handlers(row))
    return to_concern(row, is_own=True, is_overdue=_is_overdue(row))


def get_own_concern(concern_id: int, reporter_id: int) -> ConcernData:
    """Return what became of one's own report, with the notes that are meant for one; NotFoundError for any other."""
    row = concerns_to_read(Concern.objects.filter(pk=concern_id, reporter_id=reporter_id)).first()
    if row is None:
        raise _not_found()
    return to_concern(row, is_own=True, is_overdue=_is_overdue(row))


def list_own_concerns(reporter_id: int) -> list[ConcernData]:
    """Return one's own reports, newest first, at most 100."""
    rows = concerns_to_read(Concern.objects.filter(reporter_id=reporter_id)).order_by("-pk")[:_MOST_OWN]
    return [to_concern(row, is_own=True, is_overdue=_is_overdue(row)) for row in rows]


# -- for who handles ---------------------------------------------------------------------------------------------------


def list_concerns(
    *, actor_id: int, state: ConcernState | None = None, cursor: str = "", limit: int | None = None
) -> ConcernPage:
    """Return a page of the reports that somebody may handle, those due first on top; a fixed number of queries."""
    rows = visible_concerns(actor_id)
    if state is not None:
        rows = rows.filter(state=ConcernState(state))
    if place := read_cursor(cursor, (datetime, int)):
        rows = rows.filter(Q(due_at__gt=place[0]) | Q(due_at=place[0], pk__gt=place[1]))
    size = limit or settings.CHAPTERS_PAGE_SIZE
    found = list(concerns_to_read(rows).order_by("due_at", "pk")[: size + 1])
    shown = found[:size]
    return ConcernPage(
        concerns=tuple(to_concern(row, is_own=False, is_overdue=_is_overdue(row)) for row in shown),
        cursor=write_cursor(shown[-1].due_at, shown[-1].pk) if len(found) > size else "",
    )


def count_concerns(actor_id: int) -> tuple[int, int]:
    """Return how many reports nobody has taken in hand yet, and how many of them are overdue, of those one may see."""
    waiting = visible_concerns(actor_id).filter(state=ConcernState.NEW)
    counts = waiting.aggregate(new=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=timezone.now())))
    return counts["new"], counts["overdue"]


def get_concern(concern_id: int, actor_id: int) -> ConcernData:
    """Return a report for who may handle it; NotFoundError for everybody else, the accused first of all."""
    row = concerns_to_read(visible_concerns(actor_id).filter(pk=concern_id)).first()
    if row is None:
        raise _not_found()
    return to_concern(row, is_own=False, is_overdue=_is_overdue(row))


@transaction.atomic
def take_in_hand(*, concern_id: int, actor_id: int) -> ConcernData:
    """Say that one looks after a report; another may take it over. Raises NotFoundError, StateError (closed)."""
    row = _lock_open(concern_id, actor_id)
    if row.handler_id != actor_id or row.state != ConcernState.IN_HAND:
        row.state, row.handler_id = ConcernState.IN_HAND, actor_id
        row.save(update_fields=["state", "handler_id"])
        _record(row, "concern.take", actor_id)
    return get_concern(concern_id, actor_id)


@transaction.atomic
def add_note(*, concern_id: int, actor_id: int, text: str, is_for_reporter: bool = False) -> ConcernData:
    """Note something about a report, for handlers or ``is_for_reporter`` as well, who hears of it.

    Raises InvalidValueError("text"), NotFoundError and StateError (closed).
    """
    row = _lock_open(concern_id, actor_id)
    said = read_text(text, field="text", most=NOTE_LENGTH)
    if not said:
        raise InvalidValueError(_("Write the note first."), field="text")
    note = ConcernNote.objects.create(concern=row, author_id=actor_id, text=said, is_for_reporter=bool(is_for_reporter))
    _record(row, "concern.note", actor_id)
    if is_for_reporter:
        life_news.tell_concern_answered(row, number=note.pk)
    return get_concern(concern_id, actor_id)


@transaction.atomic
def close_concern(*, concern_id: int, actor_id: int, outcome: str) -> ConcernData:
    """End a report with what came of it, which the reporter reads; its clock starts.

    Raises InvalidValueError("outcome"), NotFoundError and StateError (closed before).
    """
    row = _lock_open(concern_id, actor_id)
    said = read_text(outcome, field="outcome", most=OUTCOME_LENGTH)
    if not said:
        raise InvalidValueError(_("Write how it ended: who reported it will read it."), field="outcome")
    row.state, row.outcome, row.closed_at, row.handler_id = ConcernState.CLOSED, said, timezone.now(), actor_id
    days = settings.CHAPTERS_CONCERN_KEEP_DAYS
    row.erase_at = row.closed_at + timedelta(days=days) if days else None
    row.save(update_fields=["state", "outcome", "closed_at", "handler_id", "erase_at"])
    _record(row, "concern.close", actor_id)
    life_news.tell_concern_answered(row, number=0)
    return get_concern(concern_id, actor_id)


# -- by the clock ------------------------------------------------------------------------------------------------------


def list_overdue(*, now: datetime, after: int = 0, limit: int = 100) -> list[Concern]:
    """Return reports that nobody took in hand in time, by number from ``after`` on."""
    waiting = Concern.objects.filter(state=ConcernState.NEW, due_at__lte=now, pk__gt=after)
    return list(waiting.order_by("pk")[:limit])


@transaction.atomic
def escalate(row: Concern, *, now: datetime) -> bool:
    """Tell everybody who may handle a report that it is overdue: once a day until somebody takes it.

    Tell whether that was new to anybody.
    """
    return life_news.tell_concern_waits(row, list_handlers(row), day=now.date())


# -- steps -------------------------------------------------------------------------------------------------------------


def _lock_open(concern_id: int, actor_id: int) -> Concern:
    if not visible_concerns(actor_id).filter(pk=concern_id).exists():
        raise _not_found()
    row = Concern.objects.select_for_update().get(pk=concern_id)
    if row.state == ConcernState.CLOSED:
        raise StateError(_("This report is closed."))
    return row


def _is_overdue(row: Concern) -> bool:
    return row.state == ConcernState.NEW and row.due_at <= timezone.now()


def _not_found() -> NotFoundError:
    return NotFoundError(_("There is no such report, or none that you may see."), field="concern_id")


def _read_about(about: Collection[int], reporter_id: int) -> list[int]:
    wanted = sorted({user_id for user_id in about if type(user_id) is int})
    if len(wanted) > MOST_SUBJECTS or len(wanted) < len(set(about)):
        message = _("Name at most %(most)d people.") % {"most": MOST_SUBJECTS}
        raise InvalidValueError(message, field="about")
    if reporter_id in wanted:
        raise InvalidValueError(_("A report is about others."), field="about")
    if len(profiles.list_accounts(wanted)) < len(wanted):
        raise InvalidValueError(_("Somebody you named is not there any more."), field="about")
    return wanted


def _read_request_key(key: str, reporter_id: int) -> str:
    """Return what makes a report one: what the reporter's device drew by lot, or else what we draw."""
    wanted = read_line(key, field="request_key", most=_KEY_LENGTH)
    return f"{reporter_id}:{wanted or uuid4().hex}"


def _record(row: Concern, verb: str, actor_id: int) -> None:
    key = f"concern:{row.pk}"
    people.record_audit(actor_id=actor_id, verb=verb, target=key, context_key=key)
