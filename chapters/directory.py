"""The directory: chapters near the reader, the others, and by region; a fixed number of queries for any page.

Near is where the reader's profile and zone say: chapters of the same country or of the same time zone, and those that
meet online within two hours of the reader's clock. Lists go on by the place of the last row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from discussion_ext.api import boards
from people import api as people

from . import nearby, words
from .boards import board_key
from .cursors import read_cursor, write_cursor
from .data import (
    Audience,
    CardData,
    ChapterData,
    ChapterScope,
    ChapterState,
    CountsData,
    DirectoryData,
    DirectoryFilter,
    DirectoryShow,
    EventOpenTo,
    MembershipState,
    RegionData,
)
from .edx_platform import profiles
from .events.reading import count_past_events, next_starts
from .membership.rules import NOTHING, CoursesData, judge, list_courses
from .models import Chapter, ChapterRule, Membership
from .profiles import NOT_LISTED, fold
from .records import bans_in_force, chapters_to_read, read_zone, to_chapter
from .regions import list_regions

_HOURS: Final = timedelta(hours=2)
_MOST_NEAR: Final = 12
_MOST_WORDS: Final = 6
_LONGEST_TEXT: Final = 100
_PER_REGION: Final = 6
_MOST_MINE: Final = 100
_JOINABLE: Final = (ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads the directory: what is known of where they are, and the courses that open chapters to them."""

    user_id: int | None = None
    country: str = ""
    zone: ZoneInfo | None = None
    courses: CoursesData = NOTHING

    @property
    def place(self) -> str:
        """Return the name of where they are, the city of their zone or else their country; "" where nobody knows."""
        city = words.say_city(self.zone.key) or self.zone.key.rpartition("/")[2].replace("_", " ") if self.zone else ""
        return city or (words.say_country(self.country) if self.country else "")


def list_directory(asked: DirectoryFilter, *, user_id: int | None) -> DirectoryData:
    """Return a page of the directory as somebody sees it; None is somebody who is not signed in.

    What is near and the regions stand on the first page only, and what is near where that is asked for. Raises
    InvalidValueError("cursor").
    """
    reader = _find_reader(user_id)
    is_first = not asked.cursor
    wanted = _narrow(_listed(asked, reader), asked)
    near: list[Chapter] = []
    if asked.show is DirectoryShow.NEAR:
        near = _list_near(wanted, reader)
        wanted = wanted.exclude(pk__in=[row.pk for row in near])
    rows, cursor = _read_page(wanted, asked.cursor)
    shown = [*(near if is_first else ()), *rows]
    cards = {card.chapter.id: card for card in _draw([to_chapter(row) for row in shown], reader)}
    return DirectoryData(
        near=tuple(cards[row.pk] for row in near) if is_first else (),
        elsewhere=tuple(cards[row.pk] for row in rows),
        regions=_list_by_region() if is_first else (),
        near_place=reader.place,
        people_near=nearby.find_people(reader.country) if is_first else 0,
        total=Chapter.objects.filter(listed_rank__lt=NOT_LISTED).count() if is_first else 0,
        cursor=cursor,
    )


def list_mine(user_id: int) -> list[ChapterData]:
    """Return the chapters of which somebody is a member, those where most happens first, at most 100."""
    mine = Membership.objects.filter(user_id=user_id, state=MembershipState.MEMBER).values("chapter_id")
    rows = chapters_to_read().filter(pk__in=mine).order_by("listed_rank", "pk")[:_MOST_MINE]
    return [to_chapter(row) for row in rows]


def list_of_course(course_key: CourseKey, *, user_id: int | None, limit: int = 20) -> list[CardData]:
    """Return the listed chapters whose rules ask for a course, or for one of its organization, near ones first."""
    reader = _find_reader(user_id)
    asks = ChapterRule.objects.filter(
        Q(courses__course_id=str(course_key)) | Q(courses__organization=course_key.org)
    ).values("chapter_id")
    listed = chapters_to_read().filter(pk__in=asks, listed_rank__lt=NOT_LISTED)
    rows = listed.annotate(distance=_distance(reader)).order_by("distance", "listed_rank", "pk")[:limit]
    return _draw([to_chapter(row) for row in rows], reader)


