"""Rows of memberships under lock, and the two steps that change who is in a chapter and how many.

Whoever changes a membership locks the chapter first and the membership second. ``Chapter.members`` changes only in
`enter` and `depart`, together with the state, as the locked row has it: so it is right whoever comes twice.

Rows are changed and deleted by their keys alone: where a state or a person is asked for as well the server may walk an
index of that, or a small table from end to end, and lock rows of chapters that others are in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import Digest, IntroductionData, JoinedBy, MembershipState
from chapters.events.awaiting import await_release
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.models import Ban, Chapter, Membership, MemberWord, Standing
from people import api as people

from . import facts
from .words import list_words

#: How long after coming in, or after the last one, the next digest is due.
PERIODS: Final = {Digest.DAILY: timedelta(days=1), Digest.WEEKLY: timedelta(days=7)}


def lock_chapter(chapter_id: int) -> Chapter:
    """Return a chapter whose row nobody else changes until the transaction ends, or raise NotFoundError."""
    row = Chapter.objects.select_for_update().filter(pk=chapter_id).first()
    if row is None:
        raise NotFoundError(_("There is no such chapter."))
    return row


def lock_membership(*, chapter_id: int, user_id: int) -> Membership:
    """Return somebody's membership under lock, or raise NotFoundError. The caller holds the chapter's lock."""
    row = Membership.objects.select_for_update().filter(chapter_id=chapter_id, user_id=user_id).first()
    if row is None:
        raise NotFoundError(_("This person was never a member."))
    return row


def lock_member(*, chapter_id: int, user_id: int) -> Membership:
    """Return the membership of who is a member now, under lock, or raise NotFoundError."""
    row = Membership.objects.select_for_update().filter(chapter_id=chapter_id, user_id=user_id).first()
    if row is None or row.state != MembershipState.MEMBER:
        raise NotFoundError(_("This person is not a member."))
    return row


def lock_or_create(*, chapter_id: int, user_id: int) -> Membership:
    """Return somebody's membership under lock; who never had one gets one that says they are not in."""
    # Written first: looking with a lock for what is not there yet locks a gap, and two such wait for each other.
    fresh = Membership(chapter_id=chapter_id, user_id=user_id, state=MembershipState.LEFT)
    people.insert_or_update(fresh, by=["chapter", "user_id"])
    return Membership.objects.select_for_update().get(chapter_id=chapter_id, user_id=user_id)


def lock_bans(*, chapter_id: int, user_id: int) -> list[int]:
    """Return the bans that keep somebody out now, under lock. The caller holds the chapter's lock."""
    # Asked by person and chapter alone: with more, InnoDB walks on to the bans of the next chapter and locks those too.
    found = Ban.objects.select_for_update().filter(chapter_id=chapter_id, user_id=user_id)
    now = timezone.now()
    return [
        pk
        for pk, lifted_at, expires_at in found.values_list("pk", "lifted_at", "expires_at")
        if lifted_at is None and (expires_at is None or expires_at > now)
    ]


def enter(row: Membership, *, way: JoinedBy) -> bool:
    """Make somebody a member and return whether they were none; the caller holds both locks."""
    if row.state == MembershipState.MEMBER:
        return False
    now = timezone.now()
    period = PERIODS.get(Digest(row.digest))
    Membership.objects.filter(pk=row.pk).update(
        state=MembershipState.MEMBER,
        joined_by=way,
        joined_at=now,
        first_joined_at=row.first_joined_at or now,
        times_joined=F("times_joined") + 1,
        due_at=None,
        digest_at=now + period if period else None,
    )
    row.refresh_from_db()
    Chapter.objects.filter(pk=row.chapter_id).update(members=F("members") + 1)
    write_words(row)
    facts.tell_started(row)
    return True


def depart(
    row: Membership, *, state: MembershipState, reason: str = "", note: str = "", decided_by: int | None = None
) -> bool:
    """Take somebody out of a chapter and return whether they were in; the caller holds both locks.

    What was open to them closes; what they said of themselves stays for when they come back, but is not found.
    """
    if row.state != MembershipState.MEMBER:
        return False
    now = timezone.now()
    Membership.objects.filter(pk=row.pk).update(
        state=state,
        left_at=now,
        leave_reason=reason,
        leave_note=note,
        decided_by=decided_by,
        decided_at=None if decided_by is None else now,
        decision_note="",
        digest_at=None,
    )
    row.refresh_from_db()
    Chapter.objects.filter(pk=row.chapter_id).update(members=F("members") - 1)
    held = Standing.objects.select_for_update().filter(membership_id=row.pk)
    for pk, ended_at in held.values_list("pk", "ended_at"):
        if ended_at is None:
            Standing.objects.filter(pk=pk).update(ended_at=now)
    forget_words(row)
    facts.tell_ended(row)
    await_release(user_id=row.user_id, chapter_id=row.chapter_id, keeps_open=True)
    return True


def write_introduction(row: Membership, introduction: IntroductionData) -> None:
    """Store what somebody says of themselves."""
    row.position = introduction.position
    row.place = introduction.place
    row.skills = introduction.skills
    row.why = introduction.why
    row.hobbies = introduction.hobbies
    row.private_fields = " ".join(sorted(introduction.private))
    row.save(update_fields=["position", "place", "skills", "why", "hobbies", "private_fields"])


def write_words(row: Membership) -> None:
    """Make a member found by what they say to all members, and by nothing else; the caller holds both locks."""
    wanted = list_words(row)
    fresh = [MemberWord(chapter_id=row.chapter_id, membership_id=row.pk, word=word) for word in sorted(wanted)]
    # Written first: the look for what is to go has a lock, which takes the gap into which others write theirs.
    MemberWord.objects.bulk_create(fresh, ignore_conflicts=True)
    forget_words(row, but=wanted)


def forget_words(row: Membership, *, but: Collection[str] = ()) -> None:
    """Let nobody find a person by their words any more, except by these."""
    # With a lock: at repeatable read a plain look would leave what was written after the request began.
    found = MemberWord.objects.select_for_update().filter(membership_id=row.pk)
    known = dict(found.values_list("pk", "word")) if but else dict.fromkeys(found.values_list("pk", flat=True), "")
    for pk in sorted(pk for pk, word in known.items() if word not in but):
        MemberWord.objects.filter(pk=pk).delete()


def read_text(text: object, *, field: str, most: int, is_needed: bool = True) -> str:
    """Return what somebody typed without blanks around it, or raise InvalidValueError that names the field."""
    found = str(text or "").replace("\x00", "").strip()
    if is_needed and not found:
        raise InvalidValueError(_("Write something here."), field=field)
    if len(found) > most:
        message = _("At most %(most)d characters; these are %(count)d.") % {"most": most, "count": len(found)}
        raise InvalidValueError(message, field=field)
    return found
