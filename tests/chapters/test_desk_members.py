"""Members, bans and appeals at the desk: what an organizer may do with whom, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters.data import Audience, ChapterRole, ChapterState, EndReason, MembershipState, StandingSource
from chapters.models import Ban, Chapter, Membership, Standing, Term

from . import factories
from .desk_town import Desk, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    """Return a chapter with its team."""
    return Desk()


def _membership(desk: Desk, user_id: int) -> Membership:
    return Membership.objects.get(chapter_id=desk.chapter.id, user_id=user_id)


def test_members_are_found_by_a_word(desk: Desk) -> None:
    """The list has everybody; a word that nobody says of themselves finds nobody, and says so."""
    assert "Amina Yusuf" in read(desk.get(desk.lead, "desk_members"))
    text = read(desk.get(desk.lead, "desk_members", q="zzzz"))
    assert "Amina Yusuf" not in text
    assert "Nobody found" in text


def test_members_are_narrowed_to_a_board(desk: Desk) -> None:
    """A board that the chapter has not is everybody's."""
    desk.join("Alma Alumna", audiences=(Audience.ALUMNI,))
    text = read(desk.get(desk.lead, "desk_members", board="alumni"))
    assert "Alma Alumna" in text
    assert "Amina Yusuf" not in text
    assert "Amina Yusuf" in read(desk.get(desk.lead, "desk_members", board="nonsense"))


def test_a_board_is_opened_by_hand_and_taken_back(desk: Desk) -> None:
    """The grant is marked as somebody's own, with the reason; taking it back needs one as well."""
    response = desk.post(desk.second, "desk_member", desk.member, act="grant", audience="alumni", reason="Paper course")
    assert response.status_code == 302
    standing = Standing.objects.get(membership__user_id=desk.member)
    assert (standing.source, standing.granted_by, standing.reason) == (
        StandingSource.MANUAL,
        desk.second,
        "Paper course",
    )
    assert "given by an organizer" in read(desk.get(desk.lead, "desk_member", desk.member))
    sent = {"act": "revoke", "audience": "alumni"}
    assert desk.post(desk.lead, "desk_member", desk.member, **sent).status_code == 422
    assert desk.post(desk.lead, "desk_member", desk.member, **sent, reason="A mistake").status_code == 302
    standing.refresh_from_db()
    assert standing.ended_at is not None


def test_a_role_is_given_by_those_who_may_give_it(desk: Desk) -> None:
    """A co-organizer names a host, not a co-organizer; a lead names both; each is told the last day."""
    day = timezone.now().date() + timedelta(days=90)
    sent = {"act": "role", "role": "host", "ends_on": day.isoformat()}
    assert desk.post(desk.second, "desk_member", desk.member, **sent).status_code == 302
    assert Term.objects.get(user_id=desk.member, role="host").ends_on == day
    refused = desk.post(desk.second, "desk_member", desk.member, act="role", role="co_organizer")
    assert refused.status_code == 422
    assert not Term.objects.filter(user_id=desk.member, role="co_organizer").exists()
    assert desk.post(desk.lead, "desk_member", desk.member, act="role", role="co_organizer").status_code == 302
    assert Term.objects.filter(user_id=desk.member, role="co_organizer", ended_at__isnull=True).exists()


def test_a_role_is_renewed_by_giving_it_again(desk: Desk) -> None:
    """The same term gets a new last day."""
    day = timezone.now().date() + timedelta(days=200)
    sent = {"act": "role", "role": "moderator", "ends_on": day.isoformat()}
    assert desk.post(desk.lead, "desk_member", desk.moderator, **sent).status_code == 302
    assert Term.objects.get(user_id=desk.moderator, role="moderator").ends_on == day


@pytest.mark.parametrize("ends_on", ["yesterday", "2020-01-01", "0000-00-00", "9999-99-99"])
def test_a_term_ends_on_a_day_ahead(desk: Desk, ends_on: str) -> None:
    """Anything else is said at its field."""
    response = desk.post(desk.lead, "desk_member", desk.member, act="role", role="host", ends_on=ends_on)
    assert response.status_code in {400, 422}
    assert 'id="role_ends_on_error"' in response.content.decode()
    assert not Term.objects.filter(user_id=desk.member).exists()


def test_the_lead_hands_over_to_a_member(desk: Desk) -> None:
    """Both happen at once: the member leads, the lead is a member."""
    assert desk.post(desk.lead, "desk_member", desk.member, act="hand_over").status_code == 302
    assert Term.objects.filter(user_id=desk.member, role=ChapterRole.LEAD, ended_at__isnull=True).exists()
    assert Term.objects.get(user_id=desk.lead).end_reason == EndReason.HANDED_OVER
    assert desk.get(desk.lead, "desk").status_code == 403


def test_a_member_is_removed_with_a_reason_that_they_read(desk: Desk) -> None:
    """Without one nothing happens, and the field says why."""
    assert desk.post(desk.lead, "desk_member", desk.member, act="remove").status_code == 422
    assert _membership(desk, desk.member).state == MembershipState.MEMBER
    assert desk.post(desk.lead, "desk_member", desk.member, act="remove", reason="Sold things").status_code == 302
    row = _membership(desk, desk.member)
    assert (row.state, row.decision_note) == (MembershipState.REMOVED, "Sold things")
    assert desk.get(desk.lead, "desk_member", desk.member).status_code == 404


@pytest.mark.parametrize("act", ["remove", "ban"])
def test_volunteers_do_not_throw_each_other_out(desk: Desk, act: str) -> None:
    """Who has a role is neither removed nor banned by another organizer, nor does anybody do it to themselves."""
    page = "desk_member" if act == "remove" else "desk_ban_person"
    for target in (desk.moderator, desk.lead):
        sent = {"act": act, "reason": "x", "length": "7"}
        assert desk.post(desk.lead, page, target, **sent).status_code == 403
        assert _membership(desk, target).state == MembershipState.MEMBER
    assert not Ban.objects.exists()


