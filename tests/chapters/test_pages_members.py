"""Joining, what members see of each other, mail, leaving, and what a banned person can say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from chapters.api import membership
from chapters.data import (
    Audience,
    ChapterData,
    ChapterRole,
    ChapterState,
    JoinQuestionData,
    MembershipState,
    QuestionKind,
)
from chapters.models import Ban, Chapter, Greeting, Invitation, Membership

from .factories import give_role, make_account, make_ban, make_chapter, make_member, make_organizer, make_rule
from .page_visits import SCRIPT, browser, markup_of, send, visit, words_of
from .test_pages_public import count_queries

WELL = {"position": "Team lead, logistics", "why": "To stop avoiding a talk"}


def state_of(chapter: ChapterData, user_id: int) -> str | None:
    """Return where somebody stands with a chapter, as it is stored."""
    rows = Membership.objects.filter(chapter_id=chapter.id, user_id=user_id)
    return rows.values_list("state", flat=True).first()


# -- joining -----------------------------------------------------------------------------------------------------------


def test_looking_at_the_form_changes_nothing(chapter: ChapterData, outsider: int) -> None:
    page = visit(outsider, "join", chapter.slug)
    assert page.status_code == 200
    assert "Join Nairobi evening chapter" in words_of(page)
    assert state_of(chapter, outsider) is None


def test_joining_with_an_introduction(chapter: ChapterData, outsider: int) -> None:
    page = send(outsider, "join", chapter.slug, **WELL, hobbies="Chess", hobbies_for="organizers", place_for="members")
    assert page.status_code == 302
    mine = membership.find_membership(chapter_id=chapter.id, user_id=outsider)
    assert mine is not None
    assert mine.is_member
    assert mine.introduction.hobbies == "Chess"
    assert mine.introduction.private == {"hobbies"}
    assert "You are in" in words_of(browser(outsider).get(page["Location"]))


def test_what_is_missing_stands_beside_its_field_and_on_top(chapter: ChapterData, outsider: int) -> None:
    page = send(outsider, "join", chapter.slug, position=" ", why="")
    assert page.status_code == 400
    assert "2 things have to be put right" in words_of(page)
    shown = markup_of(page)
    assert 'href="#id_position"' in shown
    assert 'id="id_why_error"' in shown
    assert 'aria-describedby="id_why_helptext id_why_error"' in shown
    assert shown.count('aria-invalid="true"') == 2
    assert state_of(chapter, outsider) is None


@pytest.mark.parametrize("field", ["position", "place", "skills", "why", "hobbies"])
def test_texts_that_are_too_long_are_refused_at_their_field(chapter: ChapterData, outsider: int, field: str) -> None:
    page = send(outsider, "join", chapter.slug, **{**WELL, field: "x" * 10_000})
    assert page.status_code == 400
    assert f'id="id_{field}_error"' in markup_of(page)
    assert state_of(chapter, outsider) is None


def test_sending_the_form_twice_joins_once(chapter: ChapterData, outsider: int) -> None:
    for _time in range(2):
        assert send(outsider, "join", chapter.slug, **WELL).status_code == 302
    assert Chapter.objects.get(pk=chapter.id).members == 1


def test_questions_make_it_a_request(lead: int, chapter: ChapterData, outsider: int) -> None:
    asked = (
        JoinQuestionData(id=0, text="What do you lead?", kind=QuestionKind.TEXT, hint="One sentence"),
        JoinQuestionData(id=0, text="How often?", kind=QuestionKind.CHOICE, choices=("Always", "Sometimes")),
    )
    first, second = membership.set_questions(chapter_id=chapter.id, actor_id=lead, questions=asked)
    form = visit(outsider, "join", chapter.slug)
    assert "reply within 5 days" in words_of(form)
    assert "One sentence" in words_of(form)
    refused = send(outsider, "join", chapter.slug, **WELL, **{f"answer-{second.id}": "Never"})
    assert refused.status_code == 400
    assert f'id="id_answer-{first.id}_error"' in markup_of(refused)
    assert f'id="id_answer-{second.id}_error"' in markup_of(refused)
    answers = {f"answer-{first.id}": "A kitchen", f"answer-{second.id}": "Always"}
    assert send(outsider, "join", chapter.slug, **WELL, **answers).status_code == 302
    assert state_of(chapter, outsider) == MembershipState.REQUESTED
    assert "Your request has arrived" in words_of(visit(outsider, "chapter", chapter.slug))
    send(outsider, "leave", chapter.slug)
    assert state_of(chapter, outsider) != MembershipState.REQUESTED


def test_a_banned_person_is_told_why_not(chapter: ChapterData, outsider: int) -> None:
    make_ban(chapter, outsider)
    page = send(outsider, "join", chapter.slug, **WELL)
    assert page.status_code == 403
    assert "keep you out" in words_of(page)
    assert reverse("chapters:appeal", args=[chapter.slug]) in markup_of(page)
    assert state_of(chapter, outsider) is None


def test_an_entry_rule_that_is_not_met_is_told_with_the_next_step(outsider: int) -> None:
    chapter = make_rule(make_chapter(entry=Audience.ALUMNI), Audience.ALUMNI, "course-v1:Meridian+LT1+2026")
    page = send(outsider, "join", chapter.slug, **WELL)
    assert page.status_code == 403
    assert "completed one of its courses" in words_of(page)
    assert state_of(chapter, outsider) is None


def test_new_accounts_join_a_few_chapters_a_day(db: None, settings: Any) -> None:
    settings.CHAPTERS_NEW_ACCOUNT_LIMITS = {"join": "1/d"}
    newcomer = make_account(days_old=0)
    assert send(newcomer, "join", make_chapter().slug, **WELL).status_code == 302
    second = make_chapter()
    page = send(newcomer, "join", second.slug, **WELL)
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert state_of(second, newcomer) is None


# -- what members see --------------------------------------------------------------------------------------------------


def test_the_first_day_invites(chapter: ChapterData, member: int) -> None:
    page = words_of(visit(member, "chapter", chapter.slug))
    assert "The first one sets the tone" in page
    assert "You are the first" in page
    assert "Nobody runs this chapter at the moment" in page
    assert "You are a member since" in page


def test_now_shows_who_is_new_and_who_runs_it(chapter: ChapterData, lead: int, member: int) -> None:
    page = visit(member, "chapter", chapter.slug)
    assert "Wanjiru Kamau" in words_of(page)
    assert "Lead organizer" in words_of(page)
    assert "Say hello to Wanjiru Kamau" in markup_of(page)
    assert "Organizer desk" not in words_of(page)
    assert "Organizer desk" in words_of(visit(lead, "chapter", chapter.slug))


def test_closed_boards_say_how_they_open(chapter: ChapterData, member: int) -> None:
    make_rule(chapter, Audience.ALUMNI, "course-v1:Meridian+LT1+2026")
    page = words_of(visit(member, "chapter", chapter.slug))
    assert "It opens by itself once you have" in page
    assert "an organizer opened it" not in page
    alumna = make_member(chapter, audiences=(Audience.ALUMNI,)).user_id
    assert "alumni board open to you: an organizer opened it" in words_of(visit(alumna, "chapter", chapter.slug))


def test_private_facts_are_for_organizers_and_oneself(chapter: ChapterData, lead: int, member: int) -> None:
    shy = make_member(chapter, make_account("Sven de Wit"), hobbies="Secret gardens", private_fields="hobbies").user_id
    for name, args in (("people", []), ("person", [shy])):
        assert "Secret gardens" not in markup_of(visit(member, name, chapter.slug, *args)), name
        for reader in (lead, shy):
            assert "Secret gardens" in words_of(visit(reader, name, chapter.slug, *args)), name


def test_the_young_are_shown_by_a_pseudonym_and_nothing_else(chapter: ChapterData, member: int) -> None:
    young = make_member(chapter, make_account("Tim Twelve", year_of_birth=timezone.now().year - 12), why="My secret")
    for name, args in (("people", []), ("person", [young.user_id]), ("chapter", [])):
        page = markup_of(visit(member, name, chapter.slug, *args))
        assert "Tim Twelve" not in page, name
        assert "My secret" not in page, name


@pytest.mark.parametrize("name", ["people", "introduction", "mail"])
def test_people_outside_are_asked_to_join_first(chapter: ChapterData, outsider: int, name: str) -> None:
    page = visit(outsider, name, chapter.slug)
    assert page.status_code == 403
    assert "This is for members of the chapter" in words_of(page)
    assert reverse("chapters:join", args=[chapter.slug]) in markup_of(page)
    assert words_of(page).count("Join the chapter") == 1


def test_people_are_found_by_a_word_and_by_board(chapter: ChapterData, member: int) -> None:
    make_rule(chapter, Audience.ALUMNI, "course-v1:Meridian+LT1+2026")
    chess = make_account("Brian Mutua")
    send(chess, "join", chapter.slug, **WELL, hobbies="Chess with my daughter")
    make_member(chapter, make_account("Amal Alumna"), audiences=(Audience.ALUMNI,))
    found = words_of(visit(member, "people", chapter.slug, q="chess"))
    assert "Brian Mutua" in found
    assert "Amal Alumna" not in found
    alumni = words_of(visit(member, "people", chapter.slug, of="alumni"))
    assert "Amal Alumna" in alumni
    assert "Brian Mutua" not in alumni
    assert "Nobody was found" in words_of(visit(member, "people", chapter.slug, q="nothinglikethis"))


def test_somebody_who_is_no_member_has_no_page(chapter: ChapterData, member: int, outsider: int) -> None:
    gone = make_member(chapter, state=MembershipState.LEFT).user_id
    for user_id in (outsider, gone, 2**40):
        url = reverse("chapters:people", args=[chapter.slug]) + f"{user_id}/"
        assert browser(member).get(url).status_code == 404


def test_hello_is_said_once_and_by_a_form_only(chapter: ChapterData, member: int) -> None:
    other = make_member(chapter, make_account("Brian Mutua")).user_id
    visit(member, "person", chapter.slug, other)
    assert not Greeting.objects.exists()
    for _time in range(2):
        assert send(member, "person", chapter.slug, other, back="now").status_code == 302
    assert Greeting.objects.count() == 1
    assert "You said hello" in words_of(visit(member, "person", chapter.slug, other))


def test_nobody_greets_themselves_or_from_outside(chapter: ChapterData, member: int, outsider: int) -> None:
    assert send(member, "person", chapter.slug, member).status_code == 403
    assert send(outsider, "person", chapter.slug, member).status_code == 403
    assert not Greeting.objects.exists()


def test_script_in_every_text_of_a_member_is_text(chapter: ChapterData, member: int) -> None:
    texts = dict.fromkeys(("position", "place", "skills", "why", "hobbies"), SCRIPT[:79])
    odd = make_member(chapter, make_account(SCRIPT[:60]), **texts).user_id
    for name, args in (("chapter", []), ("people", []), ("person", [odd])):
        page = markup_of(visit(member, name, chapter.slug, *args))
        assert "<script>alert" not in page, name
        assert "<img src=x" not in page, name
    own = markup_of(visit(odd, "introduction", chapter.slug))
    assert "<script>alert" not in own


@pytest.mark.parametrize("query", [{"q": SCRIPT}, {"q": "x" * 10_000}, {"of": SCRIPT}, {"q": "\x00"}])
def test_hostile_searches_for_people(chapter: ChapterData, member: int, query: dict[str, str]) -> None:
    page = visit(member, "people", chapter.slug, **query)
    assert page.status_code == 200
    assert "<script>alert" not in markup_of(page)


@pytest.mark.parametrize("name", ["chapter", "people"])
def test_pages_cost_the_same_whatever_the_crowd(chapter: ChapterData, lead: int, member: int, name: str) -> None:
    for _each in range(6):
        make_member(chapter)
    few = count_queries(member, name, chapter.slug)
    for _each in range(13):
        make_member(chapter)
    give_role(chapter, make_member(chapter).user_id, ChapterRole.CO_ORGANIZER)
    assert count_queries(member, name, chapter.slug) == few


def test_introduction_is_changed(chapter: ChapterData, member: int) -> None:
    assert "Team lead" in markup_of(visit(member, "introduction", chapter.slug))
    assert send(member, "introduction", chapter.slug, position="Baker", why="To rest").status_code == 302
    mine = membership.find_membership(chapter_id=chapter.id, user_id=member)
    assert mine is not None
    assert mine.introduction.position == "Baker"
    refused = send(member, "introduction", chapter.slug, position="", why="To rest")
    assert refused.status_code == 400


# -- mail, leaving, coming back ----------------------------------------------------------------------------------------


def test_mail_is_paused_and_comes_again(chapter: ChapterData, member: int) -> None:
    until = (timezone.now() + timedelta(days=20)).date()
    visit(member, "mail", chapter.slug)
    assert send(member, "mail", chapter.slug, digest="daily", paused_until=until.isoformat()).status_code == 302
    row = Membership.objects.get(user_id=member)
    assert (row.digest, row.paused_until) == ("daily", until)
    assert "You get no mail from this chapter until" in words_of(visit(member, "chapter", chapter.slug))
    send(member, "mail", chapter.slug, digest="daily", paused_until=until.isoformat(), act="resume")
    assert Membership.objects.get(user_id=member).paused_until is None


@pytest.mark.parametrize("until", ["yesterday", "2020-01-01", "9999-12-31", "2026-13-45"])
def test_a_day_that_is_none_is_refused_at_its_field(chapter: ChapterData, member: int, until: str) -> None:
    page = send(member, "mail", chapter.slug, digest="weekly", paused_until=until)
    assert page.status_code == 400
    assert 'id="id_paused_until_error"' in markup_of(page)
    assert Membership.objects.get(user_id=member).paused_until is None


def test_leaving_is_one_press_and_the_reason_comes_after(chapter: ChapterData, member: int) -> None:
    assert visit(member, "leave", chapter.slug).status_code == 200
    assert state_of(chapter, member) == MembershipState.MEMBER
    page = send(member, "leave", chapter.slug)
    assert page.status_code == 302
    assert state_of(chapter, member) == MembershipState.LEFT
    asked = browser(member).get(page["Location"])
    assert "What made you leave?" in words_of(asked)
    assert send(member, "left", chapter.slug, reason="too_quiet", note="Nothing since May").status_code == 302
    row = Membership.objects.get(user_id=member)
    assert (row.leave_reason, row.leave_note) == ("too_quiet", "Nothing since May")
    assert "Come back" in words_of(visit(member, "chapter", chapter.slug))
    assert send(member, "join", chapter.slug, **WELL).status_code == 302
    assert state_of(chapter, member) == MembershipState.MEMBER


@pytest.mark.parametrize("fields", [{}, {"reason": "nonsense"}, {"reason": "other", "note": "x" * 10_000}])
def test_a_reason_that_is_none_is_refused(chapter: ChapterData, member: int, fields: dict[str, str]) -> None:
    send(member, "leave", chapter.slug)
    assert send(member, "left", chapter.slug, **fields).status_code == 400
    assert Membership.objects.get(user_id=member).leave_reason == ""


def test_the_last_organizer_hands_over_first(chapter: ChapterData, lead: int) -> None:
    page = visit(lead, "leave", chapter.slug)
    assert "You are the last organizer of this chapter" in words_of(page)
    assert reverse("chapters:desk_life", args=[chapter.slug]) in markup_of(page)
    assert send(lead, "leave", chapter.slug).status_code == 403
    assert state_of(chapter, lead) == MembershipState.MEMBER
    make_organizer(chapter, role=ChapterRole.CO_ORGANIZER)
    assert send(lead, "leave", chapter.slug).status_code == 302
    assert state_of(chapter, lead) == MembershipState.LEFT


def test_members_of_an_archived_chapter_read_and_leave(member: int, chapter: ChapterData) -> None:
    Chapter.objects.filter(pk=chapter.id).update(state=ChapterState.ARCHIVED)
    page = words_of(visit(member, "chapter", chapter.slug))
    assert "Nothing new can be added" in page
    assert "Start the first topic" not in page
    assert send(member, "introduction", chapter.slug, **WELL).status_code == 403
    assert send(member, "leave", chapter.slug).status_code == 302


# -- bans and invitations ----------------------------------------------------------------------------------------------


def test_a_banned_person_reads_why_and_answers_once(chapter: ChapterData) -> None:
    banned = make_member(chapter, state=MembershipState.REMOVED).user_id
    make_ban(chapter, banned, days=30, reason=f"Sold courses {SCRIPT}"[:500])
    page = visit(banned, "appeal", chapter.slug)
    assert "Sold courses" in words_of(page)
    assert "It ends by itself" in words_of(page)
    assert "<script>alert" not in markup_of(page)
    assert send(banned, "appeal", chapter.slug, text=" ").status_code == 400
    assert send(banned, "appeal", chapter.slug, text="x" * 10_000).status_code == 400
    assert send(banned, "appeal", chapter.slug, text="I was asked to").status_code == 302
    assert Ban.objects.get().appeal == "I was asked to"
    assert send(banned, "appeal", chapter.slug, text="And another thing").status_code == 403
    assert Ban.objects.get().appeal == "I was asked to"


def test_who_is_not_banned_has_nothing_to_appeal(chapter: ChapterData, member: int) -> None:
    make_ban(chapter, make_account())
    assert visit(member, "appeal", chapter.slug).status_code == 302
    assert send(member, "appeal", chapter.slug, text="Why?").status_code == 302
    assert Ban.objects.get().appeal == ""


def test_invitations_are_put_away_by_a_form_and_only_ones_own(make_learner: Any, outsider: int) -> None:
    invited = make_learner("amara", name="Amara Okafor").pk
    chapter = make_rule(make_chapter(), Audience.LEARNERS, "course-v1:Meridian+LT1+2026")
    row = Invitation.objects.create(
        chapter_id=chapter.id, user_id=invited, audience="learners", course_id="course-v1:Meridian+LT1+2026"
    )
    page = visit(invited, "invitations")
    assert "Nairobi evening chapter" in words_of(page)
    assert reverse("chapters:join", args=[chapter.slug]) in markup_of(page)
    assert "opens a chapter for you" in words_of(visit(invited, "directory"))
    assert send(outsider, "invitations", invitation=row.pk).status_code == 404
    assert send(invited, "invitations", invitation="x").status_code == 404
    row.refresh_from_db()
    assert row.state == "open"
    assert send(invited, "invitations", invitation=row.pk).status_code == 302
    row.refresh_from_db()
    assert row.state == "dismissed"
