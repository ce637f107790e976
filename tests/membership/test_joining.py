"""Coming in and going: at once, by a request, again; and what people say of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chapters.api import membership as api
from chapters.data import (
    Audience,
    ChapterState,
    JoinedBy,
    JoinQuestionData,
    MembershipState,
    QuestionKind,
)
from chapters.exceptions import (
    BannedError,
    InvalidValueError,
    LastOrganizerError,
    NotAllowedError,
    NotFoundError,
    StateError,
)
from chapters.models import Chapter, JoinAnswer, Membership, MemberWord, Standing, Term
from people.models import AuditEntry
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_organizer, make_rule
from tests.membership.conftest import ME, TEAMS

pytestmark = pytest.mark.django_db


def counted(chapter: Any) -> int:
    return Chapter.objects.get(pk=chapter.id).members


class TestJoining:
    def test_somebody_is_a_member_at_once(self, chapter: Any, amina: int) -> None:
        mine = api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert (mine.state, mine.joined_by, mine.introduction) == (MembershipState.MEMBER, JoinedBy.SELF, ME)
        assert mine.audiences == {Audience.EVERYONE}
        assert counted(chapter) == 1

    def test_twice_comes_to_the_same(self, chapter: Any, amina: int) -> None:
        first = api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        again = api.join(chapter_id=chapter.id, user_id=amina, introduction=replace(ME, position="Somebody else"))
        assert again == first
        assert counted(chapter) == 1
        assert Membership.objects.get().times_joined == 1

    def test_what_courses_gave_is_open_at_once(self, chapter: Any, amina: int, school: Any) -> None:
        school.finish(amina)
        mine = api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert mine.audiences == {Audience.EVERYONE, Audience.LEARNERS, Audience.ALUMNI}

    @pytest.mark.parametrize("state", [ChapterState.PROPOSED, ChapterState.DECLINED, ChapterState.ARCHIVED])
    def test_some_take_nobody_in(self, state: ChapterState, amina: int) -> None:
        with pytest.raises(StateError):
            api.join(chapter_id=make_chapter(state=state).id, user_id=amina, introduction=ME)
        assert not Membership.objects.exists()

    @pytest.mark.parametrize(
        "state", [ChapterState.FORMING, ChapterState.ACTIVE, ChapterState.PAUSED, ChapterState.DORMANT]
    )
    def test_the_others_do(self, state: ChapterState, amina: int) -> None:
        assert api.join(chapter_id=make_chapter(state=state).id, user_id=amina, introduction=ME).is_member

    def test_no_chapter(self, amina: int) -> None:
        with pytest.raises(NotFoundError):
            api.join(chapter_id=404, user_id=amina, introduction=ME)

    def test_the_banned_stay_out(self, chapter: Any, amina: int) -> None:
        make_ban(chapter, amina)
        with pytest.raises(BannedError):
            api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert not Membership.objects.exists()
        assert counted(chapter) == 0

    def test_a_ban_that_is_over_keeps_nobody_out(self, chapter: Any, amina: int) -> None:
        make_ban(chapter, amina, days=-1)
        assert api.join(chapter_id=chapter.id, user_id=amina, introduction=ME).is_member

    @pytest.mark.parametrize(("entry", "is_in"), [(Audience.LEARNERS, True), (Audience.ALUMNI, False)])
    def test_the_entry_asks_for_courses(self, entry: Audience, is_in: bool, amina: int, school: Any) -> None:
        school.enrol(amina)
        chapter = make_rule(make_chapter(entry=entry), entry, str(TEAMS))
        if is_in:
            assert entry in api.join(chapter_id=chapter.id, user_id=amina, introduction=ME).audiences
            return
        with pytest.raises(NotAllowedError) as refusal:
            api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert refusal.value.code == "not_entitled"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"position": ""}, "position"),
            ({"why": "  \n "}, "why"),
            ({"position": "x" * 121}, "position"),
            ({"place": "x" * 81}, "place"),
            ({"skills": "x" * 10_000}, "skills"),
            ({"hobbies": "x" * 301}, "hobbies"),
            ({"private": frozenset({"email"})}, "private"),
        ],
    )
    def test_what_is_wrong_is_named(self, chapter: Any, amina: int, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            api.join(chapter_id=chapter.id, user_id=amina, introduction=replace(ME, **changes))
        assert refusal.value.field == field
        assert not Membership.objects.exists()


class TestIntroducing:
    def test_words_are_those_for_all_members(self, chapter: Any, amina: int) -> None:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=replace(ME, private=frozenset({"hobbies"})))
        words = set(MemberWord.objects.values_list("word", flat=True))
        assert {"feedback", "nairobi"} <= words
        assert "climbing" not in words
        api.introduce(chapter_id=chapter.id, user_id=amina, introduction=replace(ME, skills="mentoring"))
        words = set(MemberWord.objects.values_list("word", flat=True))
        assert {"mentoring", "climbing"} <= words
        assert "feedback" not in words

    def test_the_young_are_not_found(self, chapter: Any) -> None:
        child = make_account("Kid", year_of_birth=2015, country="KE")
        api.join(chapter_id=chapter.id, user_id=child, introduction=ME)
        assert not MemberWord.objects.exists()

    def test_only_by_a_member(self, chapter: Any, amina: int) -> None:
        with pytest.raises(NotFoundError):
            api.introduce(chapter_id=chapter.id, user_id=amina, introduction=ME)


class TestGoing:
    def test_leaving_and_coming_back_keeps_the_history(self, chapter: Any, amina: int, school: Any) -> None:
        school.finish(amina)
        first = api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        left = api.leave(chapter_id=chapter.id, user_id=amina, reason="no_time", note="Exams")
        assert (left.state, left.audiences, counted(chapter)) == (MembershipState.LEFT, frozenset(), 0)
        assert not MemberWord.objects.exists()
        back = api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert (back.id, back.first_joined_at, counted(chapter)) == (first.id, first.joined_at, 1)
        assert back.audiences == first.audiences
        row = Membership.objects.get()
        assert (row.times_joined, row.leave_reason) == (2, "no_time")
        assert Standing.objects.count() == 2

    def test_leaving_twice_adds_only_the_reason(self, chapter: Any, amina: int) -> None:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        first = api.leave(chapter_id=chapter.id, user_id=amina)
        again = api.leave(chapter_id=chapter.id, user_id=amina, reason="too_quiet", note="Nothing since May")
        api.leave(chapter_id=chapter.id, user_id=amina, reason="moved")
        row = Membership.objects.get()
        assert (row.leave_reason, row.leave_note, again.left_at) == ("too_quiet", "Nothing since May", first.left_at)
        assert counted(chapter) == 0

    @pytest.mark.parametrize(("reason", "note", "field"), [("bored", "", "reason"), ("", "x" * 501, "note")])
    def test_a_wrong_reason_keeps_nobody(self, chapter: Any, amina: int, reason: str, note: str, field: str) -> None:
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        with pytest.raises(InvalidValueError) as refusal:
            api.leave(chapter_id=chapter.id, user_id=amina, reason=reason, note=note)
        assert refusal.value.field == field

    def test_the_last_organizer_stays(self, chapter: Any) -> None:
        lead = make_organizer(chapter)
        with pytest.raises(LastOrganizerError):
            api.leave(chapter_id=chapter.id, user_id=lead)
        other = make_organizer(chapter)
        assert api.leave(chapter_id=chapter.id, user_id=lead).state is MembershipState.LEFT
        assert list(Term.objects.filter(ended_at__isnull=True).values_list("user_id", flat=True)) == [other]

    def test_removed_with_a_reason(self, chapter: Any, amina: int) -> None:
        lead = make_organizer(chapter)
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        gone = api.remove_member(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Sells courses")
        assert (gone.state, gone.decision_note, counted(chapter)) == (MembershipState.REMOVED, "Sells courses", 1)
        entry = AuditEntry.objects.get(verb="chapter.member.remove")
        assert (entry.actor_id, entry.reason, entry.context_key) == (lead, "Sells courses", chapter.key)
        with pytest.raises(NotFoundError):
            api.remove_member(chapter_id=chapter.id, user_id=amina, actor_id=lead, reason="Again")

    def test_a_stranger_cannot_leave(self, chapter: Any, amina: int) -> None:
        with pytest.raises(NotFoundError):
            api.leave(chapter_id=chapter.id, user_id=amina)


class TestWhyPeopleLeave:
    def leave(self, chapter: Any, reason: str, times: int, note: str = "") -> None:
        for number in range(times):
            member = make_member(chapter).user_id
            text = f"{note} {number}" if note else ""
            api.leave(chapter_id=chapter.id, user_id=member, reason=reason, note=text)

    def test_few_are_one_number_without_words(self, chapter: Any) -> None:
        self.leave(chapter, "no_time", 4, "Busy")
        self.leave(chapter, "too_much", 3)
        self.leave(chapter, "moved", 2, "To Lima")
        self.leave(chapter, "unpleasant", 1, "Because of him")
        self.leave(chapter, "", 5)
        told = api.summarize_leaving(chapter.id)
        assert told.by_reason == (("no_time", 4), ("too_much", 3))
        assert (told.left, told.asked, told.fewer) == (15, 10, 3)
        assert told.words == ("Busy 0", "Busy 1", "Busy 2", "Busy 3")

    def test_few_words_are_none(self, chapter: Any) -> None:
        self.leave(chapter, "no_time", 2, "Busy")
        self.leave(chapter, "no_time", 2)
        assert api.summarize_leaving(chapter.id).words == ()

    def test_who_came_back_did_not_leave(self, chapter: Any, amina: int) -> None:
        for _ in range(2):
            api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
            api.leave(chapter_id=chapter.id, user_id=amina, reason="no_time")
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        assert api.summarize_leaving(chapter.id).left == 0


def question(text: str = "What would you bring?", **changes: Any) -> JoinQuestionData:
    return replace(JoinQuestionData(id=0, text=text, kind=QuestionKind.TEXT), **changes)


class TestAsking:
    @pytest.fixture
    def lead(self, chapter: Any) -> int:
        return make_organizer(chapter)

    @pytest.fixture
    def asked(self, chapter: Any, lead: int) -> tuple[JoinQuestionData, ...]:
        choice = question("Which days?", kind=QuestionKind.CHOICE, choices=("Weekdays", "Weekends"), is_required=False)
        return api.set_questions(chapter_id=chapter.id, actor_id=lead, questions=[question(), choice])

    def ask(self, chapter: Any, user_id: int, asked: Any) -> Any:
        answers = {asked[0].id: "Hiring stories", asked[1].id: "Weekends"}
        return api.join(chapter_id=chapter.id, user_id=user_id, introduction=ME, answers=answers)

    def test_a_request_waits_and_is_accepted(self, chapter: Any, amina: int, lead: int, asked: Any) -> None:
        mine = self.ask(chapter, amina, asked)
        assert (mine.state, mine.audiences, counted(chapter)) == (MembershipState.REQUESTED, frozenset(), 1)
        assert mine.due_at is not None
        assert mine.asked_at is not None
        assert (mine.due_at - mine.asked_at).days == 5
        (waiting,) = api.list_requests(chapter_id=chapter.id).requests
        assert [(each.question, each.answer) for each in waiting.answers] == [
            ("What would you bring?", "Hiring stories"),
            ("Which days?", "Weekends"),
        ]
        assert (waiting.name, waiting.is_overdue, waiting.was_member) == ("Amina Yusuf", False, False)
        inside = api.accept_request(membership_id=mine.id, actor_id=lead, note="Welcome")
        assert (inside.is_member, inside.joined_by, inside.due_at) == (True, JoinedBy.REQUEST, None)
        assert counted(chapter) == 2
        assert not api.list_requests(chapter_id=chapter.id).requests
        with pytest.raises(StateError):
            api.decline_request(membership_id=mine.id, actor_id=lead)

    def test_declined_and_asking_again(self, chapter: Any, amina: int, lead: int, asked: Any) -> None:
        mine = self.ask(chapter, amina, asked)
        told = api.decline_request(membership_id=mine.id, actor_id=lead, note="We are full")
        assert (told.state, told.decision_note, counted(chapter)) == (MembershipState.DECLINED, "We are full", 1)
        assert self.ask(chapter, amina, asked).state is MembershipState.REQUESTED
        assert JoinAnswer.objects.count() == 2

    def test_taken_back(self, chapter: Any, amina: int, asked: Any) -> None:
        mine = self.ask(chapter, amina, asked)
        assert self.ask(chapter, amina, asked) == mine
        api.withdraw_request(chapter_id=chapter.id, user_id=amina)
        assert not api.list_requests(chapter_id=chapter.id).requests
        assert not JoinAnswer.objects.exists()
        with pytest.raises(NotFoundError):
            api.withdraw_request(chapter_id=chapter.id, user_id=amina)

    @pytest.mark.parametrize(
        ("place", "answer"), [(0, ""), (0, "x" * 2001), (1, "Never")], ids=["missing", "too long", "no such choice"]
    )
    def test_wrong_answers_name_their_question(
        self, chapter: Any, amina: int, asked: Any, place: int, answer: str
    ) -> None:
        answers = {asked[0].id: "Hiring stories", asked[place].id: answer}
        with pytest.raises(InvalidValueError) as refusal:
            api.join(chapter_id=chapter.id, user_id=amina, introduction=ME, answers=answers)
        assert refusal.value.field == f"answer-{asked[place].id}"
        assert not Membership.objects.filter(user_id=amina).exists()

    def test_a_banned_applicant_is_not_accepted(self, chapter: Any, amina: int, lead: int, asked: Any) -> None:
        mine = self.ask(chapter, amina, asked)
        make_ban(chapter, amina)
        with pytest.raises(BannedError):
            api.accept_request(membership_id=mine.id, actor_id=lead)

    def test_a_changed_question_keeps_old_answers(self, chapter: Any, amina: int, lead: int, asked: Any) -> None:
        self.ask(chapter, amina, asked)
        changed = replace(asked[0], text="What do you hope for?")
        now = api.set_questions(chapter_id=chapter.id, actor_id=lead, questions=[asked[1], changed])
        assert now[0] == asked[1]
        assert now[1].id not in {each.id for each in asked}
        (waiting,) = api.list_requests(chapter_id=chapter.id).requests
        assert waiting.answers[0].question == "What would you bring?"

    def test_without_questions_everybody_comes_in(self, chapter: Any, amina: int, lead: int, asked: Any) -> None:
        api.set_questions(chapter_id=chapter.id, actor_id=lead, questions=[])
        assert not Chapter.objects.get(pk=chapter.id).has_questions
        assert api.join(chapter_id=chapter.id, user_id=amina, introduction=ME).is_member

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": " "}, "text-0"),
            ({"text": "x" * 301}, "text-0"),
            ({"hint": "x" * 301}, "hint-0"),
            ({"kind": QuestionKind.CHOICE, "choices": ("Only one", "Only one")}, "choices-0"),
            ({"kind": QuestionKind.CHOICE, "choices": tuple("abcdefghijk")}, "choices-0"),
        ],
    )
    def test_wrong_questions_name_their_field(self, chapter: Any, lead: int, wrong: Any, field: str) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            api.set_questions(chapter_id=chapter.id, actor_id=lead, questions=[question(**wrong)])
        assert refusal.value.field == field

    def test_at_most_eight(self, chapter: Any, lead: int) -> None:
        with pytest.raises(InvalidValueError) as refusal:
            api.set_questions(chapter_id=chapter.id, actor_id=lead, questions=[question()] * 9)
        assert refusal.value.field == "questions"


def test_pages_of_requests_are_whole_and_cost_the_same(
    chapter: Any, django_assert_num_queries: Any, settings: Any
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    for number in range(7):
        make_member(chapter, state=MembershipState.REQUESTED, asked_at=now, due_at=now + timedelta(hours=1 + number))
    with django_assert_num_queries(10):
        page = api.list_requests(chapter_id=chapter.id, limit=3)
    seen = list(page.requests)
    while page.cursor:
        page = api.list_requests(chapter_id=chapter.id, limit=3, cursor=page.cursor)
        seen += page.requests
    assert len({each.membership_id for each in seen}) == len(seen) == 7
    assert seen == sorted(seen, key=lambda each: (each.due_at, each.membership_id))
    with django_assert_num_queries(10):
        api.list_requests(chapter_id=chapter.id, limit=7)
    assert not api.list_overdue_requests().requests
    Membership.objects.update(due_at=now - timedelta(hours=1))
    assert len(api.list_overdue_requests().requests) == 7
