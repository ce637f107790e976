"""The demo's community: who is there, what they left, and that a second run leaves it alone."""
# ruff: noqa: S311 - chance, not secrets

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from opaque_keys.edx.keys import UsageKey

from chapters import api as chapters
from chapters.api import concerns, courses, event_results, events, membership, rsvps
from chapters.boards import board_key
from chapters.data import Audience, ChapterData, EventData, EventState, Presence, RsvpData, RsvpState
from chapters.models import Chapter, Event
from discussion_ext import api as cases
from discussion_ext.api import blended, boards
from discussion_ext.data import BlendedViewData
from discussion_ext.words import count_words
from embedded_host.courses.olx_reader import read_course
from embedded_host.courses.olx_source import open_export
from embedded_host.seed.clock import at
from embedded_host.seed.history import OUTSIDE, course_key
from embedded_host.seed.roster import ROLES, build_roster
from embedded_host.seed.run import SAMPLE_COURSE, seed
from embedded_host.seed.wording import CASES, Wording
from people.data import NewsState
from people.models import NewsItem


def test_the_sample_course_reads_whole_and_holds_what_the_demo_needs():
    with open_export(SAMPLE_COURSE) as folder:
        read = read_course(folder, None)
    blocks = [(key.block_type, key.block_id) for key in read.nodes]
    assert read.course_key == course_key()
    assert {block_id for kind, block_id in blocks if kind == "case_discussion"} == set(CASES)
    assert ("points_panel", "points") in blocks
    assert ("chapter_panel", "chapters") in blocks
    assert ("blended_task", "upwards") in blocks
    assert sum(kind == "chapter" for kind, _ in blocks) == 5
    assert sum(kind == "html" for kind, _ in blocks) == 11


def test_people_are_the_same_every_time_and_from_everywhere():
    first, second = (build_roster(learners=200, chance=random.Random(3)) for _ in range(2))
    assert first == second
    assert sum(person.role == "learner" for person in first) == 200
    assert len({person.username for person in first}) == len(first)
    assert all(person.username.isascii() for person in first)
    assert len({person.zone for person in first}) > 20
    assert {"en", "nl", "zh-hans"} <= {person.language for person in first}


@pytest.mark.parametrize("case", CASES)
def test_texts_are_long_enough_and_finished(case):
    chance = random.Random(5)
    wording = Wording(chance)
    for person in build_roster(learners=60, chance=chance):
        for text, least in (
            (wording.position(case, person), 80),
            (wording.answer(case, person), 25),
            (wording.introduction(person), 15),
        ):
            assert count_words(text) >= least
            assert not set("[]{}|") & set(text)


def test_the_clock_moves_and_comes_back():
    then = datetime(2020, 2, 29, 12, 0, tzinfo=UTC)
    with at(then):
        assert timezone.now() == then
    assert timezone.now() - then > timedelta(days=365)


@pytest.fixture
def community(transactional_db) -> dict[str, int]:
    return dict(seed(learners=40, report=lambda _: None))


@pytest.mark.slow
def test_the_community_came_about_by_itself(community):
    from gamification import api as points
    from people.models import AuditEntry, Delivery

    def case(name: str) -> UsageKey:
        return course_key().make_usage_key("case_discussion", name)

    def user_id(username: str) -> int:
        return get_user_model().objects.get(username=username).pk

    assert community["people"] == 40 + sum(person.role not in {"learner", *OUTSIDE} for person in ROLES)
    assert min(community[what] for what in ("positions", "answers", "look backs", "threads", "responses")) > 5
    closed = cases.get_team_summary(usage_key=case("quiet_half"))
    assert closed.phase == "closed"
    assert closed.synthesis is not None
    assert closed.finished > 0
    waiting = cases.get_team_summary(usage_key=case("every_calendar"))
    assert (waiting.phase, waiting.reports) == ("open", 1)
    assert waiting.unanswered > 0
    amina = points.get_standing(user_id("amina"), course_key())
    finished = [e for e in points.list_entries(user_id("amina"), course_key(), page_size=100).entries
                if e.kind == "case_finished"]  # fmt: skip
    assert len(finished) == 2
    assert amina.is_listed
    assert (amina.rank or 99) <= 10
    assert points.get_standing(user_id("tomas"), course_key()).points == 0
    assert not points.get_standing(user_id("ruth"), course_key()).is_listed
    # It is history: spread over weeks, nothing in the future, and none of its mail goes out today.
    dates = {entry.occurred_at.date() for entry in points.list_entries(user_id("amina"), course_key()).entries}
    assert max(dates) - min(dates) > timedelta(days=10)
    assert max(dates) <= timezone.now().date()
    assert not Delivery.objects.exclude(state="skipped").exists()
    assert set(NewsItem.objects.values_list("state", flat=True)) == {NewsState.DROPPED}
    assert AuditEntry.objects.filter(verb="contribution.remove").count() == 1
    _check_the_lesson(user_id)
    _check_the_chapters(community, user_id)
    _check_the_events(user_id)
    # Again: nothing changes.
    assert seed(learners=40, report=lambda _: None) == {}


