"""Who runs a chapter: roles with a term, given and ended, handed over and handed back.

A chapter that begins has somebody who runs it, and keeps one: the last person with such a role hands it over to a
member, or back to the community team, before they go. Everything here locks the chapter's row first and reads the terms
with a lock after it, so that two who go at once cannot both find the other still there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .access import is_manager
from .data import ORGANIZER_ROLES, Action, ChapterRole, EndReason, TermData
from .exceptions import InvalidValueError, NotFoundError, StateError
from .membership.rows import lock_chapter
from .models import Chapter, Term
from .profiles import read_line
from .records import read_zone, to_term
from .terms import (
    admit,
    can_run,
    check_member,
    end,
    end_safely,
    lock_terms,
    lock_with_chapter,
    open_term,
    read_last_day,
    record,
    replaces,
)

#: What the edge asks before somebody gives or ends a role.
ACTION_OF_ROLE: Final[Mapping[ChapterRole, Action]] = {
    role: Action.GIVE_LEAD if role in ORGANIZER_ROLES else Action.GIVE_ROLE for role in ChapterRole
}

_MOST_TERMS: Final = 200
_MOST_ROLES: Final = 60


# -- reading -----------------------------------------------------------------------------------------------------------


def list_terms(chapter_id: int, *, is_past: bool = False) -> list[TermData]:
    """Return the roles held now, those that run the chapter first; or at most 200 that ended, the latest first."""
    terms = Term.objects.filter(chapter_id=chapter_id, ended_at__isnull=not is_past)
    if is_past:
        return [to_term(row) for row in terms.order_by("-ended_at", "-pk")[:_MOST_TERMS]]
    order = list(ChapterRole)
    return sorted((to_term(row) for row in terms), key=lambda term: (order.index(term.role), term.id))


def list_organizers(chapter_id: int) -> list[TermData]:
    """Return the roles held now by who runs a chapter, leads first. Only some may be named to everybody."""
    return [term for term in list_terms(chapter_id) if term.role in ORGANIZER_ROLES]


def list_roles_of(user_id: int) -> list[TermData]:
    """Return the roles that somebody holds now in any chapter."""
    return [to_term(row) for row in Term.objects.filter(user_id=user_id, ended_at__isnull=True).order_by("pk")]


def get_term(term_id: int) -> TermData:
    """Return a role by its number, or raise NotFoundError."""
    row = Term.objects.filter(pk=term_id).first()
    if row is None:
        raise NotFoundError(_("There is no such role, or not any more."), field="term_id")
    return to_term(row)


def running(terms: Mapping[int, frozenset[ChapterRole]]) -> list[int]:
    """Return those of some people, by their roles, who run the chapter."""
    return sorted(user_id for user_id, roles in terms.items() if roles & ORGANIZER_ROLES)


# -- acts --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_role(
    *, chapter_id: int, actor_id: int, user_id: int, role: ChapterRole, ends_on: date | None = None
) -> TermData:
    """Give a member a role until the end of a day in the chapter's zone; who has it gets the new last day.

    None is the usual length of a term for lead and co-organizers, and no end for helpers. Who runs a chapter does so in
    one of the two roles: the other one ends. A manager may name somebody who is no member yet. Raises NotFoundError (no
    member), BannedError, InvalidValueError ("user_id", "ends_on") and StateError.
    """
    chapter = lock_chapter(chapter_id)
    wanted = ChapterRole(role)
    if not can_run(user_id):
        message = _("This account is not in use, or its owner is too young to run something here.")
        raise InvalidValueError(message, field="user_id")
    last_day = read_last_day(chapter, wanted, ends_on)
    if is_manager(actor_id):
        admit(chapter, user_id)
    else:
        check_member(chapter, user_id)
    given = _open_once(chapter, user_id=user_id, role=wanted, given_by=actor_id, ends_on=last_day)
    theirs = [term for term in lock_terms(chapter_id) if term.user_id == user_id]
    if given is not None:
        replaced = [term for term in theirs if replaces(wanted, ChapterRole(term.role))]
        end(chapter, replaced, actor_id=actor_id, reason=EndReason.REPLACED, is_told=False)
        return to_term(given)
    known = next(term for term in theirs if term.role == wanted)
    if known.ends_on != last_day:
        known.ends_on = last_day
        known.save(update_fields=["ends_on"])
        record(chapter, "role.extend", known, actor_id=actor_id)
    return to_term(known)


def _open_once(
    chapter: Chapter, *, user_id: int, role: ChapterRole, given_by: int, ends_on: date | None
) -> Term | None:
    """Begin somebody's time in a role and return it, None where they have it; StateError where there are too many.

    Written before roles are looked for with a lock: where a chapter has none yet that locks the gap into which
    neighbouring chapters write their first, and two who give one wait for each other.
    """
    try:
        with transaction.atomic():
            given = open_term(chapter, user_id=user_id, role=role, given_by=given_by, ends_on=ends_on)
    except IntegrityError:
        return None
    if len(lock_terms(chapter.pk)) > _MOST_ROLES:
        raise StateError(_("This chapter has as many roles as it can. End one first."), field="role")
    return given


@transaction.atomic
def end_role(*, term_id: int, actor_id: int, reason: str = "") -> TermData:
    """End somebody's role before its day. Raises NotFoundError, StateError (over already) and LastOrganizerError.

    A manager may end the last organizer's too: then the chapter needs one.
    """
    chapter, term = lock_with_chapter(term_id)
    said = read_line(reason, field="reason", most=500)
    gone = end_safely(chapter, [term], actor_id=actor_id, is_forced=is_manager(actor_id), said=said)
    return to_term(gone[0])


@transaction.atomic
def step_down(*, chapter_id: int, user_id: int, reason: str = "", role: ChapterRole | None = None) -> int:
    """End one's own roles in a chapter, or one of them; return how many. Raises NotFoundError, LastOrganizerError."""
    chapter = lock_chapter(chapter_id)
    mine = [term for term in lock_terms(chapter_id) if term.user_id == user_id and role in (None, term.role)]
    if not mine:
        raise NotFoundError(_("You have no role in this chapter."), field="role")
    said = read_line(reason, field="reason", most=500)
    return len(end_safely(chapter, mine, actor_id=user_id, reason=EndReason.STEPPED_DOWN, said=said))


