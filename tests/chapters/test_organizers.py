"""Roles with a term: given, ended, handed over and handed back; a chapter that goes on keeps somebody who runs it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters import api, life_news
from chapters.api import organizers
from chapters.data import (
    ORGANIZER_ROLES,
    Action,
    ChapterData,
    ChapterRole,
    ChapterState,
    EndReason,
    MembershipState,
)
from chapters.exceptions import BannedError, InvalidValueError, LastOrganizerError, NotFoundError, StateError
from chapters.models import Chapter, Membership, Term
from people.models import AuditEntry, NewsItem
from tests.chapters.factories import make_account, make_ban, make_chapter, make_member, make_organizer

R = ChapterRole


def roles(chapter: ChapterData, user_id: int) -> set[ChapterRole]:
    return set(api.find_access(chapter, user_id).roles)


def told(kind: str) -> list[int]:
    return sorted(NewsItem.objects.filter(kind=kind).values_list("user_id", flat=True))


class TestGiving:
    @pytest.mark.parametrize("role", R)
    def test_every_role(self, chapter: ChapterData, lead: int, member: int, role: ChapterRole) -> None:
        term = organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=member, role=role)
        assert roles(chapter, member) == {role}
        assert (term.ends_on is not None) is (role in ORGANIZER_ROLES)
        assert told(life_news.ROLE) == [member]
        entry = AuditEntry.objects.get(verb="role.give")
        assert (entry.target, entry.context_key) == (f"term:{term.id}", chapter.key)

    def test_twice_is_one_and_extends(self, chapter: ChapterData, lead: int, member: int) -> None:
        given = {"chapter_id": chapter.id, "actor_id": lead, "user_id": member, "role": R.HOST}
        first = organizers.give_role(**given)
        until = timezone.now().date() + timedelta(days=30)
        second = organizers.give_role(**given, ends_on=until)
        assert (second.id, second.ends_on) == (first.id, until)
        assert AuditEntry.objects.filter(verb="role.extend").count() == 1
        assert len(organizers.list_terms(chapter.id)) == 2

    def test_one_runs_a_chapter_in_one_role(self, chapter: ChapterData, lead: int, member: int) -> None:
        for role in (R.CO_ORGANIZER, R.MODERATOR, R.LEAD):
            organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=member, role=role)
        assert roles(chapter, member) == {R.LEAD, R.MODERATOR}
        (past,) = organizers.list_terms(chapter.id, is_past=True)
        assert (past.role, past.end_reason) == (R.CO_ORGANIZER, EndReason.REPLACED)

    def test_members_only(self, chapter: ChapterData, lead: int, outsider: int) -> None:
        with pytest.raises(NotFoundError) as refused:
            organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=outsider, role=R.HOST)
        assert refused.value.field == "user_id"
        assert not roles(chapter, outsider)

    def test_a_manager_names_somebody_from_outside(self, chapter: ChapterData, manager: int, outsider: int) -> None:
        Chapter.objects.filter(pk=chapter.id).update(needs_organizer=True)
        organizers.give_role(chapter_id=chapter.id, actor_id=manager, user_id=outsider, role=R.LEAD)
        found = api.get_chapter(chapter.id)
        assert (found.members, found.needs_organizer) == (1, False)
        assert roles(found, outsider) == {R.LEAD}

    def test_nobody_who_is_banned(self, chapter: ChapterData, lead: int, manager: int, member: int) -> None:
        make_ban(chapter, member)
        for actor in (lead, manager):
            with pytest.raises(BannedError):
                organizers.give_role(chapter_id=chapter.id, actor_id=actor, user_id=member, role=R.HOST)

    @pytest.mark.parametrize("account", [{"year_of_birth": timezone.now().year - 12}, {"is_active": False}])
    def test_nobody_who_is_too_young_or_gone(self, chapter: ChapterData, lead: int, account: dict[str, Any]) -> None:
        user_id = make_member(chapter, make_account(**account)).user_id
        with pytest.raises(InvalidValueError) as refused:
            organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=user_id, role=R.HOST)
        assert refused.value.field == "user_id"

    @pytest.mark.parametrize("days", [-2, 4000])
    def test_the_last_day(self, chapter: ChapterData, lead: int, member: int, days: int) -> None:
        ends_on = timezone.now().date() + timedelta(days=days)
        with pytest.raises(InvalidValueError) as refused:
            organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=member, role=R.HOST, ends_on=ends_on)
        assert refused.value.field == "ends_on"

    def test_what_the_edge_asks(self) -> None:
        assert {role for role, action in organizers.ACTION_OF_ROLE.items() if action is Action.GIVE_LEAD} == {
            R.LEAD,
            R.CO_ORGANIZER,
        }


class TestGoing:
    def test_one_of_two(self, chapter: ChapterData, lead: int) -> None:
        second = make_organizer(chapter, role=R.CO_ORGANIZER)
        assert organizers.step_down(chapter_id=chapter.id, user_id=lead) == 1
        assert not roles(chapter, lead)
        with pytest.raises(LastOrganizerError):
            organizers.step_down(chapter_id=chapter.id, user_id=second)
        assert roles(chapter, second) == {R.CO_ORGANIZER}
        assert not api.get_chapter(chapter.id).needs_organizer

    def test_helpers_go_freely(self, chapter: ChapterData, lead: int) -> None:
        host = make_organizer(chapter, role=R.HOST)
        assert organizers.step_down(chapter_id=chapter.id, user_id=host) == 1

    def test_one_role_of_several(self, chapter: ChapterData, lead: int) -> None:
        make_organizer(chapter, lead, role=R.MODERATOR)
        assert organizers.step_down(chapter_id=chapter.id, user_id=lead, role=R.MODERATOR) == 1
        assert roles(chapter, lead) == {R.LEAD}

    def test_without_a_role(self, chapter: ChapterData, member: int) -> None:
        with pytest.raises(NotFoundError):
            organizers.step_down(chapter_id=chapter.id, user_id=member)

    def test_an_archived_chapter_needs_nobody(self, db: None) -> None:
        chapter = make_chapter(state=ChapterState.ARCHIVED)
        lead = make_organizer(chapter)
        assert organizers.step_down(chapter_id=chapter.id, user_id=lead) == 1
        assert not api.get_chapter(chapter.id).needs_organizer

    def test_ended_by_another(self, chapter: ChapterData, lead: int, manager: int) -> None:
        (term,) = organizers.list_organizers(chapter.id)
        with pytest.raises(LastOrganizerError):
            organizers.end_role(term_id=term.id, actor_id=lead)
        ended = organizers.end_role(term_id=term.id, actor_id=manager, reason="Silent for a year")
        assert ended.end_reason is EndReason.REMOVED
        assert api.get_chapter(chapter.id).needs_organizer
        assert told(life_news.NEEDS_ORGANIZER) == [manager]
        assert told(life_news.ROLE) == [lead]
        with pytest.raises(StateError):
            organizers.end_role(term_id=term.id, actor_id=manager)
        with pytest.raises(NotFoundError):
            organizers.end_role(term_id=987_654, actor_id=manager)

    def test_all_at_once(self, chapter: ChapterData, lead: int) -> None:
        make_organizer(chapter, lead, role=R.HOST)
        common = {"chapter_id": chapter.id, "user_id": lead, "reason": EndReason.LEFT, "actor_id": lead}
        with pytest.raises(LastOrganizerError):
            organizers.end_all_terms(**common)
        assert roles(chapter, lead) == {R.LEAD, R.HOST}
        assert organizers.end_all_terms(**common, is_forced=True) == 2
        assert api.get_chapter(chapter.id).needs_organizer


class TestHandingOver:
    def test_to_a_member(self, chapter: ChapterData, lead: int, member: int) -> None:
        term = organizers.hand_over(chapter_id=chapter.id, actor_id=lead, to_user_id=member)
        assert (term.user_id, term.role) == (member, R.LEAD)
        assert (roles(chapter, lead), roles(chapter, member)) == (set(), {R.LEAD})
        (past,) = organizers.list_terms(chapter.id, is_past=True)
        assert past.end_reason is EndReason.HANDED_OVER
        assert not api.get_chapter(chapter.id).needs_organizer

    def test_helper_roles_stay(self, chapter: ChapterData, lead: int, member: int) -> None:
        make_organizer(chapter, lead, role=R.HOST)
        organizers.hand_over(chapter_id=chapter.id, actor_id=lead, to_user_id=member)
        assert roles(chapter, lead) == {R.HOST}

    def test_beside_others_one_hands_over_what_one_has(self, chapter: ChapterData, lead: int, member: int) -> None:
        """Else a co-organizer could make a lead, who ends the role of the one there is."""
        helper = make_organizer(chapter, role=R.CO_ORGANIZER)
        term = organizers.hand_over(chapter_id=chapter.id, actor_id=helper, to_user_id=member)
        assert (term.user_id, term.role) == (member, R.CO_ORGANIZER)
        assert (roles(chapter, helper), roles(chapter, lead)) == (set(), {R.LEAD})
        organizers.hand_over(chapter_id=chapter.id, actor_id=member, to_user_id=lead)
        assert (roles(chapter, member), roles(chapter, lead)) == (set(), {R.LEAD})

    def test_the_last_hands_over_the_lead(self, chapter: ChapterData, lead: int, member: int) -> None:
        helper = make_organizer(chapter, role=R.CO_ORGANIZER)
        organizers.step_down(chapter_id=chapter.id, user_id=lead)
        assert organizers.hand_over(chapter_id=chapter.id, actor_id=helper, to_user_id=member).role is R.LEAD

    def test_refused_and_nothing_is_half_done(self, chapter: ChapterData, lead: int, member: int) -> None:
        outsider, banned = make_account(), make_member(chapter).user_id
        make_ban(chapter, banned)
        left = make_member(chapter, state=MembershipState.LEFT).user_id
        refusals = [
            (outsider, NotFoundError),
            (left, NotFoundError),
            (banned, BannedError),
            (lead, InvalidValueError),
            (987_654, InvalidValueError),
        ]
        for to_user_id, refusal in refusals:
            with pytest.raises(refusal):
                organizers.hand_over(chapter_id=chapter.id, actor_id=lead, to_user_id=to_user_id)
            assert roles(chapter, lead) == {R.LEAD}
        with pytest.raises(StateError):
            organizers.hand_over(chapter_id=chapter.id, actor_id=member, to_user_id=lead)

    def test_a_failure_on_the_way_undoes_both(
        self, chapter: ChapterData, lead: int, member: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_args: Any, **_kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("chapters.organizers.end", fail)
        with pytest.raises(RuntimeError):
            organizers.hand_over(chapter_id=chapter.id, actor_id=lead, to_user_id=member)
        assert (roles(chapter, lead), roles(chapter, member)) == ({R.LEAD}, set())

    def test_back_to_the_community_team(self, chapter: ChapterData, lead: int, manager: int) -> None:
        with pytest.raises(InvalidValueError):
            organizers.hand_back(chapter_id=chapter.id, actor_id=lead, reason=" ")
        organizers.hand_back(chapter_id=chapter.id, actor_id=lead, reason="I move to Oslo")
        assert api.get_chapter(chapter.id).needs_organizer
        assert told(life_news.NEEDS_ORGANIZER) == [manager]
        assert AuditEntry.objects.get(verb="role.end").reason == "I move to Oslo"

    def test_back_only_by_the_last(self, chapter: ChapterData, lead: int, member: int) -> None:
        make_organizer(chapter, role=R.CO_ORGANIZER)
        for actor in (lead, member):
            with pytest.raises(StateError):
                organizers.hand_back(chapter_id=chapter.id, actor_id=actor, reason="x")


def test_named_in_public_by_oneself_only(chapter: ChapterData, lead: int, member: int) -> None:
    (term,) = organizers.list_organizers(chapter.id)
    assert organizers.name_in_public(term_id=term.id, user_id=lead, is_on=True).is_named_in_public
    with pytest.raises(NotFoundError):
        organizers.name_in_public(term_id=term.id, user_id=member, is_on=False)
    assert organizers.get_term(term.id).is_named_in_public


def test_the_log_of_a_chapter_goes_on_page_by_page(
    chapter: ChapterData, lead: int, member: int, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        organizers.give_role(chapter_id=chapter.id, actor_id=lead, user_id=member, role=R.HOST)
        organizers.step_down(chapter_id=chapter.id, user_id=member, role=R.HOST)
    seen, cursor = [], ""
    while True:
        with django_assert_num_queries(1):
            page = api.list_audit(chapter_id=chapter.id, cursor=cursor, limit=4)
        seen += [entry.id for entry in page.entries]
        cursor = page.cursor
        if not cursor:
            break
    assert seen == sorted(AuditEntry.objects.filter(context_key=chapter.key).values_list("pk", flat=True))[::-1]
    assert len(seen) == 6


def test_members_count_what_is_there(chapter: ChapterData, manager: int, outsider: int) -> None:
    for role in (R.LEAD, R.HOST):
        organizers.give_role(chapter_id=chapter.id, actor_id=manager, user_id=outsider, role=role)
    assert api.get_chapter(chapter.id).members == Membership.objects.filter(chapter_id=chapter.id).count() == 1
    assert Term.objects.filter(open_key__isnull=False).count() == 2
