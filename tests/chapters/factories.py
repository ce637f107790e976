"""Short ways to make chapters, people and roles, as rows: what a test is about is done through the api instead."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chapters.data import (
    Audience,
    ChapterData,
    ChapterRole,
    ChapterState,
    JoinedBy,
    Match,
    MembershipData,
    MembershipState,
    StandingSource,
)
from chapters.models import Ban, Chapter, ChapterRule, Membership, Region, RuleCourse, Standing, Term
from chapters.reading import get_chapter
from chapters.records import memberships_to_read, to_membership
from common.djangoapps.student.models import UserProfile

_numbers = itertools.count(1)


def make_account(
    name: str = "", *, year_of_birth: int | None = 1990, country: str = "", days_old: int = 100, **fields: Any
) -> int:
    """Return the id of an account with a profile, in use for so many days."""
    username = f"{(name or 'person').split()[0].lower()}{next(_numbers)}"
    joined = timezone.now() - timedelta(days=days_old)
    user = User.objects.create(username=username, email=f"{username}@example.org", date_joined=joined, **fields)
    profile = {"name": name or username.title(), "country": country, "year_of_birth": year_of_birth}
    UserProfile.objects.update_or_create(user=user, defaults=profile)
    return user.pk


def make_manager(name: str = "Mina Manager") -> int:
    """Return the id of a community manager: somebody with the permission."""
    user_id = make_account(name)
    permission = Permission.objects.get(content_type__app_label="chapters", codename="manage_chapters")
    User.objects.get(pk=user_id).user_permissions.add(permission)
    return user_id


def make_region(slug: str = "africa", name: str = "Africa", position: int = 1) -> Region:
    """Return a region."""
    return Region.objects.get_or_create(slug=slug, defaults={"name": name, "position": position})[0]


def make_chapter(
    name: str = "Nairobi evening chapter", *, state: ChapterState = ChapterState.ACTIVE, **fields: Any
) -> ChapterData:
    """Return a chapter in a state; ``fields`` are columns of its row."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "slug": f"chapter-{number}",
        "name": name,
        "state": state,
        "city": "Nairobi",
        "country": "KE",
        "zone": "Africa/Nairobi",
        "languages": "en sw",
        "lead": "For people who lead others for the first time.",
        "opened_at": None if state in {ChapterState.PROPOSED, ChapterState.DECLINED} else timezone.now(),
        "search_text": name.casefold(),
        "listed_rank": LISTED_RANKS.get(state, 9),
    }
    row = Chapter.objects.create(**{**values, **fields})
    return get_chapter(row.pk)


#: What a chapter's row has by which the directory orders it.
LISTED_RANKS = {
    ChapterState.ACTIVE: 1,
    ChapterState.FORMING: 2,
    ChapterState.PAUSED: 3,
    ChapterState.DORMANT: 4,
}


def make_rule(
    chapter: ChapterData,
    audience: Audience = Audience.ALUMNI,
    *courses: str,
    match: Match = Match.ANY,
    organization: str = "",
    adds_members: bool = False,
) -> ChapterData:
    """Give a chapter a course rule and return it as it is then."""
    rule = ChapterRule.objects.create(chapter_id=chapter.id, audience=audience, match=match, adds_members=adds_members)
    for course_id in courses:
        RuleCourse.objects.create(rule=rule, course_id=course_id)
    if organization:
        RuleCourse.objects.create(rule=rule, organization=organization)
    return get_chapter(chapter.id)


def make_member(
    chapter: ChapterData,
    user_id: int | None = None,
    *,
    audiences: tuple[Audience, ...] = (),
    state: MembershipState = MembershipState.MEMBER,
    joined_at: datetime | None = None,
    **fields: Any,
) -> MembershipData:
    """Return a membership of somebody, of a new person where nobody is named, with manual standings."""
    joined = joined_at or timezone.now()
    values: dict[str, Any] = {
        "joined_by": JoinedBy.SELF,
        "joined_at": joined,
        "first_joined_at": joined,
        "times_joined": 1,
        "position": "Team lead",
        "why": "To practise hard talks",
    }
    row = Membership.objects.create(
        chapter_id=chapter.id,
        user_id=make_account() if user_id is None else user_id,
        state=state,
        **{**values, **fields},
    )
    if state is MembershipState.MEMBER:
        Chapter.objects.filter(pk=chapter.id).update(
            members=Membership.objects.filter(chapter_id=chapter.id, state=MembershipState.MEMBER).count()
        )
    for audience in audiences:
        Standing.objects.create(
            membership=row, chapter_id=chapter.id, audience=audience, source=StandingSource.MANUAL, since=joined
        )
    return to_membership(memberships_to_read().get(pk=row.pk))


def make_organizer(
    chapter: ChapterData, user_id: int | None = None, *, role: ChapterRole = ChapterRole.LEAD, **fields: Any
) -> int:
    """Return the id of a member with a role."""
    if user_id is None:
        user_id = make_member(chapter).user_id
    elif not Membership.objects.filter(chapter_id=chapter.id, user_id=user_id).exists():
        make_member(chapter, user_id)
    give_role(chapter, user_id, role, **fields)
    return user_id


def give_role(chapter: ChapterData, user_id: int, role: ChapterRole = ChapterRole.LEAD, **fields: Any) -> Term:
    """Return the row of somebody's new term in a role."""
    return Term.objects.create(
        chapter_id=chapter.id,
        user_id=user_id,
        role=role,
        open_key=f"{chapter.id}:{user_id}:{role}",
        **{"starts_at": timezone.now(), **fields},
    )


def make_ban(chapter: ChapterData, user_id: int, *, days: float | None = None, **fields: Any) -> Ban:
    """Return a ban, in force for so many days (less than none: over already), None until it is lifted."""
    expires_at = timezone.now() + timedelta(days=days) if days is not None else None
    values = {"reason": "Selling courses", "expires_at": expires_at}
    return Ban.objects.create(chapter_id=chapter.id, user_id=user_id, **{**values, **fields})
