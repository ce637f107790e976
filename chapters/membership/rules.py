"""What courses give people by the rules of a chapter. The judgement is pure; the facts are asked of the platform."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey

from chapters.data import Audience, CertificateStanding, ChapterData, Match, RuleData
from chapters.edx_platform import certificates, enrolments, results
from chapters.models import ChapterRule
from chapters.records import to_rule


@dataclass(frozen=True, kw_only=True)
class CoursesData:
    """The courses that one person takes now, and those that they have completed."""

    taken: frozenset[CourseKey] = frozenset()
    completed: frozenset[CourseKey] = frozenset()

    def of(self, audience: Audience) -> frozenset[CourseKey]:
        """Return the courses that count for an audience."""
        return self.completed if audience is Audience.ALUMNI else self.taken


NOTHING = CoursesData()


def judge(rules: Iterable[RuleData], courses: CoursesData) -> dict[Audience, str]:
    """Return the audiences that these rules give a person, each with the course that gave it."""
    given = {
        rule.audience: _find_giver(rule, courses.of(rule.audience))
        for rule in rules
        if rule.audience is not Audience.EVERYONE
    }
    return {audience: course for audience, course in given.items() if course is not None}


def _find_giver(rule: RuleData, courses: Collection[CourseKey]) -> str | None:
    """Return the first course by name among those that meet a rule, None where it is not met."""
    by_name = {str(key): key.org for key in courses}
    asked = [{name} & by_name.keys() for name in rule.courses]
    asked += [{name for name, org in by_name.items() if org == wanted} for wanted in rule.organizations]
    is_met = all if rule.match is Match.ALL else any
    if rule.is_empty or not is_met(asked):
        return None
    return min(set().union(*asked))


def named_courses(rules: Iterable[RuleData]) -> set[CourseKey] | None:
    """Return the courses that rules name; None where they ask for organizations, and so for any course."""
    found: set[CourseKey] = set()
    for rule in rules:
        if rule.organizations:
            return None
        found |= set(read_keys(rule.courses))
    return found


def list_asked_courses(rules: Iterable[RuleData]) -> list[CourseKey]:
    """Return every course that rules ask for, those of their organizations included, in a fixed order."""
    rules = list(rules)
    named = {key for rule in rules for key in read_keys(rule.courses)}
    organizations = {each for rule in rules for each in rule.organizations}
    theirs = enrolments.list_courses_of(organizations) if organizations else []
    return sorted(named.union(theirs), key=str)


def list_courses(
    user_ids: Collection[int], course_keys: Collection[CourseKey] | None = None
) -> Mapping[int, CoursesData]:
    """Return what each of these people takes and has completed, in three queries; who has nothing is left out.

    A course is completed by a certificate that stands, or by a grade that passes now where no certificate was taken
    back. Among ``course_keys``, or among all.
    """
    taken = enrolments.list_enrolled_courses(user_ids, course_keys)
    passed = results.list_passed_courses(user_ids, course_keys)
    said = certificates.list_certificates(user_ids, course_keys)
    found = {}
    for user_id in taken.keys() | passed.keys() | said.keys():
        mine = said.get(user_id, {})
        held = {key for key, standing in mine.items() if standing is CertificateStanding.HELD}
        completed = held | (passed.get(user_id, set()) - mine.keys())
        found[user_id] = CoursesData(
            taken=frozenset(taken.get(user_id, ())),
            completed=frozenset(completed),
        )
    return found


def read_keys(names: Iterable[str]) -> list[CourseKey]:
    """Return the course keys among these texts; one that is none asks for a course that nobody can take."""
    found = []
    for name in names:
        try:
            found.append(CourseKey.from_string(name))
        except InvalidKeyError:
            continue
    return found


def read_rules(chapter_id: int) -> tuple[RuleData, ...]:
    """Return the rules of a chapter as they are now, in two queries."""
    rows = ChapterRule.objects.filter(chapter_id=chapter_id).order_by("pk").prefetch_related("courses")
    return tuple(to_rule(row) for row in rows)


def list_given(rules: Iterable[RuleData], user_id: int) -> dict[Audience, str]:
    """Return the audiences that rules give somebody now, each with the course that gave it; three queries."""
    rules = [rule for rule in rules if not rule.is_empty]
    if not rules:
        return {}
    return judge(rules, list_courses([user_id], named_courses(rules)).get(user_id, NOTHING))


def list_entitled(chapter: ChapterData, user_id: int) -> frozenset[Audience]:
    """Return the audiences of a chapter that somebody's courses give them now, member or not; three queries."""
    return frozenset(list_given(chapter.rules, user_id))
