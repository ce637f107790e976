"""The life of a chapter: the table of steps, who takes them, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from chapters import api, life_news
from chapters.data import (
    ChapterData,
    ChapterPlanData,
    ChapterRole,
    ChapterScope,
    ChapterState,
    ChapterType,
    MembershipState,
)
from chapters.exceptions import InvalidValueError, NotAllowedError, NotFoundError, StateError
from chapters.lifecycle import STEPS, By, Strength, find_step
from chapters.models import Chapter
from chapters.signals import CHAPTER_MOVED
from people.models import AuditEntry, NewsItem
from tests.chapters.factories import (
    make_account,
    make_ban,
    make_chapter,
    make_manager,
    make_member,
    make_organizer,
    make_region,
    make_rule,
)

S = ChapterState
P, O, M, E, C = By.PROPOSER, By.ORGANIZERS, By.MANAGER, By.EVENT, By.CLOCK  # noqa: E741

#: From, to: by whose hand, what it asks for ("r" a reason, "d" a day), whether members hear of it.
TABLE = {
    (S.PROPOSED, S.FORMING): (M, "", False),
    (S.PROPOSED, S.DECLINED): (M, "r", False),
    (S.DECLINED, S.PROPOSED): (M, "", False),
    (S.FORMING, S.ACTIVE): (M, "", False),
    (S.FORMING, S.DORMANT): (M, "r", False),
    (S.FORMING, S.ARCHIVED): (M, "r", True),
    (S.ACTIVE, S.PAUSED): (M, "d", True),
    (S.ACTIVE, S.DORMANT): (M, "r", False),
    (S.ACTIVE, S.ARCHIVED): (M, "r", True),
    (S.PAUSED, S.PAUSED): (M, "d", True),
    (S.PAUSED, S.ACTIVE): (M, "", False),
    (S.PAUSED, S.DORMANT): (M, "r", False),
    (S.PAUSED, S.ARCHIVED): (M, "r", True),
    (S.DORMANT, S.ACTIVE): (M, "", False),
    (S.DORMANT, S.ARCHIVED): (M, "r", True),
    (S.ARCHIVED, S.FORMING): (M, "", False),
}
BY_OTHERS = {
    P: {(S.PROPOSED, S.DECLINED)},
    O: {(S.FORMING, S.ACTIVE), (S.ACTIVE, S.PAUSED), (S.PAUSED, S.PAUSED), (S.PAUSED, S.ACTIVE)},
    E: {(S.PAUSED, S.ACTIVE), (S.DORMANT, S.ACTIVE)},
    C: {(S.PAUSED, S.ACTIVE)},
}


def say(step: Any) -> tuple[By, str, bool]:
    return M, "r" * step.needs_reason + "d" * step.needs_date, step.tells_members


class TestTable:
    def test_managers(self) -> None:
        found = {(start, to): say(step) for start in S for to in S if (step := find_step(start, to, frozenset({M})))}
        assert found == TABLE

    @pytest.mark.parametrize("hand", [P, O, E, C])
    def test_others(self, hand: By) -> None:
        assert {(s, t) for s in S for t in S if find_step(s, t, frozenset({hand}))} == BY_OTHERS[hand]

    def test_who_proposed_gives_no_reason_even_as_manager(self) -> None:
        step = find_step(S.PROPOSED, S.DECLINED, frozenset({P, M}))
        assert step is not None
        assert not step.needs_reason

    def test_every_state_but_the_first_can_be_left_and_reached(self) -> None:
        assert {step.to for step in STEPS} == set(S)
        assert {step.start for step in STEPS} == set(S)

    @pytest.mark.parametrize(
        ("members", "organizers", "is_ready"), [(2, 1, False), (3, 0, False), (3, 1, True), (100, 2, True)]
    )
    def test_forming(self, settings: Any, members: int, organizers: int, is_ready: bool) -> None:
        settings.CHAPTERS_FORMING_MEMBERS = 3
        step = find_step(S.FORMING, S.ACTIVE, frozenset({O}))
        assert step is not None
        assert (step.find_missing(Strength(members=members, organizers=organizers)) == "") is is_ready


def plan(**values: Any) -> ChapterPlanData:
    base: dict[str, Any] = {
        "name": "Leerkring Utrecht",
        "scope": ChapterScope.CITY,
        "type": ChapterType.SOCIAL,
        "lead": "Oefenen met moeilijke gesprekken.",
        "city": "Utrecht",
        "country": "NL",
        "zone": "Europe/Amsterdam",
        "languages": ("nl",),
    }
    return ChapterPlanData(**{**base, **values})


def today() -> date:
    return timezone.now().date()


def told(kind: str) -> list[int]:
    return sorted(NewsItem.objects.filter(kind=kind).values_list("user_id", flat=True))


@pytest.mark.django_db
class TestProposal:
    def test_from_proposal_to_chapter(self, manager: int) -> None:
        paula = make_account("Paula")
        proposed = api.propose(actor_id=paula, plan=plan())
        assert (proposed.state, proposed.slug, proposed.members) == (S.PROPOSED, "leerkring-utrecht", 0)
        assert told(life_news.PROPOSED) == [manager]

        region = make_region("europe", "Europe")
        begun = api.move_chapter(
            chapter_id=proposed.id, actor_id=manager, to=S.FORMING, slug="utrecht", region_id=region.pk
        )
        assert (begun.state, begun.slug, begun.region, begun.members) == (S.FORMING, "utrecht", "Europe", 1)
        assert begun.since is not None
        assert not begun.needs_organizer
        assert api.find_access(begun, paula).roles == {ChapterRole.LEAD}
        assert told(life_news.MOVED) == [paula]
        assert "europe" in Chapter.objects.get(pk=begun.id).search_text

    def test_twice_is_one(self) -> None:
        paula = make_account("Paula")
        first = api.propose(actor_id=paula, plan=plan())
        assert api.propose(actor_id=paula, plan=plan(name="leerkring  utrecht ")).id == first.id
        assert api.propose(actor_id=make_account("Other"), plan=plan()).id != first.id

    def test_declined_with_a_reason(self, manager: int) -> None:
        paula = make_account("Paula")
        proposed = api.propose(actor_id=paula, plan=plan())
        with pytest.raises(InvalidValueError) as refused:
            api.move_chapter(chapter_id=proposed.id, actor_id=manager, to=S.DECLINED)
        assert refused.value.field == "reason"
        declined = api.move_chapter(chapter_id=proposed.id, actor_id=manager, to=S.DECLINED, reason="Join Utrecht.")
        assert (declined.state, declined.state_reason) == (S.DECLINED, "Join Utrecht.")
        # The same may be proposed again, and is another proposal.
        assert api.propose(actor_id=paula, plan=plan()).id != declined.id

    def test_withdrawn(self) -> None:
        paula = make_account("Paula")
        proposed = api.propose(actor_id=paula, plan=plan())
        assert [step.to for step in api.list_transitions(proposed, paula)] == [S.DECLINED]
        assert api.move_chapter(chapter_id=proposed.id, actor_id=paula, to=S.DECLINED).state is S.DECLINED

    def test_too_many_wait(self) -> None:
        paula = make_account("Paula")
        for number in range(3):
            api.propose(actor_id=paula, plan=plan(name=f"Circle {number}"))
        with pytest.raises(NotAllowedError) as refused:
            api.propose(actor_id=paula, plan=plan(name="One more"))
        assert refused.value.code == "proposals_wait"

    def test_an_address_that_is_taken_or_reserved(self, manager: int, chapter: ChapterData) -> None:
        proposed = api.propose(actor_id=make_account("Paula"), plan=plan())
        for slug in (chapter.slug, "manage", "Ni hao", "-x-"):
            with pytest.raises(InvalidValueError) as refused:
                api.move_chapter(chapter_id=proposed.id, actor_id=manager, to=S.FORMING, slug=slug)
            assert refused.value.field == "slug"
        assert api.get_chapter(proposed.id).state is S.PROPOSED

    def test_who_proposed_is_gone(self, manager: int) -> None:
        proposed = make_chapter(state=S.PROPOSED, proposed_by=987_654)
        begun = api.move_chapter(chapter_id=proposed.id, actor_id=manager, to=S.FORMING)
        assert begun.needs_organizer
        assert told(life_news.NEEDS_ORGANIZER) == [manager]


@pytest.mark.django_db
class TestMoving:
    def test_organizers_pause_and_resume(self, chapter: ChapterData, lead: int, member: int, at_once: Any) -> None:
        until = today() + timedelta(days=20)
        with at_once():
            paused = api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=S.PAUSED, until=until, reason="Ramadan")
        assert (paused.state, paused.paused_until) == (S.PAUSED, until)
        assert told(life_news.MOVED) == [member]
        entry = AuditEntry.objects.get(verb="chapter.move")
        assert (entry.actor_id, entry.context_key, entry.reason) == (lead, f"chapter:{chapter.id}", "Ramadan")
        assert entry.data == {"from": "active", "to": "paused", "until": until.isoformat()}
        resumed = api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=S.ACTIVE)
        assert (resumed.state, resumed.paused_until) == (S.ACTIVE, None)

    @pytest.mark.parametrize("days", [None, -2, 400])
    def test_a_pause_has_a_day(self, chapter: ChapterData, lead: int, days: int | None) -> None:
        until = None if days is None else today() + timedelta(days=days)
        with pytest.raises(InvalidValueError) as refused:
            api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=S.PAUSED, until=until)
        assert refused.value.field == "until"
        assert api.get_chapter(chapter.id).state is S.ACTIVE

    def test_members_move_nothing(self, chapter: ChapterData, lead: int, member: int) -> None:
        with pytest.raises(NotAllowedError):
            api.move_chapter(chapter_id=chapter.id, actor_id=member, to=S.PAUSED, until=today())
        with pytest.raises(NotAllowedError):
            api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=S.ARCHIVED, reason="Over")
        assert api.list_transitions(chapter, member) == ()

    def test_an_organizer_of_another_chapter_moves_nothing(self, chapter: ChapterData) -> None:
        elsewhere = make_organizer(make_chapter("Kisumu"))
        with pytest.raises(NotAllowedError):
            api.move_chapter(chapter_id=chapter.id, actor_id=elsewhere, to=S.PAUSED, until=today())

    def test_what_the_page_showed_has_changed(self, chapter: ChapterData, manager: int) -> None:
        api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.DORMANT, reason="Quiet", seen=S.ACTIVE)
        with pytest.raises(StateError):
            api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.ARCHIVED, reason="Over", seen=S.ACTIVE)
        with pytest.raises(StateError):
            api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.DORMANT, reason="Again")

    def test_forming_needs_people(self, settings: Any) -> None:
        settings.CHAPTERS_FORMING_MEMBERS = 2
        forming = make_chapter(state=S.FORMING)
        lead = make_organizer(forming)
        (step,) = api.list_transitions(api.get_chapter(forming.id), lead)
        assert step.missing
        with pytest.raises(StateError):
            api.move_chapter(chapter_id=forming.id, actor_id=lead, to=S.ACTIVE)
        make_member(forming)
        (step,) = api.list_transitions(api.get_chapter(forming.id), lead)
        assert not step.missing
        assert api.move_chapter(chapter_id=forming.id, actor_id=lead, to=S.ACTIVE).state is S.ACTIVE

    def test_archived_is_not_listed_and_can_be_reopened(self, chapter: ChapterData, manager: int) -> None:
        api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.ARCHIVED, reason="Nobody came any more")
        assert Chapter.objects.get(pk=chapter.id).listed_rank == 9
        opened = chapter.since
        again = api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.FORMING)
        assert (again.state, again.since) == (S.FORMING, opened)

    @pytest.mark.parametrize("what", ["left", "banned"])
    def test_reopening_brings_nobody_back_who_proposed_it_once(self, manager: int, what: str) -> None:
        paula = make_account("Paula")
        chapter = make_chapter(state=S.ARCHIVED, proposed_by=paula)
        make_member(chapter, paula, state=MembershipState.LEFT if what == "left" else MembershipState.REMOVED)
        if what == "banned":
            make_ban(chapter, paula)
        again = api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.FORMING)
        assert again.needs_organizer
        access = api.find_access(again, paula)
        assert (access.is_member, access.roles) == (False, frozenset())

    def test_no_chapter(self, manager: int) -> None:
        with pytest.raises(NotFoundError):
            api.move_chapter(chapter_id=987_654, actor_id=manager, to=S.ARCHIVED, reason="x")

    def test_a_banned_organizer_moves_nothing(self, chapter: ChapterData, lead: int) -> None:
        make_ban(chapter, lead)
        with pytest.raises(NotAllowedError):
            api.move_chapter(chapter_id=chapter.id, actor_id=lead, to=S.PAUSED, until=today())

    def test_the_outside_world_hears(self, chapter: ChapterData, manager: int, at_once: Any) -> None:
        heard: list[Any] = []

        def hear(chapter: Any, **_kwargs: Any) -> None:
            heard.append(chapter)

        CHAPTER_MOVED.connect(hear)
        try:
            with at_once():
                api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.DORMANT, reason="Quiet")
        finally:
            CHAPTER_MOVED.disconnect(hear)
        (fact,) = heard
        assert (fact.chapter_id, fact.from_state, fact.to_state) == (chapter.id, "active", "dormant")


@pytest.mark.django_db
class TestRevival:
    @pytest.mark.parametrize(
        ("state", "after"),
        [
            (S.DORMANT, S.ACTIVE),
            (S.PAUSED, S.ACTIVE),
            (S.FORMING, S.FORMING),
            (S.ACTIVE, S.ACTIVE),
            (S.ARCHIVED, S.ARCHIVED),
        ],
    )
    def test_an_event_wakes_it_up(self, state: ChapterState, after: ChapterState) -> None:
        chapter = make_chapter(state=state, paused_until=today() if state is S.PAUSED else None)
        lead = make_organizer(chapter)
        api.on_event_published(chapter.id, lead)
        found = api.get_chapter(chapter.id)
        assert (found.state, found.paused_until) == (after, None)
        assert Chapter.objects.get(pk=chapter.id).last_active_at is not None


class TestNews:
    def test_news_of_a_state_that_has_passed_is_dropped(self, chapter: ChapterData, lead: int, manager: int) -> None:
        api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.DORMANT, reason="Quiet")
        item = NewsItem.objects.get(user_id=lead, kind=life_news.MOVED)
        kind = next(each for each in life_news.KINDS if each.name == life_news.MOVED)
        from people.data import NewsItemData

        data = NewsItemData(key=item.key, user_id=lead, kind=item.kind, context=item.context)
        assert kind.holds is not None
        assert list(kind.holds(lead, [data])) == [item.key]
        api.on_event_published(chapter.id, lead)
        assert list(kind.holds(lead, [data])) == []

    @pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.start}-{step.to}")
    def test_every_step_has_words(self, step: Any) -> None:
        from zoneinfo import ZoneInfo

        row = Chapter(slug="x", name="Nairobi", state=step.to, state_reason="Because", proposed_by=None)
        row.paused_until = today() if step.to is S.PAUSED else None
        kind = next(each for each in life_news.KINDS if each.name == life_news.MOVED)
        line = kind.say(life_news._about_move(row, step), ZoneInfo("UTC"))
        assert "Nairobi" in line.text
        assert "Because" in line.text
        assert line.act

    def test_telling_all_members_goes_on_where_it_stopped(
        self, chapter: ChapterData, manager: int, monkeypatch: pytest.MonkeyPatch, at_once: Any
    ) -> None:
        monkeypatch.setattr(life_news, "_BATCH", 2)
        members = sorted(make_member(chapter).user_id for _ in range(5))
        with at_once():
            api.move_chapter(chapter_id=chapter.id, actor_id=manager, to=S.ARCHIVED, reason="Over")
        assert told(life_news.MOVED) == members
        life_news.tell_members(
            {
                "chapter_id": chapter.id,
                "move_id": AuditEntry.objects.get(verb="chapter.move").pk,
                "actor_id": manager,
                "context": NewsItem.objects.filter(kind=life_news.MOVED)[0].context,
            }
        )
        assert told(life_news.MOVED) == members


class TestRules:
    def test_set_and_changed(self, chapter: ChapterData, lead: int) -> None:
        from chapters.data import Audience, Match, RuleData
        from chapters.models import ChapterRule

        rule = RuleData(audience=Audience.ALUMNI, courses=("course-v1:M+LT1+2026",), match=Match.ALL)
        ruled = api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[rule])
        assert ruled.rules == (rule,)
        assert ruled.boards == (Audience.EVERYONE, Audience.ALUMNI)
        api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[rule])
        assert ChapterRule.objects.get().revision == 1
        api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[replace(rule, match=Match.ANY)])
        assert ChapterRule.objects.get().revision == 2
        assert AuditEntry.objects.filter(verb="chapter.rules").count() == 2
        assert api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[]).rules == ()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"courses": ("not a course",)}, "courses"),
            ({"courses": ("course-v1:M+LT1+2026",) * 51}, "courses"),
            ({"organizations": ("<script>",)}, "organizations"),
            ({"audience": "everyone", "courses": ("course-v1:M+LT1+2026",)}, "audience"),
        ],
    )
    def test_refused(self, chapter: ChapterData, lead: int, values: Any, field: str) -> None:
        from chapters.data import Audience, RuleData

        values = {"audience": Audience.ALUMNI, **values}
        values["audience"] = Audience(values["audience"])
        with pytest.raises(InvalidValueError) as refused:
            api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[RuleData(**values)])
        assert refused.value.field == field
        assert api.list_rules(chapter.id) == ()

    def test_only_managers_add_people_unasked(self, chapter: ChapterData, lead: int) -> None:
        from chapters.data import Audience, RuleData

        rule = RuleData(audience=Audience.LEARNERS, organizations=("Meridian",), adds_members=True)
        with pytest.raises(InvalidValueError) as refused:
            api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[rule])
        assert refused.value.field == "adds_members"
        manager = make_manager()
        assert api.set_rules(chapter_id=chapter.id, actor_id=manager, rules=[rule]).rules == (rule,)
        # What a manager turned on stays on when the lead saves the rules.
        assert api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[rule]).rules == (rule,)

    def test_the_rule_that_lets_people_in_cannot_go(self, lead: int, chapter: ChapterData) -> None:
        from chapters.data import Audience

        Chapter.objects.filter(pk=chapter.id).update(entry=Audience.ALUMNI)
        make_rule(chapter, Audience.ALUMNI, "course-v1:M+LT1+2026")
        with pytest.raises(StateError):
            api.set_rules(chapter_id=chapter.id, actor_id=lead, rules=[])