def list_cards(chapters: Sequence[ChapterData], *, user_id: int | None) -> list[CardData]:
    """Return chapters as the directory shows them to somebody, in their order."""
    return _draw(chapters, _find_reader(user_id))


def get_counts(chapter: ChapterData) -> CountsData:
    """Return what the public page says of a chapter in numbers."""
    keys = [board_key(chapter.id, audience) for audience in chapter.boards]
    return CountsData(members=chapter.members, topics=boards.count_topics(keys), events=count_past_events(chapter.id))


# -- what is asked -----------------------------------------------------------------------------------------------------


def _find_reader(user_id: int | None) -> Reader:
    account = profiles.find_account(user_id) if user_id is not None else None
    if account is None:
        return Reader()
    zone = people.person_zone(account.user_id)
    return Reader(
        user_id=account.user_id,
        country=account.country,
        zone=None if zone.key in {"UTC", "Etc/UTC"} else zone,
        courses=list_courses([account.user_id]).get(account.user_id, NOTHING),
    )


def _listed(asked: DirectoryFilter, reader: Reader) -> QuerySet[Chapter]:
    """Return the part of the directory that is asked for; one's own chapters are there in any state."""
    rows = chapters_to_read()
    if asked.show is DirectoryShow.MINE:
        mine = Membership.objects.filter(user_id=reader.user_id or 0, state=MembershipState.MEMBER)
        return rows.filter(pk__in=mine.values("chapter_id"))
    rows = rows.filter(listed_rank__lt=NOT_LISTED)
    if asked.show is DirectoryShow.ONLINE:
        return rows.filter(scope=ChapterScope.ONLINE)
    if asked.show is DirectoryShow.OPEN:
        return _open_to(rows, reader)
    return rows


def _open_to(rows: QuerySet[Chapter], reader: Reader) -> QuerySet[Chapter]:
    """Return the chapters that somebody could join: not a member, not banned, and let in by the entry rule."""
    open_to = rows.filter(Q(entry=Audience.EVERYONE) | Q(pk__in=_list_entered(reader)))
    if reader.user_id is None:
        return open_to
    mine = Membership.objects.filter(user_id=reader.user_id, state=MembershipState.MEMBER).values("chapter_id")
    banned = bans_in_force().filter(user_id=reader.user_id).values("chapter_id")
    return open_to.exclude(pk__in=mine).exclude(pk__in=banned)


def _list_entered(reader: Reader) -> list[int]:
    """Return chapters whose entry rule one's courses meet; the work is bounded by how many courses one took."""
    mine = reader.courses.taken | reader.courses.completed
    if not mine:
        return []
    names, organizations = [str(key) for key in mine], {key.org for key in mine}
    asks = ChapterRule.objects.filter(Q(courses__course_id__in=names) | Q(courses__organization__in=organizations))
    closed = chapters_to_read().filter(pk__in=asks.values("chapter_id"), listed_rank__lt=NOT_LISTED)
    chapters = (to_chapter(row) for row in closed.exclude(entry=Audience.EVERYONE))
    return [chapter.id for chapter in chapters if chapter.entry in judge(chapter.rules, reader.courses)]


def _narrow(rows: QuerySet[Chapter], asked: DirectoryFilter) -> QuerySet[Chapter]:
    for word in fold(asked.text[:_LONGEST_TEXT]).split()[:_MOST_WORDS]:
        rows = rows.filter(search_text__contains=word)
    if asked.region:
        rows = rows.filter(region__slug=asked.region)
    if asked.country:
        rows = rows.filter(country=asked.country.upper())
    return rows


def _read_page(rows: QuerySet[Chapter], cursor: str) -> tuple[list[Chapter], str]:
    if place := read_cursor(cursor, (int, int)):
        rank, pk = place
        rows = rows.filter(Q(listed_rank__gt=rank) | Q(listed_rank=rank, pk__gt=pk))
    size = settings.CHAPTERS_PAGE_SIZE
    found = list(rows.order_by("listed_rank", "pk")[: size + 1])
    shown = found[:size]
    return shown, write_cursor(shown[-1].listed_rank, shown[-1].pk) if len(found) > size else ""


