"""What membership needs to run well: its errands, jobs, exports and what is kept for how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from chapters.models import Ban, Greeting, Invitation, JoinAnswer, Membership, MemberWord, Standing
from people import api as people
from people.data import JobData, RangeData

from . import placing, reconciling, requests, retirement
from .kinds import MemberErrand

_MONTH_SECONDS: Final = 31 * 24 * 3600


def register() -> None:
    """Make it known; called once, when the app is ready."""
    people.register_errand(MemberErrand.PERSON, placing.run_person)
    people.register_errand(MemberErrand.RULES, reconciling.run_rules)
    people.register_job(RECONCILE)
    people.register_job(REMIND)
    people.register_ranges(RANGES)
    people.register_retention(
        "answers to join questions",
        setting="CHAPTERS_ANSWERS_KEEP_DAYS",
        says="Deletes what people answered when they asked to join a chapter, once that was decided.",
        find=retirement.find_old_answers,
        act=retirement.delete_answers,
    )
    _register_exports()


def look_at_requests() -> Mapping[str, int]:
    """Count the requests of which somebody is to be reminded."""
    return {"requests due": requests.find_due(timezone.now()).count()}


def _register_exports() -> None:
    people.register_export(
        "chapters.memberships",
        title="Chapters you are or were in, and what you said of yourself there",
        model="chapters.Membership",
        columns=_MEMBERSHIP,
        rows=lambda user_id: Membership.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.member_words",
        title="Words by which members of a chapter find you",
        model="chapters.MemberWord",
        columns={"chapter_id": "Chapter", "word": "Word"},
        rows=lambda user_id: MemberWord.objects.filter(membership__user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.standings",
        title="Boards of chapters that are or were open to you",
        model="chapters.Standing",
        columns={
            "chapter_id": "Chapter",
            "audience": "Board",
            "source": "By a course rule or a person",
            "course_id": "Course",
            "since": "Since",
            "ended_at": "Until",
            "reason": "Reason given",
        },
        rows=lambda user_id: Standing.objects.filter(membership__user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.join_answers",
        title="What you answered when you asked to join a chapter",
        model="chapters.JoinAnswer",
        columns={"membership__chapter_id": "Chapter", "question": "Question", "answer": "Answer", "created_at": "At"},
        rows=lambda user_id: JoinAnswer.objects.filter(membership__user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.invitations",
        title="Chapters you were invited to because of a course",
        model="chapters.Invitation",
        columns={
            "chapter_id": "Chapter",
            "audience": "Board",
            "course_id": "Course",
            "state": "What became of it",
            "created_at": "Invited at",
            "settled_at": "Settled at",
        },
        rows=lambda user_id: Invitation.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.greetings",
        title="Members you said hello to",
        model="chapters.Greeting",
        columns={"membership__chapter_id": "Chapter", "created_at": "At"},
        rows=lambda user_id: Greeting.objects.filter(user_id=user_id).order_by("pk"),
    )
    people.register_export(
        "chapters.bans",
        title="Bans from chapters, and your appeals",
        model="chapters.Ban",
        columns={
            "chapter_id": "Chapter",
            "reason": "Reason given",
            "created_at": "Since",
            "expires_at": "Until",
            "lifted_at": "Lifted at",
            "appeal": "Your appeal",
            "appealed_at": "Appealed at",
            "appeal_answer": "Answer",
            "appeal_answered_at": "Answered at",
        },
        rows=lambda user_id: Ban.objects.filter(user_id=user_id).order_by("pk"),
    )


_MEMBERSHIP: Final[Mapping[str, Any]] = {
    "chapter_id": "Chapter",
    "state": "Where you stand",
    "joined_by": "How you came in",
    "joined_at": "Member since",
    "first_joined_at": "First joined at",
    "times_joined": "How often you joined",
    "position": "Position",
    "place": "Place",
    "skills": "Skills",
    "why": "Why you joined",
    "hobbies": "Hobbies",
    "private_fields": "Shown to organizers only",
    "asked_at": "Asked to join at",
    "due_at": "Answer promised by",
    "decided_at": "Decided at",
    "decision_note": "What was answered",
    "left_at": "Left at",
    "leave_reason": "Reason for leaving",
    "leave_note": "What you wrote when you left",
    "digest": "How often you hear what is new",
    "digest_at": "Next digest",
    "paused_until": "No mail until",
    "hellos": "Members who said hello",
    "created_at": "Known since",
}

RECONCILE: Final = JobData(
    name="chapters.reconcile_memberships",
    says="Compares members with the course rules of their chapters, invites who meets one, and counts members.",
    work=reconciling.reconcile_memberships,
    look=reconciling.look_at_memberships,
    limit=None,
    is_resumable=True,
    seconds=people.LONG_SECONDS,
)
REMIND: Final = JobData(
    name="chapters.remind_of_requests",
    says="Reminds organizers of requests to join that are due.",
    work=requests.remind_of_requests,
    look=look_at_requests,
    limit=None,
)
RANGES: Final = (
    RangeData.number("CHAPTERS_RECONCILE_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("CHAPTERS_REQUESTS_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.number("CHAPTERS_DIGESTS_EVERY_SECONDS", 0, _MONTH_SECONDS),
    RangeData.whole("CHAPTERS_REVIEW_DAYS", 1, 60),
    RangeData.whole("CHAPTERS_LEAVING_LEAST", 2, 100),
    RangeData.whole("CHAPTERS_ANSWERS_KEEP_DAYS", 0, 3650),
)
