"""Who may see a confidential report: one query for every door, the admin's included."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from .data import ConcernData, ConcernKind, ConcernNoteData, ConcernState
from .edx_platform import profiles
from .models import Concern, ConcernNote, ConcernSubject, Term


def visible_concerns(user_id: int) -> QuerySet[Concern]:
    """Return the reports that somebody may handle: none for who is no manager.

    Left out are reports that accuse them, that they made themselves, and those about a chapter in which they have a
    role, or had one when the report was made: who was there then is not the one to judge it. Of one that was erased
    nobody knows any more whom it accused, so it is shown to nobody.
    """
    account = profiles.find_account(user_id)
    if account is None or not account.is_manager:
        return Concern.objects.none()
    accused = ConcernSubject.objects.filter(concern=OuterRef("pk"), user_id=user_id)
    had_role = Term.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=OuterRef("created_at")),
        chapter_id=OuterRef("chapter_id"),
        user_id=user_id,
    )
    not_own = ~Q(reporter_id=user_id) | Q(reporter_id__isnull=True)
    return Concern.objects.filter(~Exists(accused), ~Exists(had_role), not_own, is_erased=False)


def list_handlers(row: Concern) -> list[int]:
    """Return the ids of who is to handle a report: managers who may see it, site staff where none of them may."""
    return _without_barred(row, profiles.list_managers()) or _without_barred(row, profiles.list_staff())


def _without_barred(row: Concern, managers: list[int]) -> list[int]:
    barred = {row.reporter_id, *row.subjects.values_list("user_id", flat=True)}
    if row.chapter_id is not None:
        terms = Term.objects.filter(chapter_id=row.chapter_id, user_id__in=managers)
        inside = terms.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=row.created_at))
        barred |= set(inside.values_list("user_id", flat=True))
    return [user_id for user_id in managers if user_id not in barred]


def concerns_to_read(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Return reports with what `to_concern` needs: three queries however many they are."""
    return rows.select_related("chapter").prefetch_related("subjects", "notes")


def to_concern(row: Concern, *, is_own: bool, is_overdue: bool) -> ConcernData:
    """Return a report for who made it (``is_own``: with their notes only, and no handlers) or for who handles it."""
    notes = sorted(row.notes.all(), key=lambda note: note.pk)
    shown = [note for note in notes if note.is_for_reporter or not is_own]
    is_named = is_own or not row.is_anonymous
    return ConcernData(
        id=row.pk,
        chapter_id=row.chapter_id,
        chapter_name=row.chapter.name if row.chapter else "",
        kind=ConcernKind(row.kind),
        text=row.text,
        about=tuple(sorted(subject.user_id for subject in row.subjects.all())),
        reporter_id=row.reporter_id if is_named else None,
        is_anonymous=row.is_anonymous,
        state=ConcernState(row.state),
        created_at=row.created_at,
        due_at=row.due_at,
        is_overdue=is_overdue,
        handler_id=None if is_own else row.handler_id,
        closed_at=row.closed_at,
        outcome=row.outcome,
        erase_at=row.erase_at,
        notes=tuple(_to_note(note, is_own=is_own) for note in shown),
    )


def _to_note(note: ConcernNote, *, is_own: bool) -> ConcernNoteData:
    return ConcernNoteData(
        author_id=None if is_own else note.author_id,
        text=note.text,
        created_at=note.created_at,
        is_for_reporter=note.is_for_reporter,
    )
