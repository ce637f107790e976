"""A small town whose people's names and words carry marks, so that a mark can be looked for anywhere."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey, UsageKey
from PIL import Image

COURSE = CourseKey.from_string("course-v1:Meridian+RIGHTS+2026")
CASE = COURSE.make_usage_key("case_discussion", "bakery")
#: In everything the person wrote, and in everything that others wrote about the person.
WORDS = "quixotzephyr"
#: Parts of the account.
USERNAME, NAME, EMAIL = "username_vexillo", "Name Vexillo", "mail_vexillo@example.org"
#: An id that can be told from every other number in a text.
STAYING_ID = 987_654_321
TRACES = (WORDS, USERNAME, NAME, EMAIL)

_numbers = itertools.count(1)


def text(*, seed: int, marked: bool = False, count: int = 16) -> str:
    """Return a text that shares no run of words with one of another seed."""
    words = [f"w{seed}n{index}" for index in range(count)]
    return " ".join([*words, WORDS] if marked else words)


@dataclass
class Town:
    """A course with a held case: somebody who will leave, a classmate who stays, and a member of the course team."""

    leaving: User
    staying: User
    staff: User
    course_key: CourseKey = COURSE
    case: UsageKey = CASE
    posts: dict[str, int] = field(default_factory=dict)

    def post(self, name: str, posted: Any) -> int:
        """Remember the number of a post under a name and return it."""
        self.posts[name] = posted.contribution.id
        return self.posts[name]


def live(town: Town, at_once: Callable[[], Any]) -> None:
    """Let everything happen in which words of the person, or about the person, may be kept."""
    from forum import api as forum_api

    from discussion_ext import api
    from gamification import api as gamification
    from people import api as people

    leaving, staying, staff = town.leaving.pk, town.staying.pk, town.staff.pk
    common: dict[str, Any] = {"usage_key": town.case}
    people.set_preferences(user_id=leaving, zone="Africa/Nairobi")
    people.unsubscribe(leaving, "another_kind")
    people.request_delivery(
        key=f"rights:{next(_numbers)}", user_id=leaving, kind="case_answered", context={"case_title": WORDS}
    )
    people.display_names([leaving, staying], surface="board", context_key=str(COURSE))
    people.choose_name(user_id=leaving, surface="post", context_key=str(COURSE), choice="name")
    with at_once():
        position = town.post("position", api.post_position(**common, user_id=leaving, body=text(seed=1, marked=True)))
    with at_once():
        theirs = town.post("theirs", api.post_position(**common, user_id=staying, body=text(seed=2)))
    with at_once():
        town.post("answer", api.post_answer(**common, contribution_id=theirs, user_id=leaving, body=_about(3)))
    with at_once():
        town.post("to_them", api.post_answer(**common, contribution_id=position, user_id=staying, body=text(seed=4)))
    with at_once():
        removed = town.post(
            "removed", api.post_answer(**common, contribution_id=theirs, user_id=leaving, body=_about(5))
        )
    with at_once():
        api.edit_contribution(**common, contribution_id=town.posts["answer"], user_id=leaving, body=_about(6))
        api.set_helpful(**common, contribution_id=theirs, user_id=leaving, is_helpful=True)
        api.report_contribution(**common, contribution_id=position, user_id=staying, reason=_about(7))
        api.report_contribution(**common, contribution_id=theirs, user_id=leaving, reason=_about(8))
    with at_once():
        api.remove_contribution(**common, contribution_id=removed, actor_id=staff, reason=_about(9))
        api.post_look_back(**common, user_id=leaving, body=text(seed=10, marked=True))
        api.override_grade(**common, user_id=leaving, actor_id=staff, score=3, reason=_about(11))
        gamification.adjust_points(
            actor_id=staff,
            user_id=leaving,
            course_key=COURSE,
            points=5,
            reason=_about(12),
            request_key=f"rights{next(_numbers)}",
        )
    with at_once():
        thread = forum_api.create_thread(
            title=f"Talk of {WORDS}", body=_about(13), course_id=str(COURSE), user_id=str(leaving), commentable_id="x"
        )
        forum_api.create_parent_comment(
            thread_id=thread["id"],
            body=_about(14),
            user_id=str(leaving),
            course_id=str(COURSE),
            anonymous=False,
            anonymous_to_peers=False,
        )
    town.posts["thread"] = int(thread["id"])
    leave_draft(town)
    _meet(town)
    _sit(town)
    _go_through_stages(town)
    live_in_chapters(town)


def live_in_chapters(town: Town) -> None:
    """Let the person be everything that one can be to a chapter, with their words and others' words about them."""
    from chapters.api import concerns, membership, organizers, propose
    from chapters.data import Audience, ChapterRole, ChapterState, ConcernKind, IntroductionData, MembershipState
    from chapters.models import Chapter, Greeting, Invitation, JoinAnswer, Membership, Standing
    from tests.chapters import factories as make
    from tests.chapters.test_lifecycle import plan

    leaving, manager = town.leaving.pk, make.make_manager()
    chapter = make.make_chapter(contact=f"{WORDS}@example.org")
    said = IntroductionData(position=WORDS, place=WORDS, skills=WORDS, why=WORDS, hobbies=WORDS)
    membership.join(chapter_id=chapter.id, user_id=leaving, introduction=said)
    make.give_role(chapter, leaving, ChapterRole.LEAD)
    mine = Membership.objects.get(chapter_id=chapter.id, user_id=leaving)
    since = {"since": mine.joined_at, "chapter_id": chapter.id}
    Standing.objects.create(membership=mine, audience=Audience.ALUMNI, source="manual", reason=WORDS, **since)
    Greeting.objects.create(membership=mine, user_id=town.staying.pk)
    Greeting.objects.create(membership_id=make.make_member(chapter, town.staying.pk).id, user_id=leaving)
    host = organizers.give_role(chapter_id=chapter.id, actor_id=manager, user_id=leaving, role=ChapterRole.HOST)
    organizers.end_role(term_id=host.id, actor_id=manager, reason=WORDS)
    quiet = make.make_chapter("Quiet circle", state=ChapterState.DORMANT)
    Invitation.objects.create(chapter_id=quiet.id, user_id=leaving, audience=Audience.ALUMNI)
    asked = make.make_member(quiet, leaving, state=MembershipState.DECLINED, decision_note=WORDS, leave_note=WORDS)
    JoinAnswer.objects.create(membership_id=asked.id, question="Why?", answer=WORDS)
    make.make_ban(quiet, leaving, reason=WORDS, appeal=WORDS, appeal_answer=WORDS)
    proposed = propose(actor_id=leaving, plan=plan(name=WORDS, lead=WORDS))
    Chapter.objects.filter(pk=proposed.id).update(state=ChapterState.DECLINED, state_reason=WORDS)
    reported = concerns.create_concern(
        chapter_id=quiet.id,
        reporter_id=leaving,
        kind=ConcernKind.CONDUCT,
        text=WORDS,
        about=[town.staff.pk],
    )
    concerns.add_note(concern_id=reported.id, actor_id=manager, text=WORDS, is_for_reporter=True)
    concerns.close_concern(concern_id=reported.id, actor_id=manager, outcome=WORDS)
    go_to_events(town, chapter)


