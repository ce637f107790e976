"""The steps of which acts on roles are made. Each expects the chapter's row to be locked, and locks terms after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from people import api as people

from . import life_news
from .ages import is_of_age
from .data import ORGANIZER_ROLES, ChapterRole, EndReason, JoinedBy, MembershipState
from .edx_platform import profiles
from .exceptions import BannedError, InvalidValueError, LastOrganizerError, NotFoundError, StateError
from .membership.kinds import MemberErrand
from .membership.rows import enter, lock_bans, lock_chapter, lock_or_create
from .models import Chapter, Membership, Term
from .records import read_zone

_LONGEST_TERM: Final = timedelta(days=3660)

#: A chapter that is archived or declined can do without organizers.
_UNRUN_STATES: Final = frozenset({"archived", "declined"})


def can_run(user_id: int) -> bool:
    """Tell whether somebody can have a role: an account in use, whose owner is old enough to meet people for it."""
    account = profiles.find_account(user_id)
    return account is not None and account.is_active and is_of_age(account.year_of_birth, account.country)


def check_member(chapter: Chapter, user_id: int, *, field: str = "user_id") -> None:
    """Raise NotFoundError for who is no member, and BannedError for who is kept out. The chapter's row is locked."""
    members = Membership.objects.select_for_update().filter(chapter_id=chapter.pk, user_id=user_id)
    if [row.state for row in members] != [MembershipState.MEMBER]:
        raise NotFoundError(_("This person is not a member of the chapter."), field=field)
    _check_not_banned(chapter, user_id, field=field)


def admit(chapter: Chapter, user_id: int) -> None:
    """Make somebody a member by decision of the community team; who is one stays so. The chapter's row is locked."""
    # The row comes first: looking with a lock for a ban that is not there locks a gap, and who bans waits for it.
    row = lock_or_create(chapter_id=chapter.pk, user_id=user_id)
    _check_not_banned(chapter, user_id, field="user_id")
    if row.state != MembershipState.MEMBER:
        enter(row, way=JoinedBy.STAFF)
        # What their courses open to them is looked up after the commit, as after any course that was completed.
        facts = {"user": user_id}
        people.add_errand(kind=MemberErrand.PERSON, key=str(user_id), facts=facts, run_after_commit=True)
        chapter.refresh_from_db(fields=["members"])


def _check_not_banned(chapter: Chapter, user_id: int, *, field: str) -> None:
    # A ban is made under the chapter's lock; only a locking read sees one of a moment ago at every isolation level.
    if lock_bans(chapter_id=chapter.pk, user_id=user_id):
        raise BannedError(_("This person is banned from the chapter. Lift the ban first."), field=field)


def open_term(
    chapter: Chapter, *, user_id: int, role: ChapterRole, given_by: int | None, ends_on: date | None = None
) -> Term:
    """Begin somebody's time in a role; the caller holds the chapter's lock and knows that they do not have it."""
    now = timezone.now()
    term = Term.objects.create(
        chapter_id=chapter.pk,
        user_id=user_id,
        role=role,
        open_key=f"{chapter.pk}:{user_id}:{role}",
        starts_at=now,
        ends_on=ends_on or read_last_day(chapter, role, None),
        given_by=given_by,
    )
    if role in ORGANIZER_ROLES and chapter.needs_organizer:
        chapter.needs_organizer = False
        chapter.save(update_fields=["needs_organizer"])
    record(chapter, "role.give", term, actor_id=given_by)
    if given_by != user_id:
        life_news.tell_role(chapter, term)
    return term


def lock_running(chapter_id: int) -> list[int]:
    """Return who runs a chapter, read with a lock."""
    return [term.user_id for term in lock_terms(chapter_id) if term.role in ORGANIZER_ROLES]


def note_missing(chapter: Chapter) -> None:
    """Note that nobody runs a chapter, and tell the community team."""
    if not chapter.needs_organizer:
        chapter.needs_organizer = True
        chapter.save(update_fields=["needs_organizer"])
    life_news.tell_needs_organizer(chapter)


