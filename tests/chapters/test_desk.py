"""The organizers' desk: who may open which page, what waits, and requests to join."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters import organizers
from chapters.data import ChapterRole, ChapterState, MembershipState
from chapters.models import Ban, Chapter, Membership
from people.models import AuditEntry

from . import factories
from .desk_town import Desk, read

pytestmark = pytest.mark.django_db

#: Every page of the desk, with who of the chapter's team may open it.
LEAD = {"lead"}
ORGANIZERS = LEAD | {"second"}
TEAM = ORGANIZERS | {"moderator"}
PAGES = {
    "desk": TEAM,
    "desk_requests": ORGANIZERS,
    "desk_members": TEAM,
    "desk_bans": ORGANIZERS,
    "desk_questions": ORGANIZERS,
    "desk_profile": ORGANIZERS,
    "desk_rules": LEAD,
    "desk_roles": TEAM,
    "desk_life": TEAM,
    "desk_leaving": ORGANIZERS,
    "desk_audit": ORGANIZERS,
    "desk_export": ORGANIZERS,
}
POSTED = ["desk_questions", "desk_profile", "desk_rules", "desk_roles", "desk_life", "desk_export"]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk() -> Desk:
    """Return a chapter with its team."""
    return Desk()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_those_who_may_and_for_nobody_else(desk: Desk, page: str) -> None:
    """Managers open every page; members, outsiders and the organizers of another chapter open none."""
    for role in ("lead", "second", "moderator"):
        expected = 200 if role in PAGES[page] else 403
        assert desk.get(getattr(desk, role), page).status_code == expected, role
    assert desk.get(desk.manager, page).status_code == 200
    for stranger in (desk.member, desk.outsider, desk.other_lead):
        assert desk.get(stranger, page).status_code == 403
    assert desk.get(None, page).status_code == 302


@pytest.mark.parametrize("page", POSTED)
def test_a_form_is_taken_from_nobody_who_may_not_open_it(desk: Desk, page: str) -> None:
    """Whatever they send, nothing is recorded and nothing changes."""
    before = Chapter.objects.values().get(pk=desk.chapter.id)
    for stranger in (desk.member, desk.outsider, desk.other_lead):
        sent = {"act": "save", "text-0": "Why?", "reason": "x", "to": "paused", "until": "2030-01-01", "name": "Mine"}
        assert desk.post(stranger, page, **sent).status_code == 403
    assert Chapter.objects.values().get(pk=desk.chapter.id) == before
    assert not AuditEntry.objects.exists()


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    """As every form of the platform."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = desk.sign_in(desk.lead).cookies
    assert client.post(desk.url("desk_roles"), {"act": "step_down"}).status_code == 403
    assert [term.chapter_id for term in organizers.list_roles_of(desk.lead)] == [desk.chapter.id]


def test_nothing_due_is_said_in_words(desk: Desk) -> None:
    """The desk says that all is done, and leads to every page the reader may open."""
    response = desk.get(desk.lead, "desk")
    assert "All done" in read(response)
    for page in PAGES:
        assert f'href="{desk.url(page)}"' in response.content.decode() or page == "desk"
    links = desk.get(desk.moderator, "desk").content.decode()
    assert desk.url("desk_rules") not in links


def test_the_desk_says_what_waits_the_latest_first(desk: Desk) -> None:
    """A request that is overdue stands before an appeal and a term that ends, and has the filled button."""
    desk.ask("Brian Mutua", due_in_days=-1)
    banned = desk.join("Barbara Banned")
    factories.make_ban(
        desk.chapter, banned, days=20, appeal="It was my brother", appealed_at=timezone.now(), banned_by=desk.second
    )
    factories.give_role(desk.chapter, desk.member, ChapterRole.HOST, ends_on=timezone.now().date() + timedelta(days=9))
    response = desk.get(desk.lead, "desk")
    text = read(response)
    order = ["1 person wants to join", "1 appeal waits for an answer", "The term of Amina Yusuf ends: Event host"]
    assert [text.index(each) for each in order] == sorted(text.index(each) for each in order)
    assert "9 days left" in text
    filled = re.findall(r'class="cs-btn cs-btn--main cs-btn--s"\s+href="([^"]+)"', response.content.decode())
    assert filled == [desk.url("desk_requests")]


def test_who_banned_is_not_asked_to_answer_the_appeal(desk: Desk) -> None:
    """The other organizer is."""
    banned = desk.join("Barbara Banned")
    factories.make_ban(
        desk.chapter, banned, days=20, appeal="Not me", appealed_at=timezone.now(), banned_by=desk.second
    )
    assert "appeal waits" not in read(desk.get(desk.second, "desk"))
    assert "appeal waits" in read(desk.get(desk.lead, "desk"))


def test_a_chapter_that_sleeps_is_told_how_it_wakes(desk: Desk) -> None:
    """The desk of a dormant chapter leads to the event that revives it."""
    Chapter.objects.filter(pk=desk.chapter.id).update(state=ChapterState.DORMANT)
    assert "An event that you publish makes it active again" in read(desk.get(desk.lead, "desk"))


