"""What this package keeps about one person, for an export of their data.

Of others only what was done to the person's posts is in it: no ids, no names, no words of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from people import api as people

from . import edx_platform
from .models import Contribution, CourseSwitch, HelpfulMark, Participation, Report, Task
from .targets import list_targets

_OTHERS = ("peer_id", "of_peer_id", "actor_id")


def register() -> None:
    """Make the sections known; called once, when the app is ready."""
    people.register_export(
        "discussion_ext.contributions",
        title="What you wrote",
        model="discussion_ext.Contribution",
        columns={
            "id": "Number",
            "course_id": "Course",
            "task_id": "Case",
            "parent_id": "Answers the post",
            "forum_key": "Post in the platform's forum",
            "kind": "Kind",
            "is_anonymous": "Shown without a name",
            "title": "Title",
            "body": "Text",
            "closed_body": "Text when the case closed, where it was changed later",
            "is_erased": "Text no longer kept",
            "words": "Words",
            "created_at": "Written at",
            "edited_at": "Edited at",
            "state": "State",
            "state_reason": "Why it was taken away or put back",
            "state_at": "State since",
            "is_left_out": "Left out as a near-copy",
            "answers": "Answers",
            "helpful": "Marks as helpful",
        },
        rows=lambda user_id: Contribution.objects.filter(author_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.drafts",
        title="What you began to write",
        model="",
        columns={"usage_key": "Block", "name": "Text", "at": "Written at", "text": "So far"},
        rows=edx_platform.list_drafts,
    )
    people.register_export(
        "discussion_ext.participations",
        title="Where you stand in cases",
        model="discussion_ext.Participation",
        columns={
            "task_id": "Case",
            "title": "Title",
            "course_id": "Course",
            "opened_at": "Opened at",
            "last_seen_at": "Last seen at",
            "step": "Step",
            "completion": "Completion",
            "earned": "Points of the grade",
            "possible": "Of",
            "evaluated_at": "Evaluated at",
            "evaluation": "Verdict with its reasons",
            "override_score": "Grade decided by the course team",
            "override_reason": "Why",
            "override_at": "Decided at",
        },
        rows=_list_participations,
    )
    people.register_export(
        "discussion_ext.marks",
        title="Posts you marked as helpful",
        model="discussion_ext.HelpfulMark",
        columns={"contribution_id": "Post", "is_on": "Still marked", "created_at": "Marked at"},
        rows=lambda user_id: HelpfulMark.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "discussion_ext.reports",
        title="Reports: yours, and those of your posts",
        model="discussion_ext.Report",
        columns={
            "contribution_id": "Post",
            "is_yours": "Reported by you",
            "reason": "Reason (yours only)",
            "state": "State",
            "resolution": "What the course team said",
            "created_at": "Reported at",
            "resolved_at": "Decided at",
        },
        rows=_list_reports,
    )
    people.register_export(
        "discussion_ext.audit",
        title="Acts on record about your posts and grades",
        model="people.AuditEntry",
        columns={
            "recorded_at": "At",
            "verb": "Act",
            "target": "What it was done to",
            "context_key": "Course",
            "reason": "Reason",
        },
        rows=_list_audit,
    )
    people.register_export(
        "discussion_ext.syntheses",
        title="Closing texts you wrote, and cases you closed",
        model="discussion_ext.Task",
        columns={
            "id": "Case",
            "course_id": "Course",
            "title": "Title",
            "synthesis": "Closing text",
            "synthesis_at": "Written at",
            "closed_at": "Closed at",
        },
        rows=_list_syntheses,
    )
    people.register_export(
        "discussion_ext.switches",
        title="Courses in which you turned cases on or off last",
        model="discussion_ext.CourseSwitch",
        columns={"course_id": "Course", "is_on": "On", "changed_at": "Changed at"},
        rows=lambda user_id: CourseSwitch.objects.filter(changed_by=user_id).order_by("pk"),
    )


def _list_participations(user_id: int) -> Iterator[Mapping[str, Any]]:
    own = Participation.objects.filter(user_id=user_id).select_related("task").order_by("pk")
    for row in own.iterator():
        yield {
            "task_id": row.task_id,
            "title": row.task.title,
            "course_id": row.task.course_id,
            "opened_at": row.opened_at,
            "last_seen_at": row.last_seen_at,
            "step": row.step,
            "completion": row.completion,
            "earned": row.earned,
            "possible": row.possible,
            "evaluated_at": row.evaluated_at,
            "evaluation": _without_others(row.evaluation),
            "override_score": row.override_score,
            "override_reason": row.override_reason,
            "override_at": row.override_at,
        }


def _without_others(value: Any) -> Any:
    """Return a verdict without the ids of the people whom it compares with."""
    if isinstance(value, dict):
        return {key: _without_others(each) for key, each in value.items() if key not in _OTHERS}
    if isinstance(value, list):
        return [_without_others(each) for each in value]
    return value


def _list_reports(user_id: int) -> Iterator[Mapping[str, Any]]:
    found = Report.objects.filter(Q(reporter_id=user_id) | Q(contribution__author_id=user_id))
    for report in found.order_by("pk").iterator():
        is_yours = report.reporter_id == user_id
        yield {
            "contribution_id": report.contribution_id,
            "is_yours": is_yours,
            "reason": report.reason if is_yours else "",
            "state": report.state,
            "resolution": report.resolution,
            "created_at": report.created_at,
            "resolved_at": report.resolved_at,
        }


def _list_audit(user_id: int) -> Iterator[Mapping[str, Any]]:
    """Yield what others did; what the person did as one of a course team is among the person's own acts."""
    for entry in people.iter_audit(list_targets(user_id)):
        if entry.actor_id != user_id:
            yield {
                "recorded_at": entry.recorded_at,
                "verb": entry.verb,
                "target": entry.target,
                "context_key": entry.context_key,
                "reason": entry.reason,
            }


def _list_syntheses(user_id: int) -> Iterator[Mapping[str, Any]]:
    for task in Task.objects.filter(Q(synthesis_by=user_id) | Q(closed_by=user_id)).order_by("pk").iterator():
        is_text_yours = task.synthesis_by == user_id
        yield {
            "id": task.pk,
            "course_id": task.course_id,
            "title": task.title,
            "synthesis": task.synthesis if is_text_yours else "",
            "synthesis_at": task.synthesis_at if is_text_yours else None,
            "closed_at": task.closed_at if task.closed_by == user_id else None,
        }