@transaction.atomic
def hand_over(*, chapter_id: int, actor_id: int, to_user_id: int) -> TermData:
    """Let a member run the chapter in one's own place: both happen, or neither.

    The member gets one's own role; where nobody leads the chapter, they lead it.

    Raises NotFoundError (no member), BannedError, InvalidValueError ("to_user_id") and StateError (runs nothing here).
    """
    chapter = lock_chapter(chapter_id)
    if to_user_id == actor_id or not can_run(to_user_id):
        raise InvalidValueError(_("Choose another member, whose account is in use."), field="to_user_id")
    check_member(chapter, to_user_id, field="to_user_id")
    held = lock_terms(chapter_id)
    mine = [term for term in held if term.user_id == actor_id and term.role in ORGANIZER_ROLES]
    if not mine:
        raise StateError(_("You do not run this chapter, so there is nothing to hand over."))
    theirs = [term for term in held if term.user_id == to_user_id and term.role in ORGANIZER_ROLES]
    wanted = _choose_handed(held, mine)
    given = next((term for term in theirs if term.role in (wanted, ChapterRole.LEAD)), None)
    if given is None:
        given = open_term(chapter, user_id=to_user_id, role=wanted, given_by=actor_id)
        end(chapter, theirs, actor_id=actor_id, reason=EndReason.REPLACED, is_told=False)
    end(chapter, mine, actor_id=actor_id, reason=EndReason.HANDED_OVER, is_told=False)
    return to_term(given)


def _choose_handed(held: list[Term], mine: list[Term]) -> ChapterRole:
    """Return the role that is handed over: who does not lead makes nobody lead beside the one who does."""
    is_led_by_others = any(term.role == ChapterRole.LEAD for term in held if term not in mine)
    leads = any(term.role == ChapterRole.LEAD for term in mine)
    return ChapterRole.CO_ORGANIZER if is_led_by_others and not leads else ChapterRole.LEAD


@transaction.atomic
def hand_back(*, chapter_id: int, actor_id: int, reason: str) -> None:
    """Give a chapter that one runs alone back to the community team, who looks for somebody.

    Raises InvalidValueError ("reason") and StateError: one runs nothing here, or others do as well.
    """
    chapter = lock_chapter(chapter_id)
    said = read_line(reason, field="reason", most=500)
    if not said:
        raise InvalidValueError(_("Write a line for the community team."), field="reason")
    runs = [term for term in lock_terms(chapter_id) if term.role in ORGANIZER_ROLES]
    mine = [term for term in runs if term.user_id == actor_id]
    if not mine:
        raise StateError(_("You do not run this chapter, so there is nothing to hand back."))
    if len(mine) < len(runs):
        raise StateError(_("Others run this chapter with you: step down instead."))
    end(chapter, mine, actor_id=actor_id, reason=EndReason.HANDED_BACK, said=said)


@transaction.atomic
def end_all_terms(
    *, chapter_id: int, user_id: int, reason: EndReason, actor_id: int | None, is_forced: bool = False
) -> int:
    """End every role of somebody who leaves or is removed; return how many. The caller holds the chapter's lock.

    Raises LastOrganizerError, unless it ``is_forced``: then the chapter needs an organizer and managers hear of it.
    """
    chapter = Chapter.objects.select_for_update().get(pk=chapter_id)
    mine = [term for term in lock_terms(chapter_id) if term.user_id == user_id]
    return len(end_safely(chapter, mine, actor_id=actor_id, reason=reason, is_forced=is_forced))


@transaction.atomic
def name_in_public(*, term_id: int, user_id: int, is_on: bool) -> TermData:
    """Let the public page name oneself as organizer, or not. Raises NotFoundError for any role but one's own."""
    row = Term.objects.select_for_update().filter(pk=term_id).first()
    if row is None or row.user_id != user_id or row.ended_at is not None:
        raise NotFoundError(_("There is no such role, or not any more."), field="term_id")
    row.is_named_in_public = is_on
    row.save(update_fields=["is_named_in_public"])
    return to_term(row)


# -- by the calendar ---------------------------------------------------------------------------------------------------


@transaction.atomic
def end_expired(term_id: int, *, now: datetime) -> bool:
    """End a role whose last day has passed on the chapter's wall; tell whether there was something to do."""
    chapter, term = lock_with_chapter(term_id)
    is_over = term.ends_on is not None and term.ends_on < now.astimezone(read_zone(chapter.zone)).date()
    if term.ended_at is not None or not is_over:
        return False
    end(chapter, [term], actor_id=None, reason=EndReason.EXPIRED)
    return True


def list_ending(*, until: date, after: int = 0, limit: int = 100) -> list[Term]:
    """Return roles held now whose last day is ``until`` or before, with their chapters, by number from ``after`` on."""
    ending = Term.objects.filter(ended_at__isnull=True, ends_on__lte=until, pk__gt=after)
    return list(ending.select_related("chapter").order_by("pk")[:limit])
