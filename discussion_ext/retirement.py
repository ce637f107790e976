"""Forgetting a person: words are erased, what they counted for stays, and nobody is graded again.

What others hold about the person goes too: why a post was reported or removed, why a grade was decided. What the person
wrote about *others* as one of the course team stays, because their appeals rest on it; retention settings end that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction

from people import api as people

from . import edx_platform
from .attendance.retirement import forget_person
from .blended.retirement import forget_person as forget_in_blended
from .boards.owners import list_course_ids
from .boards.retirement import forget_person as forget_on_boards
from .contributions import forget_words, held_course_id, now
from .data import ForumPostData
from .kinds import kind_of
from .models import Contribution, Participation, PendingEvaluation, Report
from .sessions.upkeep import forget_person as forget_in_sessions
from .targets import list_targets

_BATCH = 500


def retire_person(user_id: int) -> None:
    """Erase what a retired person wrote here and what was said about it; hash, length and verdicts stay.

    Safe to repeat, before or after the forum's own retirement; in batches. In one transaction: a retirement
    does not succeed by half.
    """
    with transaction.atomic():
        forget_person(user_id)
        forget_in_sessions(user_id)
        forget_in_blended(user_id)
        forget_on_boards(user_id)
        PendingEvaluation.objects.filter(user_id=user_id).delete()
        people.forget_reasons(list_targets(user_id))
        Participation.objects.filter(user_id=user_id).update(is_retired=True, override_reason="")
        for participation in Participation.objects.filter(user_id=user_id).select_related("task").iterator():
            _forget_reasons(participation)
        Report.objects.filter(reporter_id=user_id).update(reason="")
        for ids in _batches(user_id):
            _forget_posts(ids)
        # After our own record is erased: what the forum then saves is nobody's edit.
        for course_id in sorted({held_course_id(), *list_course_ids()}):
            edx_platform.erase_posts_of(user_id, course_id=course_id)
        edx_platform.erase_drafts(user_id)


def without_words_of_the_retired(posts: Iterable[ForumPostData]) -> list[ForumPostData]:
    """Return the posts, those of people who have left without their words, whether or not the forum has erased them."""
    found = list(posts)
    retired = edx_platform.list_retired({post.author_id for post in found})
    return [replace(post, is_retired=True) if post.author_id in retired else post for post in found]


def _batches(user_id: int) -> Iterator[list[int]]:
    last = 0
    theirs = Contribution.objects.filter(author_id=user_id).order_by("pk").values_list("pk", flat=True)
    while ids := list(theirs.filter(pk__gt=last)[:_BATCH]):
        yield ids
        last = ids[-1]


def _forget_posts(ids: list[int]) -> None:
    forget_words(Contribution.objects.filter(pk__in=ids))
    reports = Report.objects.filter(contribution__in=ids)
    reports.filter(state=Report.OPEN).update(state=Report.DISMISSED, resolved_at=now())  # nothing is left to decide on
    reports.update(reason="", resolution="")


def _forget_reasons(participation: Participation) -> None:
    """Erase what the team wrote about removed posts and about a grade it decided, as the evaluation quotes it."""
    if participation.evaluation is None:
        return
    kept: dict[str, Any] = participation.evaluation
    kind_of(participation.task).forget_reasons(kept)
    Participation.objects.filter(pk=participation.pk).update(evaluation=kept)