def _check_the_lesson(user_id: Callable[[str], int]) -> None:
    """Every stage of the blended task can be met by signing in as somebody."""
    task = course_key().make_usage_key("blended_task", "upwards")

    def view(username: str) -> BlendedViewData:
        return blended.get_blended_report(usage_key=task, user_id=user_id(username)).view

    def states(username: str) -> dict[str, str]:
        return {stage.config.id: stage.phase for stage in view(username).stages}

    summary = blended.get_blended_summary(usage_key=task)
    assert (summary.asked, summary.pending) == (1, 0)
    assert min(summary.met[stage] for stage in ("read", "say", "class", "apply")) > 0
    assert summary.behind > 0
    assert states("amina") == {"read": "done", "say": "done", "class": "done", "apply": "done", "review": "open"}
    assert states("lotte")["class"] != "done"
    assert states("xiaoyu")["say"] == "done"
    own = view("xiaoyu").sitting
    assert own is not None
    assert own.sitting is not None
    assert own.sitting.meeting.check_in_from <= timezone.now() <= own.sitting.meeting.check_in_until
    assert states("tomas")["class"] == "locked"
    assert blended.list_blended_rows(usage_key=task, show="changed_by_team").total > 0


def _check_the_chapters(community: dict[str, int], user_id: Callable[[str], int]) -> None:
    """Every part of chapters can be met by signing in as somebody."""

    def member_of(username: str) -> set[str]:
        return {chapter.slug for chapter in chapters.list_mine(user_id(username))}

    def chapter(slug: str) -> ChapterData:
        found = chapters.find_chapter(slug)
        assert found is not None
        return found

    states = {row.slug: row.state for row in Chapter.objects.all()}
    assert sorted(states.values()) == sorted(["active"] * 5 + ["paused", "forming", "dormant", "proposed"])
    assert (states["bogota-liderar"], states["accra-first-teams"]) == ("paused", "forming")
    assert states["singapore-morning-circle"] == "dormant"
    languages = {code for row in Chapter.objects.all() for code in row.languages.split()}
    assert {"en", "nl", "es", "zh-hans"} <= {code.lower() for code in languages}
    assert min(community[what] for what in ("topics", "replies", "members", "requests", "bans")) > 0
    # Somebody has completed the course, is invited by it, and is in none yet.
    invited = membership.find_invitation(user_id=user_id("amina"), course_key=str(course_key()))
    assert invited is not None
    assert invited.chapter.slug == "nairobi-evening"
    assert member_of("amina") == member_of("tomas") == set()
    assert courses.is_on(course_key())
    assert member_of("lotte") == {"leerkring-utrecht"}
    assert member_of("xiaoyu") == {"shanghai-xuexiquan"}
    # Organizers have something to do, each for their own.
    nairobi, utrecht = chapter("nairobi-evening"), chapter("leerkring-utrecht")
    wanjiru = chapters.find_access(nairobi, user_id("wanjiru"))
    assert wanjiru.is_organizer
    assert not chapters.find_access(utrecht, user_id("wanjiru")).is_organizer
    assert len(boards.list_reports(board_keys=[board_key(nairobi.id, Audience.EVERYONE)], actor_id=1).reports) == 1
    assert [ban.appeal != "" for ban in membership.list_bans(chapter_id=nairobi.id).bans] == [True]
    assert len(membership.list_requests(chapter_id=utrecht.id).requests) > 0
    # The confidential report is for the community manager and not for whom it is about.
    grace, daniel = user_id("grace"), user_id("daniel")
    assert len(concerns.list_concerns(actor_id=grace).concerns) == 1
    assert concerns.list_concerns(actor_id=daniel).concerns == ()
    assert chapters.is_manager(grace)
    assert not chapters.is_manager(daniel)


def _check_the_events(user_id: Callable[[str], int]) -> None:
    """Every side of an event can be met by signing in as somebody."""

    def event(title: str) -> EventData:
        (found,) = [each for each in known.values() if each.title.startswith(title)]
        return found

    def answer(username: str, title: str) -> RsvpData:
        found = rsvps.find_rsvp(event(title).id, user_id(username))
        assert found is not None
        return found

    known = events.get_events(list(Event.objects.values_list("pk", flat=True)))
    now = timezone.now()
    assert len(known) == 13
    # A series of which two evenings were held: what came of one is written, of the other not.
    held = sorted((each for each in known.values() if each.is_over(now)), key=lambda each: each.starts_at)
    assert [each.title for each in held] == ["Saying no kindly", "When nobody speaks"]
    assert len({each.series_id for each in held}) == 1
    assert [each.result_at is not None for each in held] == [True, False]
    assert min(event_results.count_came([each.id for each in held]).values()) > 0
    chapter_id = held[0].chapter_id
    assert [row.event.title for row in event_results.list_awaiting_results(chapter_id)] == ["When nobody speaks"]
    assert len(event_results.list_presence_requests(chapter_id=chapter_id)) == 1
    assert event_results.summarize_survey(held[0].id).rating is not None
    assert event_results.find_presence(held[0].id, user_id("amina")).presence is Presence.ATTENDED
    assert [template.name for template in events.list_templates(chapter_id)] == ["Evening of three cases"]
    # One begins in a moment; somebody has a ticket for it.
    soon = event("Open hour")
    assert now < soon.starts_at < now + timedelta(hours=1)
    assert answer("amina", "Open hour").has_seat
    # A full room: one has given up, and the seat is kept for the first in line.
    soup = event("Soep")
    offer = answer("lotte", "Soep")
    assert offer.state is RsvpState.OFFERED
    assert offer.offer_until is not None
    assert now < offer.offer_until < soup.starts_at
    assert soup.waiting == 2
    assert soup.seats[0].is_full
    assert soup.zone.key == "Europe/Amsterdam"
    # One was moved and asks again, one was called off, one waits for an approval, one is a draft.
    assert event("给年长的同事").moved_from is not None
    assert answer("xiaoyu", "给年长的同事").must_answer
    assert event("A walk").is_cancelled
    assert rsvps.count_rsvps(event("Say the number").id)[RsvpState.PENDING] > 0
    assert event("With Chicago").zone.key == "America/Chicago"
    assert event("Asking for more money").state is EventState.DRAFT