# -- near --------------------------------------------------------------------------------------------------------------


def _list_near(rows: QuerySet[Chapter], reader: Reader) -> list[Chapter]:
    """Return what is near a reader: the same zone first, then the same country, then online within two hours."""
    if reader.zone is None and not reader.country:
        return []
    near = rows.annotate(distance=_distance(reader)).filter(distance__lt=_FAR)
    return list(near.order_by("distance", "listed_rank", "pk")[:_MOST_NEAR])


_FAR: Final = 9


def _distance(reader: Reader) -> Case:
    """Return how far a chapter is from a reader, as a column: 0 to 2 where it is near."""
    is_online = Q(scope=ChapterScope.ONLINE)
    cases = []
    if reader.zone is not None:
        cases.append(When(~is_online & Q(zone=reader.zone.key), then=Value(0)))
    if reader.country:
        cases.append(When(~is_online & Q(country=reader.country), then=Value(1)))
    if reader.zone is not None:
        cases.append(When(is_online & Q(zone__in=_list_zones_near(reader.zone)), then=Value(2)))
    return Case(*cases, default=Value(_FAR), output_field=IntegerField())


def _list_zones_near(zone: ZoneInfo) -> list[str]:
    """Return the zones of chapters that meet online whose clocks are now within two hours of a reader's."""
    now = timezone.now()
    online = Chapter.objects.filter(scope=ChapterScope.ONLINE, listed_rank__lt=NOT_LISTED).order_by()
    names = online.values_list("zone", flat=True).distinct()
    return [name for name in names if abs(_offset(read_zone(name), now) - _offset(zone, now)) <= _HOURS]


def _offset(zone: ZoneInfo, now: datetime) -> timedelta:
    return now.astimezone(zone).utcoffset() or timedelta()


# -- what is shown -----------------------------------------------------------------------------------------------------


def _draw(chapters: Sequence[ChapterData], reader: Reader) -> list[CardData]:
    """Return cards; one query for what is next and two for who is signed in, however many cards."""
    ids = [chapter.id for chapter in chapters]
    mine: set[int] = set()
    banned: set[int] = set()
    if reader.user_id is not None:
        members = Membership.objects.filter(user_id=reader.user_id, state=MembershipState.MEMBER)
        mine = set(members.filter(chapter_id__in=ids).values_list("chapter_id", flat=True))
        bans = bans_in_force().filter(user_id=reader.user_id, chapter_id__in=ids)
        banned = set(bans.values_list("chapter_id", flat=True))
    next_at = next_starts(ids, open_to=[EventOpenTo.ANYONE], inside=mine)
    return [
        CardData(
            chapter=chapter,
            place=words.say_place(chapter),
            entry_note=words.say_entry(chapter),
            is_open_to_me=_is_open(chapter, reader) and chapter.id not in mine | banned,
            is_mine=chapter.id in mine,
            next_at=next_at.get(chapter.id),
        )
        for chapter in chapters
    ]


def _is_open(chapter: ChapterData, reader: Reader) -> bool:
    if chapter.state not in _JOINABLE:
        return False
    return chapter.entry is Audience.EVERYONE or chapter.entry in judge(chapter.rules, reader.courses)


def _list_by_region() -> tuple[tuple[RegionData, tuple[ChapterData, ...]], ...]:
    """Return every region with a few of its chapters, in four queries."""
    order = Window(RowNumber(), partition_by=F("region_id"), order_by=[F("listed_rank"), F("id")])
    listed = Chapter.objects.filter(listed_rank__lt=NOT_LISTED, region__isnull=False).annotate(nth=order)
    ids = list(listed.filter(nth__lte=_PER_REGION).values_list("pk", flat=True))
    of_region: defaultdict[int, list[ChapterData]] = defaultdict(list)
    for row in chapters_to_read().filter(pk__in=ids).order_by("listed_rank", "pk"):
        of_region[row.region_id or 0].append(to_chapter(row))
    return tuple((region, tuple(of_region[region.id])) for region in list_regions() if region.chapters)
