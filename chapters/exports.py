"""What is kept about one person's part in the life of chapters, for an export of their data.

Of confidential reports it holds those that the person made, and never one that accuses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from people import api as people

from .models import Ban, Chapter, Concern, ConcernNote, ConcernSubject, CourseSwitch, Membership, Rsvp, Term


def register() -> None:
    """Make the sections known; called once, when the app is ready."""
    people.register_export(
        "chapters.proposals",
        title="Chapters you proposed",
        model="chapters.Chapter",
        columns={
            "id": "Number",
            "name": "Name",
            "state": "State",
            "state_reason": "Why",
            "lead": "What it is for",
            "contact": "How its organizers can be reached",
            "created_at": "Proposed at",
        },
        rows=lambda user_id: Chapter.objects.filter(proposed_by=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.roles",
        title="Roles you have or had in chapters",
        model="chapters.Term",
        columns={
            "chapter_id": "Chapter",
            "role": "Role",
            "starts_at": "From",
            "ends_on": "Last day agreed",
            "ended_at": "Ended at",
            "end_reason": "How it ended",
            "is_named_in_public": "Named on the chapter's public page",
        },
        rows=lambda user_id: Term.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.reports",
        title="What you reported in confidence",
        model="chapters.Concern",
        columns={
            "id": "Number",
            "chapter_id": "Chapter",
            "kind": "What it was about",
            "text": "What you wrote",
            "is_anonymous": "Without your name",
            "state": "State",
            "created_at": "Reported at",
            "due_at": "Looked at by",
            "closed_at": "Closed at",
            "outcome": "What came of it",
            "erase_at": "Erased at",
        },
        rows=lambda user_id: Concern.objects.filter(reporter_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.report_subjects",
        title="People whom your confidential reports are about (one row for each, without who it is)",
        model="chapters.ConcernSubject",
        columns={"concern_id": "Report"},
        rows=lambda user_id: ConcernSubject.objects.filter(concern__reporter_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.report_notes",
        title="Notes that you wrote about confidential reports, and those written for you",
        model="chapters.ConcernNote",
        columns={"concern_id": "Report", "text": "Note", "created_at": "Written at"},
        rows=_find_notes,
    )
    people.register_export(
        "chapters.switches",
        title="Courses in which you turned chapters on or off last",
        model="chapters.CourseSwitch",
        columns={"course_id": "Course", "is_on": "On", "changed_at": "Changed at"},
        rows=lambda user_id: CourseSwitch.objects.filter(changed_by=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.audit",
        title="Acts on record about your part in chapters",
        model="people.AuditEntry",
        columns={"recorded_at": "At", "verb": "Act", "target": "What it was done to", "reason": "Reason"},
        rows=_list_audit,
    )


def _find_notes(user_id: int) -> Any:
    is_for_them = Q(is_for_reporter=True, concern__reporter_id=user_id)
    return ConcernNote.objects.filter(is_for_them | Q(author_id=user_id)).order_by("pk")


def _list_audit(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Yield what others did; what the person did is among the person's own acts."""
    for entry in people.iter_audit(_list_targets(user_id)):
        if entry.actor_id != user_id:
            yield {
                "recorded_at": entry.recorded_at,
                "verb": entry.verb,
                "target": entry.target,
                "reason": entry.reason,
            }


def _list_targets(user_id: int) -> Iterator[str]:
    for model, name in ((Membership, "membership"), (Term, "term"), (Ban, "ban"), (Rsvp, "rsvp")):
        for pk in model.objects.filter(user_id=user_id).values_list("pk", flat=True).iterator():
            yield f"{name}:{pk}"
    for pk in Chapter.objects.filter(proposed_by=user_id).values_list("pk", flat=True).iterator():
        yield f"chapter:{pk}"
