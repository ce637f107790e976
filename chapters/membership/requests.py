"""Requests to join: read, answered within their time, and reminded of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.cursors import read_cursor, write_cursor
from chapters.data import (
    Audience,
    ChapterState,
    JoinAnswerData,
    JoinedBy,
    JoinRequestData,
    MembershipData,
    MembershipState,
    RequestPage,
    RuleData,
)
from chapters.exceptions import NotFoundError, StateError
from chapters.models import ChapterRule, JoinAnswer, Membership
from chapters.records import to_introduction, to_rule
from people import api as people

from . import news, rows
from .invitations import JOINABLE
from .joining import check_ban, come_in
from .listing import name_members
from .reading import page_size, read_locked
from .rules import NOTHING, judge, list_courses, list_given, named_courses, read_rules

LONGEST_NOTE: Final = 500
#: So long before a request is due organizers are reminded.
AHEAD: Final = timedelta(days=1)
_REMINDED: Final = tuple(state for state in JOINABLE if state is not ChapterState.PAUSED)
_BATCH: Final = 500


def list_requests(*, chapter_id: int, cursor: str = "", limit: int | None = None) -> RequestPage:
    """Return open requests of a chapter, the earliest due first; a fixed number of queries."""
    return _list(_open().filter(chapter_id=chapter_id), cursor, limit)


def list_overdue_requests(*, cursor: str = "", limit: int | None = None) -> RequestPage:
    """Return requests of all chapters whose time is over, for community managers; those that can be answered."""
    return _list(_open().filter(due_at__lt=timezone.now(), chapter__state__in=JOINABLE), cursor, limit)


def get_request(membership_id: int) -> JoinRequestData:
    """Return one open request, or raise NotFoundError."""
    row = _open().filter(pk=membership_id).first()
    if row is None:
        raise NotFoundError(_("There is no such request, or it was answered."))
    return _to_data([row])[0]


@transaction.atomic
def accept_request(*, membership_id: int, actor_id: int, note: str = "") -> MembershipData:
    """Let an applicant in and tell them. Raises StateError where it was answered, BannedError and NotFoundError."""
    said = rows.read_text(note, field="note", most=LONGEST_NOTE, is_needed=False)
    row = _lock(membership_id)
    if row.chapter.state not in JOINABLE:
        raise StateError(_("This chapter takes nobody in now."))
    check_ban(chapter_id=row.chapter_id, user_id=row.user_id)
    come_in(row, way=JoinedBy.REQUEST, given=list_given(read_rules(row.chapter_id), row.user_id))
    _settle(row, actor_id=actor_id, note=said, verb="chapter.request.accept")
    news.tell_accepted(row, note=said)
    return read_locked(row.pk)


@transaction.atomic
def decline_request(*, membership_id: int, actor_id: int, note: str = "") -> MembershipData:
    """Say no with a note that the applicant reads; they may ask again later. Raises as `accept_request` does."""
    said = rows.read_text(note, field="note", most=LONGEST_NOTE, is_needed=False)
    row = _lock(membership_id)
    Membership.objects.filter(pk=row.pk).update(state=MembershipState.DECLINED, due_at=None)
    at = _settle(row, actor_id=actor_id, note=said, verb="chapter.request.decline")
    news.tell_declined(row, note=said, at=at)
    return read_locked(row.pk)


def remind_of_requests() -> Generator[Mapping[str, int], None, None]:
    """Remind organizers, once a day, of requests that are due within a day or overdue; chapter by chapter."""
    now = timezone.now()
    waiting: defaultdict[int, int] = defaultdict(int)
    overdue: defaultdict[int, int] = defaultdict(int)
    for batch in _batches(find_due(now)):
        for _pk, chapter_id, due_at in batch:
            waiting[chapter_id] += 1
            overdue[chapter_id] += due_at < now
    for chapter_id in sorted(waiting):
        told = news.tell_requests_due(
            chapter_id, waiting=waiting[chapter_id], overdue=overdue[chapter_id], today=now.date()
        )
        yield {"organizers reminded": told}


def find_due(now: datetime) -> QuerySet[Membership]:
    """Return the open requests that are due within a day of a moment, or overdue.

    Left out are those of chapters that pause, where nobody is reminded of anything, and of archived ones, where nobody
    can answer.
    """
    return Membership.objects.filter(
        state=MembershipState.REQUESTED, due_at__lt=now + AHEAD, chapter__state__in=_REMINDED
    )


def _batches(found: QuerySet[Membership]) -> Generator[list[tuple[int, int, datetime]], None, None]:
    """Yield what is due as (membership, chapter, when), in batches and in the order in which it became due."""
    after = Q()
    while True:
        rows_ = found.filter(after).order_by("due_at", "pk").values_list("pk", "chapter_id", "due_at")[:_BATCH]
        batch = [(pk, chapter_id, due_at) for pk, chapter_id, due_at in rows_ if due_at is not None]
        if not batch:
            return
        yield batch
        pk, _chapter_id, due_at = batch[-1]
        after = Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk)


def _open() -> QuerySet[Membership]:
    return Membership.objects.filter(state=MembershipState.REQUESTED)


def _lock(membership_id: int) -> Membership:
    """Return an open request under the locks of its chapter and itself."""
    chapter_id = Membership.objects.filter(pk=membership_id).values_list("chapter_id", flat=True).first()
    if chapter_id is None:
        raise NotFoundError(_("There is no such request."))
    chapter = rows.lock_chapter(chapter_id)
    row = Membership.objects.select_for_update().get(pk=membership_id)
    if row.state != MembershipState.REQUESTED:
        raise StateError(_("This request was answered, or taken back, meanwhile."))
    row.chapter = chapter
    return row


def _settle(row: Membership, *, actor_id: int, note: str, verb: str) -> datetime:
    now = timezone.now()
    Membership.objects.filter(pk=row.pk).update(decided_at=now, decided_by=actor_id, decision_note=note)
    people.record_audit(
        actor_id=actor_id,
        verb=verb,
        target=f"membership:{row.pk}",
        context_key=f"chapter:{row.chapter_id}",
        reason=note,
        data={"user": row.user_id},
    )
    return now


def _list(found: QuerySet[Membership], cursor: str, limit: int | None) -> RequestPage:
    size = page_size(limit)
    if after := read_cursor(cursor, (datetime, int)):
        moment, pk = after
        found = found.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))
    page = list(found.order_by("due_at", "pk")[: size + 1])
    more = write_cursor(page[size - 1].due_at or timezone.now(), page[size - 1].pk) if len(page) > size else ""
    return RequestPage(requests=tuple(_to_data(page[:size])), cursor=more)


def _to_data(page: Sequence[Membership]) -> list[JoinRequestData]:
    """Return requests as organizers read them, in a fixed number of queries."""
    answers: defaultdict[int, list[JoinAnswerData]] = defaultdict(list)
    for row in JoinAnswer.objects.filter(membership_id__in=[each.pk for each in page]).order_by("position", "pk"):
        answers[row.membership_id].append(JoinAnswerData(question=row.question, answer=row.answer))
    names = _name(page)
    given = _judge(page)
    now = timezone.now()
    return [
        JoinRequestData(
            membership_id=row.pk,
            chapter_id=row.chapter_id,
            user_id=row.user_id,
            name=names[row.user_id],
            answers=tuple(answers[row.pk]),
            introduction=to_introduction(row),
            asked_at=row.asked_at or row.created_at,
            due_at=row.due_at or now,
            is_overdue=row.due_at is not None and row.due_at < now,
            audiences=given[row.pk],
            was_member=row.times_joined > 0,
        )
        for row in page
    ]


def _name(page: Sequence[Membership]) -> Mapping[int, str]:
    """Return what applicants are called: as they chose for the chapter; to managers, who see all chapters, by name."""
    ids = [row.user_id for row in page]
    chapter_ids = {row.chapter_id for row in page}
    if len(chapter_ids) != 1:
        return people.real_names(ids)
    return {user_id: name.text for user_id, name in name_members(min(chapter_ids), ids).items()}


def _judge(page: Sequence[Membership]) -> dict[int, frozenset[Audience]]:
    """Return, by membership, the audiences to which the applicants' courses entitle them."""
    rules: defaultdict[int, list[RuleData]] = defaultdict(list)
    chapter_ids = {row.chapter_id for row in page}
    for rule in ChapterRule.objects.filter(chapter_id__in=chapter_ids).order_by("pk").prefetch_related("courses"):
        rules[rule.chapter_id].append(to_rule(rule))
    asked = [rule for found in rules.values() for rule in found]
    courses = list_courses([row.user_id for row in page], named_courses(asked)) if asked else {}
    return {row.pk: frozenset(judge(rules[row.chapter_id], courses.get(row.user_id, NOTHING))) for row in page}
