"""Members as others see them: who sees which field, pages, search, names, and the table for organizers."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters.access import find_access
from chapters.api import membership as api
from chapters.data import Audience, ChapterData, ChapterRole, IntroductionData, MembershipState
from chapters.exceptions import InvalidValueError, NotFoundError
from chapters.membership.listing import shown_as
from common.djangoapps.student.models import UserProfile
from people import api as people
from people.data import NameData
from tests.chapters.factories import make_account, make_chapter, make_manager, make_member, make_organizer
from tests.membership.conftest import ME

pytestmark = pytest.mark.django_db


def join(chapter: ChapterData, user_id: int, **changes: Any) -> int:
    api.join(chapter_id=chapter.id, user_id=user_id, introduction=replace(ME, **changes))
    return user_id


def members(chapter: ChapterData, viewer: int, **asked: Any) -> Any:
    return api.list_members(chapter=chapter, viewer=find_access(chapter, viewer), **asked)


def cost(act: Any) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


class TestWhoSeesWhat:
    @pytest.fixture
    def hidden(self, chapter: ChapterData, amina: int) -> int:
        return join(chapter, amina, private=frozenset({"why", "place"}))

    def see(self, chapter: ChapterData, viewer: int, user_id: int) -> Any:
        return api.get_member(chapter=chapter, viewer=find_access(chapter, viewer), user_id=user_id)

    def test_a_member_sees_what_is_for_members(self, chapter: ChapterData, hidden: int) -> None:
        card = self.see(chapter, make_member(chapter).user_id, hidden)
        assert card.introduction == IntroductionData(
            position="Team lead", skills="feedback, hiring", hobbies="climbing"
        )
        assert (card.name.text, card.is_me) == ("Amina Yusuf", False)

    @pytest.mark.parametrize("who", ["organizer", "manager", "self"])
    def test_organizers_and_oneself_see_all(self, chapter: ChapterData, hidden: int, who: str) -> None:
        viewer = {"organizer": lambda: make_organizer(chapter), "manager": make_manager, "self": lambda: hidden}[who]()
        assert self.see(chapter, viewer, hidden).introduction.why == ME.why

    def test_a_host_is_no_organizer(self, chapter: ChapterData, hidden: int) -> None:
        host = make_organizer(chapter, role=ChapterRole.HOST)
        card = self.see(chapter, host, hidden)
        assert card.introduction.why == ""
        assert self.see(chapter, hidden, host).roles == ("host",)

    def test_the_young_have_a_pseudonym_and_no_introduction(self, chapter: ChapterData) -> None:
        child = join(chapter, make_account("Kid Young", year_of_birth=2015, country="KE"))
        card = self.see(chapter, make_member(chapter).user_id, child)
        assert card.introduction == IntroductionData()
        assert card.name.kind == "pseudonym"
        assert "Kid" not in card.name.text + card.shown_as
        assert self.see(chapter, make_organizer(chapter), child).introduction.position == "Team lead"

    def test_the_young_are_not_found_by_words_of_before(self, chapter: ChapterData) -> None:
        """Somebody corrects the year in their profile: their words are still stored."""
        child = join(chapter, make_account("Kid Young", year_of_birth=1990, country="KE"))
        viewer = make_member(chapter).user_id
        assert [each.user_id for each in members(chapter, viewer, text="climbing").members] == [child]
        UserProfile.objects.filter(user_id=child).update(year_of_birth=2015)
        assert members(chapter, viewer, text="climbing").members == ()

    def test_the_young_have_a_pseudonym_in_requests_and_bans(self, chapter: ChapterData) -> None:
        asks = make_account("Kid Young", year_of_birth=2015, country="KE")
        make_member(chapter, asks, state=MembershipState.REQUESTED, due_at=timezone.now())
        (request,) = api.list_requests(chapter_id=chapter.id).requests
        assert "Kid" not in request.name
        ban = api.ban(chapter_id=chapter.id, user_id=asks, actor_id=make_organizer(chapter), reason="Spam")
        assert "Kid" not in ban.user_name

    def test_a_choice_of_name_is_kept(self, chapter: ChapterData, amina: int) -> None:
        join(chapter, amina)
        people.choose_name(user_id=amina, surface="chapter", context_key=chapter.key, choice="hidden")
        assert self.see(chapter, make_member(chapter).user_id, amina).name.kind == "hidden"

    def test_who_left_is_not_there(self, chapter: ChapterData, amina: int) -> None:
        join(chapter, amina)
        viewer = make_member(chapter).user_id
        api.leave(chapter_id=chapter.id, user_id=amina)
        with pytest.raises(NotFoundError):
            self.see(chapter, viewer, amina)
        assert amina not in {each.user_id for each in members(chapter, viewer).members}


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("name", "Amina Yusuf"),
        ("name_position", "Amina Yusuf, team lead"),
        ("name_place", "Amina Yusuf, Nairobi"),
        ("place_name_position", "Nairobi, Amina Yusuf, team lead"),
    ],
)
def test_names_follow_the_chapters_form(form: str, shown: str) -> None:
    chapter = make_chapter(name_format=form)
    name = NameData(1, "name", "Amina Yusuf", "AY", 1)
    assert shown_as(chapter, name, IntroductionData(position="team lead", place="Nairobi")) == shown
    assert shown_as(chapter, name, IntroductionData()) == "Amina Yusuf"


class TestPages:
    @pytest.fixture
    def crowd(self, chapter: ChapterData) -> list[int]:
        now = timezone.now()
        ids = []
        for number in range(9):
            user_id = make_account(f"Person {number}", country="KE")
            join(chapter, user_id, skills="feedback" if number % 2 else "hiring and feedback")
            ids.append(user_id)
        from chapters.models import Membership

        Membership.objects.update(joined_at=now)  # the order does not hang on moments that differ
        for user_id in ids[:4]:
            api.grant_standing(
                chapter_id=chapter.id, user_id=user_id, audience=Audience.ALUMNI, actor_id=1, reason="Paper"
            )
        return ids

    @pytest.mark.parametrize(
        ("asked", "places"),
        [
            ({}, range(9)),
            ({"audience": Audience.EVERYONE}, range(9)),
            ({"audience": Audience.ALUMNI}, range(4)),
            ({"text": "Feedback"}, range(9)),
            ({"text": "hiring FEEDBACK"}, [0, 2, 4, 6, 8]),
            ({"text": "hiring", "audience": Audience.ALUMNI}, [0, 2]),
            ({"text": "hiring cooking"}, []),
            ({"text": "..."}, []),
            ({"text": "x" * 10_000}, []),
        ],
    )
    def test_pages_are_whole(self, chapter: ChapterData, crowd: list[int], asked: Any, places: Any) -> None:
        page = members(chapter, crowd[0], limit=2, **asked)
        seen = [each.user_id for each in page.members]
        while page.cursor:
            page = members(chapter, crowd[0], limit=2, cursor=page.cursor, **asked)
            seen += [each.user_id for each in page.members]
        assert seen == [crowd[place] for place in reversed(list(places))]

    @pytest.mark.parametrize("asked", [{}, {"text": "feedback"}, {"audience": Audience.ALUMNI}])
    def test_a_page_costs_the_same(self, chapter: ChapterData, crowd: list[int], asked: Any) -> None:
        viewer = find_access(chapter, crowd[0])
        few = cost(lambda: api.list_members(chapter=chapter, viewer=viewer, limit=1, **asked))
        many = cost(lambda: api.list_members(chapter=chapter, viewer=viewer, limit=9, **asked))
        assert few == many <= 8

    @pytest.mark.parametrize("asked", [{}, {"text": "feedback"}])
    def test_a_cursor_that_is_none(self, chapter: ChapterData, crowd: list[int], asked: Any) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            members(chapter, crowd[0], cursor="'; DROP", **asked)
        assert refusal.value.field == "cursor"


class TestHellos:
    def test_once(self, chapter: ChapterData, amina: int) -> None:
        join(chapter, amina)
        other = make_member(chapter).user_id
        assert api.say_hello(chapter_id=chapter.id, user_id=other, to_user_id=amina)
        assert not api.say_hello(chapter_id=chapter.id, user_id=other, to_user_id=amina)
        card = api.get_member(chapter=chapter, viewer=find_access(chapter, other), user_id=amina)
        assert (card.hellos, card.said_hello) == (1, True)

    def test_members_only(self, chapter: ChapterData, amina: int) -> None:
        member = make_member(chapter).user_id
        for who, whom in ((amina, member), (member, amina)):
            with pytest.raises(NotFoundError):
                api.say_hello(chapter_id=chapter.id, user_id=who, to_user_id=whom)
        with pytest.raises(InvalidValueError):
            api.say_hello(chapter_id=chapter.id, user_id=member, to_user_id=member)


def test_the_table_is_safe_and_says_no_addresses(chapter: ChapterData, amina: int) -> None:
    join(chapter, amina, position="=HYPERLINK(1)", hobbies="@SUM(1)", skills='a, "b"', private=frozenset({"why"}))
    make_organizer(chapter)
    text = "".join(api.iter_members_csv(chapter.id))
    head, first, _second = csv.reader(text.splitlines())
    assert head == ["Name", "Position", "Town", "Skills", "Why I joined", "Hobbies", "Boards", "Since"]
    today = f"{timezone.now():%Y-%m-%d}"
    assert first == [
        "Amina Yusuf", "'=HYPERLINK(1)", "Nairobi", 'a, "b"', ME.why, "'@SUM(1)", "Everyone", today
    ]  # fmt: skip
    assert "@example.org" not in text


def test_the_table_is_read_in_batches(chapter: ChapterData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chapters.membership.tables._BATCH", 2)
    for _ in range(5):
        make_member(chapter)
    assert len(list(api.iter_members_csv(chapter.id))) == 6


def test_newest_first(chapter: ChapterData) -> None:
    now = timezone.now()
    old = make_member(chapter, joined_at=now - timedelta(days=9)).user_id
    new = make_member(chapter, joined_at=now - timedelta(days=1)).user_id
    middle = make_member(chapter, joined_at=now - timedelta(days=5)).user_id
    assert [each.user_id for each in members(chapter, old).members] == [new, middle, old]
