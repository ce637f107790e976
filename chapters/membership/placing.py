"""What one person's courses give them in chapters: standings, invitations and memberships."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    RuleData,
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
from .nearness import distance, is_near, list_whereabouts
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
    found = memberships_to_read().filter(user_id=user_id, chapter_id__in=chapters)
    mine = {row.chapter_id: to_membership(row) for row in found}
    fresh: list[tuple[ChapterData, Given]] = []
    for chapter in chapters.values():
        membership, given = mine.get(chapter.id), judge(chapter.rules, courses)
        if membership is not None and membership.is_member:
            held = {each.audience: each.source for each in membership.standings}
            if differs(held, given):
                done += settle_and_tell(membership.id, held=held, given=given)
        elif given and chapter.state in JOINABLE and not _is_kept_out(chapter.id, user_id, membership):
            if membership is None and is_added(chapter.rules, given):
                done["members added"] += _add(chapter, user_id)
            else:
                fresh.append((chapter, _without(given, _list_had(membership))))
    done["invitations"] += _invite(user_id, fresh)
    return +done


def settle_and_tell(membership_id: int, *, held: Mapping[Audience, StandingSource], given: Given) -> Counter[str]:
    """Settle a member's standings and tell them of boards that opened."""
    done = settle_member(membership_id)
    if done["opened"]:
        for audience in given.keys() - held.keys():
            _tell_open(membership_id, audience)
    return Counter({f"standings {name}": count for name, count in done.items()})


def is_added(rules: Iterable[RuleData], given: Given) -> bool:
    """Tell whether one of the rules that somebody meets makes them a member."""
    return any(rule.adds_members and rule.audience in given for rule in rules)


def _is_kept_out(chapter_id: int, user_id: int, membership: MembershipData | None) -> bool:
    """Tell whether somebody is left alone: removed, banned, or waiting for an answer."""
    if membership is not None and membership.state in (MembershipState.REQUESTED, MembershipState.REMOVED):
        return True
    return bans_in_force().filter(chapter_id=chapter_id, user_id=user_id).exists()


def _invite(user_id: int, chapters: Sequence[tuple[ChapterData, Given]]) -> int:
    """Invite somebody to those of these chapters that are near."""
    if not any(given for _chapter, given in chapters):
        return 0
    where = list_whereabouts([user_id])[user_id]
    near = [(chapter, given) for chapter, given in chapters if given and is_near(chapter, where)]
    return invite(user_id, sorted(near, key=lambda pair: (distance(pair[0], where), pair[0].id)))


def _without(given: Given, audiences: Collection[str]) -> Given:
    return {audience: course for audience, course in given.items() if audience not in audiences}


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
    if rows.lock_chapter(chapter.id).state not in JOINABLE:
        return False
    row = rows.lock_or_create(chapter_id=chapter.id, user_id=user_id)
    rules = read_rules(chapter.id)
    given = list_given(rules, user_id)
    is_new = row.state == MembershipState.LEFT and row.times_joined == 0 and row.asked_at is None
    if not is_new or not is_added(rules, given):
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
