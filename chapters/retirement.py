"""Forgetting a person in every part of this package.

What a chapter says of itself is the chapter's and stays. A proposal that never became one goes with who made it. What
somebody reported in confidence may be about the safety of others: it is cut from their name at once, its words stay as
long as it is open, and go with the clock of closed reports otherwise.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from people import api as people

from .data import ORGANIZER_ROLES, ChapterState, ConcernState, EndReason
from .events import retirement as events
from .membership.retirement import forget_person
from .membership.rows import lock_chapter
from .models import Chapter, Concern, ConcernNote, ConcernSubject, Term
from .retention import erase_concerns
from .terms import end, lock_terms

_NEVER_BEGUN = (ChapterState.PROPOSED, ChapterState.DECLINED)


def retire_person(user_id: int) -> None:
    """Forget somebody who leaves the site; may be repeated."""
    events.forget_person(user_id)
    forget_person(user_id)
    ran = _list_run(user_id)
    for chapter_id in ran:
        with transaction.atomic():
            _forget_roles(chapter_id, user_id)
    with transaction.atomic():
        _forget_proposals(user_id)
        _forget_concerns(user_id)


def _list_run(user_id: int) -> list[int]:
    """Return the chapters in which somebody has or had a role, or that they proposed."""
    roles = Term.objects.filter(user_id=user_id).values_list("chapter_id", flat=True)
    proposed = Chapter.objects.filter(proposed_by=user_id).exclude(state__in=_NEVER_BEGUN)
    return sorted({*roles, *proposed.values_list("pk", flat=True)})


def _forget_roles(chapter_id: int, user_id: int) -> None:
    """End what is left of somebody's roles; their address goes where nobody else runs the chapter."""
    chapter = lock_chapter(chapter_id)
    mine = [term for term in lock_terms(chapter_id) if term.user_id == user_id]
    end(chapter, mine, actor_id=None, reason=EndReason.RETIRED, is_told=False)
    terms = Term.objects.filter(chapter_id=chapter_id, user_id=user_id)
    terms.update(is_named_in_public=False)
    people.forget_reasons(f"term:{pk}" for pk in terms.values_list("pk", flat=True))
    is_run = any(term.role in ORGANIZER_ROLES for term in lock_terms(chapter_id))
    if chapter.contact and not is_run:
        Chapter.objects.filter(pk=chapter_id).update(contact="")
    Chapter.objects.filter(pk=chapter_id, proposed_by=user_id).update(proposed_by=None)


def _forget_proposals(user_id: int) -> None:
    gone = Chapter.objects.filter(proposed_by=user_id, state__in=_NEVER_BEGUN)
    people.forget_reasons(f"chapter:{pk}" for pk in gone.values_list("pk", flat=True))
    gone.delete()
    Term.objects.filter(given_by=user_id).update(given_by=None)


def _forget_concerns(user_id: int) -> None:
    own: QuerySet[Concern] = Concern.objects.filter(reporter_id=user_id)
    erase_concerns(own.filter(state=ConcernState.CLOSED))
    own.update(reporter_id=None, is_anonymous=True, request_key=None)
    ConcernSubject.objects.filter(user_id=user_id).delete()
    ConcernNote.objects.filter(author_id=user_id).update(author_id=None)
    Concern.objects.filter(handler_id=user_id).update(handler_id=None)
