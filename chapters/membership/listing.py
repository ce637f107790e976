"""Members as other members see them: pages, search and one person.

A page costs the same whatever the crowd. Everybody is read along the index of members by age; a search walks along the
index of its longest word, an audience along that of its standings: newest first in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chapters.ages import is_of_age
from chapters.cursors import read_cursor, write_cursor
from chapters.data import (
    ORGANIZER_ROLES,
    Audience,
    ChapterData,
    ChapterRole,
    IntroductionData,
    MemberCardData,
    MemberPage,
    MembershipData,
    MembershipState,
)
from chapters.edx_platform import profiles
from chapters.exceptions import NotFoundError
from chapters.models import Greeting, Membership, MemberWord, Standing
from chapters.records import memberships_to_read, to_membership
from people import api as people
from people.data import NameData

from .reading import page_size
from .words import read_words

if TYPE_CHECKING:
    from chapters.access import Access

#: A search asks for so many words at most, the longest of those that were typed.
_MOST_WORDS: Final = 5


def list_members(
    *,
    chapter: ChapterData,
    viewer: Access,
    text: str = "",
    audience: Audience | None = None,
    cursor: str = "",
    limit: int | None = None,
) -> MemberPage:
    """Return members, newest first, as the viewer may see them; a fixed number of queries.

    ``text`` finds those whose introduction to all members has all its words, ``audience`` those to whom that board is
    open. What a text has no words of finds nobody. The young are not found by words, also where their profile said
    otherwise when they wrote them: a page may then have fewer members.
    """
    size = page_size(limit)
    words = sorted(read_words(text), key=lambda word: (-len(word), word))[:_MOST_WORDS]
    if text.strip() and not words:
        return MemberPage(members=())
    if audience is Audience.EVERYONE:
        audience = None
    if words or audience:
        ids = _find_ids(chapter.id, words, audience, _read_number(cursor), size + 1)
        found = {row.pk: row for row in memberships_to_read().filter(pk__in=ids, state=MembershipState.MEMBER)}
        page = [found[pk] for pk in ids if pk in found]
        more = write_cursor(ids[size - 1]) if len(ids) > size else ""
    else:
        page = list(_all(chapter.id, cursor)[: size + 1])
        more = _write_place(page[size - 1]) if len(page) > size else ""
    return MemberPage(members=tuple(_draw(chapter, viewer, page[:size], is_search=bool(words))), cursor=more)


def get_member(*, chapter: ChapterData, viewer: Access, user_id: int) -> MemberCardData:
    """Return one member as the viewer may see them, or raise NotFoundError."""
    row = memberships_to_read().filter(chapter_id=chapter.id, user_id=user_id, state=MembershipState.MEMBER).first()
    if row is None:
        raise NotFoundError(_("This person is not a member."))
    return _draw(chapter, viewer, [row])[0]


def name_members(chapter_id: int, user_ids: Iterable[int]) -> dict[int, NameData]:
    """Return people as they are shown in a chapter, in a fixed number of queries: the young by a pseudonym."""
    ids = list(dict.fromkeys(user_ids))
    return _name(chapter_id, ids, list_young(ids))


def list_young(user_ids: Sequence[int]) -> set[int]:
    """Return who of these people is too young for a profile that others see, in one query."""
    found = profiles.list_accounts(user_ids)
    return {pk for pk, account in found.items() if not is_of_age(account.year_of_birth, account.country)}


def shown_as(chapter: ChapterData, name: NameData, introduction: IntroductionData) -> str:
    """Return a member in the form that the chapter has chosen; what is not there is left out."""
    position, place = introduction.position, introduction.place
    parts = {
        "name_position": [name.text, position],
        "name_place": [name.text, place],
        "place_name_position": [place, name.text, position],
    }.get(chapter.name_format, [name.text])
    separator = _(", ")
    return separator.join(part for part in parts if part)


def _all(chapter_id: int, cursor: str) -> QuerySet[Membership]:
    found = memberships_to_read().filter(chapter_id=chapter_id, state=MembershipState.MEMBER)
    if before := read_cursor(cursor, (datetime, int)):
        moment, pk = before
        found = found.filter(Q(joined_at__lt=moment) | Q(joined_at=moment, pk__lt=pk))
    return found.order_by("-joined_at", "-pk")


def _write_place(row: Membership) -> str:
    return write_cursor(row.joined_at or row.created_at, row.pk)


def _read_number(cursor: str) -> int | None:
    place = read_cursor(cursor, (int,))
    return None if place is None else int(place[0])


def _find_ids(
    chapter_id: int, words: Sequence[str], audience: Audience | None, before: int | None, limit: int
) -> list[int]:
    """Return memberships by number, newest first, along one index; what else is asked is looked up row by row."""
    here = Q() if before is None else Q(membership_id__lt=before)
    if words:
        rows: QuerySet[MemberWord] | QuerySet[Standing] = MemberWord.objects.filter(
            here, chapter_id=chapter_id, word=words[0]
        )
        for word in words[1:]:
            same = MemberWord.objects.filter(chapter_id=chapter_id, word=word, membership_id=OuterRef("membership_id"))
            rows = rows.filter(Exists(same))
        if audience:
            held = Standing.objects.filter(
                membership_id=OuterRef("membership_id"), audience=audience, ended_at__isnull=True
            )
            rows = rows.filter(Exists(held))
    else:
        rows = Standing.objects.filter(here, chapter_id=chapter_id, audience=audience, ended_at__isnull=True)
    return list(rows.order_by("-membership_id").values_list("membership_id", flat=True)[:limit])


def _draw(
    chapter: ChapterData, viewer: Access, page: Sequence[Membership], *, is_search: bool = False
) -> list[MemberCardData]:
    young = list_young([row.user_id for row in page])
    members = [to_membership(row) for row in page if not is_search or row.user_id not in young]
    ids = [member.user_id for member in members]
    names = _name(chapter.id, ids, young)
    greeted = _list_greeted(viewer.user_id, [member.id for member in members])
    sees_all = viewer.is_manager or bool(viewer.roles & ORGANIZER_ROLES)
    hellos = {row.pk: row.hellos for row in page}
    cards = []
    for member in members:
        is_me = member.user_id == viewer.user_id
        introduction = _cover(member, is_open=is_me or sees_all, is_young=member.user_id in young)
        cards.append(
            MemberCardData(
                membership_id=member.id,
                user_id=member.user_id,
                name=names[member.user_id],
                shown_as=shown_as(chapter, names[member.user_id], introduction),
                introduction=introduction,
                joined_at=member.joined_at or timezone.now(),
                audiences=member.audiences,
                roles=_order(viewer.facts.terms.get(member.user_id, frozenset())),
                is_me=is_me,
                hellos=hellos[member.id],
                said_hello=member.id in greeted,
                is_paused=(is_me or sees_all) and _is_paused(member.paused_until),
            )
        )
    return cards


def _name(chapter_id: int, ids: Sequence[int], young: set[int]) -> dict[int, NameData]:
    """Return names as they were chosen, and a pseudonym for the young whatever they chose."""
    context_key = f"chapter:{chapter_id}"
    names = people.display_names(ids, surface="chapter", context_key=context_key)
    hidden = [each for each in ids if each in young and names[each].kind == "name"]
    given = people.pseudonyms(hidden, context_key=context_key) if hidden else {}
    for user_id, text in given.items():
        names[user_id] = replace(
            names[user_id], kind="pseudonym", text=text, initials=people.initials(text), tone=people.tone(text)
        )
    return names


def _cover(member: MembershipData, *, is_open: bool, is_young: bool) -> IntroductionData:
    """Return what a viewer sees of an introduction: all of it, what is for members, or nothing of the young."""
    if is_open:
        return member.introduction
    if is_young:
        return IntroductionData()
    empty = dict.fromkeys(member.introduction.private, "")
    return replace(member.introduction, **empty, private=frozenset())


def _list_greeted(user_id: int | None, membership_ids: Sequence[int]) -> set[int]:
    if user_id is None:
        return set()
    said = Greeting.objects.filter(user_id=user_id, membership_id__in=membership_ids)
    return set(said.values_list("membership_id", flat=True))


def _order(roles: Iterable[ChapterRole]) -> tuple[str, ...]:
    held = set(roles)
    return tuple(role.value for role in ChapterRole if role in held)


def _is_paused(until: date | None) -> bool:
    return until is not None and until > timezone.now().date()
