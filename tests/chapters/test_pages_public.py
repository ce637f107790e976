"""What people outside a chapter see of it: the directory, its public page, and nothing that is private."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chapters.covers import COVERS, draw_cover
from chapters.data import Audience, ChapterData, ChapterRole, ChapterState, MembershipState
from chapters.models import Chapter, Term
from chapters.views import directory as directory_page

from .factories import make_account, make_ban, make_chapter, make_manager, make_member, make_organizer, make_region
from .page_visits import SCRIPT, browser, markup_of, visit, words_of

# -- the directory -----------------------------------------------------------------------------------------------------


def test_directory_is_read_without_signing_in(chapter: ChapterData) -> None:
    page = visit(None, "directory")
    assert page.status_code == 200
    assert "Nairobi evening chapter" in words_of(page)
    assert "public" in page["Cache-Control"]
    assert "Cookie" in page["Vary"]
    assert "Near me" not in words_of(page)
    assert "My chapters" not in words_of(page)


def test_directory_of_somebody_is_kept_by_nobody(chapter: ChapterData, outsider: int) -> None:
    kept = visit(outsider, "directory")["Cache-Control"]
    assert "no-store" in kept
    assert "public" not in kept


def test_search_finds_by_words_and_keeps_the_choice(db: None) -> None:
    make_chapter("Nairobi evening chapter")
    make_chapter("Utrecht circle", city="Utrecht", country="NL")
    page = visit(None, "directory", q="utrecht", show="all")
    assert "Utrecht circle" in words_of(page)
    assert "Nairobi evening chapter" not in markup_of(page).split("By region")[0]
    assert 'value="utrecht"' in markup_of(page)
    assert "q=utrecht&amp;show=online" in markup_of(page)
    assert "noindex" in markup_of(page)


def test_near_me_comes_first_where_the_place_is_known(db: None) -> None:
    make_chapter("Nairobi evening chapter")
    make_chapter("Utrecht circle", city="Utrecht", country="NL", zone="Europe/Amsterdam")
    page = words_of(visit(make_account("Amara", country="NL"), "directory"))
    assert page.index("Near you") < page.index("Utrecht circle") < page.index("Elsewhere")
    assert page.index("Elsewhere") < page.index("Nairobi evening chapter")


def test_own_chapters_are_marked_and_can_be_shown_alone(chapter: ChapterData, member: int) -> None:
    make_chapter("Utrecht circle")
    page = words_of(visit(member, "directory", show="mine"))
    assert "You are a member" in page
    assert "Utrecht circle" not in page.split("By region")[0]
    assert "You are in no chapter yet" in words_of(visit(make_account(), "directory", show="mine"))


def test_a_card_speaks_the_chapters_language(db: None) -> None:
    make_chapter("Leerkring Utrecht", languages="nl", country="NL", city="Utrecht")
    page = markup_of(visit(None, "directory"))
    card = re.search(r'<article class="cs-card cs-card--link cs-chapter" lang="nl">.*?</article>', page, re.DOTALL)
    assert card is not None
    assert "Nederland" in card.group()


def test_a_paused_chapter_says_until_when(db: None) -> None:
    make_chapter(state=ChapterState.PAUSED, paused_until="2027-01-15")
    assert "Paused until Fri 15 Jan" in words_of(visit(None, "directory"))


def test_regions_lead_to_their_chapters(db: None) -> None:
    region = make_region()
    make_chapter(region=region)
    make_chapter("Utrecht circle")
    page = visit(None, "directory", region="africa")
    assert "Africa" in words_of(page)
    assert "Utrecht circle" not in words_of(page)
    assert "Nothing was found" in words_of(visit(None, "directory", region="nowhere"))


@pytest.mark.parametrize("show", ["", "nonsense", "mine", "near"])
def test_what_is_no_choice_counts_as_not_asked(chapter: ChapterData, show: str) -> None:
    assert "Nairobi evening chapter" in words_of(visit(None, "directory", show=show))


@pytest.mark.parametrize("text", [SCRIPT, "x" * 10_000, "a\x00b", "%_\\", "\u202e", "陈" * 500])
def test_hostile_searches_are_text(chapter: ChapterData, text: str) -> None:
    page = visit(None, "directory", q=text)
    assert page.status_code == 200
    assert "<script>alert" not in markup_of(page)
    assert "<img src=x" not in markup_of(page)


def test_a_broken_cursor_is_refused_in_words(chapter: ChapterData) -> None:
    page = visit(None, "directory", cursor="nonsense")
    assert page.status_code == 400
    assert "This is not possible" in words_of(page)


def test_directory_goes_on_page_by_page(settings: Any, db: None) -> None:
    settings.CHAPTERS_PAGE_SIZE = 2
    for number in range(3):
        make_chapter(f"Chapter number {number}")
    first = visit(None, "directory")
    more = re.search(r'href="(\?[^"]*cursor=[^"]+)"', markup_of(first))
    assert more is not None
    second = browser(None).get(reverse("chapters:directory") + more.group(1).replace("&amp;", "&"))
    assert "Chapter number 2" in words_of(second)
    assert "Chapter number 0" not in words_of(second)


def test_directory_costs_the_same_whatever_its_size(outsider: int, make_crowd: Any) -> None:
    make_crowd(2)
    few = count_queries(outsider, "directory")
    make_crowd(30)
    assert count_queries(outsider, "directory") == few


@pytest.fixture
def make_crowd() -> Any:
    """Return a maker of chapters with members."""

    def make(number: int) -> None:
        for _each in range(number):
            make_member(make_chapter(region=make_region()))

    return make


# -- the public page ---------------------------------------------------------------------------------------------------


def test_public_page_shows_nothing_private(chapter: ChapterData) -> None:
    lead = make_organizer(chapter, make_account("Wanjiru Kamau"))
    make_member(chapter, make_account("Amina Yusuf"), position="Team lead, logistics", why="A private reason")
    Chapter.objects.filter(pk=chapter.id).update(contact="organizers@example.org", lost="The only evening")
    for name in ("chapter", "about"):
        page = visit(None, name, chapter.slug)
        assert page.status_code == 200
        shown = markup_of(page)
        for private in ("Amina", "Wanjiru", "logistics", "private reason", "organizers@", f"/people/{lead}"):
            assert private not in shown, (name, private)


def test_organizers_are_named_in_public_only_where_they_agreed(chapter: ChapterData, lead: int) -> None:
    assert "Wanjiru Kamau" not in markup_of(visit(None, "chapter", chapter.slug))
    Term.objects.filter(user_id=lead).update(is_named_in_public=True)
    assert "Wanjiru Kamau" in words_of(visit(None, "chapter", chapter.slug))


@pytest.mark.parametrize("name", ["people", "introduction", "join", "leave", "left", "mail", "appeal", "report"])
def test_pages_of_members_ask_to_sign_in(chapter: ChapterData, name: str) -> None:
    page = visit(None, name, chapter.slug)
    assert page.status_code == 302
    assert page["Location"].startswith("/login?next=")


def test_public_page_describes_a_place_and_no_person(chapter: ChapterData) -> None:
    make_organizer(chapter, make_account("Wanjiru Kamau"))
    page = markup_of(visit(None, "chapter", chapter.slug))
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    said = json.loads(found.group(1))
    assert said["@type"] == "Organization"
    assert said["name"] == "Nairobi evening chapter"
    assert said["location"]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Nairobi",
        "addressCountry": "KE",
    }
    assert "Person" not in found.group(1)
    assert 'property="og:title" content="Nairobi evening chapter"' in page
    assert f'rel="canonical" href="http://testserver/chapters/{chapter.slug}/"' in page


def test_script_in_every_text_of_a_chapter_is_text(db: None) -> None:
    texts = ("name", "lead", "welcome", "audience", "core_value", "tone", "unique_value", "lost", "goals", "field")
    odd = dict.fromkeys((*texts, "members_wanted", "results", "will_not", "city", "topic"), SCRIPT[:60])
    odd["contact"] = "javascript:alert(1)"
    chapter = make_chapter(**{**odd, "name": SCRIPT[:80]})
    user_id = make_organizer(chapter)
    for person in (None, user_id):
        for name in ("chapter", "about", "directory"):
            page = markup_of(visit(person, name, *([] if name == "directory" else [chapter.slug])))
            assert "<script>alert" not in page, (person, name)
            assert "<img src=x" not in page, (person, name)


@pytest.mark.parametrize("state", [ChapterState.PROPOSED, ChapterState.DECLINED])
def test_a_chapter_one_may_not_see_looks_like_none(db: None, state: ChapterState) -> None:
    chapter = make_chapter(state=state)
    for person in (None, make_account()):
        hidden, none = visit(person, "chapter", chapter.slug), visit(person, "chapter", "no-such-chapter")
        assert hidden.status_code == none.status_code == 404
        assert words_of(hidden) == words_of(none)
        assert hidden.headers.get("Cache-Control") == none.headers.get("Cache-Control")


def test_archived_chapter_is_out_of_search_engines_and_takes_nobody(db: None) -> None:
    chapter = make_chapter(state=ChapterState.ARCHIVED)
    page = visit(make_account(), "chapter", chapter.slug)
    assert 'name="robots" content="noindex"' in markup_of(page)
    assert "application/ld+json" not in markup_of(page)
    assert "Closed, kept for reading" in words_of(page)
    assert reverse("chapters:join", args=[chapter.slug]) not in markup_of(page)


def test_what_an_applicant_sees(chapter: ChapterData) -> None:
    mine = make_member(chapter, state=MembershipState.REQUESTED, due_at="2026-12-03T10:00Z")
    page = visit(mine.user_id, "chapter", chapter.slug)
    assert "The organizers answer by Thu 3 Dec" in words_of(page)
    assert "Take the request back" in words_of(page)
    assert "Join the chapter" not in words_of(page)


def test_what_somebody_who_was_declined_sees(chapter: ChapterData) -> None:
    mine = make_member(chapter, state=MembershipState.DECLINED, decision_note="Come in spring")
    page = words_of(visit(mine.user_id, "chapter", chapter.slug))
    assert "Come in spring" in page
    assert "Ask again" in page


def test_what_somebody_who_left_sees(chapter: ChapterData) -> None:
    mine = make_member(chapter, state=MembershipState.LEFT, left_at="2026-11-02T10:00Z")
    page = words_of(visit(mine.user_id, "chapter", chapter.slug))
    assert "You left on Mon 2 Nov" in page
    assert "Come back" in page


def test_what_a_banned_person_sees(chapter: ChapterData) -> None:
    mine = make_member(chapter, state=MembershipState.REMOVED)
    make_ban(chapter, mine.user_id, days=30)
    page = visit(mine.user_id, "chapter", chapter.slug)
    assert "You cannot come in until" in words_of(page)
    assert reverse("chapters:appeal", args=[chapter.slug]) in markup_of(page)
    assert reverse("chapters:join", args=[chapter.slug]) not in markup_of(page)


def test_entry_by_course_says_what_is_missing(db: None) -> None:
    chapter = make_chapter(entry=Audience.ALUMNI)
    page = words_of(visit(make_account(), "chapter", chapter.slug))
    assert "For people who completed one of its courses" in page
    assert "Complete one of them first" in page


def test_managers_are_led_to_their_desk(chapter: ChapterData) -> None:
    page = markup_of(visit(make_manager(), "chapter", chapter.slug))
    assert reverse("chapters:manage_chapter", args=[chapter.id]) in page


def test_public_page_costs_the_same_whatever_the_crowd(chapter: ChapterData, outsider: int) -> None:
    make_organizer(chapter)
    few = count_queries(outsider, "chapter", chapter.slug)
    for _each in range(20):
        make_member(chapter)
    make_organizer(chapter, role=ChapterRole.CO_ORGANIZER)
    assert count_queries(outsider, "chapter", chapter.slug) == few


# -- when it fails -----------------------------------------------------------------------------------------------------


def test_a_database_that_refuses_is_said_and_logged(
    chapter: ChapterData, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("a secret of the database")

    monkeypatch.setattr(directory_page.api, "list_directory", refuse)
    page = visit(None, "directory")
    assert page.status_code == 503
    assert page["Retry-After"]
    assert "Nothing is lost" in words_of(page)
    assert "secret" not in markup_of(page)
    assert "chapters.page_unavailable page=directory error=DatabaseError" in caplog.text


def test_searching_too_often_is_refused_with_how_long_to_wait(
    chapter: ChapterData, outsider: int, settings: Any
) -> None:
    settings.CHAPTERS_ACT_LIMITS = {"search": "1/h"}
    assert visit(outsider, "directory", q="a").status_code == 200
    page = visit(outsider, "directory", q="b")
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "Try again in" in words_of(page)


@pytest.mark.parametrize("name", ["directory", "chapter", "about"])
def test_pages_for_reading_take_no_forms(chapter: ChapterData, name: str) -> None:
    args = [] if name == "directory" else [chapter.slug]
    assert browser(None).post(reverse(f"chapters:{name}", args=args)).status_code == 405


# -- covers ------------------------------------------------------------------------------------------------------------


def test_covers_are_six_different_drawings_without_styles() -> None:
    drawn = {draw_cover(number) for number in range(1, COVERS + 1)}
    assert len(drawn) == COVERS == 6
    assert not any("style" in cover or "href" in cover for cover in drawn)
    assert draw_cover(0) == draw_cover(COVERS)
    assert 'viewBox="0 0 400 70"' in draw_cover(1, is_hero=True)


def count_queries(user_id: int, name: str, *args: Any) -> int:
    """Return how many queries a page takes, once everything around it is warm."""
    client = browser(user_id)
    url = reverse(f"chapters:{name}", args=args)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
