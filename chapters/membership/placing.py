"""What one person's courses give them in chapters: standings, invitations and memberships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from chapters.data import (
    Audience,
    ChapterData,
    JoinedBy,
    MembershipData,
    MembershipState,
    StandingSource,
)
from chapters.edx_platform import accounts, enrolments
from chapters.exceptions import BannedError
from chapters.models import Membership, RuleCourse, Standing
from chapters.records import bans_in_force, chapters_to_read, memberships_to_read, to_chapter, to_membership
from people import api as people

from . import news, rows
from .invitations import JOINABLE, invite
from .joining import check_ban, come_in
from .kinds import MemberErrand
from .rules import NOTHING, CoursesData, judge, list_courses, list_given, read_keys, read_rules
from .standings import differs, settle_member

Given = Mapping[Audience, str]


def asks_for(course_key: CourseKey) -> bool:
    """Tell whether a rule of any chapter asks for a course; one query."""
    return RuleCourse.objects.filter(Q(course_id=str(course_key)) | Q(organization=course_key.org)).exists()


def await_person(user_id: int, course_key: CourseKey) -> None:
    """Have somebody placed after the commit; one insert."""
    missed = missed_person(user_id, course_key)
    people.add_errand(kind=missed.kind, key=missed.key, facts=missed.facts, run_after_commit=True)


def missed_person(user_id: int, course_key: CourseKey) -> people.Missed:
    """Return what a receiver leaves behind that could not do its part."""
    facts = {"user": user_id, "course": str(course_key)}
    return people.Missed(kind=MemberErrand.PERSON, key=str(user_id), facts=facts)


def run_person(facts: Mapping[str, Any]) -> None:
    """Do the errand of one person."""
    place_person(int(facts["user"]))


def place_person(user_id: int) -> Counter[str]:
    """Make standings, invitations and memberships of one person what the rules say, and return what changed.

    Twice comes to the same. Call it outside a transaction: each chapter is one of its own.
    """
    done: Counter[str] = Counter()
    if user_id not in accounts.list_present([user_id]):
        return done
    courses = list_courses([user_id]).get(user_id, NOTHING)
    chapters = _list_concerned(user_id, courses)
    mine = {
        row.chapter_id: to_membership(row)
        for row in memberships_to_read().filter(user_id=user_id, chapter_id__in=chapters)
    }
    for chapter in chapters.values():
        given = judge(chapter.rules, courses)
        done += place(chapter, user_id, mine.get(chapter.id), given)
    return done


def place(chapter: ChapterData, user_id: int, membership: MembershipData | None, given: Given) -> Counter[str]:
    """Bring one person in one chapter to what courses give them; the caller has seen that the account is there."""
    if membership is not None and membership.is_member:
        held = {each.audience: each.source for each in membership.standings}
        return settle_and_tell(membership.id, held=held, given=given) if differs(held, given) else Counter()
    if not given or chapter.state not in JOINABLE:
        return Counter()
    return open_doors(chapter, user_id, membership, given)


def settle_and_tell(membership_id: int, *, held: Mapping[Audience, StandingSource], given: Given) -> Counter[str]:
    """Settle a member's standings and tell them of boards that opened."""
    done = settle_member(membership_id)
    if done["opened"]:
        for audience in given.keys() - held.keys():
            _tell_open(membership_id, audience)
    return Counter({f"standings {name}": count for name, count in done.items()})


def open_doors(chapter: ChapterData, user_id: int, membership: MembershipData | None, given: Given) -> Counter[str]:
    """Make somebody a member where a rule adds members, or invite them; nobody who went is brought back.

    Who was removed, is banned or waits for an answer is left alone, and so is, for an audience that they had, who left.
    """
    if membership is not None and membership.state in (MembershipState.REQUESTED, MembershipState.REMOVED):
        return Counter()
    if bans_in_force().filter(chapter_id=chapter.id, user_id=user_id).exists():
        return Counter()
    adds = {rule.audience for rule in chapter.rules if rule.adds_members}
    if adds & given.keys() and membership is None:
        return Counter({"members added": int(_add(chapter, user_id))})
    had = _list_had(membership)
    fresh = {audience: course for audience, course in given.items() if audience not in had}
    return Counter({"people invited": int(bool(fresh) and invite(chapter, user_id, fresh))})


def _list_concerned(user_id: int, courses: CoursesData) -> dict[int, ChapterData]:
    """Return the chapters that somebody is in, and those with a rule that asks for one of their courses."""
    keys = courses.taken | courses.completed
    asks = Q(course_id__in=[str(key) for key in keys]) | Q(organization__in={key.org for key in keys})
    asking = RuleCourse.objects.filter(asks).values_list("rule__chapter_id", flat=True) if keys else []
    inside = Membership.objects.filter(user_id=user_id, state=MembershipState.MEMBER)
    ids = {*asking, *inside.values_list("chapter_id", flat=True)}
    return {row.pk: to_chapter(row) for row in chapters_to_read().filter(pk__in=ids).order_by("pk")}


@transaction.atomic
def _add(chapter: ChapterData, user_id: int) -> bool:
    """Make somebody a member by a rule, unless something of theirs says otherwise by now."""
    rows.lock_chapter(chapter.id)
    row = rows.lock_or_create(chapter_id=chapter.id, user_id=user_id)
    given = list_given(read_rules(chapter.id), user_id)
    is_new = row.state == MembershipState.LEFT and row.times_joined == 0 and row.asked_at is None
    if not given or not is_new:
        return False
    try:
        check_ban(chapter_id=chapter.id, user_id=user_id)
    except BannedError:
        return False
    entered = come_in(row, way=JoinedBy.RULE, given=given)
    if entered:
        news.tell_added(row, course_name=name_course(max(given.items())[1]))
    return entered


def name_courses(course_ids: Iterable[str]) -> dict[str, str]:
    """Return what courses are called, by key as text, in one query; those without a name are left out."""
    return {str(key): name for key, name in enrolments.list_course_names(read_keys(course_ids)).items()}


def name_course(course_id: str) -> str:
    """Return what a course is called, empty where nobody knows."""
    return name_courses([course_id]).get(course_id, "")


def _list_had(membership: MembershipData | None) -> Collection[str]:
    """Return the audiences that somebody had as a member, once."""
    if membership is None:
        return ()
    return set(Standing.objects.filter(membership_id=membership.id).values_list("audience", flat=True))


def _tell_open(membership_id: int, audience: Audience) -> None:
    held = Standing.objects.filter(membership_id=membership_id, audience=audience, ended_at__isnull=True)
    standing = held.select_related("membership").first()
    if standing is not None and standing.source == StandingSource.RULE:
        key = f"{standing.pk}:{standing.since.isoformat()}"
        news.tell_board_open(standing.membership, audience, key=key)