def replaces(given: ChapterRole, held: ChapterRole) -> bool:
    """Tell whether a role ends because another is given: one runs a chapter in one of the two roles."""
    return given in ORGANIZER_ROLES and held in ORGANIZER_ROLES and given is not held


def read_last_day(chapter: Chapter, role: ChapterRole, ends_on: date | None) -> date | None:
    """Return the last day of a term, the usual one for None. Raises InvalidValueError("ends_on") beyond ten years."""
    today = timezone.now().astimezone(read_zone(chapter.zone)).date()
    if ends_on is None:
        days = settings.CHAPTERS_TERM_DAYS if role in ORGANIZER_ROLES else 0
        return today + timedelta(days=days) if days else None
    if not today <= ends_on <= today + _LONGEST_TERM:
        raise InvalidValueError(_("Choose a last day from today on, within ten years."), field="ends_on")
    return ends_on


def lock_with_chapter(term_id: int) -> tuple[Chapter, Term]:
    """Return a role and its chapter, both locked, the chapter first, or raise NotFoundError."""
    chapter_id = Term.objects.filter(pk=term_id).values_list("chapter_id", flat=True).first()
    if chapter_id is None:
        raise NotFoundError(_("There is no such role, or not any more."), field="term_id")
    chapter = lock_chapter(chapter_id)
    return chapter, Term.objects.select_for_update().get(pk=term_id)


def lock_terms(chapter_id: int) -> list[Term]:
    """Return the roles held now, locked, as everybody else has left them, in the order of their numbers."""
    # Asked by the chapter alone: along the index of ends the server would lock the roles of every chapter.
    found = Term.objects.select_for_update().filter(chapter_id=chapter_id)
    return sorted((term for term in found if term.ended_at is None), key=lambda term: term.pk)


def end_safely(
    chapter: Chapter,
    terms: list[Term],
    *,
    actor_id: int | None,
    reason: EndReason = EndReason.REMOVED,
    is_forced: bool = False,
    said: str = "",
) -> list[Term]:
    """End roles; LastOrganizerError where nobody would run the chapter then, StateError where one is over already."""
    if any(term.ended_at is not None for term in terms):
        raise StateError(_("This role is over already."))
    going = {term.pk for term in terms if term.role in ORGANIZER_ROLES}
    staying = [term for term in lock_terms(chapter.pk) if term.role in ORGANIZER_ROLES and term.pk not in going]
    if going and not staying and not is_forced and chapter.state not in _UNRUN_STATES:
        raise LastOrganizerError(
            _(
                "Nobody else runs this chapter. Hand it over to another member, or back to the community team, and then"
                " go."
            )
        )
    return end(chapter, terms, actor_id=actor_id, reason=reason, said=said)


def end(
    chapter: Chapter,
    terms: Iterable[Term],
    *,
    actor_id: int | None,
    reason: EndReason,
    said: str = "",
    is_told: bool = True,
) -> list[Term]:
    """End roles; where nobody runs the chapter any more, it needs an organizer and managers hear of it."""
    ended = sorted(terms, key=lambda term: term.pk)
    for term in ended:
        term.ended_at, term.end_reason, term.open_key = timezone.now(), reason, None
        term.save(update_fields=["ended_at", "end_reason", "open_key"])
        record(chapter, "role.end", term, actor_id=actor_id, reason=said)
        if is_told and term.user_id != actor_id:
            life_news.tell_role(chapter, term)
    ran = any(term.role in ORGANIZER_ROLES for term in ended)
    if ran and chapter.state not in _UNRUN_STATES and not lock_running(chapter.pk):
        note_missing(chapter)
    return ended


def record(chapter: Chapter, verb: str, term: Term, *, actor_id: int | None, reason: str = "") -> None:
    """Put on record that a role was given, extended or ended."""
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=f"term:{term.pk}",
        context_key=f"chapter:{chapter.pk}",
        reason=reason,
        data={
            "role": term.role,
            "ends_on": term.ends_on.isoformat() if term.ends_on else "",
            "end_reason": term.end_reason,
        },
    )
