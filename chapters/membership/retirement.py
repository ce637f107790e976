"""Forgetting a person, and what becomes of words with the years: that somebody was there stays, under a number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from chapters import organizers
from chapters.data import EndReason, MembershipState
from chapters.models import Ban, Greeting, Invitation, JoinAnswer, Membership, MemberWord, Standing
from people import api as people

from . import rows


def forget_person(user_id: int) -> None:
    """Take somebody who leaves the site out of every chapter and erase what they said and what was said of them.

    Safe to repeat. Their roles end, also those of a last organizer; open requests go. What is left counts how many came
    and went, under a number.
    """
    mine = Membership.objects.filter(user_id=user_id).order_by("chapter_id")
    for chapter_id in list(mine.values_list("chapter_id", flat=True)):
        with transaction.atomic():
            _forget_membership(chapter_id, user_id)
    with transaction.atomic():
        _forget_rest(user_id)


def _forget_membership(chapter_id: int, user_id: int) -> None:
    rows.lock_chapter(chapter_id)
    row = rows.lock_membership(chapter_id=chapter_id, user_id=user_id)
    organizers.end_all_terms(
        chapter_id=chapter_id, user_id=user_id, reason=EndReason.RETIRED, actor_id=None, is_forced=True
    )
    rows.depart(row, state=MembershipState.LEFT)
    state = MembershipState.LEFT if row.state == MembershipState.REQUESTED else row.state
    Membership.objects.filter(pk=row.pk).update(
        state=state,
        position="",
        place="",
        skills="",
        why="",
        hobbies="",
        private_fields="",
        asked_at=None,
        due_at=None,
        decision_note="",
        leave_note="",
        digest_at=None,
        paused_until=None,
        hellos=0,
    )
    JoinAnswer.objects.filter(membership_id=row.pk).delete()
    MemberWord.objects.filter(membership_id=row.pk).delete()
    Greeting.objects.filter(membership_id=row.pk).delete()
    Standing.objects.filter(membership_id=row.pk).exclude(reason="").update(reason="")
    people.forget_reasons([f"membership:{row.pk}"])


def _forget_rest(user_id: int) -> None:
    Invitation.objects.filter(user_id=user_id).delete()
    said = Greeting.objects.filter(user_id=user_id)
    greeted = Membership.objects.filter(pk__in=list(said.values_list("membership_id", flat=True)), hellos__gt=0)
    greeted.update(hellos=F("hellos") - 1)
    said.delete()
    bans = Ban.objects.filter(user_id=user_id)
    people.forget_reasons(f"ban:{pk}" for pk in bans.values_list("pk", flat=True))
    bans.update(reason="", appeal="", appeal_answer="")


def find_old_answers(before: datetime) -> QuerySet[JoinAnswer]:
    """Return answers to join questions whose request was decided before a moment."""
    return JoinAnswer.objects.filter(membership__decided_at__lt=before).exclude(
        membership__state=MembershipState.REQUESTED
    )


def delete_answers(answers: QuerySet[JoinAnswer]) -> int:
    """Delete answers."""
    return answers.delete()[0]