def go_to_events(town: Town, chapter: Any) -> None:
    """Let the person plan, answer, visit, host and judge events, with their words and others' words about them."""
    from chapters.api import events
    from chapters.data import ChapterRole, EventQuestionData
    from chapters.events import approvals
    from chapters.models import (
        EventAnswer,
        EventCredit,
        EventMail,
        EventQuestion,
        EventResult,
        EventSeries,
        EventSurvey,
        PresenceRequest,
        SeriesRsvp,
    )
    from tests.chapters import factories as make
    from tests.events.factories import make_event, make_past_event, make_rsvp

    leaving, staying = town.leaving.pk, town.staying.pk
    own = make_event(chapter, actor_id=leaving)
    others = make.make_chapter("Evening circle")
    make.make_organizer(others, staying, role=ChapterRole.CO_ORGANIZER)
    events.save_template(event_id=own.id, actor_id=leaving, name="Evening")
    by = {"author_id": leaving, "event_id": own.id}
    EventMail.objects.create(**by, audience="all", subject=WORDS, body=WORDS, request_key=f"{own.id}:1")
    EventResult.objects.create(**by, text=WORDS)
    asking = make_event(others, actor_id=staying, questions=(EventQuestionData(text="What do you bring?"),))
    mine = make_rsvp(asking, leaving, needs_note=WORDS, note=WORDS)
    question = EventQuestion.objects.get(event_id=asking.id)
    EventAnswer.objects.create(rsvp=mine, question=question, text=WORDS)
    approvals.remove_attendee(rsvp_id=mine.pk, actor_id=staying, note=WORDS)
    series = EventSeries.objects.create(
        chapter_id=chapter.id,
        title="Evenings",
        frequency="weekly",
        starts_on="2026-01-05",
        at="19:00",
        created_by=leaving,
    )
    SeriesRsvp.objects.create(series=series, user_id=leaving, from_on="2026-01-05")
    past = make_past_event(others, actor_id=staying)
    EventSurvey.objects.create(event_id=past.id, user_id=leaving, rating=4, useful=WORDS, better=WORDS)
    PresenceRequest.objects.create(event_id=past.id, user_id=leaving, text=WORDS, answer=WORDS)
    EventCredit.objects.create(event_id=past.id, user_id=leaving, kind="attend", is_given=True, revision=1)