def test_a_request_is_read_with_its_answers_and_accepted_with_one_press(desk: Desk) -> None:
    """The list has everything that is needed; the press makes a member, tells it, and keeps who decided."""
    asked = desk.ask("Brian Mutua", answer="I lead a night shift")
    text = read(desk.get(desk.second, "desk_requests"))
    for said in ("Brian Mutua", "I lead a night shift", "To practise hard talks"):
        assert said in text
    response = desk.post(desk.second, "desk_request", asked.pk, act="accept")
    assert response.status_code == 302
    assert response["Location"] == desk.url("desk_requests") + "?done=accept"
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (MembershipState.MEMBER, desk.second)
    assert "They are in." in read(desk.get(desk.second, "desk_requests", done="accept"))


def test_a_request_is_declined_with_a_line(desk: Desk) -> None:
    """The line is kept for the applicant."""
    asked = desk.ask("Brian Mutua")
    assert desk.post(desk.lead, "desk_request", asked.pk, act="decline", note="Ask again in May").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.decision_note) == (MembershipState.DECLINED, "Ask again in May")


def test_the_second_decision_is_said_to_be_late(desk: Desk) -> None:
    """Two organizers decide: the first decision stands, and the second one hears of it."""
    asked = desk.ask("Brian Mutua")
    desk.post(desk.lead, "desk_request", asked.pk, act="accept")
    response = desk.post(desk.second, "desk_request", asked.pk, act="decline", note="No")
    assert response.status_code == 409
    asked.refresh_from_db()
    assert asked.state == MembershipState.MEMBER
    assert "This request has its answer" in read(desk.get(desk.second, "desk_request", asked.pk))


def test_a_request_of_another_chapter_is_none(desk: Desk) -> None:
    """Its number under this chapter's address opens and changes nothing."""
    foreign = factories.make_member(
        desk.elsewhere, state=MembershipState.REQUESTED, asked_at=timezone.now(), due_at=timezone.now()
    )
    assert desk.get(desk.lead, "desk_request", foreign.id).status_code == 404
    assert desk.post(desk.lead, "desk_request", foreign.id, act="accept").status_code == 404
    assert Membership.objects.get(pk=foreign.id).state == MembershipState.REQUESTED


def test_opening_a_page_changes_nothing(desk: Desk) -> None:
    """Whatever stands in the address."""
    asked = desk.ask("Brian Mutua")
    desk.get(desk.lead, "desk_request", asked.pk, act="accept", note="x")
    desk.get(desk.lead, "desk_member", desk.member, act="remove", reason="x")
    desk.get(desk.lead, "desk_ban_person", desk.member, reason="x", length="7")
    desk.get(desk.lead, "desk_life", act="move", to="paused", until="2030-01-01")
    assert Membership.objects.get(pk=asked.pk).state == MembershipState.REQUESTED
    assert not Ban.objects.exists()
    assert not AuditEntry.objects.exists()
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ACTIVE


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"act": "nonsense"}, 400),
        ({}, 400),
        ({"act": "accept", "note": "x" * 501}, 422),
        ({"act": "accept", "note": "a\0b"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(desk: Desk, sent: dict[str, str], status: int) -> None:
    """The applicant still waits."""
    asked = desk.ask("Brian Mutua")
    assert desk.post(desk.lead, "desk_request", asked.pk, **sent).status_code == status
    assert Membership.objects.get(pk=asked.pk).state == MembershipState.REQUESTED


def test_what_people_wrote_is_shown_as_they_wrote_it(desk: Desk) -> None:
    """A script in a name, an answer or an introduction is text."""
    desk.ask(f"Eve {SCRIPT}", answer=SCRIPT, why=SCRIPT, hobbies=SCRIPT)
    content = desk.get(desk.lead, "desk_requests").content.decode()
    assert SCRIPT not in content
    assert content.count("&lt;script&gt;alert(1)") >= 4


@pytest.mark.parametrize("page", ["desk_requests", "desk_members", "desk_bans", "desk_audit"])
def test_a_cursor_that_is_none_is_refused_in_words(desk: Desk, page: str) -> None:
    """It is no page of the list."""
    assert desk.get(desk.lead, page, cursor="../../etc").status_code == 400


def test_lists_cost_the_same_whoever_stands_on_them(desk: Desk) -> None:
    """Requests, members, bans and the overview: as many queries for twelve people as for two."""
    pages = ("desk", "desk_requests", "desk_members", "desk_bans", "desk_roles")
    client = desk.sign_in(desk.lead)

    def count(page: str) -> int:
        client.get(desk.url(page))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(desk.url(page)).status_code == 200
        return len(queries)

    for number in range(2):
        desk.ask(f"Asker {number}")
        factories.make_ban(desk.chapter, factories.make_account(f"Banned {number}"), days=5)
    before = {page: count(page) for page in pages}
    for number in range(10):
        desk.ask(f"More {number}")
        desk.join(f"Member {number}")
        factories.make_ban(desk.chapter, factories.make_account(f"Kept {number}"), days=5)
    assert {page: count(page) for page in pages} == before
