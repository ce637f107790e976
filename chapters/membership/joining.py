"""Coming in: at once, or by a request that organizers answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.data import (
    INTRODUCTION_FIELDS,
    Audience,
    DecisionData,
    IntroductionData,
    JoinAnswerData,
    JoinedBy,
    MembershipData,
    MembershipState,
)
from chapters.exceptions import BannedError, InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.models import Chapter, Membership

from . import rows
from .invitations import JOINABLE, accept_invitations
from .questions import forget_answers, read_answers, write_answers
from .reading import read_locked
from .rules import list_given, read_rules
from .standings import settle

#: What a chapter asks everybody to say of themselves.
NEEDED: Final = ("position", "why")


@transaction.atomic
def join(
    *, chapter_id: int, user_id: int, introduction: IntroductionData, answers: Mapping[int, str] | None = None
) -> MembershipData:
    """Make somebody a member, or ask organizers where the chapter has questions; twice comes to the same.

    ``answers`` are texts by the number of the question. Raises InvalidValueError (names the field: "position", "why",
    "answer-12"), BannedError, StateError and NotAllowedError (the entry's audience).
    """
    said = read_introduction(introduction)
    chapter = rows.lock_chapter(chapter_id)
    if chapter.state not in JOINABLE:
        raise StateError(_("This chapter takes nobody in now."))
    row = rows.lock_or_create(chapter_id=chapter_id, user_id=user_id)
    if row.state in (MembershipState.MEMBER, MembershipState.REQUESTED):
        return read_locked(row.pk)
    check_ban(chapter_id=chapter_id, user_id=user_id)
    given = list_given(read_rules(chapter_id), user_id)
    _check_entry(chapter, given)
    replies = read_answers(chapter_id, answers or {})
    rows.write_introduction(row, said)
    if replies:
        _ask(row, replies)
    else:
        come_in(row, way=JoinedBy.SELF, given=given)
    return read_locked(row.pk)


@transaction.atomic
def withdraw_request(*, chapter_id: int, user_id: int) -> MembershipData:
    """Take a request back; what was answered is erased. Raises NotFoundError where none is open."""
    row = rows.lock_membership(chapter_id=chapter_id, user_id=user_id)
    if row.state != MembershipState.REQUESTED:
        raise NotFoundError(_("You have not asked to join."))
    close_request(row)
    return read_locked(row.pk)


@transaction.atomic
def introduce(*, chapter_id: int, user_id: int, introduction: IntroductionData) -> MembershipData:
    """Change what a member, or an applicant, says of themselves. Raises InvalidValueError and NotFoundError."""
    said = read_introduction(introduction)
    rows.lock_chapter(chapter_id)
    row = rows.lock_membership(chapter_id=chapter_id, user_id=user_id)
    if row.state not in (MembershipState.MEMBER, MembershipState.REQUESTED):
        raise NotFoundError(_("This person is not a member."))
    rows.write_introduction(row, said)
    if row.state == MembershipState.MEMBER:
        rows.write_words(row)
    return read_locked(row.pk)


def come_in(row: Membership, *, way: JoinedBy, given: Mapping[Audience, str]) -> bool:
    """Make somebody a member with what courses give them, and tell whether they were none.

    The caller holds the locks of chapter and membership.
    """
    entered = rows.enter(row, way=way)
    if entered:
        settle(row, given)
        accept_invitations(chapter_id=row.chapter_id, user_id=row.user_id)
    return entered


def close_request(row: Membership) -> None:
    """Let go of an open request that nobody answers any more; the caller holds the membership's lock."""
    state = MembershipState.LEFT
    Membership.objects.filter(pk=row.pk).update(state=state, due_at=None, asked_at=None)
    forget_answers(row)


def check_ban(*, chapter_id: int, user_id: int) -> None:
    """Raise BannedError while somebody may not come in. The caller holds the chapter's lock, as who bans does."""
    # With a lock: at repeatable read a plain look would see what was when the request began.
    if rows.lock_bans(chapter_id=chapter_id, user_id=user_id):
        raise BannedError(_("You cannot join this chapter now."))


def read_introduction(introduction: IntroductionData) -> IntroductionData:
    """Return an introduction as it is stored, or raise InvalidValueError that names the field."""
    texts = {
        name: rows.read_text(getattr(introduction, name), field=name, most=most, is_needed=name in NEEDED)
        for name, most in INTRODUCTION_FIELDS.items()
    }
    if unknown := sorted(introduction.private - INTRODUCTION_FIELDS.keys()):
        message = _("There is no field “%(name)s” to hide.") % {"name": unknown[0][:40]}
        raise InvalidValueError(message, field="private")
    return IntroductionData(**texts, private=introduction.private)


def _check_entry(chapter: Chapter, given: Mapping[Audience, str]) -> None:
    if chapter.entry == Audience.EVERYONE or chapter.entry in given:
        return
    reason = (
        _("This chapter is for people who completed one of its courses.")
        if chapter.entry == Audience.ALUMNI
        else _("This chapter is for people who take one of its courses.")
    )
    raise NotAllowedError(DecisionData(code="not_entitled", reason=reason))


def _ask(row: Membership, replies: Sequence[JoinAnswerData]) -> None:
    now = timezone.now()
    Membership.objects.filter(pk=row.pk).update(
        state=MembershipState.REQUESTED,
        asked_at=now,
        due_at=now + timedelta(days=settings.CHAPTERS_REVIEW_DAYS),
        decided_at=None,
        decided_by=None,
        decision_note="",
    )
    write_answers(row, replies)