def talk_on_a_board(town: Town, at_once: Callable[[], Any]) -> None:
    """Begin a topic with a picture, answer somebody else's, read and follow, report and be reported."""
    from discussion_ext.api import boards
    from discussion_ext.data import TopicDraftData, TopicKind

    leaving, staying, staff = town.leaving.pk, town.staying.pk, town.staff.pk
    key = f"chapter:{next(_numbers) + 1_000_000}:everyone"
    boards.ensure_board(key=key, topic_id=key.replace(":", "-"))
    picture = boards.add_picture(board_key=key, user_id=leaving, file=_picture(), alt=_about(20))
    boards.add_picture(board_key=key, user_id=leaving, file=_picture(), alt=_about(21))
    own = TopicDraftData(kind=TopicKind.PROBLEM, title=f"Keys of {WORDS}", body=_about(22), picture_uids=[picture.uid])
    theirs = TopicDraftData(kind=TopicKind.LIGHT, title="Chairs", body=text(seed=23))
    with at_once():
        topic_id = boards.start_topic(board_key=key, author_id=leaving, draft=own)
        other_id = boards.start_topic(board_key=key, author_id=staying, draft=theirs)
    with at_once():
        reply_id = boards.reply(topic_id=other_id, author_id=leaving, body=_about(24))
        boards.reply(topic_id=topic_id, author_id=staying, body=text(seed=25))
    boards.mark_seen(topic_id=other_id, user_id=leaving)
    boards.mark_board_read(board_key=key, user_id=leaving)
    own_id = boards.locate_topic(topic_id).post_id or 0
    with at_once():
        boards.report_post(post_id=own_id, user_id=staying, reason=_about(26))
        boards.report_post(post_id=boards.locate_topic(other_id).post_id or 0, user_id=leaving, reason=_about(27))
        boards.remove_post(post_id=reply_id, actor_id=staff, reason=_about(28))


def _picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (4, 3)).save(file, format="PNG")
    file.seek(0)
    return file


