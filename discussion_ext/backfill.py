"""Taking up what was in the forum before us: posts become contributions as if we had been there, and nobody is told.

A course's threads are walked in the order of their ids, then its comments, in batches. Each batch is one transaction
with the cursor that says how far it goes: a process that is killed leaves whole batches behind, and the next run goes
on after the last one. What is known already is left as it is, so starting over changes nothing either. Memory does not
grow with the course.

Nobody gets a mail about what was written long ago. Points are given only when asked for, because they cannot quietly be
taken back: then under the scheme that was in force when the post was written (before the first, the shipped one), on
that day of its author, within that day's limits. Without points a post is marked as unpaid, so that a later edit of it
earns nothing either; a later run with points pays it.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef
from opaque_keys.edx.keys import CourseKey

from people import api as people

from . import counts, edx_platform, reactions
from .announcements import tell_ledger
from .consequences import evaluate_task
from .contributions import adopt_reply, is_kept_apart, is_watched, now, record_post
from .data import ForumPostData
from .intents import Intent, acting
from .missed import missed_post
from .models import Backfill, Contribution, HelpfulMark, PendingEvaluation
from .retirement import without_words_of_the_retired

log = logging.getLogger(__name__)

Counts = Mapping[str, int]

BATCH: Final = 100

_KINDS: Final = {"thread": "thread_id", "comment": "comment_id"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be taken up, and how."""

    since: datetime | None = None
    has_points: bool = False


def backfill_contributions(
    *,
    course_key: CourseKey | None = None,
    since: datetime | None = None,
    has_points: bool = False,
    is_again: bool = False,
) -> Generator[Counts, None, None]:
    """Take up what was written in one course, or in all courses that use us; yield the counts of each batch.

    Goes on where the last run stopped, unless ``is_again`` or wished differently. Not inside a transaction.
    """
    wish = Wish(since=since, has_points=has_points)
    for course_id in _list_courses(course_key):
        cursor = _open(course_id, wish, is_again=is_again)
        for kind in _KINDS:
            yield from _take_up(cursor, kind, wish)
        yield from _evaluate(course_id)
        Backfill.objects.filter(pk=cursor.pk).update(finished_at=now())
        yield {"courses": 1}


def look_at_history(
    *,
    course_key: CourseKey | None = None,
    since: datetime | None = None,
    has_points: bool = False,
    is_again: bool = False,
) -> Counts:
    """Return how much such a run would take up; changes nothing, and reads as much as the run would."""
    courses = posts = known = 0
    wish = Wish(since=since, has_points=has_points)
    for course_id in _list_courses(course_key):
        courses += 1
        cursor = _find(course_id, wish, is_again=is_again)
        for kind in _KINDS:
            for batch in _batches(cursor, kind, wish):
                recorded = len(_known(post for _pk, post in batch))
                known += recorded
                posts += len(batch) - recorded
    return {"courses": courses, "posts": posts, "posts known already": known}


# -- courses and cursors -----------------------------------------------------------------------------------------------


def _list_courses(course_key: CourseKey | None) -> Iterator[str]:
    """Yield the courses in whose forum something was written and that use us now."""
    if course_key is not None:
        if is_watched(str(course_key)):
            yield str(course_key)
        return
    course_id = ""
    while (found := edx_platform.find_next_forum_course(course_id)) is not None:
        course_id = found
        with suppress(ValueError):  # a key of the forum's past that is no key of a course any more
            if not is_kept_apart(course_id) and is_watched(course_id):
                yield course_id


def _find(course_id: str, wish: Wish, *, is_again: bool) -> Backfill:
    """Return how far the course has been taken up in this way; a new cursor where it was not."""
    found = Backfill.objects.filter(course_id=course_id).first()
    fresh = Backfill(course_id=course_id, since=wish.since, has_points=wish.has_points)
    if found is None:
        return fresh
    if is_again or (found.since, found.has_points) != (wish.since, wish.has_points):
        fresh.pk = found.pk
        return fresh
    return found


def _open(course_id: str, wish: Wish, *, is_again: bool) -> Backfill:
    cursor = _find(course_id, wish, is_again=is_again)
    cursor.finished_at = None
    cursor.save()
    return cursor


def _batches(cursor: Backfill, kind: str, wish: Wish) -> Iterator[list[tuple[int, ForumPostData]]]:
    after = getattr(cursor, _KINDS[kind])
    while batch := edx_platform.list_course_posts(
        kind, course_id=cursor.course_id, after=after, since=wish.since, limit=BATCH
    ):
        yield batch
        after = batch[-1][0]


# -- one batch ---------------------------------------------------------------------------------------------------------


