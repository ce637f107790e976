"""Comparing everybody with the rules: what no signal told, and what a lost one left wrong, is mended here.

Two walks for each chapter, in batches that are forgotten at once. One over its members: whose standings differ from
what courses give is settled, one by one and under the member's lock. One over who was ever enrolled in a course of its
rules: who meets a rule and is no member is invited or added. Last its members are counted and compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from chapters.data import Audience, ChapterData, ChapterState, MembershipState, StandingSource
from chapters.edx_platform import accounts, enrolments
from chapters.models import Chapter, Invitation, Membership, Standing
from chapters.records import bans_in_force, chapters_to_read, to_chapter
from people import api as people
from people.data import JobStepData

from . import rows
from .invitations import JOINABLE
from .kinds import MemberErrand
from .nearness import is_near, list_whereabouts
from .placing import Given, is_added, place_person, settle_and_tell
from .rules import NOTHING, judge, list_asked_courses, list_courses, named_courses
from .standings import differs

BATCH: Final = 500
#: So many batches of a chapter whose rules changed are one errand's work; the next goes on.
BATCHES_IN_ERRAND: Final = 40

_LEFT_ALONE: Final = (ChapterState.PROPOSED, ChapterState.DECLINED, ChapterState.ARCHIVED)
_START: Final = {"chapter": 0, "part": "members", "course": 0, "after": 0}

Step = tuple[Counter[str], dict[str, Any]]


def reconcile_memberships(*, resume: Mapping[str, Any] | None = None) -> Generator[JobStepData, None, None]:
    """Compare members, and who could be one, with the rules, chapter by chapter."""
    at = dict(resume or _START)
    while (chapter := _find_chapter(at["chapter"])) is not None:
        if chapter.id != at["chapter"]:  # the one at which the last run stood is gone
            at = {**_START, "chapter": chapter.id}
        for counts, cursor in walk_chapter(chapter, at):
            yield JobStepData(counts=counts, cursor=cursor)
        at = {**_START, "chapter": chapter.id + 1}


def look_at_memberships() -> Mapping[str, int]:
    """Count what a run would look at."""
    found = Chapter.objects.exclude(state__in=_LEFT_ALONE)
    return {"chapters to be compared": found.count(), "members in them": sum(found.values_list("members", flat=True))}


def walk_chapter(chapter: ChapterData, at: Mapping[str, Any]) -> Generator[Step, None, None]:
    """Do one chapter from a place on, batch by batch, with the place from where to go on after each."""
    if at["part"] == "members":
        for counts, after in _walk_members(chapter, at["after"]):
            yield counts, {"chapter": chapter.id, "part": "members", "course": 0, "after": after}
        at = {**_START, "chapter": chapter.id, "part": "people"}
    courses = list_asked_courses(chapter.rules)
    for place in range(at["course"], len(courses)):
        after = at["after"] if place == at["course"] else 0
        while found := enrolments.list_ever_enrolled(courses[place], after=after, limit=BATCH):
            after = found[-1][0]
            counts = _place_outsiders(chapter, [user_id for _pk, user_id in found])
            yield counts, {"chapter": chapter.id, "part": "people", "course": place, "after": after}
    yield recount(chapter.id), {**_START, "chapter": chapter.id + 1}


def await_rules(chapter_id: int) -> None:
    """Have a chapter compared with its rules after the commit, because they changed; one insert."""
    facts = {**_START, "chapter": chapter_id, "run": uuid4().hex}
    people.add_errand(kind=MemberErrand.RULES, key=str(chapter_id), facts=facts, run_after_commit=True)


def run_rules(facts: Mapping[str, Any]) -> None:
    """Do some of the errand of a chapter whose rules changed, and leave the rest as one more.

    The rest stands beside, under the run's own name: rules that change again meanwhile begin from the first member.
    """
    row = chapters_to_read().filter(pk=facts["chapter"]).exclude(state__in=_LEFT_ALONE).first()
    if row is None:
        return
    for done, (_counts, cursor) in enumerate(walk_chapter(to_chapter(row), facts), start=1):
        if done == BATCHES_IN_ERRAND and cursor["chapter"] == row.pk:
            rest = {**cursor, "run": facts["run"]}
            key = f"{row.pk}:{facts['run']}"
            people.add_errand(kind=MemberErrand.RULES, key=key, facts=rest, run_after_commit=True)
            return


@transaction.atomic
def recount(chapter_id: int) -> Counter[str]:
    """Compare the counted members of a chapter with their rows, and mend."""
    counted = rows.lock_chapter(chapter_id).members
    # Read with the chapter's lock held and, at repeatable read, as the first thing that is read.
    members = Membership.objects.filter(chapter_id=chapter_id, state=MembershipState.MEMBER).count()
    if counted == members:
        return Counter({"chapters compared": 1})
    Chapter.objects.filter(pk=chapter_id).update(members=members)
    return Counter({"chapters compared": 1, "counts of members mended": 1})


def _find_chapter(first: int) -> ChapterData | None:
    """Return the next chapter to be compared, from a number on."""
    rest = chapters_to_read().filter(pk__gte=first).exclude(state__in=_LEFT_ALONE)
    row = rest.order_by("pk").first()
    return None if row is None else to_chapter(row)


def _walk_members(chapter: ChapterData, after: int) -> Generator[tuple[Counter[str], int], None, None]:
    rules = [rule for rule in chapter.rules if not rule.is_empty]
    keys = named_courses(rules)
    while members := list(
        Membership.objects.filter(chapter_id=chapter.id, state=MembershipState.MEMBER, pk__gt=after)
        .order_by("pk")
        .values_list("pk", "user_id")[:BATCH]
    ):
        after = members[-1][0]
        held = _list_held([pk for pk, _user_id in members])
        courses = list_courses([user_id for _pk, user_id in members], keys) if rules else {}
        done = Counter({"members compared": len(members)})
        for pk, user_id in members:
            given = judge(rules, courses.get(user_id, NOTHING))
            if differs(held.get(pk, {}), given):
                done += settle_and_tell(pk, held=held.get(pk, {}), given=given)
        yield done, after


def _list_held(membership_ids: Sequence[int]) -> dict[int, dict[Audience, StandingSource]]:
    held: defaultdict[int, dict[Audience, StandingSource]] = defaultdict(dict)
    found = Standing.objects.filter(membership_id__in=membership_ids, ended_at__isnull=True)
    for membership_id, audience, source in found.values_list("membership_id", "audience", "source"):
        held[membership_id][Audience(audience)] = StandingSource(source)
    return held


def _place_outsiders(chapter: ChapterData, user_ids: Sequence[int]) -> Counter[str]:
    """Place those of these people who meet a rule and are neither members nor invited: few, after the first time."""
    done = Counter({"learners compared": len(user_ids)})
    if chapter.state not in JOINABLE:
        return done
    known = Membership.objects.filter(chapter_id=chapter.id, user_id__in=user_ids)
    settled = known.filter(state__in=(MembershipState.MEMBER, MembershipState.REQUESTED, MembershipState.REMOVED))
    outside = sorted(set(user_ids) - set(settled.values_list("user_id", flat=True)))
    courses = list_courses(outside, named_courses(chapter.rules))
    given = {user_id: judge(chapter.rules, courses.get(user_id, NOTHING)) for user_id in outside}
    left = dict(known.filter(user_id__in=outside).values_list("user_id", "pk"))
    for user_id in _list_near(chapter, _list_unasked(chapter, given, left), given, left):
        done += place_person(user_id)
    return done


def _list_unasked(chapter: ChapterData, given: Mapping[int, Given], left: Mapping[int, int]) -> list[int]:
    """Return who meets a rule by which they were never invited nor in: most were, once and for all."""
    meeting = [user_id for user_id, audiences in given.items() if audiences]
    asked: defaultdict[int, set[str]] = defaultdict(set)
    invited = Invitation.objects.filter(chapter_id=chapter.id, user_id__in=meeting)
    for user_id, audience in invited.values_list("user_id", "audience"):
        asked[user_id].add(audience)
    owners = {pk: user_id for user_id, pk in left.items()}
    had = Standing.objects.filter(membership_id__in=list(owners))
    for membership_id, audience in had.values_list("membership_id", "audience"):
        asked[owners[membership_id]].add(audience)
    return [user_id for user_id in meeting if given[user_id].keys() - asked[user_id]]


def _list_near(
    chapter: ChapterData, user_ids: Sequence[int], given: Mapping[int, Given], left: Mapping[int, int]
) -> list[int]:
    """Return who of these people would be added, or invited because they are near, and has an account to use."""
    if not user_ids:
        return []
    where = list_whereabouts(user_ids)
    banned = bans_in_force().filter(chapter_id=chapter.id, user_id__in=user_ids).values_list("user_id", flat=True)
    present = accounts.list_present(user_ids) - set(banned)
    return [
        user_id
        for user_id in user_ids
        if user_id in present
        and (is_near(chapter, where[user_id]) or (user_id not in left and is_added(chapter.rules, given[user_id])))
    ]
