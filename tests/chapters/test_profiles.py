"""What people fill in about a chapter: every wrong field is named, and hostile texts are just texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chapters import api, words
from chapters.cursors import read_cursor, write_cursor
from chapters.data import Audience, ChapterData, ChapterScope, PositioningData
from chapters.exceptions import InvalidValueError
from chapters.models import Chapter
from chapters.profiles import RESERVED_SLUGS, fold, list_slugs, read_plan
from tests.chapters.factories import make_account, make_rule
from tests.chapters.test_lifecycle import plan

SCRIPT = "<script>alert(1)</script>'\"{{ 7*7 }}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   \t\n"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": None}, "name"),
        ({"lead": ""}, "lead"),
        ({"lead": "x" * 201}, "lead"),
        ({"city": ""}, "city"),
        ({"country": ""}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "Netherlands"}, "country"),
        ({"scope": ChapterScope.TOPIC}, "topic"),
        ({"scope": "galaxy"}, "scope"),
        ({"type": ""}, "type"),
        ({"entry": "friends"}, "entry"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"languages": ()}, "languages"),
        ({"languages": ("nl", "klingon")}, "languages"),
        ({"languages": ("en",) * 9}, "languages"),
        ({"languages": "nl"}, "languages"),
        ({"cover": 0}, "cover"),
        ({"cover": 7}, "cover"),
        ({"cover": True}, "cover"),
        ({"name_format": "ascii-art"}, "name_format"),
        ({"region_id": 987_654}, "region_id"),
        ({"region_id": 2**70}, "region_id"),
        ({"contact": "javascript:alert(1)"}, "contact"),
        ({"contact": "http://example.org"}, "contact"),
        ({"contact": "not an address"}, "contact"),
        ({"contact": "a@b"}, "contact"),
        ({"welcome": "x" * 5001}, "welcome"),
        ({"positioning": PositioningData(core_value="x" * 121)}, "core_value"),
        ({"positioning": PositioningData(members="x" * 301)}, "members"),
    ],
)
def test_the_field_that_is_wrong_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        api.propose(actor_id=make_account("Paula"), plan=plan(**values))
    assert refused.value.field == field
    assert refused.value.message
    assert not Chapter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("contact", ["", "circle@example.org", "https://example.org/circle?x=1"])
def test_contacts(contact: str) -> None:
    assert read_plan(plan(contact=contact))["contact"] == contact


@pytest.mark.django_db
def test_hostile_texts_are_just_texts(manager: int) -> None:
    positioning = PositioningData(**dict.fromkeys(PositioningData.__dataclass_fields__, SCRIPT))
    texts = {"name": SCRIPT, "lead": SCRIPT, "city": SCRIPT, "welcome": f"{SCRIPT}\r\n{SCRIPT}\x00\ud800"}
    found = api.propose(actor_id=make_account("Paula"), plan=plan(**texts, positioning=positioning))
    assert (found.name, found.lead, found.city) == (SCRIPT, SCRIPT, SCRIPT)
    assert found.welcome == f"{SCRIPT}\n{SCRIPT}"
    assert found.positioning == positioning
    assert found.slug == "scriptalert1script-77"


@pytest.mark.django_db
def test_changing_keeps_the_address_and_says_what_changed(chapter: ChapterData, lead: int) -> None:
    from people.models import AuditEntry

    changed = api.change_chapter(chapter_id=chapter.id, actor_id=lead, plan=plan(name="Utrecht", region_id=None))
    assert (changed.slug, changed.name, changed.country) == (chapter.slug, "Utrecht", "NL")
    assert "name" in AuditEntry.objects.get(verb="chapter.change").data["changed"]
    api.change_chapter(chapter_id=chapter.id, actor_id=lead, plan=plan(name="Utrecht"))
    assert AuditEntry.objects.filter(verb="chapter.change").count() == 1


@pytest.mark.django_db
def test_no_chapter_is_closed_to_everybody(chapter: ChapterData, lead: int) -> None:
    closed = plan(entry=Audience.ALUMNI)
    with pytest.raises(InvalidValueError) as refused:
        api.change_chapter(chapter_id=chapter.id, actor_id=lead, plan=closed)
    assert refused.value.field == "entry"
    make_rule(chapter, Audience.ALUMNI, "course-v1:Meridian+TEAMS+2026")
    assert api.change_chapter(chapter_id=chapter.id, actor_id=lead, plan=closed).entry is Audience.ALUMNI


class TestSlugs:
    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Nairobi evening chapter", "nairobi-evening-chapter"),
            ("Bogotá, liderar sin gritar", "bogota-liderar-sin-gritar"),
            ("上海学习圈", "chapter-12"),
            ("Manage", "chapter-12"),
            ("!!!", "chapter-12"),
            ("a_b__c", "a-b-c"),
        ],
    )
    def test_nicest_first(self, name: str, slug: str) -> None:
        assert next(list_slugs(name, 12)) == slug

    @pytest.mark.django_db
    def test_the_same_name_twice(self) -> None:
        slugs = {
            api.propose(actor_id=make_account(), plan=plan(name=name)).slug for name in ("上海", "上海", "Oslo", "Oslo")
        }
        assert len(slugs) == 4

    @given(st.text(max_size=200))
    def test_always_an_address(self, name: str) -> None:
        for slug in list_slugs(name, 12):
            assert len(slug) <= 60
            assert slug not in RESERVED_SLUGS
            assert slug.replace("-", "").isalnum()
            assert slug.isascii()

    def test_every_address_of_the_site_is_reserved(self) -> None:
        resolver = next(
            each for each in get_resolver("lms.urls").url_patterns if getattr(each, "namespace", None) == "chapters"
        )
        first = {str(each.pattern).partition("/")[0] for each in resolver.url_patterns}
        assert {word for word in first if word and not word.startswith("<")} <= RESERVED_SLUGS


class TestWords:
    @pytest.mark.parametrize(
        ("language", "said"), [("en", "Nairobi, Kenya"), ("nl", "Nairobi, Kenia"), ("zh-hans", "Nairobi，肯尼亚")]
    )
    @pytest.mark.django_db
    def test_places(self, chapter: ChapterData, language: str, said: str) -> None:
        with translation.override(language):
            assert words.say_place(chapter) == said

    def test_names_of_languages(self) -> None:
        with translation.override("nl"):
            assert words.say_language("de") == "Duits"
            assert words.say_language("sw") == "Swahili"
        assert words.say_language("fr", language="") == "français"
        assert words.say_language("fr", language="en") == "French"

    def test_countries(self) -> None:
        codes = dict(words.country_choices())
        assert {"KE", "NL", "CN", "CO", "XK"} <= codes.keys()
        assert not {"EU", "ZZ", "UN"} & codes.keys()
        assert len(codes) > 240

    @pytest.mark.parametrize(
        ("parts", "name"),
        [
            (
                ("newcomers at work", "office skills", "mutual-help group"),
                "Office skills mutual-help group for newcomers at work",
            ),
            (("newcomers", "office skills", ""), "Office skills for newcomers"),
            (("", "office skills", ""), "Office skills"),
            (("", "", ""), ""),
            (("x" * 300, "y", "z"), "Y z for"),
        ],
    )
    def test_a_name_is_suggested(self, parts: tuple[str, str, str], name: str) -> None:
        audience, core_value, tone = parts
        assert api.suggest_name(audience=audience, core_value=core_value, tone=tone) == name

    @given(st.text(), st.text(), st.text())
    def test_a_suggestion_fits(self, audience: str, core_value: str, tone: str) -> None:
        assert len(api.suggest_name(audience=audience, core_value=core_value, tone=tone)) <= 80

    @pytest.mark.parametrize(
        ("text", "folded"), [("Bogotá", "bogota"), ("ZÜRICH", "zurich"), ("上海", "上海"), ("İzmir", "izmir")]
    )
    def test_folding(self, text: str, folded: str) -> None:
        assert fold(text) == folded
        assert fold(fold(text)) == folded


class TestCursors:
    @given(st.integers(-(2**61), 2**61), st.text(max_size=20))
    def test_there_and_back(self, number: int, text: str) -> None:
        assert read_cursor(write_cursor(number, text), (int, str)) == [number, text]

    @pytest.mark.parametrize(
        "cursor", ["x", "%00", "W10", write_cursor("a", 1), write_cursor(1), write_cursor(2**80, "a"), "A" * 9999]
    )
    def test_odd_ones_are_refused_by_name(self, cursor: str) -> None:
        with pytest.raises(InvalidValueError) as refused:
            read_cursor(cursor, (int, str))
        assert refused.value.field == "cursor"

    @pytest.mark.parametrize(
        ("value", "kind"),
        [("0001-01-01T00:00:00+14:00", datetime), ("9999-12-31T23:59:59-14:00", datetime), ("half \ud83d", str)],
    )
    def test_what_no_database_takes_is_refused(self, value: str, kind: type) -> None:
        with pytest.raises(InvalidValueError):
            read_cursor(write_cursor(value), (kind,))

    @given(st.text(max_size=50))
    def test_any_text_is_a_page_or_a_refusal(self, cursor: str) -> None:
        def read() -> object:
            try:
                return read_cursor(cursor, (int,))
            except InvalidValueError as refused:
                return refused.field

        found = read()
        assert found in (None, "cursor") or [type(value) for value in found] == [int]  # type: ignore[attr-defined]
