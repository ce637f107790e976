"""A worker is killed with -9 in the middle of every kind of work and started again: nothing is lost, nothing doubled.

Each kind of work has a case: what to prepare, what to send, and the statement before which the process is killed. The
statement is chosen so that part of the work is done then. A task or job without a case fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from forum.models import CommentThread
from opaque_keys.edx.keys import UsageKey

from chapters.data import Audience, ChapterState, MembershipState, RsvpState, StandingSource
from chapters.models import Chapter, Standing
from discussion_ext import api as discussions
from discussion_ext import edx_platform
from discussion_ext.api import attendance, blended, boards, sessions
from discussion_ext.data import (
    BlendedConfigData,
    MeetingMode,
    MeetingPlanData,
    SeatSource,
    StageConfigData,
    StageKind,
)
from discussion_ext.models import Contribution, HelpfulMark, Meeting, Participation, PendingEvaluation, Task, Topic
from gamification.models import Entry, Total
from people import api as people
from people.models import Delivery, Errand, JobRun
from tests.chapters.factories import make_chapter, make_member, make_organizer, make_rule
from tests.events.factories import make_event, make_rsvp, put_start
from tests.workers.conftest import COURSE, text_of
from tests.workers.fleet import Fleet
from tests.workers.order import assert_in_order, let_time_pass, read_mails
from tests.workers.test_promises import TASKS

JOB = "community.people.run_job"
OLD = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SWEEP = """
from django.core.management import call_command
for name in ("sweep_discussions", "run_errands"): call_command(name)
call_command("fold_points", "--now")
"""
PARTICIPATION = "UPDATE .discussion_ext_participation"


@dataclass
class World:
    """A course, and short ways to leave work undone in it."""

    make_case: Callable[..., UsageKey]
    enrol: Callable[..., int]
    post: Callable[[UsageKey, int], str]
    cases: list[UsageKey] = field(default_factory=list)

    def new_case(self) -> UsageKey:
        """Publish one more held case."""
        self.cases.append(self.make_case(f"case{len(self.cases)}"))
        return self.cases[-1]

    def post_position(self, case: UsageKey) -> int:
        """Have a new learner take a position and return its contribution; nothing after the commit is done."""
        return Contribution.objects.get(forum_key=self.post(case, self.enrol())).pk

    def lose_position(self, case: UsageKey, *, leaves_errand: bool) -> None:
        """Have a new learner take a position that our receiver cannot record."""
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr("discussion_ext.api.record_post", _fail)
            key = self.post(case, self.enrol())
        assert not Contribution.objects.filter(forum_key=key).exists()
        if not leaves_errand:
            Errand.objects.filter(key=key).delete()

    def ask_mail(self, number: int) -> int:
        """Ask for a mail to a new learner and return the delivery."""
        context = {"course_name": "Leading teams", "case_title": f"Mail {number}", "url": "/courses/x"}
        people.request_delivery(key=f"test:{number}", user_id=self.enrol(), kind="case_answered", context=context)
        return Delivery.objects.get(key=f"test:{number}").pk


def _fail(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError


@pytest.fixture
def world(make_case: Callable[..., UsageKey], enrol: Callable[..., int], post_elsewhere: Callable[..., str]) -> World:
    return World(make_case=make_case, enrol=enrol, post=post_elsewhere)


# -- tasks -------------------------------------------------------------------------------------------------------------


def complete_contribution(world: World) -> int:
    return world.post_position(world.new_case())


def fold_mark(world: World) -> int:
    contribution = Contribution.objects.get(pk=world.post_position(world.new_case()))
    edx_platform.set_vote(
        contribution.forum_key, course_id=settings.DISCUSSION_EXT_HELD_COURSE_KEY, user_id=world.enrol(), is_up=True
    )
    return HelpfulMark.objects.get(contribution=contribution).pk


def evaluate_task(world: World) -> int:
    case = world.new_case()
    for _ in range(3):
        world.post_position(case)
    return Task.objects.get(usage_key=str(case)).pk


def send_delivery(world: World) -> int:
    return world.ask_mail(1)


def run_errand(world: World) -> str:
    before = set(Errand.objects.values_list("pk", flat=True))
    world.lose_position(world.new_case(), leaves_errand=True)
    return Errand.objects.exclude(pk__in=before).get().pk


#: Task: what to prepare (it returns the argument), and the statement before which the worker is killed, and which one.
TASK_CASES: dict[str, tuple[Callable[[World], Any], str, int]] = {
    # In the transaction of the evaluation: points and grade are told, the result is not yet kept.
    "community.discussion_ext.complete_contribution": (
        complete_contribution,
        PARTICIPATION,
        1,
    ),
    # The count is one up, the mark does not say yet that it is counted.
    "community.discussion_ext.fold_mark": (fold_mark, "UPDATE .discussion_ext_helpfulmark", 1),
    # One of three learners is evaluated, the second in the middle.
    "community.discussion_ext.evaluate_task": (evaluate_task, PARTICIPATION, 2),
    # The mail has gone out, nobody has written it down.
    "community.people.send_delivery": (send_delivery, "UPDATE .people_delivery. .*settled_at", 1),
    # The work is done, the errand still stands.
    "community.people.run_errand": (run_errand, "DELETE FROM .people_errand", 1),
}


def test_every_task_has_a_case():
    assert {*TASK_CASES, JOB} == set(TASKS)


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("read committed")
def test_a_worker_killed_in_the_middle_of_every_task(world, start_fleet, tmp_path):
    arguments = {name: prepare(world) for name, (prepare, _pattern, _number) in TASK_CASES.items()}
    fleet = start_fleet()
    pauses = {name: case[1:] for name, case in TASK_CASES.items()}
    worker = fleet.start_worker(pauses=pauses, processes=len(pauses))
    for name, argument in arguments.items():
        fleet.send(name, argument)
    for name in pauses:
        fleet.wait_paused(name)
    assert fleet.redis.hlen("unacked") == len(pauses), "the messages are not acknowledged"
    assert read_mails(tmp_path) == {"Mail 1": 1}
    assert Delivery.objects.get().state == "claimed"
    fleet.kill(worker)
    with pytest.raises(AssertionError):
        assert_in_order(tmp_path)

    fleet.let_visibility_pass()
    fleet.start_worker()
    fleet.wait_idle()
    # What no claim holds back is done by the messages that came again.
    learner = Contribution.objects.get(pk=arguments["community.discussion_ext.complete_contribution"]).author_id
    assert Participation.objects.get(user_id=learner).published_earned == 4
    assert HelpfulMark.objects.get().is_counted
    task_id = arguments["community.discussion_ext.evaluate_task"]
    assert not PendingEvaluation.objects.filter(task_id=task_id).exists()
    # The mail may have gone out: it is not sent again, and the sweep says that nobody knows.
    assert Delivery.objects.get().state == "claimed"
    let_time_pass()
    _run_all_jobs(fleet)
    assert_in_order(tmp_path)
    assert Delivery.objects.get().state == "unknown"


# -- jobs --------------------------------------------------------------------------------------------------------------


def three_mails(world: World) -> None:
    for number in (2, 3, 4):
        world.ask_mail(number)


def three_items_of_news(world: World) -> None:
    for number in (6, 7, 8):
        meeting = attendance.create_meeting(key=f"news:{number}", plan=an_evening(), actor_id=None)
        attendance.cancel_meeting(meeting_id=meeting.id, actor_id=None, reason="The trainer is ill")
        context = {
            "task_title": f"Mail {number}",
            "url": "/courses/x",
            "meeting_id": meeting.id,
            "starts_at": meeting.starts_at.isoformat(),
        }
        people.add_news(key=f"test:{number}", user_id=world.enrol(), kind="sitting_cancelled", context=context)


def a_case_that_has_opened(world: World) -> None:
    world.new_case()
    Task.objects.filter(usage_key=str(world.cases[-1])).update(
        opens_at=timezone.now() - timedelta(hours=1), opening_told_for=None
    )


def three_errands(world: World) -> None:
    case = world.new_case()
    for _ in range(3):
        world.lose_position(case, leaves_errand=True)


def three_lines(world: World) -> None:
    case = world.new_case()
    for _ in range(3):
        world.post_position(case)
    Entry.objects.update(recorded_at=timezone.now() - timedelta(minutes=5))


def three_wrong_totals(world: World) -> None:
    assert Total.objects.count() >= 3
    Total.objects.update(points=99)


def three_learners(world: World) -> None:
    case = world.new_case()
    for _ in range(3):
        world.post_position(case)


def three_learners_of_a_changed_task(world: World) -> None:
    """Three who wrote in a blended task before what it asks changed; a task without dates, of which nobody is told."""
    usage_key = COURSE.make_usage_key("blended_task", "evening")
    stage = StageConfigData(id="s1", kind=StageKind.DISCUSS, weight=100, position_min=10, answers_wanted=1)
    config = BlendedConfigData(title="An evening", points=10, stages=(stage,))
    blended.sync_blended(usage_key=usage_key, course_key=COURSE, config=config)
    for _ in range(3):
        world.post(blended.stage_key(usage_key, "s1"), world.enrol())
    discussions.evaluate_task(Task.objects.get(stage_id="s1").pk)
    discussions.evaluate_task(Task.objects.get(kind="blended").pk)
    blended.sync_blended(usage_key=usage_key, course_key=COURSE, config=replace(config, points=20))


def three_posts_without_a_record(world: World) -> None:
    case = world.new_case()
    for _ in range(3):
        world.lose_position(case, leaves_errand=False)


def an_evening() -> MeetingPlanData:
    return MeetingPlanData(
        title="An evening",
        mode=MeetingMode.OFFLINE,
        starts_local=datetime.fromisoformat("2090-03-02T19:00"),
        zone="Africa/Nairobi",
    )


def three_miscounted_meetings(world: World) -> None:
    for number in range(3):
        meeting = attendance.create_meeting(key=f"test:{number}", plan=an_evening(), actor_id=None)
        attendance.claim_seat(meeting_id=meeting.id, user_id=number + 1, slot=f"test:{number}", source=SeatSource.TEAM)
    Meeting.objects.update(seats_taken=9)


def three_people_who_left(world: World) -> None:
    """Three seats of people who are not enrolled any more, and nobody told of it."""
    session = sessions.ensure_session(course_key=COURSE, block_id="left", title="An evening")
    sitting = sessions.add_sitting(session_id=session.id, plan=an_evening(), actor_id=None)
    for number in range(3):
        user_id = 1_000_000 + number
        attendance.claim_seat(
            meeting_id=sitting.meeting.id,
            user_id=user_id,
            slot=f"session:{session.id}:user:{user_id}",
            source=SeatSource.COHORT,
        )


def three_topics_that_close(world: World) -> None:
    """Three topics of a board with a reply each, whose date has passed."""
    board = boards.ensure_board(key="chapter:1000000:everyone", topic_id="chapter-1000000-everyone")
    common = {"course_id": board.course_id, "author_id": world.enrol()}
    for number in range(3):
        thread = edx_platform.create_thread(
            topic_id=board.topic_id, title=f"Keys {number}", body=text_of(9, number), is_held=True, **common
        )
        edx_platform.create_comment(parent_key=thread, body=text_of(9, number + 10), **common)
    Topic.objects.update(closes_at=timezone.now() - timedelta(minutes=1))


def three_wrong_standings(world: World) -> None:
    """Three members on a board whose course they lost while nobody listened, in a chapter that counts wrongly."""
    chapter = make_rule(make_chapter(), Audience.ALUMNI, "course-v1:lost+course+1")
    for _ in range(3):
        make_member(chapter, world.enrol(), audiences=(Audience.ALUMNI,))
    Standing.objects.filter(chapter_id=chapter.id).update(source=StandingSource.RULE)
    Chapter.objects.filter(pk=chapter.id).update(members=7)


def a_request_with_three_organizers(world: World) -> None:
    """One request that is overdue, and three organizers who have not answered it."""
    chapter = make_chapter()
    for _ in range(3):
        make_organizer(chapter, world.enrol())
    make_member(chapter, state=MembershipState.REQUESTED, due_at=OLD, asked_at=OLD)


def three_digests_that_are_due(world: World) -> None:
    """Three members who would like to hear what is new, and have not for long."""
    chapter = make_chapter()
    for _ in range(3):
        make_member(chapter, world.enrol(), digest_at=OLD)


def three_pauses_that_are_over(world: World) -> None:
    """Three chapters whose pause is over and whose organizer is to be told."""
    del world
    for _ in range(3):
        chapter = make_chapter(state=ChapterState.PAUSED, paused_until=OLD.date())
        make_organizer(chapter)


def three_evenings_that_are_near(world: World) -> None:
    """Three events that begin in an hour, and one who comes to each."""
    for number in range(901, 904):
        event = put_start(make_event(make_chapter(), title=f"Mail {number}"), timezone.now() + timedelta(hours=1))
        make_rsvp(event, world.enrol(), state_at=OLD)


def three_offers_that_lapsed(world: World) -> None:
    """Three events with one seat, kept for somebody who let the deadline pass, and somebody who waits for it."""
    for number in range(951, 954):
        event = make_event(make_chapter(), title=f"Seats {number}", room_capacity=1)
        make_rsvp(event, world.enrol(), state=RsvpState.OFFERED, offer_until=OLD, state_at=OLD)
        make_rsvp(event, world.enrol(), state=RsvpState.WAITLISTED, state_at=OLD)


def three_old_acts(world: World) -> None:
    delivery = world.ask_mail(5)
    Delivery.objects.filter(pk=delivery).update(state="sent", due_at=timezone.now() - timedelta(days=1000))


#: Job: what to prepare, and the statement before which the worker is killed. In this order, on one growing community.
JOB_CASES: dict[str, tuple[Callable[[World], None], str, int]] = {
    # The mail is asked for, the news does not say yet that it was told.
    "people.compose_news": (three_items_of_news, "UPDATE .people_newsitem. ", 2),
    "people.send_deliveries": (three_mails, "UPDATE .people_delivery. .*settled_at", 2),
    "people.run_errands": (three_errands, "DELETE FROM .people_errand", 2),
    "discussion_ext.sweep_discussions": (three_learners, PARTICIPATION, 2),
    # Some have been told, the case does not say yet that everybody has.
    "discussion_ext.remind_of_cases": (
        a_case_that_has_opened,
        "UPDATE .discussion_ext_task. SET .opening_told_for",
        1,
    ),
    # Two of three have their new grade.
    "discussion_ext.sweep_blended_tasks": (three_learners_of_a_changed_task, PARTICIPATION, 3),
    # One of three has been closed.
    "chapters.reconcile_memberships": (three_wrong_standings, "UPDATE .chapters_standing. ", 2),
    # One of three organizers has been reminded.
    "chapters.remind_of_requests": (a_request_with_three_organizers, "INSERT INTO .people_newsitem. ", 2),
    # One of three has been moved on to the next.
    "chapters.send_digests": (three_digests_that_are_due, "UPDATE .chapters_membership. SET .digest_at", 2),
    # One of three is reminded of; of the second there is the notice, and not yet the errand.
    "chapters.remind_of_events": (three_evenings_that_are_near, "INSERT INTO .people_errand. ", 2),
    # One of three seats went on; the second is counted as free, and its offer not marked as lapsed.
    "chapters.tend_events": (three_offers_that_lapsed, "UPDATE .chapters_rsvp. ", 3),
    # Two of three go on, and that is told.
    "chapters.move_chapters": (three_pauses_that_are_over, "UPDATE .chapters_chapter. ", 3),
    "discussion_ext.repair_contributions": (three_posts_without_a_record, "INSERT INTO gamification_entry", 2),
    "discussion_ext.place_learners": (three_people_who_left, "UPDATE .discussion_ext_seat. SET .meeting_id", 2),
    "discussion_ext.repair_meetings": (three_miscounted_meetings, "UPDATE .discussion_ext_meeting", 2),
    "discussion_ext.tend_boards": (three_topics_that_close, "UPDATE .discussion_ext_topic. ", 2),
    "gamification.fold_points": (three_lines, "UPDATE gamification_entry SET is_folded", 2),
    "gamification.rebuild_boards": (three_wrong_totals, "UPDATE gamification_total", 2),
    "people.purge_expired": (three_old_acts, "UPDATE .people_delivery. ", 1),
}


def test_every_job_of_the_beat_has_a_case():
    assert set(JOB_CASES) == set(settings.PEOPLE_JOBS)


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("read committed")
def test_a_process_killed_in_the_middle_of_every_job(world, start_fleet, tmp_path):
    """Here the process at work is killed and its parent lives, as when the kernel ends what eats memory."""
    fleet = start_fleet()
    pauses = {f"{JOB}:{name}": case[1:] for name, case in JOB_CASES.items()}
    worker = fleet.start_worker(pauses=pauses)
    for name, (prepare, _pattern, _number) in JOB_CASES.items():
        prepare(world)
        fleet.send(JOB, name)
        fleet.wait_paused(f"{JOB}:{name}")
        fleet.kill_child(worker)
        # The message comes again. Where only one run is allowed it finds the claim of the process that died.
        fleet.wait_idle()
        left = JobRun.objects.get(pk=name)
        assert (left.held_until is not None) is people.get_job(name).is_single, name
        let_time_pass()
        fleet.send(JOB, name)
        fleet.wait_for(lambda name=name: JobRun.objects.get(pk=name).succeeded_at, f"the second run of {name}")
        assert JobRun.objects.get(pk=name).failures == 0
    let_time_pass()
    _run_all_jobs(fleet)
    assert_in_order(tmp_path)
    assert Delivery.objects.filter(state="unknown").count() == 1


# -- commands ----------------------------------------------------------------------------------------------------------


def old_posts(world: World) -> tuple[str, ...]:
    """Write a forum in which nobody recorded anything: fifty days of five people, one thread each a day."""
    authors = [world.enrol() for _ in range(5)]
    common = {"course_id": str(COURSE), "thread_type": "discussion", "context": "course", "commentable_id": "general"}
    CommentThread.objects.bulk_create(
        CommentThread(author_id=author, title="Old", body=text_of(20, day), **common)
        for day in range(50)
        for author in authors
    )
    for number, thread in enumerate(threads := list(CommentThread.objects.order_by("pk"))):
        thread.created_at = OLD + timedelta(days=number // len(authors))
    CommentThread.objects.bulk_update(threads, ["created_at"])
    return ("backfill_contributions", "--points")


def three_wrong_grades(world: World) -> tuple[str, ...]:
    case = world.new_case()
    for _ in range(3):
        world.post_position(case)
    discussions.evaluate_task(Task.objects.get(usage_key=str(case)).pk)
    Participation.objects.update(earned=0, published_earned=0)
    return ("evaluate_cases", str(COURSE))


#: Job that no beat runs: what to prepare (it returns the command), and the statement before which it is killed.
COMMAND_CASES: dict[str, tuple[Callable[[World], tuple[str, ...]], str, int]] = {
    # A batch of a hundred posts is taken up, a second one is all but committed.
    "discussion_ext.backfill_contributions": (old_posts, "UPDATE .discussion_ext_backfill", 2),
    "discussion_ext.evaluate_cases": (three_wrong_grades, PARTICIPATION, 2),
}


@pytest.mark.django_db
def test_every_other_job_has_a_case():
    assert {*JOB_CASES, *COMMAND_CASES} == {job.name for job in people.list_jobs()}


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
@pytest.mark.isolation("read committed")
@pytest.mark.parametrize("name", COMMAND_CASES)
def test_a_command_killed_in_the_middle(name, world, start_fleet, tmp_path):
    prepare, pattern, number = COMMAND_CASES[name]
    arguments = prepare(world)
    fleet = start_fleet()
    command = fleet.start_command(*arguments, pauses={"command": [pattern, number]})
    fleet.wait_paused("command")
    fleet.kill(command)
    with pytest.raises(AssertionError):
        assert_in_order(tmp_path)
    let_time_pass()
    fleet.run_python(f"from django.core.management import call_command; call_command(*{arguments!r})")
    fleet.run_python(SWEEP)
    assert_in_order(tmp_path)


def _run_all_jobs(fleet: Fleet) -> None:
    """Have everything swept; some work shows up only when other work is done."""
    for _ in range(2):
        JobRun.objects.update(succeeded_at=None)
        for name in JOB_CASES:
            fleet.send(JOB, name)
        fleet.wait_idle()
    assert not JobRun.objects.exclude(error="").exists()
    assert set(JobRun.objects.filter(succeeded_at__isnull=False).values_list("pk", flat=True)) >= set(JOB_CASES)
