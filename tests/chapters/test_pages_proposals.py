"""Proposing a chapter, what its proposer sees, and confidential reports."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from chapters.api import concerns
from chapters.data import ChapterData, ChapterState, ConcernKind, MembershipState
from chapters.models import Chapter, Concern, ConcernSubject

from .factories import make_account, make_chapter, make_manager, make_member, make_region
from .page_visits import SCRIPT, browser, markup_of, send, visit, words_of

PLAN = {
    "audience": "first-time leads",
    "core_value": "practice for hard talks",
    "tone": "after work",
    "name": "Evening practice",
    "lead": "We practise hard talks together.",
    "unique_value": "A room to say it aloud.",
    "lost": "The only such room.",
    "type": "knowledge",
    "scope": "city",
    "city": "Nairobi",
    "country": "KE",
    "zone": "Africa/Nairobi",
    "language": "en",
    "language_2": "sw",
    "contact": "lead@example.org",
    "cover": "3",
}
REPORT = {"kind": "conduct", "text": "He shouts at newcomers.", "request_key": "abc"}


# -- proposing ---------------------------------------------------------------------------------------------------------


def test_a_proposal_waits_for_the_community_team(outsider: int) -> None:
    visit(outsider, "propose")
    assert not Chapter.objects.exists()
    page = send(outsider, "propose", **PLAN, region=make_region().pk)
    assert page.status_code == 302
    row = Chapter.objects.get()
    assert (row.state, row.proposed_by, row.name) == (ChapterState.PROPOSED, outsider, "Evening practice")
    assert (row.languages, row.cover, row.region.slug) == ("en sw", 3, "africa")
    shown = words_of(browser(outsider).get(page["Location"]))
    assert "Your proposal has arrived" in shown
    assert "You have an answer by" in shown
    assert "A room to say it aloud." in shown
    assert "You proposed “Evening practice”" in words_of(visit(outsider, "directory"))


def test_the_words_suggest_a_name(outsider: int) -> None:
    page = send(outsider, "propose", **{**PLAN, "name": " "})
    assert page.status_code == 400
    assert "We made this name of your words" in words_of(page)
    assert 'value="Practice for hard talks after work for first-time leads"' in markup_of(page)
    assert not Chapter.objects.exists()


def test_everything_that_is_missing_is_said_at_once(outsider: int) -> None:
    page = send(outsider, "propose")
    assert page.status_code == 400
    for field in ("audience", "core_value", "tone", "name", "lead", "unique_value", "lost", "contact", "zone"):
        assert f'id="id_{field}_error"' in markup_of(page), field
    assert 'href="#id_scope-group"' in markup_of(page)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 10_000),
        ("lead", "x" * 10_000),
        ("zone", "Moon/Base"),
        ("country", "XX"),
        ("language", "klingon"),
        ("contact", "javascript:alert(1)"),
        ("contact", "http://example.org"),
        ("cover", "99"),
        ("region", "12345"),
        ("type", "cult"),
        ("city", ""),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(outsider: int, field: str, value: str) -> None:
    page = send(outsider, "propose", **{**PLAN, field: value})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in markup_of(page)
    assert not Chapter.objects.exists()


def test_script_in_a_proposal_is_text(outsider: int) -> None:
    odd = dict.fromkeys(("audience", "core_value", "tone", "name", "lead", "unique_value", "lost"), SCRIPT[:59])
    location = send(outsider, "propose", **{**PLAN, **odd})["Location"]
    manager = make_manager()
    for person in (outsider, manager):
        for url in (location, f"{location}&edit=1"):
            page = markup_of(browser(person).get(url))
            assert "<script>alert" not in page
            assert "<img src=x" not in page


def test_only_the_proposer_and_managers_find_a_proposal(outsider: int) -> None:
    send(outsider, "propose", **PLAN)
    slug = Chapter.objects.get().slug
    stranger = make_account()
    assert visit(stranger, "proposal", slug).status_code == 404
    assert send(stranger, "proposal", slug, act="withdraw").status_code == 404
    assert visit(stranger, "report", slug).status_code == 404
    page = visit(make_manager(), "proposal", slug)
    assert "Answer at the community desk" in words_of(page)
    assert visit(outsider, "chapter", slug).status_code == 302
    assert Chapter.objects.get().state == ChapterState.PROPOSED


def test_a_proposal_is_changed_and_taken_back(outsider: int) -> None:
    send(outsider, "propose", **PLAN)
    slug = Chapter.objects.get().slug
    assert "Save the proposal" in words_of(visit(outsider, "proposal", slug, edit="1"))
    assert send(outsider, "proposal", slug, **{**PLAN, "lead": ""}, act="save").status_code == 400
    assert send(outsider, "proposal", slug, **{**PLAN, "lead": "A new sentence."}, act="save").status_code == 302
    assert Chapter.objects.get().lead == "A new sentence."
    assert send(outsider, "proposal", slug, act="withdraw").status_code == 302
    assert Chapter.objects.get().state == ChapterState.DECLINED
    assert send(outsider, "proposal", slug, act="withdraw").status_code == 409
    assert send(outsider, "proposal", slug, **PLAN, act="save").status_code == 403


def test_a_declined_proposal_says_why(outsider: int) -> None:
    chapter = make_chapter(state=ChapterState.DECLINED, proposed_by=outsider, state_reason="There is one already")
    page = words_of(visit(outsider, "proposal", chapter.slug))
    assert "There is one already" in page
    assert "Propose another chapter" in page


def test_proposals_keep_a_pace(outsider: int, settings: Any) -> None:
    settings.CHAPTERS_ACT_LIMITS = {"propose": "1/d"}
    assert send(outsider, "propose", **PLAN).status_code == 302
    page = send(outsider, "propose", **{**PLAN, "name": "Another"})
    assert page.status_code == 429
    assert Chapter.objects.count() == 1


# -- confidential reports ----------------------------------------------------------------------------------------------


def test_a_report_reaches_nobody_of_the_chapter(chapter: ChapterData, lead: int, member: int) -> None:
    visit(member, "report", chapter.slug)
    assert not Concern.objects.exists()
    page = send(member, "report", chapter.slug, **REPORT, about=[lead])
    assert page.status_code == 302
    assert ConcernSubject.objects.get().user_id == lead
    own = browser(member).get(page["Location"])
    assert "He shouts at newcomers." in words_of(own)
    assert "Arrived" in words_of(own)
    for other in (lead, make_account(), make_manager()):
        assert browser(other).get(page["Location"]).status_code == 404
    assert "He shouts" not in markup_of(visit(lead, "report", chapter.slug))
    assert "How an organizer behaves" in words_of(visit(member, "report", chapter.slug)).split("Your reports")[1]


def test_sending_a_report_twice_files_one(chapter: ChapterData, member: int) -> None:
    for _time in range(2):
        assert send(member, "report", chapter.slug, **REPORT).status_code == 302
    assert Concern.objects.count() == 1


def test_reporter_follows_what_is_noted_for_them(chapter: ChapterData, member: int, manager: int) -> None:
    send(member, "report", chapter.slug, **REPORT, is_anonymous="on")
    concern_id = Concern.objects.get().pk
    concerns.take_in_hand(concern_id=concern_id, actor_id=manager)
    concerns.add_note(concern_id=concern_id, actor_id=manager, text="Only among us")
    concerns.add_note(concern_id=concern_id, actor_id=manager, text="We spoke with him", is_for_reporter=True)
    page = words_of(visit(member, "my_report", concern_id))
    assert "We spoke with him" in page
    assert "Only among us" not in page
    assert "Somebody looks into it" in page
    assert "do not see who you are" in page


def test_outside_people_choose_among_who_is_named_in_public(chapter: ChapterData, lead: int, outsider: int) -> None:
    page = visit(outsider, "report", chapter.slug)
    assert page.status_code == 200
    assert "Wanjiru Kamau" not in markup_of(page)
    assert "Wanjiru Kamau" not in markup_of(visit(outsider, "report", chapter.slug, about=lead))


def test_an_address_does_not_tell_who_asked_to_join(chapter: ChapterData, member: int) -> None:
    known = make_member(chapter, make_account("Amina Otieno"))
    waits = make_member(
        chapter, make_account("Brian Mutua"), state=MembershipState.REQUESTED, joined_at=None, first_joined_at=None
    )
    assert "Amina Otieno" in markup_of(visit(member, "report", chapter.slug, about=known.user_id))
    assert "Brian Mutua" not in markup_of(visit(member, "report", chapter.slug, about=waits.user_id))


@pytest.mark.parametrize(
    ("field", "value"), [("text", ""), ("text", "x" * 10_000), ("kind", ""), ("kind", "nonsense"), ("about", "99999")]
)
def test_a_report_that_is_not_whole_is_refused_at_its_field(
    chapter: ChapterData, lead: int, member: int, field: str, value: str
) -> None:
    page = send(member, "report", chapter.slug, **{**REPORT, field: value})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in markup_of(page)
    assert not Concern.objects.exists()


def test_script_in_a_report_is_text(chapter: ChapterData, member: int) -> None:
    page = send(member, "report", chapter.slug, **{**REPORT, "text": SCRIPT})
    assert "<script>alert" not in markup_of(browser(member).get(page["Location"]))


@pytest.mark.parametrize("kind", list(ConcernKind))
def test_every_kind_of_report_has_words(chapter: ChapterData, member: int, kind: ConcernKind) -> None:
    page = send(member, "report", chapter.slug, **{**REPORT, "kind": kind.value})
    assert browser(member).get(page["Location"]).status_code == 200
    assert reverse("chapters:my_report", args=[Concern.objects.get().pk]) in page["Location"]