def test_somebody_is_banned_until_a_day_of_the_chapters_clock(desk: Desk) -> None:
    """The last day counts whole, in Nairobi."""
    day = timezone.now().astimezone(desk.chapter.zone).date() + timedelta(days=3)
    sent = {"reason": "Sold courses", "length": "day", "until": day.isoformat()}
    assert desk.post(desk.lead, "desk_ban_person", desk.member, **sent).status_code == 302
    ban = Ban.objects.get()
    assert ban.expires_at is not None
    local = ban.expires_at.astimezone(desk.chapter.zone)
    assert (local.date(), local.hour, ban.banned_by) == (day + timedelta(days=1), 0, desk.lead)
    assert _membership(desk, desk.member).state == MembershipState.REMOVED


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"reason": "", "length": "7"}, "reason"),
        ({"reason": "x" * 501, "length": "7"}, "reason"),
        ({"reason": "x", "length": "day"}, "until"),
        ({"reason": "x", "length": "day", "until": "2020-01-01"}, "until"),
        ({"reason": "x", "length": "day", "until": "9999-12-31"}, "until"),
        ({"reason": "x", "length": "100 years"}, "length"),
        ({"reason": "x"}, "length"),
    ],
)
def test_a_ban_that_makes_no_sense_is_refused_at_its_field(desk: Desk, sent: dict[str, Any], field: str) -> None:
    """And nobody is banned."""
    response = desk.post(desk.lead, "desk_ban_person", desk.member, **sent)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Ban.objects.exists()


def test_nobody_is_banned_who_never_was_here(desk: Desk) -> None:
    """An account that has nothing to do with the chapter is not there for its desk."""
    assert desk.post(desk.lead, "desk_ban_person", desk.outsider, reason="x", length="7").status_code == 404


def test_an_appeal_is_answered_once_and_by_somebody_else(desk: Desk) -> None:
    """Who banned is told why not; the other organizer lifts the ban with an answer; the second answer is late."""
    banned = desk.join("Barbara Banned")
    made = factories.make_ban(
        desk.chapter, banned, days=9, appeal="I was away", appealed_at=timezone.now(), banned_by=desk.second
    )
    sent = {"act": "appeal", "verdict": "lifted", "answer": "You are right"}
    assert desk.post(desk.second, "desk_ban", made.pk, **sent).status_code == 403
    assert "You decided this yourself" in read(desk.get(desk.second, "desk_ban", made.pk))
    assert "I was away" in read(desk.get(desk.lead, "desk_ban", made.pk))
    assert desk.post(desk.lead, "desk_ban", made.pk, **sent).status_code == 302
    made.refresh_from_db()
    assert made.lifted_at is not None
    assert made.appeal_answer == "You are right"
    again = desk.post(desk.lead, "desk_ban", made.pk, act="appeal", verdict="kept", answer="No")
    assert again.status_code == 409
    made.refresh_from_db()
    assert made.appeal_answer == "You are right"


def test_an_appeal_needs_a_decision_and_an_answer(desk: Desk) -> None:
    """Both are asked for at their fields."""
    banned = desk.join("Barbara Banned")
    made = factories.make_ban(desk.chapter, banned, days=9, appeal="Why", appealed_at=timezone.now())
    response = desk.post(desk.lead, "desk_ban", made.pk, act="appeal")
    assert response.status_code == 422
    content = response.content.decode()
    assert 'id="appeal_verdict_error"' in content
    assert 'id="appeal_answer_error"' in content


def test_a_ban_is_lifted_early_once(desk: Desk) -> None:
    """Lifting it again says that it is over."""
    made = factories.make_ban(desk.chapter, desk.join("Barbara Banned"), days=9)
    assert desk.post(desk.lead, "desk_ban", made.pk, act="lift").status_code == 302
    assert desk.post(desk.second, "desk_ban", made.pk, act="lift").status_code == 409
    made.refresh_from_db()
    assert made.lifted_by == desk.lead


def test_a_ban_of_another_chapter_is_none(desk: Desk) -> None:
    """Its number under this chapter's address opens and lifts nothing."""
    foreign = factories.make_ban(desk.elsewhere, factories.make_account(), days=9)
    assert desk.get(desk.lead, "desk_ban", foreign.pk).status_code == 404
    assert desk.post(desk.lead, "desk_ban", foreign.pk, act="lift").status_code == 404
    foreign.refresh_from_db()
    assert foreign.lifted_at is None


def test_a_member_of_another_chapter_is_none_here(desk: Desk) -> None:
    """Under this chapter's address nobody does anything to them."""
    foreign = factories.make_member(desk.elsewhere).user_id
    assert desk.get(desk.lead, "desk_member", foreign).status_code == 404
    assert desk.post(desk.lead, "desk_member", foreign, act="remove", reason="x").status_code == 404
    assert Membership.objects.get(user_id=foreign).state == MembershipState.MEMBER


def test_in_an_archived_chapter_nobody_is_given_anything(desk: Desk) -> None:
    """Its desk can be read; roles and boards are not given any more."""
    Chapter.objects.filter(pk=desk.chapter.id).update(state=ChapterState.ARCHIVED)
    assert desk.get(desk.lead, "desk").status_code == 200
    assert desk.post(desk.lead, "desk_member", desk.member, act="role", role="host").status_code == 403
    sent = {"act": "grant", "audience": "alumni", "reason": "x"}
    assert desk.post(desk.lead, "desk_member", desk.member, **sent).status_code == 403
    assert not Standing.objects.exists()
