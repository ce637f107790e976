"""The community managers' pages: what waits on the site, proposals, chapters and confidential reports."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chapters import concerns
from chapters.data import ChapterRole, ChapterState, ConcernKind, ConcernState, LeaveReason, MembershipState
from chapters.models import Chapter, Concern, ConcernNote, Term
from people.models import AuditEntry

from . import factories
from .desk_town import Desk, read

pytestmark = pytest.mark.django_db

PAGES = ["manage", "manage_chapters", "manage_requests", "manage_leaving", "manage_concerns"]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk() -> Desk:
    """Return two chapters, their people, and a community manager."""
    return Desk()


@pytest.fixture
def proposal(desk: Desk) -> Any:
    """Return a chapter that somebody proposed."""
    return factories.make_chapter(
        "Kampala finance circle", state=ChapterState.PROPOSED, proposed_by=desk.member, unique_value=SCRIPT
    )


def _report(desk: Desk, *, about: tuple[int, ...] = (), is_anonymous: bool = False, text: str = "He shouted") -> Any:
    return concerns.create_concern(
        chapter_id=desk.chapter.id,
        reporter_id=desk.member,
        kind=ConcernKind.CONDUCT,
        text=text,
        about=about,
        is_anonymous=is_anonymous,
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_the_community_team_alone(desk: Desk, page: str) -> None:
    """Organizers are no community managers, site staff is."""
    for stranger in (desk.lead, desk.member, desk.outsider, desk.other_lead):
        assert desk.get(stranger, page).status_code == 403
    assert desk.get(None, page).status_code == 302
    assert desk.get(desk.manager, page).status_code == 200
    staff = factories.make_account("Sam Staff", is_staff=True)
    assert desk.get(staff, page).status_code == 200


@pytest.mark.parametrize("number", [2**31, 10**19, 10**60])
def test_numbers_that_no_row_has(desk: Desk, number: int) -> None:
    browser = Client()
    browser.force_login(User.objects.get(pk=desk.manager))
    slug = desk.chapter.slug
    for page in ("manage/chapters", "manage/reports", f"{slug}/desk/members", f"{slug}/desk/requests"):
        assert browser.get(f"/chapters/{page}/{number}/").status_code == 404


def test_a_quiet_site_says_so(desk: Desk) -> None:
    """Nothing waits: that is a sentence, not an empty list."""
    assert "All done" in read(desk.get(desk.manager, "manage"))


def test_what_waits_stands_latest_first(desk: Desk, proposal: Any) -> None:
    """An overdue request and an overdue report before a proposal in time; chapters are named."""
    desk.ask("Brian Mutua", due_in_days=-1)
    made = _report(desk)
    Concern.objects.filter(pk=made.id).update(due_at=timezone.now() - timedelta(hours=1))
    Chapter.objects.filter(pk=desk.elsewhere.id).update(needs_organizer=True)
    text = read(desk.get(desk.manager, "manage"))
    late = [text.index("1 confidential report is new"), text.index("1 request to join is overdue")]
    soon = [text.index("1 chapter is proposed"), text.index("1 chapter has no organizer")]
    assert max(late) < min(soon)
    assert "Nairobi evening chapter (1)" in text
    assert "Utrecht" in text
    assert "Brian Mutua" in read(desk.get(desk.manager, "manage_requests"))


def test_chapters_are_found_by_word_state_and_want_of_an_organizer(desk: Desk, proposal: Any) -> None:
    """One filter at a time; what makes no sense narrows nothing."""
    Chapter.objects.filter(pk=desk.elsewhere.id).update(needs_organizer=True)

    def names(**query: str) -> set[str]:
        text = read(desk.get(desk.manager, "manage_chapters", **query))
        return {name for name in ("Nairobi evening", "Utrecht", "Kampala finance") if name in text}

    assert names() == {"Nairobi evening", "Utrecht", "Kampala finance"}
    assert names(q="kampala") == {"Kampala finance"}
    assert names(state="proposed") == {"Kampala finance"}
    assert names(show="alone") == {"Utrecht"}
    assert names(state="nonsense", region="-1") == {"Nairobi evening", "Utrecht", "Kampala finance"}
    assert desk.get(desk.manager, "manage_chapters", cursor="!").status_code == 400


def test_the_table_of_chapters_is_paged_and_costs_the_same(desk: Desk, settings: Any) -> None:
    """Every chapter is on one page and on one only; the number of queries does not follow their number."""
    settings.CHAPTERS_PAGE_SIZE = 3
    client = desk.sign_in(desk.manager)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(desk.url("manage_chapters"))
        return len(queries)

    for number in range(3):
        factories.make_chapter(f"More {number}")
    count()
    before = count()
    for number in range(5):
        factories.make_chapter(f"Others {number}")
    assert count() == before
    seen: list[str] = []
    url = desk.url("manage_chapters")
    while url:
        content = client.get(url).content.decode()
        seen += re.findall(r"/chapters/manage/chapters/(\d+)/", content)
        more = re.search(r'href="(\?[^"]*cursor=[^"]+)"', content)
        url = desk.url("manage_chapters") + more[1].replace("&amp;", "&") if more else ""
    assert sorted(map(int, seen)) == sorted(Chapter.objects.values_list("pk", flat=True))


def test_a_proposal_is_approved_with_address_and_region(desk: Desk, proposal: Any) -> None:
    """It forms, who proposed it leads it, and the second answer is late."""
    region = factories.make_region()
    page = desk.get(desk.manager, "manage_chapter", proposal.id)
    assert SCRIPT not in page.content.decode()
    assert 'value="kampala-finance-circle"' in page.content.decode()
    sent = {"act": "approve", "slug": "kampala-finance", "region": region.pk}
    assert desk.post(desk.manager, "manage_chapter", proposal.id, **sent).status_code == 302
    row = Chapter.objects.get(pk=proposal.id)
    assert (row.state, row.slug, row.region_id) == (ChapterState.FORMING, "kampala-finance", region.pk)
    assert Term.objects.filter(chapter_id=proposal.id, user_id=desk.member, role=ChapterRole.LEAD).exists()
    late = desk.post(desk.manager, "manage_chapter", proposal.id, act="decline", reason="No")
    assert late.status_code == 409
    assert Chapter.objects.get(pk=proposal.id).state == ChapterState.FORMING


@pytest.mark.parametrize("slug", ["", "manage", "api", "two words", "x" * 61, "../up", "nairobi_1/"])
def test_an_address_that_cannot_be_is_refused_at_its_field(desk: Desk, proposal: Any, slug: str) -> None:
    """Reserved words, more than letters and hyphens, one that is taken: the proposal waits on."""
    response = desk.post(desk.manager, "manage_chapter", proposal.id, act="approve", slug=slug)
    assert response.status_code in {400, 422}
    assert 'id="approve_slug_error"' in response.content.decode()
    assert Chapter.objects.get(pk=proposal.id).state == ChapterState.PROPOSED


def test_an_address_that_is_taken_is_refused(desk: Desk, proposal: Any) -> None:
    """By the one who has it."""
    response = desk.post(desk.manager, "manage_chapter", proposal.id, act="approve", slug=desk.chapter.slug)
    assert response.status_code in {400, 409, 422}
    assert Chapter.objects.get(pk=proposal.id).state == ChapterState.PROPOSED


def test_a_proposal_is_declined_with_a_reason_only(desk: Desk, proposal: Any) -> None:
    """Who proposed it reads the reason."""
    assert desk.post(desk.manager, "manage_chapter", proposal.id, act="decline").status_code == 422
    sent = {"act": "decline", "reason": "There is one in Kampala"}
    assert desk.post(desk.manager, "manage_chapter", proposal.id, **sent).status_code == 302
    row = Chapter.objects.get(pk=proposal.id)
    assert (row.state, row.state_reason) == (ChapterState.DECLINED, "There is one in Kampala")


@pytest.mark.parametrize("act", ["approve", "decline", "lead", "move", "nonsense"])
def test_nobody_else_answers_or_moves_anything(desk: Desk, proposal: Any, act: str) -> None:
    """Not the organizers of any chapter, not who proposed it."""
    sent = {"act": act, "slug": "mine", "reason": "x", "username": "amina", "to": "archived"}
    for stranger in (desk.lead, desk.member, desk.outsider):
        assert desk.post(stranger, "manage_chapter", proposal.id, **sent).status_code == 403
    assert Chapter.objects.get(pk=proposal.id).state == ChapterState.PROPOSED
    assert desk.get(desk.manager, "manage_chapter", 999_999_999).status_code == 404


def test_a_chapter_without_organizer_gets_one(desk: Desk) -> None:
    """By username; somebody who is no member yet becomes one. A name that nobody has is said at its field."""
    Term.objects.filter(chapter_id=desk.chapter.id).delete()
    Chapter.objects.filter(pk=desk.chapter.id).update(needs_organizer=True)
    assert "Nobody." in read(desk.get(desk.manager, "manage_chapter", desk.chapter.id))
    response = desk.post(desk.manager, "manage_chapter", desk.chapter.id, act="lead", username="nobody-has-this")
    assert response.status_code == 400
    assert 'id="lead_username_error"' in response.content.decode()
    username = User.objects.get(pk=desk.outsider).username
    sent = {"act": "lead", "username": username}
    assert desk.post(desk.manager, "manage_chapter", desk.chapter.id, **sent).status_code == 302
    assert Term.objects.get(chapter_id=desk.chapter.id, ended_at__isnull=True).user_id == desk.outsider
    assert not Chapter.objects.get(pk=desk.chapter.id).needs_organizer


def test_a_manager_archives_and_reopens_a_chapter(desk: Desk) -> None:
    """With a reason; a step from a state that has passed is refused."""
    url = ("manage_chapter", desk.chapter.id)
    assert desk.post(desk.manager, *url, act="move", to="archived", seen="active").status_code == 422
    sent = {"act": "move", "to": "archived", "seen": "active", "reason": "It has ended"}
    assert desk.post(desk.manager, *url, **sent).status_code == 302
    assert Chapter.objects.get(pk=desk.chapter.id).state == ChapterState.ARCHIVED
    assert desk.post(desk.manager, *url, **sent).status_code in {400, 409}
    assert "It has ended" in read(desk.get(desk.manager, *url))


def test_why_people_left_is_read_of_all_chapters_together(desk: Desk) -> None:
    """Three of two chapters make a reason that one chapter alone would not show."""
    gone: dict[str, Any] = {
        "state": MembershipState.LEFT,
        "left_at": timezone.now(),
        "leave_reason": LeaveReason.TOO_QUIET,
    }
    desk.join("Gone", **gone)
    desk.join("Gone", **gone)
    factories.make_member(desk.elsewhere, **gone)
    assert "Too little happens 3" in read(desk.get(desk.manager, "manage_leaving"))
    assert "Too little happens" not in read(desk.get(desk.lead, "desk_leaving"))


# -- confidential reports ----------------------------------------------------------------------------------------------


def test_a_report_is_taken_in_hand_noted_and_closed(desk: Desk) -> None:
    """Each step once it can be taken; a closed report takes no more notes."""
    made = _report(desk, about=(desk.lead,), text=f"He shouted {SCRIPT}")
    page = desk.get(desk.manager, "manage_concern", made.id)
    assert SCRIPT not in page.content.decode()
    assert "Wanjiru Kamau" in read(page)
    assert "Amina Yusuf" in read(page)
    assert desk.post(desk.manager, "manage_concern", made.id, act="take").status_code == 302
    assert Concern.objects.get().handler_id == desk.manager
    sent = {"act": "note", "text": "I called her", "is_for_reporter": "on"}
    assert desk.post(desk.manager, "manage_concern", made.id, **sent).status_code == 302
    assert ConcernNote.objects.get().is_for_reporter
    assert desk.post(desk.manager, "manage_concern", made.id, act="close").status_code == 422
    assert (
        desk.post(desk.manager, "manage_concern", made.id, act="close", outcome="He was spoken to").status_code == 302
    )
    assert Concern.objects.get().state == ConcernState.CLOSED
    assert desk.post(desk.manager, "manage_concern", made.id, act="note", text="More").status_code == 409
    assert "He was spoken to" in read(desk.get(desk.manager, "manage_concern", made.id))


def test_an_anonymous_reporter_stays_unnamed(desk: Desk) -> None:
    """Neither page of the report names who made it."""
    made = _report(desk, is_anonymous=True)
    for response in (desk.get(desk.manager, "manage_concern", made.id), desk.get(desk.manager, "manage_concerns")):
        assert "Amina Yusuf" not in response.content.decode()
    assert "Somebody who stays unnamed" in read(desk.get(desk.manager, "manage_concern", made.id))


@pytest.mark.parametrize("tie", ["accused", "role", "reporter", "superuser accused", "organizer", "member"])
def test_a_report_does_not_exist_for_who_may_not_handle_it(desk: Desk, tie: str) -> None:
    """It is in no list and no count, no address opens it, no form changes it; nothing of it is in the chapter's log."""
    about: tuple[int, ...] = ()
    reader = desk.manager
    if tie == "accused":
        about = (reader,)
    elif tie == "superuser accused":
        reader = factories.make_account("Root", is_staff=True, is_superuser=True)
        about = (reader,)
    elif tie == "role":
        factories.make_organizer(desk.chapter, reader, role=ChapterRole.HOST)
    elif tie in {"organizer", "member"}:
        reader = desk.lead if tie == "organizer" else desk.moderator
    made = _report(desk, about=about)
    if tie == "reporter":
        Concern.objects.update(reporter_id=reader)
    other = factories.make_manager("Other Manager")
    assert desk.get(other, "manage_concern", made.id).status_code == 200
    status = 403 if tie in {"organizer", "member"} else 404
    assert desk.get(reader, "manage_concern", made.id).status_code == status
    for act in ({"act": "take"}, {"act": "note", "text": "x"}, {"act": "close", "outcome": "x"}):
        assert desk.post(reader, "manage_concern", made.id, **act).status_code == status
    if status == 404:
        assert "No report waits" in read(desk.get(reader, "manage_concerns"))
        assert "All done" in read(desk.get(reader, "manage"))
    assert Concern.objects.get().state == ConcernState.NEW
    assert not AuditEntry.objects.filter(context_key=desk.chapter.key).exists()


