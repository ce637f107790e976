"""Who may come in because of a course: invited once for a chapter and audience, and reminded by nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from chapters import addresses
from chapters.data import Audience, ChapterData, ChapterState, InvitationData, InvitationState, MembershipState
from chapters.edx_platform import enrolments
from chapters.exceptions import NotFoundError
from chapters.models import Invitation, Membership
from chapters.records import bans_in_force, chapters_to_read, to_chapter
from people import api as people

from .kinds import NewsKind
from .rules import NOTHING, judge, list_courses, named_courses, read_keys

#: States of a chapter in which somebody can come in.
JOINABLE = (ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT)

_MOST = 20
_MOST_IN_MAIL = 5


def list_invitations(user_id: int) -> list[InvitationData]:
    """Return the open invitations of a person that still hold, newest first and one for a chapter.

    Of the newest 20, those to the alumni's board stand for those to the learners' board of the same chapter.
    One to a chapter that takes nobody in, or by a course that was lost again, waits until it holds again.
    """
    found: dict[int, InvitationData] = {}
    for each in _list_open(user_id):
        if each.chapter.id not in found or each.audience is Audience.ALUMNI:
            found[each.chapter.id] = each
    return list(found.values())


def find_invitation(*, user_id: int, course_key: str) -> InvitationData | None:
    """Return the newest open invitation that a course gave, for its certificate page and its tab."""
    return next(iter(_list_open(user_id, course_id=course_key)), None)


@transaction.atomic
def dismiss_invitation(*, invitation_id: int, user_id: int) -> InvitationData:
    """Put an invitation away, with any other to the same chapter; twice changes nothing.

    Raises NotFoundError for any but one's own.
    """
    row = Invitation.objects.filter(pk=invitation_id, user_id=user_id).first()
    if row is None:
        raise NotFoundError(_("There is no such invitation."))
    mine = Invitation.objects.filter(chapter_id=row.chapter_id, user_id=user_id, state=InvitationState.OPEN)
    mine.update(state=InvitationState.DISMISSED, settled_at=timezone.now())
    row.refresh_from_db()
    return _to_data(row, to_chapter(chapters_to_read().get(pk=row.chapter_id)), _name_courses([row]))


def accept_invitations(*, chapter_id: int, user_id: int) -> None:
    """Settle the invitations of somebody who came in."""
    rows = Invitation.objects.filter(chapter_id=chapter_id, user_id=user_id, state=InvitationState.OPEN)
    rows.update(state=InvitationState.ACCEPTED, settled_at=timezone.now())


@transaction.atomic
def invite(user_id: int, chapters: Sequence[tuple[ChapterData, Mapping[Audience, str]]]) -> int:
    """Invite somebody to chapters, the nearest first, where they were not before; return to how many.

    Each comes with the audiences that courses give there. Who takes a course finds the invitation on its pages; who
    completed one is written to, once for a course however many chapters it opens. The caller has seen that they are no
    member, not banned, near, and that the chapters take people in.
    """
    invited = []
    completed: defaultdict[str, list[ChapterData]] = defaultdict(list)
    for chapter, given in reversed(chapters):  # the nearest is the newest, and so the first that is shown
        fresh = [audience for audience in Audience if audience in given and _add(chapter, user_id, audience, given)]
        if fresh:
            invited.append(chapter)
        if Audience.ALUMNI in fresh:
            completed[given[Audience.ALUMNI]].insert(0, chapter)
    for course_id, found in completed.items():
        _send(user_id, course_id, found)
    return len(invited)


def find_holding(user_id: int, chapter_ids: list[int]) -> set[int]:
    """Return those of these chapters to which a completed course still invites somebody, who may yet come in."""
    rows = Invitation.objects.filter(
        user_id=user_id, chapter_id__in=chapter_ids, audience=Audience.ALUMNI, state=InvitationState.OPEN
    )
    return {each.chapter.id for each in _hold(user_id, list(rows.filter(chapter__state__in=JOINABLE)))}


def _add(chapter: ChapterData, user_id: int, audience: Audience, given: Mapping[Audience, str]) -> bool:
    try:
        with transaction.atomic():
            Invitation.objects.create(
                chapter_id=chapter.id, user_id=user_id, audience=audience, course_id=given[audience]
            )
    except IntegrityError:
        return False
    return True


def _send(user_id: int, course_id: str, chapters: Sequence[ChapterData]) -> None:
    """Write to somebody about the nearest chapters that a completed course opens; once for a course, for ever."""
    course = _name(course_id)
    items = [
        {
            "key": f"{NewsKind.INVITED}:{chapter.id}:{user_id}",
            "kind": NewsKind.INVITED.value,
            "context": {
                "chapter_id": chapter.id,
                "chapter": chapter.name,
                "url": addresses.chapter_url(chapter.slug),
                "course": course,
                "lead": chapter.lead,
                "members": chapter.members,
            },
        }
        for chapter in chapters[:_MOST_IN_MAIL]
    ]
    people.request_delivery(
        key=f"{NewsKind.INVITED}:{user_id}:{course_id}",
        user_id=user_id,
        kind=NewsKind.INVITED,
        context={"items": items, "course_name": course},
    )


def _list_open(user_id: int, **given: str) -> list[InvitationData]:
    """Return the newest open invitations that still hold, of those that have these values."""
    rows = Invitation.objects.filter(user_id=user_id, state=InvitationState.OPEN, chapter__state__in=JOINABLE, **given)
    return _hold(user_id, list(rows.order_by("-pk")[:_MOST]))


def _hold(user_id: int, rows: list[Invitation]) -> list[InvitationData]:
    """Return those whose course still gives the audience, to who is neither in, nor waiting, nor banned."""
    ids = {row.chapter_id for row in rows}
    if not ids:
        return []
    inside = (MembershipState.MEMBER, MembershipState.REQUESTED)
    mine = Membership.objects.filter(user_id=user_id, chapter_id__in=ids, state__in=inside)
    shut = set(mine.values_list("chapter_id", flat=True))
    shut |= set(bans_in_force().filter(user_id=user_id, chapter_id__in=ids).values_list("chapter_id", flat=True))
    chapters = {row.pk: to_chapter(row) for row in chapters_to_read().filter(pk__in=ids - shut)}
    rules = [rule for chapter in chapters.values() for rule in chapter.rules]
    courses = list_courses([user_id], named_courses(rules)).get(user_id, NOTHING)
    names = _name_courses(rows)
    return [
        _to_data(row, chapters[row.chapter_id], names)
        for row in rows
        if row.chapter_id in chapters and row.audience in judge(chapters[row.chapter_id].rules, courses)
    ]


def _to_data(row: Invitation, chapter: ChapterData, names: Mapping[str, str]) -> InvitationData:
    return InvitationData(
        id=row.pk,
        chapter=chapter,
        user_id=row.user_id,
        audience=Audience(row.audience),
        course_id=row.course_id,
        course_name=names.get(row.course_id, ""),
        state=InvitationState(row.state),
        created_at=row.created_at,
    )


def _name_courses(rows: list[Invitation]) -> dict[str, str]:
    keys: list[CourseKey] = read_keys(row.course_id for row in rows)
    return {str(key): name for key, name in enrolments.list_course_names(keys).items()}


def _name(course_id: str) -> str:
    return next(iter(enrolments.list_course_names(read_keys([course_id])).values()), "")