def _take_up(cursor: Backfill, kind: str, wish: Wish) -> Iterator[Counts]:
    for batch in _batches(cursor, kind, wish):
        posts = without_words_of_the_retired(post for _pk, post in batch)
        with transaction.atomic():
            before = _known(posts)
            taken = [post.key for post in posts if _take(post, wish)]
            _take_reactions(taken)
            _settle_first(cursor.course_id, {post.author_id for post in posts})
            Backfill.objects.filter(pk=cursor.pk).update(**{_KINDS[kind]: batch[-1][0], "changed_at": now()})
        _fold(taken)
        new = len(set(taken) - before)
        yield {
            "posts taken up": new,
            "posts known already": len(taken) - new,
            "posts left to errands": len(posts) - len(taken),
        }


def _take(post: ForumPostData, wish: Wish) -> bool:
    """Take up one post; one that cannot be is left to an errand and keeps none of the others waiting."""
    intent = Intent(is_unpaid=not wish.has_points)
    with acting(intent):
        try:
            with transaction.atomic():
                _record(post, wish)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one post, the others are taken up
            log.error("discussion_ext.backfill_failed post=%s error=%s", post.key, people.name_error(error))
            missed = missed_post(post.key)
            people.add_errand(kind=missed.kind, key=missed.key, facts=missed.facts, keeps_facts=missed.keeps_facts)
            return False
    return True


def _record(post: ForumPostData, wish: Wish) -> Contribution | None:
    parent = _record_parent(post, wish)
    contribution = Contribution.objects.filter(forum_key=post.key).first()
    if contribution is None:
        return record_post(post)
    if parent is not None and contribution.parent_id is None:
        adopt_reply(contribution, parent)
    if wish.has_points:
        _pay(contribution)
    return contribution


def _record_parent(post: ForumPostData, wish: Wish) -> Contribution | None:
    """Return the record of what a post answers, made first where there is none: it may be older than what is wished."""
    if post.parent_key is None:
        return None
    known = Contribution.objects.filter(forum_key=post.parent_key).first()
    if known is not None:
        return known
    parent = edx_platform.find_post(post.parent_key)
    if parent is None:
        return None
    return _record(without_words_of_the_retired([parent])[0], wish)


def _pay(contribution: Contribution) -> None:
    """Tell the ledger about a post that is known; what it has heard before it hears again for nothing."""
    if contribution.is_unpaid:
        contribution.is_unpaid = False
        Contribution.objects.filter(pk=contribution.pk).update(is_unpaid=False)
    if not contribution.is_erased:
        tell_ledger(contribution)


def _take_reactions(keys: list[str]) -> None:
    """Take over votes and reports as they are now; the counts follow after the commit."""
    if not keys:
        return
    for key, user_id in edx_platform.list_votes_for(keys):
        reactions.record_vote(key, user_id=user_id, is_up=True)
    for key, user_id in edx_platform.list_flags_on(keys):
        reactions.record_flag(key, user_id=user_id)


def _settle_first(course_id: str, author_ids: set[int]) -> None:
    """Say anew which is the first post of each of these people: an older one may have come to light."""
    own = Contribution.objects.filter(course_id=course_id)
    older = own.filter(author_id=OuterRef("author_id"), created_at__lt=OuterRef("created_at"))
    wrong = list(own.filter(Exists(older), author_id__in=author_ids, is_first=True).values_list("pk", "author_id"))
    Contribution.objects.filter(pk__in=[pk for pk, _author_id in wrong]).update(is_first=False)
    late = {author_id for _pk, author_id in wrong}
    for author_id, first in own.filter(author_id__in=late).values_list("author_id").annotate(Min("created_at")):
        earliest = own.filter(author_id=author_id, created_at=first).order_by("pk").values_list("pk", flat=True)[:1]
        Contribution.objects.filter(pk__in=list(earliest)).update(is_first=True)


# -- after the commit --------------------------------------------------------------------------------------------------


def _fold(keys: list[str]) -> None:
    """Bring counts up to date; what a crash leaves here is found by the sweep."""
    due = Contribution.objects.filter(forum_key__in=keys, fold_due__isnull=False)
    for contribution_id in due.order_by("pk").values_list("pk", flat=True):
        counts.fold_contribution(contribution_id)
    marks = HelpfulMark.objects.filter(contribution__forum_key__in=keys, fold_due__isnull=False)
    for mark_id in marks.order_by("pk").values_list("pk", flat=True):
        counts.fold_mark(mark_id)


def _evaluate(course_id: str) -> Iterator[Counts]:
    """Evaluate whose posts turned out to belong to a case."""
    waiting = PendingEvaluation.objects.filter(task__course_id=course_id).annotate(case=F("task_id"))
    for task_id in list(waiting.order_by("case").values_list("case", flat=True).distinct()):
        yield {"people evaluated": evaluate_task(task_id)}


def _known(posts: Iterable[ForumPostData]) -> set[str]:
    found = Contribution.objects.filter(forum_key__in=[post.key for post in posts])
    return {key for key in found.values_list("forum_key", flat=True) if key is not None}
