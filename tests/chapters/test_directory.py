"""The directory: near the reader, found by any name of a place, what is open; and as many queries however many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from chapters import api, nearby
from chapters.data import (
    Audience,
    CardData,
    ChapterData,
    ChapterScope,
    ChapterState,
    DirectoryFilter,
    DirectoryShow,
    MembershipState,
)
from chapters.exceptions import InvalidValueError
from chapters.models import Chapter
from chapters.profiles import write_search_text
from people import api as people
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_region, make_rule

COURSE = CourseKey.from_string("course-v1:Meridian+LT1+2026")


def make(name: str, **fields: Any) -> ChapterData:
    """Return a chapter that can be found."""
    chapter = make_chapter(name, **fields)
    row = Chapter.objects.get(pk=chapter.id)
    Chapter.objects.filter(pk=row.pk).update(search_text=write_search_text(row))
    return chapter


def ask(user_id: int | None = None, **asked: Any) -> Any:
    return api.list_directory(DirectoryFilter(**asked), user_id=user_id)


def names(cards: Iterable[CardData]) -> list[str]:
    return [card.chapter.name for card in cards]


@pytest.fixture
def world(db: None) -> dict[str, ChapterData]:
    """Return chapters around the world."""
    make_region("africa", "Africa", 1)
    europe = make_region("europe", "Europe", 2)
    make_region("antarctica", "Antarctica", 3)
    dutch = {"country": "NL", "zone": "Europe/Amsterdam", "languages": "nl", "region": europe}
    return {
        "nairobi": make("Nairobi evening", region=make_region()),
        "utrecht": make("Leerkring Utrecht", city="Utrecht", **dutch),
        "amsterdam": make("Finance lunch", city="Amsterdam", **dutch),
        "online": make(
            "Women who lead", scope=ChapterScope.ONLINE, city="", country="", zone="Europe/London", languages="en"
        ),
        "shanghai": make("上海学习圈", city="上海", country="CN", zone="Asia/Shanghai", languages="zh-hans"),
        "bogota": make(
            "Liderar sin gritar",
            city="Bogotá",
            country="CO",
            zone="America/Bogota",
            languages="es",
            state=ChapterState.PAUSED,
        ),
        "quiet": make("Quiet circle", city="Lyon", country="FR", zone="Europe/Paris", state=ChapterState.DORMANT),
        "over": make("Over", state=ChapterState.ARCHIVED),
        "proposed": make("Only an idea", state=ChapterState.PROPOSED),
    }


class TestFinding:
    def test_active_first_and_only_what_is_listed(self, world: Any) -> None:
        found = ask()
        assert names(found.elsewhere) == [
            "Nairobi evening",
            "Leerkring Utrecht",
            "Finance lunch",
            "Women who lead",
            "上海学习圈",
            "Liderar sin gritar",
            "Quiet circle",
        ]
        assert found.total == 7
        assert not found.near
        assert not found.near_place

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("nairobi", ["Nairobi evening"]),
            ("KENIA", ["Nairobi evening"]),
            ("肯尼亚", ["Nairobi evening"]),
            ("swahili", ["Nairobi evening", "Quiet circle"]),
            ("bogota", ["Liderar sin gritar"]),
            ("BOGOTÁ", ["Liderar sin gritar"]),
            ("colombia spaans", ["Liderar sin gritar"]),
            ("上海", ["上海学习圈"]),
            ("chinees", ["上海学习圈"]),
            ("shanghai", ["上海学习圈"]),
            ("amsterdam", ["Finance lunch"]),
            ("nederlands", ["Leerkring Utrecht", "Finance lunch"]),
            ("europe lunch", ["Finance lunch"]),
            ("over", []),
            ("idea", []),
            ("' OR 1=1 --", []),
            ("%", []),
            ("", None),
        ],
    )
    def test_by_any_name(self, world: Any, text: str, wanted: list[str] | None) -> None:
        found = names(ask(text=text).elsewhere)
        assert found == wanted if wanted is not None else len(found) == 7

    def test_by_region_and_country(self, world: Any) -> None:
        assert names(ask(region="europe").elsewhere) == ["Leerkring Utrecht", "Finance lunch"]
        assert names(ask(region="<b>").elsewhere) == []
        assert names(ask(country="cn").elsewhere) == ["上海学习圈"]

    def test_regions_in_the_sites_order(self, world: Any) -> None:
        found = [(region.slug, region.chapters, [each.name for each in some]) for region, some in ask().regions]
        assert found == [
            ("africa", 1, ["Nairobi evening"]),
            ("europe", 2, ["Leerkring Utrecht", "Finance lunch"]),
        ]
        assert [region.slug for region in api.list_regions()] == ["africa", "europe", "antarctica"]

    def test_a_region_shows_a_few(self, world: Any) -> None:
        for number in range(9):
            make(f"More {number}", region=make_region("europe"))
        regions = {region.slug: (region.chapters, len(some)) for region, some in ask().regions}
        assert regions["europe"] == (11, 6)

    def test_page_by_page(self, world: Any, settings: Any) -> None:
        settings.CHAPTERS_PAGE_SIZE = 3
        seen, cursor = [], ""
        while True:
            page = ask(cursor=cursor)
            assert bool(page.regions) is (cursor == "")
            seen += names(page.elsewhere)
            cursor = page.cursor
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 7
        with pytest.raises(InvalidValueError):
            ask(cursor="nonsense")


class TestNear:
    def dutch(self, **values: Any) -> int:
        user_id = make_account("Amara", country="NL", **values)
        people.set_preferences(user_id=user_id, zone="Europe/Amsterdam")
        return user_id

    def test_country_zone_and_clock(self, world: Any) -> None:
        found = ask(self.dutch(), show=DirectoryShow.NEAR)
        assert names(found.near) == ["Leerkring Utrecht", "Finance lunch", "Women who lead"]
        assert found.near_place == "Amsterdam"
        assert "Leerkring Utrecht" not in names(found.elsewhere)
        assert len(found.elsewhere) == 4

    def test_far_away_clocks(self, world: Any) -> None:
        user_id = make_account("Li", country="CN")
        people.set_preferences(user_id=user_id, zone="Asia/Shanghai")
        assert names(ask(user_id, show=DirectoryShow.NEAR).near) == ["上海学习圈"]

    def test_the_country_alone(self, world: Any) -> None:
        found = ask(make_account("Jan", country="NL"), show=DirectoryShow.NEAR)
        assert names(found.near) == ["Leerkring Utrecht", "Finance lunch"]
        assert found.near_place == "Netherlands"

    def test_nothing_known(self, world: Any) -> None:
        found = ask(make_account("Nemo"), show=DirectoryShow.NEAR)
        assert (found.near, found.near_place) == ((), "")
        assert len(found.elsewhere) == 7

    def test_pages_never_repeat_what_is_near(self, world: Any, settings: Any) -> None:
        settings.CHAPTERS_PAGE_SIZE = 2
        user_id = self.dutch()
        first = ask(user_id, show=DirectoryShow.NEAR)
        second = ask(user_id, show=DirectoryShow.NEAR, cursor=first.cursor)
        assert not second.near
        seen = [*names(first.near), *names(first.elsewhere), *names(second.elsewhere)]
        assert len(seen) == len(set(seen)) == 7

    def test_people_without_a_chapter(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from common.djangoapps.student.models import CourseEnrollment

        monkeypatch.setattr(nearby, "FEWEST", 2)
        ids = [make_account(country="NL") for _ in range(6)]
        for user_id in ids[:5]:
            CourseEnrollment.objects.create(user_id=user_id, course_id=COURSE, is_active=True)
        make_member(world["utrecht"], ids[0])
        reader = make_account("Jan", country="NL")
        assert ask(reader).people_near == 0
        people.run_job("chapters.move_chapters")
        assert ask(reader).people_near == 4
        assert ask(make_account("Li", country="CN")).people_near == 0
        assert ask(None).people_near == 0


class TestMine:
    def test_mine_in_any_state(self, world: Any) -> None:
        user_id = make_member(world["over"]).user_id
        make_member(world["utrecht"], user_id)
        make_member(world["nairobi"], user_id, state=MembershipState.LEFT)
        assert names(ask(user_id, show=DirectoryShow.MINE).elsewhere) == ["Leerkring Utrecht", "Over"]
        assert [each.name for each in api.list_mine(user_id)] == ["Leerkring Utrecht", "Over"]
        assert names(ask(None, show=DirectoryShow.MINE).elsewhere) == []

    def test_online(self, world: Any) -> None:
        assert names(ask(show=DirectoryShow.ONLINE).elsewhere) == ["Women who lead"]

    def test_what_is_open_to_me(self, world: Any) -> None:
        from common.djangoapps.student.models import CourseEnrollment
        from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

        CourseOverview.objects.get_or_create(id=COURSE, defaults={"display_name": "Leading teams", "org": "Meridian"})
        Chapter.objects.filter(pk=world["amsterdam"].id).update(entry=Audience.LEARNERS)
        Chapter.objects.filter(pk=world["shanghai"].id).update(entry=Audience.ALUMNI)
        make_rule(world["amsterdam"], Audience.LEARNERS, str(COURSE))
        make_rule(world["shanghai"], Audience.ALUMNI, str(COURSE))
        user_id = make_account("Amara")
        make_member(world["nairobi"], user_id)
        make_ban(world["bogota"], user_id)
        make_ban(world["quiet"], user_id, days=-1)
        everyones = {"Leerkring Utrecht", "Women who lead", "Quiet circle"}
        assert set(names(ask(user_id, show=DirectoryShow.OPEN).elsewhere)) == everyones
        CourseEnrollment.objects.create(user_id=user_id, course_id=COURSE, is_active=True)
        found = ask(user_id, show=DirectoryShow.OPEN)
        assert set(names(found.elsewhere)) == everyones | {"Finance lunch"}
        assert all(card.is_open_to_me for card in found.elsewhere)
        everything = {card.chapter.name: card for card in ask(user_id).elsewhere}
        assert [name for name, card in everything.items() if card.is_mine] == ["Nairobi evening"]
        assert {name for name, card in everything.items() if card.is_open_to_me} == everyones | {"Finance lunch"}
        assert "上海学习圈" not in names(ask(None, show=DirectoryShow.OPEN).elsewhere)

    def test_of_a_course(self, world: Any) -> None:
        make_rule(world["nairobi"], Audience.ALUMNI, str(COURSE))
        make_rule(world["utrecht"], Audience.LEARNERS, organization="Meridian")
        make_rule(world["over"], Audience.LEARNERS, str(COURSE))
        reader = make_account("Jan", country="NL")
        assert names(api.list_of_course(COURSE, user_id=reader)) == ["Leerkring Utrecht", "Nairobi evening"]
        assert names(api.list_of_course(COURSE, user_id=None)) == ["Nairobi evening", "Leerkring Utrecht"]
        assert names(api.list_of_course(COURSE, user_id=None, limit=1)) == ["Nairobi evening"]


def count_queries(act: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    return len(queries)


@pytest.mark.parametrize("show", DirectoryShow)
def test_the_number_of_queries_stays(world: Any, show: DirectoryShow) -> None:
    reader = make_account("Amara", country="NL")
    people.set_preferences(user_id=reader, zone="Europe/Amsterdam")
    make_member(world["utrecht"], reader)
    for chapter in world.values():
        make_rule(chapter, Audience.LEARNERS, str(COURSE))
    few = count_queries(lambda: ask(reader, show=show))
    for number in range(40):
        more = make_chapter(f"Circle {number}", country="NL", region=make_region("europe"))
        make_rule(more, Audience.LEARNERS, str(COURSE))
        make_member(more, reader)
        Chapter.objects.filter(pk=more.id).update(scope=ChapterScope.ONLINE if number % 2 else ChapterScope.CITY)
    assert count_queries(lambda: ask(reader, show=show)) == few <= 22


class TestManagers:
    def test_every_state_and_filters(self, world: Any, manager: int, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(5):
            page = api.list_for_manager()
        assert [each.chapter.name for each in page.chapters][:2] == ["Only an idea", "Over"]
        assert page.chapters[0].due_at is not None
        assert page.chapters[1].due_at is None
        waiting = api.list_for_manager(state=ChapterState.PROPOSED).chapters
        assert [each.chapter.name for each in waiting] == ["Only an idea"]
        Chapter.objects.filter(pk=world["quiet"].id).update(needs_organizer=True)
        assert [each.chapter.name for each in api.list_for_manager(is_without_organizer=True).chapters] == [
            "Quiet circle"
        ]
        assert [each.chapter.name for each in api.list_for_manager(text="colombia").chapters] == ["Liderar sin gritar"]

    def test_page_by_page(self, world: Any) -> None:
        seen, cursor = [], ""
        while True:
            page = api.list_for_manager(cursor=cursor, limit=4)
            seen += [each.chapter.id for each in page.chapters]
            cursor = page.cursor
            if not cursor:
                break
        assert seen == sorted((each.id for each in world.values()), reverse=True)
