"""Membership follows the course: what signals tell, in whatever order, and what the nightly comparison mends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chapters.api import membership as api
from chapters.api.organizers import give_role
from chapters.data import (
    Audience,
    ChapterRole,
    ChapterScope,
    ChapterState,
    InvitationState,
    JoinedBy,
    Match,
    MembershipState,
    StandingSource,
)
from chapters.exceptions import InvalidValueError, NotFoundError, StateError
from chapters.membership import placing, reconciling
from chapters.models import Chapter, ChapterRule, Invitation, Membership, Standing
from people import api as people
from people.models import Delivery, Errand, NewsItem
from tests.chapters.factories import (
    make_account,
    make_ban,
    make_chapter,
    make_manager,
    make_member,
    make_organizer,
    make_rule,
)
from tests.membership.conftest import ME, OTHER, TALKS, TEAMS

pytestmark = pytest.mark.django_db

EVERYBODY, LEARNERS, ALUMNI = Audience.EVERYONE, Audience.LEARNERS, Audience.ALUMNI


def audiences(chapter: Any, user_id: int) -> set[Audience]:
    found = api.find_membership(chapter_id=chapter.id, user_id=user_id)
    return set(found.audiences) if found else set()


def reconcile() -> dict[str, int]:
    return dict(people.run_job("chapters.reconcile_memberships").counts)


@pytest.fixture
def member(chapter: Any, amina: int) -> int:
    api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
    return amina


class TestStandings:
    def test_they_come_and_go_with_the_course(self, chapter: Any, member: int, school: Any) -> None:
        school.enrol(member)
        assert audiences(chapter, member) == {EVERYBODY, LEARNERS}
        school.grade(member, passes=True)
        assert audiences(chapter, member) == {EVERYBODY, LEARNERS, ALUMNI}
        school.unenrol(member)
        assert audiences(chapter, member) == {EVERYBODY, ALUMNI}

    def test_who_is_admitted_with_a_role_has_their_boards(
        self, chapter: Any, amina: int, school: Any, after: Any
    ) -> None:
        school.enrol(amina)
        giver = make_manager()
        after(lambda: give_role(chapter_id=chapter.id, actor_id=giver, user_id=amina, role=ChapterRole.LEAD))
        assert audiences(chapter, amina) == {EVERYBODY, LEARNERS}

    def test_failing_and_passing_again_counts_once(self, chapter: Any, member: int, school: Any) -> None:
        school.finish(member)
        first = Standing.objects.get(audience=ALUMNI)
        school.grade(member, passes=False)
        school.certify(member, status="notpassing")
        assert ALUMNI not in audiences(chapter, member)
        school.grade(member, passes=True)
        school.certify(member)
        again = Standing.objects.get(audience=ALUMNI)
        assert (again.pk, again.ended_at) == (first.pk, None)
        assert Membership.objects.count() == Chapter.objects.get(pk=chapter.id).members == 1

    def test_a_certificate_that_was_taken_back_outweighs_a_grade(self, chapter: Any, member: int, school: Any) -> None:
        school.finish(member)
        school.certify(member, status="unavailable")
        assert ALUMNI not in audiences(chapter, member)

    @pytest.mark.parametrize("status", ["unverified", "generating", "audit_passing", "notpassing"])
    def test_a_certificate_that_is_not_there_yet_says_nothing(
        self, chapter: Any, member: int, school: Any, status: str
    ) -> None:
        school.certify(member, status=status)
        assert ALUMNI not in audiences(chapter, member)
        school.grade(member, passes=True)
        assert ALUMNI in audiences(chapter, member)

    def test_of_a_deleted_course_completion_stays(self, chapter: Any, member: int, school: Any) -> None:
        from openedx.core.djangoapps.content.course_overviews.models import CourseOverview

        school.finish(member)
        CourseOverview.objects.filter(id=TEAMS).delete()
        reconcile()
        assert audiences(chapter, member) == {EVERYBODY, ALUMNI}

    def test_a_course_of_which_no_rule_speaks_leaves_nothing(self, member: int, school: Any) -> None:
        with transaction.atomic():
            school.enrol(member, OTHER)
        assert not Errand.objects.exists()
        assert not Standing.objects.exists()

    def test_any_course_of_an_organization(self, courses: Any, amina: int, school: Any) -> None:
        chapter = make_rule(make_chapter(), ALUMNI, organization="Meridian")
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        school.finish(amina, OTHER)
        assert ALUMNI not in audiences(chapter, amina)
        school.finish(amina, TALKS)
        assert ALUMNI in audiences(chapter, amina)

    def test_all_of_several_courses(self, courses: Any, amina: int, school: Any) -> None:
        chapter = make_rule(make_chapter(), ALUMNI, str(TEAMS), str(TALKS), match=Match.ALL)
        api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
        school.finish(amina, TEAMS)
        assert ALUMNI not in audiences(chapter, amina)
        school.finish(amina, TALKS)
        assert ALUMNI in audiences(chapter, amina)


class TestGranting:
    @pytest.fixture
    def lead(self, chapter: Any) -> int:
        return make_organizer(chapter)

    def grant(self, chapter: Any, user_id: int, lead: int) -> Any:
        return api.grant_standing(
            chapter_id=chapter.id, user_id=user_id, audience=ALUMNI, actor_id=lead, reason="Paper certificate of 2019"
        )

    def test_a_grant_is_left_alone(self, chapter: Any, member: int, lead: int, school: Any) -> None:
        assert ALUMNI in self.grant(chapter, member, lead).audiences
        school.enrol(member)
        school.grade(member, passes=False)
        reconcile()
        (standing,) = Standing.objects.filter(audience=ALUMNI)
        assert (standing.source, standing.ended_at, standing.granted_by) == (StandingSource.MANUAL, None, lead)

    def test_one_over_a_rule_stays_when_the_course_goes(
        self, chapter: Any, member: int, lead: int, school: Any
    ) -> None:
        school.finish(member)
        self.grant(chapter, member, lead)
        school.certify(member, status="unavailable")
        assert ALUMNI in audiences(chapter, member)

    def test_taken_back_it_follows_the_course(self, chapter: Any, member: int, lead: int, school: Any) -> None:
        self.grant(chapter, member, lead)
        revoke = {"chapter_id": chapter.id, "user_id": member, "audience": ALUMNI, "actor_id": lead, "reason": "Error"}
        assert ALUMNI not in api.revoke_standing(**revoke).audiences
        with pytest.raises(StateError):
            api.revoke_standing(**revoke)
        school.finish(member)
        self.grant(chapter, member, lead)
        assert ALUMNI in api.revoke_standing(**revoke).audiences
        assert Standing.objects.get(audience=ALUMNI).source == StandingSource.RULE

    def test_wants_a_member_a_reason_and_a_board(self, chapter: Any, amina: int, lead: int) -> None:
        with pytest.raises(NotFoundError):
            self.grant(chapter, amina, lead)
        for audience, reason, field in ((ALUMNI, " ", "reason"), (EVERYBODY, "Because", "audience")):
            with pytest.raises(InvalidValueError) as refusal:
                api.grant_standing(
                    chapter_id=chapter.id, user_id=amina, audience=audience, actor_id=lead, reason=reason
                )
            assert refusal.value.field == field


class TestInviting:
    def test_once_ever_and_by_mail_on_completion(self, chapter: Any, amina: int, school: Any) -> None:
        school.enrol(amina)
        (first,) = api.list_invitations(amina)
        assert (first.audience, first.course_name, Delivery.objects.count()) == (LEARNERS, "Leading Teams", 0)
        school.finish(amina)
        for passes in (False, True):
            school.grade(amina, passes=passes)
        reconcile()
        assert Invitation.objects.filter(audience=ALUMNI).count() == 1
        (delivery,) = Delivery.objects.all()
        assert delivery.kind == "chapter_invitation"
        found = api.find_invitation(user_id=amina, course_key=str(TEAMS))
        assert found is not None
        assert found.audience is ALUMNI

    def test_the_mail_reads_well(self, chapter: Any, amina: int, school: Any) -> None:
        make_member(chapter)
        make_member(chapter)
        school.finish(amina)
        people.process_deliveries(limit=10)
        (letter,) = mail.outbox
        assert letter.subject == "After “Leading Teams”: “Nairobi evening chapter” is open to you"
        assert "2 people are in it." in letter.body
        assert f"/chapters/{chapter.slug}/" in letter.body
        assert "because you completed a course" in letter.body

    @pytest.fixture
    def pending(self, chapter: Any, amina: int, school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let a mail of an invitation wait to be sent."""
        with monkeypatch.context() as patch:
            patch.setattr("chapters.membership.placing.people.add_errand", lambda **_facts: "")
            school.finish(amina)
        api.place_person(amina)
        assert Delivery.objects.get().state == "pending"

    def test_a_mail_that_waited_is_sent(self, pending: None) -> None:
        people.process_deliveries(limit=10)
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize("what", ["lost", "joined", "banned", "dismissed", "archived"])
    def test_it_is_asked_again_when_it_is_sent(
        self, chapter: Any, amina: int, school: Any, pending: None, what: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chapters.membership.placing.people.add_errand", lambda **_facts: "")
        if what == "lost":
            school.certify(amina, status="unavailable")
            assert [each.audience for each in api.list_invitations(amina)] == [LEARNERS]
        elif what == "joined":
            api.join(chapter_id=chapter.id, user_id=amina, introduction=ME)
            assert set(Invitation.objects.values_list("state", flat=True)) == {InvitationState.ACCEPTED}
        elif what == "banned":
            make_ban(chapter, amina)
        elif what == "dismissed":
            for each in api.list_invitations(amina):
                api.dismiss_invitation(invitation_id=each.id, user_id=amina)
        elif what == "archived":
            Chapter.objects.update(state=ChapterState.ARCHIVED)
        people.process_deliveries(limit=10)
        assert mail.outbox == []

    def test_one_mail_names_the_near_chapters_nearest_first(self, courses: Any, amina: int, school: Any) -> None:
        people.set_preferences(user_id=amina, zone="Africa/Nairobi")
        online = make_chapter("Online circle", scope=ChapterScope.ONLINE, country="", city="")
        kenya = make_chapter("Kenya", scope=ChapterScope.COUNTRY)
        mombasa = make_chapter("Mombasa", city="Mombasa")
        utrecht = make_chapter("Utrecht", country="NL", city="Utrecht", zone="Europe/Amsterdam")
        for each in (online, utrecht, kenya, mombasa):
            make_rule(each, ALUMNI, str(TEAMS))
        school.finish(amina)
        assert [each.chapter.name for each in api.list_invitations(amina)] == ["Mombasa", "Kenya", "Online circle"]
        people.process_deliveries(limit=10)
        (letter,) = mail.outbox
        assert letter.subject == "After “Leading Teams”: chapters that are open to you"
        assert letter.body.index("Mombasa") < letter.body.index("Kenya\n") < letter.body.index("Online circle")
        assert "Utrecht" not in letter.body

    def test_without_a_country_the_clock_decides(self, chapter: Any, school: Any) -> None:
        here, there = make_account("Here"), make_account("There")
        people.set_preferences(user_id=here, zone="Africa/Nairobi")
        people.set_preferences(user_id=there, zone="America/Lima")
        for each in (here, there):
            school.finish(each)
        assert set(Invitation.objects.values_list("user_id", flat=True)) == {here}

    @pytest.mark.parametrize("what", ["banned", "removed", "waiting", "archived", "closed account", "retired"])
    def test_who_is_left_alone(self, chapter: Any, amina: int, school: Any, what: str) -> None:
        from django.contrib.auth.models import User

        if what == "banned":
            make_ban(chapter, amina)
        elif what == "removed":
            make_member(chapter, amina, state=MembershipState.REMOVED)
        elif what == "waiting":
            make_member(chapter, amina, state=MembershipState.REQUESTED)
        elif what == "archived":
            Chapter.objects.update(state=ChapterState.ARCHIVED)
        school.enrol(amina)
        Invitation.objects.all().delete()
        if what == "closed account":
            User.objects.filter(pk=amina).update(is_active=False)
        elif what == "retired":
            User.objects.filter(pk=amina).update(username="retired__user_abc")
        school.finish(amina)
        reconcile()
        assert not Invitation.objects.exists()
        assert Delivery.objects.count() == 0

    def test_who_left_is_not_called_back(self, chapter: Any, member: int, school: Any) -> None:
        school.finish(member)
        api.leave(chapter_id=chapter.id, user_id=member)
        reconcile()
        assert not Invitation.objects.exists()

    def test_a_course_finds_its_own_among_many(self, courses: Any, amina: int, school: Any) -> None:
        """More invitations than a list shows, all newer, do not hide the one that a course's page asks for."""
        asked = make_rule(make_chapter(), ALUMNI, str(TEAMS))
        Invitation.objects.create(chapter_id=asked.id, user_id=amina, audience=ALUMNI, course_id=str(TEAMS))
        for _ in range(21):
            other = make_rule(make_chapter(), ALUMNI, str(TALKS))
            Invitation.objects.create(chapter_id=other.id, user_id=amina, audience=ALUMNI, course_id=str(TALKS))
        for key in (TEAMS, TALKS):
            school.finish(amina, key)
        found = api.find_invitation(user_id=amina, course_key=str(TEAMS))
        assert found is not None
        assert found.chapter.id == asked.id

    def test_a_chapter_invites_in_one_voice(self, courses: Any, amina: int, school: Any) -> None:
        """Two boards of one chapter are one invitation, to the alumni; putting it away puts both away."""
        both = make_rule(make_rule(make_chapter(), ALUMNI, str(TEAMS)), LEARNERS, str(TEAMS))
        school.enrol(amina)
        school.finish(amina)
        reconcile()
        assert Invitation.objects.filter(chapter_id=both.id, user_id=amina).count() == 2
        (found,) = api.list_invitations(amina)
        assert found.audience is ALUMNI
        api.dismiss_invitation(invitation_id=found.id, user_id=amina)
        assert api.list_invitations(amina) == []

    def test_dismissed_is_dismissed(self, chapter: Any, amina: int, school: Any) -> None:
        school.enrol(amina)
        (found,) = api.list_invitations(amina)
        with pytest.raises(NotFoundError):
            api.dismiss_invitation(invitation_id=found.id, user_id=amina + 1)
        assert api.dismiss_invitation(invitation_id=found.id, user_id=amina).state is InvitationState.DISMISSED
        reconcile()
        assert api.list_invitations(amina) == []


class TestAdding:
    @pytest.fixture
    def chapter(self, courses: Any) -> Any:
        return make_rule(make_chapter(), ALUMNI, str(TEAMS), adds_members=True)

    def test_who_completes_is_a_member(self, chapter: Any, amina: int, school: Any) -> None:
        school.finish(amina)
        mine = api.find_membership(chapter_id=chapter.id, user_id=amina)
        assert mine is not None
        assert (mine.joined_by, mine.audiences) == (JoinedBy.RULE, {EVERYBODY, ALUMNI})
        assert Chapter.objects.get(pk=chapter.id).members == 1
        assert NewsItem.objects.get(user_id=amina).kind == "chapter_added"
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("state", [MembershipState.LEFT, MembershipState.REMOVED, MembershipState.DECLINED])
    def test_who_went_is_not_brought_back(self, chapter: Any, amina: int, school: Any, state: Any) -> None:
        make_member(chapter, amina, state=state)
        school.finish(amina)
        reconcile()
        assert Membership.objects.get().state == state

    @pytest.mark.parametrize("what", ["archived", "asks first"])
    def test_what_changed_meanwhile_is_asked_again_under_the_lock(
        self, chapter: Any, amina: int, school: Any, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        """Between reading the chapter and locking it somebody archives it, or lets its rule add nobody any more."""
        lock = placing.rows.lock_chapter

        def change_and_lock(chapter_id: int) -> Chapter:
            if what == "archived":
                Chapter.objects.filter(pk=chapter_id).update(state=ChapterState.ARCHIVED)
            else:
                ChapterRule.objects.update(adds_members=False)
            return lock(chapter_id)

        monkeypatch.setattr(placing.rows, "lock_chapter", change_and_lock)
        school.finish(amina)
        assert not Membership.objects.filter(state=MembershipState.MEMBER).exists()

    def test_nor_the_banned(self, chapter: Any, amina: int, school: Any) -> None:
        make_ban(chapter, amina)
        school.finish(amina)
        assert not Membership.objects.filter(state=MembershipState.MEMBER).exists()

    def test_losing_the_course_closes_the_board_and_keeps_the_member(
        self, chapter: Any, amina: int, school: Any
    ) -> None:
        school.finish(amina)
        school.certify(amina, status="unavailable")
        assert audiences(chapter, amina) == {EVERYBODY}


class TestNightly:
    @pytest.fixture(autouse=True)
    def _deaf(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every signal be lost."""
        monkeypatch.setattr("chapters.membership.placing.people.add_errand", lambda **_facts: "")

    def test_it_mends_what_no_signal_told(self, chapter: Any, member: int, school: Any) -> None:
        other = make_account("Brian", country="KE")
        school.finish(member)
        school.finish(other)
        assert audiences(chapter, member) == {EVERYBODY}
        counts = reconcile()
        assert audiences(chapter, member) == {EVERYBODY, LEARNERS, ALUMNI}
        assert (counts["standings opened"], counts["invitations"]) == (2, 1)
        again = reconcile()
        assert "standings opened" not in again
        assert "invitations" not in again

    def test_a_rule_that_went_closes_what_it_gave(self, chapter: Any, member: int, school: Any) -> None:
        school.finish(member)
        reconcile()
        ChapterRule.objects.filter(audience=ALUMNI).delete()
        reconcile()
        assert audiences(chapter, member) == {EVERYBODY, LEARNERS}
        ChapterRule.objects.all().delete()
        reconcile()
        assert audiences(chapter, member) == {EVERYBODY}

    def test_members_are_counted(self, chapter: Any, member: int) -> None:
        Chapter.objects.update(members=40)
        assert reconcile()["counts of members mended"] == 1
        assert Chapter.objects.get().members == 1
        assert "counts of members mended" not in reconcile()

    def test_it_goes_on_where_it_stopped(self, chapter: Any, school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reconciling, "BATCH", 2)
        second = make_rule(make_chapter(), ALUMNI, str(TALKS))
        everybody = [make_account(country="KE") for _ in range(5)]
        for user_id in everybody:
            make_member(chapter, user_id)
            school.finish(user_id, TEAMS)
            school.finish(user_id, TALKS)
        steps, cursor = 0, None
        while True:
            step = next(reconciling.reconcile_memberships(resume=cursor), None)
            if step is None:
                break
            steps, cursor = steps + 1, step.cursor
        assert steps > 10
        assert all(audiences(chapter, each) == {EVERYBODY, LEARNERS, ALUMNI} for each in everybody)
        assert Invitation.objects.filter(chapter_id=second.id).count() == 5

    def test_changed_rules_are_done_in_pieces(self, chapter: Any, school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        monkeypatch.setattr(reconciling, "BATCH", 1)
        monkeypatch.setattr(reconciling, "BATCHES_IN_ERRAND", 2)
        everybody = [make_account(country="KE") for _ in range(5)]
        for user_id in everybody:
            make_member(chapter, user_id)
            school.finish(user_id)
        Standing.objects.all().delete()
        reconciling.await_rules(chapter.id)
        for _ in range(30):
            people.run_errands(now=timezone.now())
        assert not Errand.objects.exists()
        assert all(audiences(chapter, each) == {EVERYBODY, LEARNERS, ALUMNI} for each in everybody)

    def test_rules_that_change_during_the_errand_begin_again(
        self, chapter: Any, school: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is left of the first errand does not take the place of the second, which begins at the first member."""
        monkeypatch.undo()
        monkeypatch.setattr(reconciling, "BATCH", 1)
        monkeypatch.setattr(reconciling, "BATCHES_IN_ERRAND", 1)
        first, second = (make_account(country="KE") for _ in range(2))
        for user_id in (first, second):
            make_member(chapter, user_id)
            school.finish(user_id)
        reconciling.await_rules(chapter.id)
        settle, asked = reconciling.differs, []

        def change_meanwhile(*facts: Any) -> bool:
            if not asked:
                asked.append(True)
                Standing.objects.all().delete()
                reconciling.await_rules(chapter.id)
                return False
            return settle(*facts)

        monkeypatch.setattr(reconciling, "differs", change_meanwhile)
        for _ in range(30):
            people.run_errands(now=timezone.now())
        assert all(audiences(chapter, each) == {EVERYBODY, LEARNERS, ALUMNI} for each in (first, second))
        assert not Errand.objects.exists()

    def test_an_unchanged_crowd_costs_the_same_queries(
        self, chapter: Any, school: Any, django_assert_num_queries: Any
    ) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def cost() -> int:
            with CaptureQueriesContext(connection) as found:
                list(reconciling.reconcile_memberships())
            return len(found)

        for number in range(12):
            user_id = make_account(country="KE")
            make_member(chapter, user_id)
            school.finish(user_id)
            if number == 1:
                list(reconciling.reconcile_memberships())
                few = cost()
        list(reconciling.reconcile_memberships())
        assert cost() == few


ACTS: dict[str, Callable[[Any, int], None]] = {
    "enrol": lambda school, user_id: school.enrol(user_id),
    "unenrol": lambda school, user_id: school.unenrol(user_id),
    "pass": lambda school, user_id: school.grade(user_id, passes=True),
    "fail": lambda school, user_id: school.grade(user_id, passes=False),
    "certify": lambda school, user_id: school.certify(user_id),
    "take back": lambda school, user_id: school.certify(user_id, status="unavailable"),
    "not passing": lambda school, user_id: school.certify(user_id, status="notpassing"),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=8),
    told=st.lists(st.integers(0, 7), max_size=12),
)
def test_any_order_and_repetition_of_signals_gives_the_same(
    chapter: Any, school: Any, monkeypatch: Any, acts: list[str], told: list[int]
) -> None:
    """One person hears of each act at once; another's signals are lost, late, repeated, and mended by night."""
    prompt, late = make_account(country="KE"), make_account(country="KE")
    for user_id in (prompt, late):
        make_member(chapter, user_id)
    for act in acts:
        ACTS[act](school, prompt)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chapters.membership.placing.people.add_errand", lambda **_facts: "")
        for place, act in enumerate(acts):
            ACTS[act](school, late)
            if place in told:
                for _ in range(told.count(place)):
                    api.place_person(late)
    api.place_person(late)
    assert audiences(chapter, late) == audiences(chapter, prompt)
    before = list(Standing.objects.order_by("pk").values())
    api.place_person(prompt)
    list(reconciling.reconcile_memberships())
    assert list(Standing.objects.order_by("pk").values()) == before
    for user_id in (prompt, late):
        rows = Standing.objects.filter(membership__user_id=user_id).values_list("audience", flat=True)
        assert len(rows) == len(set(rows))
