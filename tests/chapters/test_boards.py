"""A chapter as the owner of its boards: who reads, who moderates, how people are named, what the world hears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from chapters import boards as chapter_boards
from chapters.boards import ChapterBoards, board_key, ensure_boards, read_board_key
from chapters.data import Audience, ChapterData, ChapterRole, ChapterState
from chapters.models import Chapter
from chapters.signals import CHAPTER_POST_RECORDED
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind
from people.upkeep import reserved_keys

from .factories import make_account, make_ban, make_chapter, make_manager, make_member, make_organizer, make_rule

pytestmark = pytest.mark.django_db
OWNER = ChapterBoards()


@pytest.fixture
def chapter() -> ChapterData:
    found = make_rule(make_chapter(), Audience.ALUMNI, "course-v1:Meridian+LEAD+2026")
    ensure_boards(found)
    return found


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """Return what a listener of the public fact hears."""
    found: list[Any] = []

    def hear(**facts: Any) -> None:
        found.append(facts["post"])

    CHAPTER_POST_RECORDED.connect(hear)
    yield found
    CHAPTER_POST_RECORDED.disconnect(hear)


def _start(chapter: ChapterData, user_id: int, audience: Audience = Audience.EVERYONE) -> int:
    draft = TopicDraftData(kind=TopicKind.PROBLEM, title="Keys", body="Who has them?")
    return boards.start_topic(board_key=board_key(chapter.id, audience), author_id=user_id, draft=draft)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "chapter",
        "chapter:",
        "chapter:1",
        "chapter:x:alumni",
        "chapter:1:all",
        "club:1:alumni",
        "chapter:١:alumni",
        "chapter:1:alumni:2",
    ],
)
def test_other_keys_are_nobodys(key: str) -> None:
    assert read_board_key(key) is None
    assert OWNER.list_readers(key, [1]) == set()
    assert OWNER.say_place(key) == OWNER.topic_url(key, 1) == OWNER.reports_url(key) == ""


def test_each_audience_reads_its_board(chapter: ChapterData) -> None:
    member, alumna, stranger = make_member(chapter), make_member(chapter, audiences=(Audience.ALUMNI,)), make_account()
    left, manager = make_member(chapter), make_manager()
    organizer = make_organizer(chapter)
    make_ban(chapter, left.user_id)
    closed = make_member(chapter, make_account(is_active=False))
    everybody = [each.user_id for each in (member, alumna, left, closed)] + [stranger, manager, organizer]
    assert OWNER.list_readers(board_key(chapter.id, Audience.EVERYONE), everybody) == {
        member.user_id, alumna.user_id, manager, organizer,
    }  # fmt: skip
    assert OWNER.list_readers(board_key(chapter.id, Audience.ALUMNI), everybody) == {
        alumna.user_id, manager, organizer,
    }  # fmt: skip
    assert OWNER.list_readers(board_key(chapter.id, Audience.LEARNERS), everybody) == set()  # there is no such board


def test_readers_cost_the_same_whatever_their_number(chapter: ChapterData, django_assert_num_queries: Any) -> None:
    few = [make_member(chapter).user_id for _ in range(2)]
    many = few + [make_member(chapter, audiences=(Audience.ALUMNI,)).user_id for _ in range(20)]
    key = board_key(chapter.id, Audience.EVERYONE)
    OWNER.list_readers(key, few)
    for people in (few, many):
        with django_assert_num_queries(8):
            assert OWNER.list_readers(key, people) == set(people)


def test_reports_go_to_who_runs_the_chapter_and_to_managers_where_nobody_does(chapter: ChapterData) -> None:
    key, manager = board_key(chapter.id, Audience.EVERYONE), make_manager()
    assert list(OWNER.list_moderators(key)) == [manager]
    organizer, moderator = make_organizer(chapter), make_organizer(chapter, role=ChapterRole.MODERATOR)
    make_organizer(chapter, role=ChapterRole.HOST)
    make_ban(chapter, moderator)
    assert list(OWNER.list_moderators(key)) == [organizer]
    assert list(OWNER.list_moderators(key, but=[organizer])) == [manager]  # nobody decides about their own post


def test_a_hidden_chapter_shows_its_boards_to_nobody(chapter: ChapterData) -> None:
    member = make_member(chapter).user_id
    Chapter.objects.update(state=ChapterState.PROPOSED)
    assert OWNER.list_readers(board_key(chapter.id, Audience.EVERYONE), [member]) == set()


def test_people_are_shown_as_in_the_chapter_and_the_young_by_a_pseudonym(chapter: ChapterData) -> None:
    grown, young = make_account("Amina Yusuf"), make_account("Yara Young", year_of_birth=timezone.now().year - 12)
    names = OWNER.name_people(board_key(chapter.id, Audience.EVERYONE), [grown, young])
    assert names[grown].text == "Amina Yusuf"
    assert names[young].kind == "pseudonym"
    assert "Young" not in names[young].text


def test_places_and_addresses_are_the_chapters(chapter: ChapterData) -> None:
    key = board_key(chapter.id, Audience.ALUMNI)
    assert (OWNER.context_key(key), OWNER.say_place(key)) == (chapter.key, chapter.name)
    assert OWNER.topic_url(key, 7) == f"/chapters/{chapter.slug}/topics/7/"
    assert OWNER.topic_url(key, 7, 9) == f"/chapters/{chapter.slug}/posts/9/"
    assert OWNER.reports_url(key) == f"/chapters/{chapter.slug}/boards/reports/"
    assert OWNER.picture_url("ab12") == "/chapters/pictures/ab12"


def test_the_world_hears_of_a_post_by_number_and_the_chapter_is_alive(
    chapter: ChapterData, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    member = make_member(chapter).user_id
    with django_capture_on_commit_callbacks(execute=True):
        topic_id = _start(chapter, member, Audience.ALUMNI)
    (fact,) = heard
    assert (fact.chapter_id, fact.audience, fact.topic_id, fact.author_id) == (chapter.id, "alumni", topic_id, member)
    assert (fact.is_topic, fact.revision, fact.state) == (True, 1, "live")
    noted = Chapter.objects.get().last_active_at
    assert noted is not None
    with django_capture_on_commit_callbacks(execute=True):
        boards.withdraw_post(post_id=fact.post_id, author_id=member)
    assert [each.state for each in heard] == ["live", "withdrawn"]
    assert Chapter.objects.get().last_active_at == noted  # one write is enough for half a day


def test_a_post_is_announced_once_by_the_chapter_and_never_as_a_courses(
    chapter: ChapterData, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    from discussion_ext.signals import CONTRIBUTION_RECORDED

    told: list[Any] = []

    def hear(**facts: Any) -> None:
        told.append(facts)

    CONTRIBUTION_RECORDED.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            _start(chapter, make_member(chapter).user_id)
    finally:
        CONTRIBUTION_RECORDED.disconnect(hear)
    assert (len(heard), told) == (1, [])


def test_no_course_comes_into_being_under_the_key_of_boards() -> None:
    key = CourseKey.from_string(settings.CHAPTERS_BOARD_COURSE_KEY)
    assert reserved_keys.find_reservation(key) == "CHAPTERS_BOARD_COURSE_KEY"
    assert chapter_boards.stored_under() == settings.CHAPTERS_BOARD_COURSE_KEY