def test_reports_are_listed_by_where_they_are(desk: Desk) -> None:
    """New ones first; those in hand and closed ones on lists of their own; overdue is a word."""
    late, other = _report(desk, text="One"), _report(desk, text="Two")
    Concern.objects.filter(pk=late.id).update(due_at=timezone.now() - timedelta(hours=1))
    concerns.take_in_hand(concern_id=other.id, actor_id=desk.manager)
    new = read(desk.get(desk.manager, "manage_concerns"))
    assert f"Report {late.id}" in new
    assert "Overdue" in new
    assert f"Report {other.id}" not in new
    assert f"Report {other.id}" in read(desk.get(desk.manager, "manage_concerns", state="in_hand"))
    assert f"Report {late.id}" in read(desk.get(desk.manager, "manage_concerns", state="nonsense"))


@pytest.mark.parametrize("sent", [{}, {"act": "nonsense"}, {"act": "note"}, {"act": "note", "text": "x" * 4001}])
def test_what_makes_no_sense_changes_no_report(desk: Desk, sent: dict[str, str]) -> None:
    """The report is as new as it was."""
    made = _report(desk)
    assert desk.post(desk.manager, "manage_concern", made.id, **sent).status_code in {400, 422}
    assert not ConcernNote.objects.exists()
    assert Concern.objects.get().state == ConcernState.NEW
