"""Figures of the pages of chapters: what each costs with ten members and with a hundred thousand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters import api, visits
from chapters.boards import ensure_boards
from chapters.data import Audience, ChapterState, MembershipState
from chapters.models import Chapter, Membership, Region
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind
from tests.bench.figures import analyse, compare_rates, insert_rows
from tests.bench.people import make_learners

COURSE = CourseKey.from_string("course-v1:Bench+chapters+1")
FEW, MANY = 10, 100_000
#: People with an account: those whom a page shows. The others are ids of memberships, far above all accounts.
SHOWN = 60
TOPICS = 25
SLICES, SECONDS = 7, 0.8
PAGES = {"chapter_page": "", "member_list": "people/", "board_page": "boards/everyone/"}


def measure() -> dict[str, float]:
    """Return for each page how many queries it makes, and its time with many members / with few: whole requests."""
    people = make_learners(COURSE, SHOWN)
    reader = Client()
    reader.force_login(User.objects.get(pk=people[0]))
    region = Region.objects.create(slug="bench", name="Bench")
    few, many = _make_chapter("few", region, people[:FEW]), _make_chapter("many", region, people)
    for number in range(40):
        _make_chapter(f"other-{number}", region, people[:1])
    for chapter in (few, many):
        _talk(chapter, people[1:FEW])
    # With few they all fit on the first page, which is then as long as with many.
    with override_settings(CHAPTERS_PAGE_SIZE=FEW):
        return _measure_all(reader, few, many)


def _measure_all(reader: Client, few: Chapter, many: Chapter) -> dict[str, float]:
    figures: dict[str, float] = {}
    before = _measure_directory(reader)
    _fill(many, MANY - SHOWN)
    analyse(*(model._meta.db_table for model in (Chapter, Membership)))
    after = _measure_directory(reader)
    assert before[0] == after[0], f"queries grow with the crowd: {before[0]} and {after[0]}"
    figures |= {"directory_queries": after[0], "directory_time_100k_vs_10": before[1] / after[1]}
    for name, path in PAGES.items():
        figures |= _compare(name, path, reader, few, many)
    return figures


def _compare(name: str, path: str, reader: Client, few: Chapter, many: Chapter) -> dict[str, float]:
    def view(chapter: Chapter) -> None:
        assert reader.get(f"/chapters/{chapter.slug}/{path}").status_code == 200

    queries = [_count_queries(partial(view, chapter)) for chapter in (few, many)]
    assert queries[0] == queries[1], f"{name}: queries grow with the crowd: {queries}"
    rates = compare_rates(lambda: view(few), lambda: view(many), slices=SLICES, seconds=SECONDS)
    print(
        f"    {name}: {queries[1]} queries; {1000 / rates[0]:.1f} ms with few, {1000 / rates[1]:.1f} ms with {MANY:,}"
    )
    return {f"{name}_queries": queries[1], f"{name}_time_100k_vs_10": rates[0] / rates[1]}


def _measure_directory(reader: Client) -> tuple[int, float]:
    """Return the queries of the directory as it is now, and its rate / that of a page that never changes.

    A site cannot be had small and large at once, so each is measured against the same third thing: a page as heavy.
    """

    def view() -> None:
        assert reader.get("/chapters/").status_code == 200

    def look_at_a_small_chapter() -> None:
        assert reader.get("/chapters/bench-few/").status_code == 200

    queries = _count_queries(view)
    ours, plain = compare_rates(view, look_at_a_small_chapter, slices=SLICES, seconds=SECONDS)
    print(f"    directory: {queries} queries; {1000 / ours:.1f} ms, a small chapter {1000 / plain:.1f} ms")
    return queries, ours / plain


def _make_chapter(slug: str, region: Region, people: list[int]) -> Chapter:
    chapter = Chapter.objects.create(
        slug=f"bench-{slug}",
        name=f"Bench {slug}",
        state=ChapterState.ACTIVE,
        listed_rank=1,
        region=region,
        country="NL",
        zone="Europe/Amsterdam",
        languages="en",
        members=len(people),
        opened_at=timezone.now(),
    )
    Membership.objects.bulk_create(_member(chapter, user_id, number) for number, user_id in enumerate(people))
    return chapter


def _member(chapter: Chapter, user_id: int, number: int) -> Membership:
    joined = timezone.now() - timedelta(minutes=number)
    return Membership(
        chapter=chapter,
        user_id=user_id,
        state=MembershipState.MEMBER,
        joined_at=joined,
        first_joined_at=joined,
        times_joined=1,
        position="Team lead",
        why="To practise hard talks",
    )


def _talk(chapter: Chapter, authors: list[int]) -> None:
    """Let the members begin as many topics as a page shows, and more."""
    data = api.get_chapter(chapter.pk)
    ensure_boards(data)
    for number in range(TOPICS):
        author = authors[number % len(authors)]
        visit = visits.open_board(data, api.find_access(data, author), Audience.EVERYONE)
        draft = TopicDraftData(kind=TopicKind.PROBLEM, title=f"Question {number}", body="How do you begin a hard talk?")
        boards.start_topic(board_key=visit.key, author_id=author, draft=draft)


def _fill(chapter: Chapter, number: int) -> None:
    """Add so many members who joined before everybody that a page shows."""
    rows = [_member(chapter, 20_000_000 + place, 1_000 + place) for place in range(number)]
    fields = [field for field in Membership._meta.concrete_fields if not field.primary_key]
    now = timezone.now()
    values = [
        [
            field.get_db_prep_save(now if field.name == "created_at" else getattr(row, field.attname), connection)
            for field in fields
        ]
        for row in rows
    ]
    insert_rows(Membership._meta.db_table, [str(field.column) for field in fields], values)
    Chapter.objects.filter(pk=chapter.pk).update(members=SHOWN + number)


def _count_queries(view: Callable[[], None]) -> int:
    view()  # names are given at the first look
    with CaptureQueriesContext(connection) as queries:
        view()
    return len(queries)