def _go_through_stages(town: Town) -> None:
    """Keep what a blended task keeps of the person: units read, a report to review, a decision and a question."""
    from discussion_ext import models

    leaving, staff, now = town.leaving.pk, town.staff.pk, datetime.now(UTC)
    task = models.Task.objects.get(usage_key=str(town.case))
    own: dict[str, Any] = {"task": task, "user_id": leaving, "stage_id": "s1"}
    models.StageStanding.objects.create(**own, state="open")
    models.StageDecision.objects.create(
        **own, kind="excuse", slot_key=f"{task.pk}:{leaving}:s1", actor_id=staff, reason=_about(15), created_at=now
    )
    models.Appeal.objects.create(
        **own, text=_about(16), asked_at=now, answer=_about(17), answered_by=staff, answered_at=now
    )
    models.UnitDone.objects.create(
        user_id=leaving, course_id=str(COURSE), block_id="unit", key=f"{next(_numbers):040}", done_at=now
    )
    models.ReviewAssignment.objects.create(
        task=task, stage_id="s2", reviewer_id=leaving, contribution_id=town.posts["theirs"]
    )
    models.ReviewLoad.objects.create(task=task, contribution_id=town.posts["position"], author_id=leaving)


def _sit(town: Town) -> None:
    """Let the person wish for a seat, renew the address of their calendar, and have a file of seats read in."""
    from discussion_ext.api import sessions
    from discussion_ext.data import MeetingMode, MeetingPlanData

    leaving, number = town.leaving.pk, next(_numbers)
    session = sessions.ensure_session(course_key=COURSE, block_id=f"evening{number}", title="An evening")
    starts = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0) + timedelta(days=9)
    plan = MeetingPlanData(title="Late", mode=MeetingMode.OFFLINE, starts_local=starts, zone="UTC", capacity=1)
    sitting = sessions.add_sitting(session_id=session.id, plan=plan, actor_id=town.staff.pk)
    sessions.choose_sitting(session_id=session.id, user_id=town.staying.pk, sitting_id=sitting.id)
    sessions.wish_seat(session_id=session.id, user_id=leaving, sitting_id=sitting.id)
    sessions.renew_calendar(leaving)
    sessions.read_file(
        kind=sessions.ImportKind.SEATS, session_id=session.id, data=b"learner,sitting\nx,1\n", actor_id=leaving
    )


def _meet(town: Town) -> None:
    """Hold two meetings: one that the person was at, with a correction, and one that they host and cancel."""
    from discussion_ext.api import attendance
    from discussion_ext.data import AttendanceState, MeetingMode, MeetingPlanData, SeatSource

    class Hall(attendance.MeetingOwner):
        def may_correct(self, meeting: Any, user_id: int) -> bool:
            return user_id == town.staff.pk

    attendance.register_owner("hall", Hall())
    leaving, number = town.leaving.pk, next(_numbers)
    starts = datetime.now(UTC).replace(tzinfo=None, second=0, microsecond=0)
    plan = MeetingPlanData(
        title="An evening", mode=MeetingMode.OFFLINE, starts_local=starts, zone="UTC", host_id=town.staff.pk
    )
    visited = attendance.create_meeting(key=f"hall:{number}:1", plan=plan, actor_id=town.staff.pk)
    attendance.claim_seat(
        meeting_id=visited.id, user_id=leaving, slot=f"hall:{number}:{leaving}", source=SeatSource.CHOICE
    )
    attendance.correct_attendance(
        meeting_id=visited.id,
        user_id=leaving,
        state=AttendanceState.EXCUSED,
        actor_id=town.staff.pk,
        reason=_about(15),
    )
    hosted = attendance.create_meeting(
        key=f"hall:{number}:2", plan=replace(plan, host_id=leaving), actor_id=town.staff.pk
    )
    attendance.cancel_meeting(meeting_id=hosted.id, actor_id=leaving, reason=_about(16))


def leave_draft(town: Town) -> None:
    """Let the person begin a text without posting it, as the block keeps it in the platform's learner state."""
    from lms.djangoapps.courseware.models import StudentModule

    drafts = {"answer:1": {"text": _about(15), "at": "2026-01-01T10:00:00+00:00"}}
    StudentModule.objects.update_or_create(
        module_state_key=town.case,
        student=town.leaving,
        course_id=COURSE,
        defaults={"module_type": "case_discussion", "state": json.dumps({"has_read": True, "drafts": drafts})},
    )


def _about(seed: int) -> str:
    return text(seed=seed, marked=True)
