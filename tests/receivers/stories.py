"""What happens on the platform, and which of our receivers hears of it: one story for each receiver there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.module_loading import import_string
from forum import api as forum_api
from forum.models import AbuseFlagger, Comment, CommentThread, UserVote
from openedx_events.learning.data import CourseData, CoursePassingStatusData, UserData, UserPersonalData
from openedx_events.learning.signals import COURSE_PASSING_STATUS_UPDATED

from chapters.data import Audience
from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment
from discussion_ext import api as cases
from discussion_ext.api import blended, sessions
from discussion_ext.data import (
    AssignedBy,
    BlendedConfigData,
    CaseConfigData,
    MeetingMode,
    MeetingPlanData,
    StageConfigData,
    StageKind,
)
from discussion_ext.models import ClassSession
from embedded_host.courses.store import CourseStore
from embedded_host.models import Branch
from gamification import api as points
from lms.djangoapps.certificates.models import GeneratedCertificate
from lms.djangoapps.grades.models import PersistentCourseGrade
from openedx.core.djangoapps.user_api.accounts import signals as retiring
from people import api as people
from people.models import Delivery
from tests.chapters.factories import make_chapter, make_member, make_rule

from .scenes import Scene, act_as

Do = Callable[[Scene], Any]

_DUE = datetime(2026, 3, 2, 12, tzinfo=UTC)


def nothing(_scene: Scene) -> None:
    """Need nothing beforehand."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """One act on the platform that a receiver of ours follows.

    ``breaks`` is what the receiver calls: it is made to fail after having done its work, so that there is something to
    undo. ``stands`` tells, from the platform's tables, that the act holds. Of a receiver that passes errors on, the act
    fails, changes nothing of ours, and succeeds when it is repeated.
    """

    act: Do
    stands: Callable[[Scene], bool]
    breaks: str
    arrange: Do = nothing
    passes_on: bool = False
    #: Receivers of the same fact that would do the work of this one.
    silenced: tuple[str, ...] = ()


# -- the receivers there are -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wire:
    """A receiver as an app's plugin configuration names it."""

    app: str
    service: str
    entry: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Return a name by which people know it."""
        entry = dict(self.entry)
        whom = f" of {entry['sender_path'].rpartition('.')[2]}" if "sender_path" in entry else ""
        return f"{self.app}.{entry['receiver_func_name']} on {entry['signal_path'].rpartition('.')[2]}{whom}"

    @property
    def receiver(self) -> Any:
        """Return the function."""
        return import_string(f"{self.app}.handlers.{dict(self.entry)['receiver_func_name']}")

    def connect(self) -> None:
        """Let it hear."""
        entry = dict(self.entry)
        sender = import_string(entry["sender_path"]) if "sender_path" in entry else None
        import_string(entry["signal_path"]).connect(
            self.receiver, sender=sender, dispatch_uid=entry["dispatch_uid"], weak=False
        )

    def disconnect(self) -> None:
        """Keep it from hearing."""
        entry = dict(self.entry)
        sender = import_string(entry["sender_path"]) if "sender_path" in entry else None
        import_string(entry["signal_path"]).disconnect(sender=sender, dispatch_uid=entry["dispatch_uid"])


def list_wires() -> list[Wire]:
    """Return every receiver that an app of this distribution asks the platform to connect, in both services."""
    wires = []
    for service in ("lms.djangoapp", "cms.djangoapp"):
        for point in entry_points(group=service):
            if point.dist is None or point.dist.name != "openedx-community-suite":
                continue
            config = point.load()
            signals = config.plugin_app.get("signals_config", {}).get(service, {})
            if signals:
                assert signals["relative_path"] == "handlers"
            wires += [
                Wire(app=config.name, service=service, entry=tuple(sorted(entry.items())))
                for entry in signals.get("receivers", [])
            ]
    return wires


@contextmanager
def only(name: str, story: Story) -> Iterator[None]:
    """Let this receiver hear, and keep those from hearing that would do its work."""
    by_name = {wire.name: wire for wire in list_wires()}
    in_lms = {wire.name for wire in list_wires() if wire.service == "lms.djangoapp"}
    silenced = [by_name[other] for other in story.silenced]
    for wire in silenced:
        wire.disconnect()
    if name not in in_lms:
        by_name[name].connect()
    try:
        yield
    finally:
        if name not in in_lms:
            by_name[name].disconnect()
        for wire in silenced:
            wire.connect()


# -- posts -------------------------------------------------------------------------------------------------------------


def _open_case(scene: Scene) -> None:
    config = CaseConfigData(
        title="A measure", position_min=10, answer_min=5, look_back_min=5, answers_wanted=1, is_held=False,
        topic_id=scene.topic,
    )  # fmt: skip
    cases.sync_task(usage_key=scene.case_key, course_key=scene.course_key, config=config)


def _thread(scene: Scene) -> None:
    _open_case(scene)
    scene.made["thread"] = scene.say_thread(scene.author)


def _response(scene: Scene) -> None:
    _thread(scene)
    scene.made["response"] = scene.say_response(scene.peer, scene.made["thread"])


def _voted(scene: Scene) -> None:
    _response(scene)
    _vote(scene)


def _flagged(scene: Scene) -> None:
    _response(scene)
    _flag(scene)


def _post_thread(scene: Scene) -> None:
    scene.made["thread"] = scene.say_thread(scene.author)


def _post_response(scene: Scene) -> None:
    scene.made["response"] = scene.say_response(scene.peer, scene.made["thread"])


def _delete_thread(scene: Scene) -> None:
    act_as(scene.author)
    forum_api.delete_thread(scene.made["thread"], course_id=str(scene.course_key))


def _delete_response(scene: Scene) -> None:
    act_as(scene.moderator)
    forum_api.delete_comment(scene.made["response"], course_id=str(scene.course_key))


def _vote(scene: Scene) -> None:
    forum_api.update_comment_votes(
        scene.made["response"], user_id=str(scene.author.pk), value="up", course_id=str(scene.course_key)
    )


def _unvote(scene: Scene) -> None:
    forum_api.delete_comment_vote(scene.made["response"], user_id=str(scene.author.pk), course_id=str(scene.course_key))


def _flag(scene: Scene) -> None:
    forum_api.update_comment_flag(
        scene.made["response"], action="flag", user_id=str(scene.author.pk), course_id=str(scene.course_key)
    )


def _unflag(scene: Scene) -> None:
    forum_api.update_comment_flag(
        scene.made["response"], action="unflag", user_id=str(scene.author.pk), course_id=str(scene.course_key)
    )


def _is_in(model: Any, made: str) -> Callable[[Scene], bool]:
    return lambda scene: model.objects.filter(pk=scene.made[made]).exists()


def _is_out(model: Any, made: str) -> Callable[[Scene], bool]:
    return lambda scene: not model.objects.filter(pk=scene.made[made]).exists()


def _has_reacted(model: Any, *, is_there: bool) -> Callable[[Scene], bool]:
    return lambda scene: model.objects.filter(user=scene.author).exists() is is_there


# -- courses -----------------------------------------------------------------------------------------------------------


def _draft_case(scene: Scene) -> None:
    store = CourseStore(Branch.DRAFT)
    parent = scene.course_key.make_usage_key("course", "course")
    for block_type in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, block_type, f"{block_type}{scene.number}").location
    fields = {"display_name": "A name", "case_text": "Two call in sick.", "prompt": "What do you do?"}
    store.create_child(None, parent, "case_discussion", scene.case_key.block_id, fields=fields)
    scene.made["unit"] = parent


def _publish(scene: Scene) -> None:
    CourseStore(Branch.DRAFT).publish(scene.made["unit"])


def _is_published(scene: Scene) -> bool:
    return CourseStore(Branch.PUBLISHED).has_item(scene.case_key)


# -- individual due dates ----------------------------------------------------------------------------------------------


def _blended_task(scene: Scene) -> None:
    from edx_when.api import set_date_for_block

    usage_key = scene.course_key.make_usage_key("blended_task", f"task{scene.number}")
    stage = StageConfigData(id="s1", kind=StageKind.DISCUSS, weight=100)
    config = BlendedConfigData(title="A class", stages=(stage,))
    blended.sync_blended(usage_key=usage_key, course_key=scene.course_key, config=config)
    set_date_for_block(scene.course_key, usage_key, "due", _DUE)
    scene.made["task"] = usage_key


def _extend(scene: Scene) -> None:
    from edx_when.api import set_date_for_block

    later = _DUE + timedelta(days=3)
    set_date_for_block(scene.course_key, scene.made["task"], "due", later, user=scene.author, actor=scene.moderator)


def _is_extended(scene: Scene) -> bool:
    from edx_when.models import UserDate

    return UserDate.objects.filter(user=scene.author).exists()


def _blended_task_to_come_to(scene: Scene) -> None:
    _blended_task(scene)
    CourseEnrollment.unenroll(scene.author, scene.course_key)


def _unit_of_a_task(scene: Scene) -> None:
    _unit(scene)
    store, unit_id = CourseStore(Branch.DRAFT), f"vertical{scene.number}"
    unit = scene.course_key.make_usage_key("vertical", unit_id)
    stage = {"id": "s1", "kind": "read", "weight": 100, "unit_ids": [unit_id]}
    store.create_child(None, unit, "blended_task", f"task{scene.number}", fields={"stages": [stage]})
    store.publish(unit)


# -- class sessions ----------------------------------------------------------------------------------------------------


def _session_of_a_cohort(scene: Scene) -> None:
    """A session in which cohorts decide, with a sitting of one that nobody is in yet."""
    from openedx.core.djangoapps.course_groups import cohorts

    cohorts.set_course_cohorted(scene.course_key, True)
    cohort = cohorts.add_cohort(scene.course_key, f"Evenings {scene.number}", "manual")
    session = sessions.ensure_session(course_key=scene.course_key, block_id=f"evening{scene.number}", title="Evening")
    plan = MeetingPlanData(
        title="Evening", mode=MeetingMode.OFFLINE, starts_local=datetime.fromisoformat("2090-03-02T19:00"), zone="UTC"
    )
    sitting = sessions.add_sitting(session_id=session.id, plan=plan, cohort_ids=[cohort.id], actor_id=None)
    ClassSession.objects.filter(pk=session.id).update(assigned_by=AssignedBy.COHORT)
    scene.made |= {"cohort": cohort, "sitting": sitting}


def _join_cohort(scene: Scene) -> None:
    from openedx.core.djangoapps.course_groups import cohorts

    cohorts.add_user_to_cohort(scene.made["cohort"], scene.author.username)


def _is_in_cohort(scene: Scene) -> bool:
    from openedx.core.djangoapps.course_groups.models import CohortMembership

    return CohortMembership.objects.filter(user=scene.author, course_user_group=scene.made["cohort"]).exists()


def _seated(scene: Scene) -> None:
    _session_of_a_cohort(scene)
    sitting = scene.made["sitting"]
    sessions.assign(
        session_id=sitting.session_id, user_ids=[scene.author.pk], sitting_id=sitting.id, actor_id=None,
    )  # fmt: skip


# -- points ------------------------------------------------------------------------------------------------------------


def _earn(scene: Scene) -> None:
    points.record_activity(
        source=f"story:{scene.number}", revision=1, user_id=scene.author.pk, course_key=scene.course_key,
        kind="case_finished", occurred_at=timezone.now(),
    )  # fmt: skip


def _earn_and_leave(scene: Scene) -> None:
    _earn(scene)
    CourseEnrollment.unenroll(scene.author, scene.course_key)


def _earn_as_team(scene: Scene) -> None:
    _earn(scene)
    _get_role(scene)


def _enrol(scene: Scene) -> None:
    CourseEnrollment.enroll(User.objects.get(pk=scene.author.pk), scene.course_key)


def _leave(scene: Scene) -> None:
    CourseEnrollment.unenroll(User.objects.get(pk=scene.author.pk), scene.course_key)


def _is_enrolled(*, is_active: bool) -> Callable[[Scene], bool]:
    return lambda scene: CourseEnrollment.is_enrolled(scene.author, scene.course_key) is is_active


def _get_role(scene: Scene) -> None:
    CourseAccessRole.objects.create(
        user=scene.author, org=scene.course_key.org, course_id=scene.course_key, role="staff"
    )


def _lose_role(scene: Scene) -> None:
    CourseAccessRole.objects.get(user=scene.author).delete()


def _has_role(*, is_there: bool) -> Callable[[Scene], bool]:
    return lambda scene: CourseAccessRole.objects.filter(user=scene.author).exists() is is_there


def _unit(scene: Scene) -> None:
    store = CourseStore(Branch.DRAFT)
    parent = scene.course_key.make_usage_key("course", "course")
    for block_type in ("chapter", "sequential", "vertical"):
        parent = store.create_child(None, parent, block_type, f"{block_type}{scene.number}").location
    scene.made["block"] = store.create_child(None, parent, "html", f"html{scene.number}").location
    store.publish(parent)


def _complete(scene: Scene) -> None:
    from completion.models import BlockCompletion

    BlockCompletion.objects.submit_completion(user=scene.author, block_key=scene.made["block"], completion=1.0)


def _is_complete(scene: Scene) -> bool:
    from completion.models import BlockCompletion

    return BlockCompletion.objects.filter(user=scene.author, completion=1.0).exists()


# -- people ------------------------------------------------------------------------------------------------------------


def _someone_known(scene: Scene) -> None:
    _response(scene)
    people.choose_name(user_id=scene.author.pk, surface="board", context_key=str(scene.course_key), choice="name")


def _chapter_of_the_course(scene: Scene) -> None:
    """Let a chapter ask for the course, and its author be a member."""
    chapter = make_rule(make_chapter(), Audience.LEARNERS, str(scene.course_key))
    make_rule(chapter, Audience.ALUMNI, str(scene.course_key))
    make_member(chapter, scene.author.pk)


def _pass(scene: Scene) -> None:
    PersistentCourseGrade.update_or_create(
        scene.author.pk, scene.course_key, passed=True, percent_grade=0.9, letter_grade="Pass", grading_policy_hash=""
    )
    pii = UserPersonalData(username=scene.author.username, email=scene.author.email, name="")
    COURSE_PASSING_STATUS_UPDATED.send_event(
        course_passing_status=CoursePassingStatusData(
            is_passing=True,
            user=UserData(pii=pii, id=scene.author.pk, is_active=True),
            course=CourseData(course_key=scene.course_key),
        )
    )


def _is_passed(scene: Scene) -> bool:
    return PersistentCourseGrade.objects.filter(user_id=scene.author.pk, course_id=scene.course_key).exists()


def _certify(scene: Scene) -> None:
    GeneratedCertificate(user=scene.author, course_id=scene.course_key, status="downloadable").save()


def _is_certified(scene: Scene) -> bool:
    return GeneratedCertificate.objects.filter(user=scene.author, course_id=scene.course_key).exists()


def _retire_by(signal: Any) -> Do:
    return lambda scene: signal.send(sender=None, user=scene.author)


def _ask_for_mail(scene: Scene) -> None:
    people.request_delivery(
        key=f"story:{scene.number}", user_id=scene.author.pk, kind="case_answered",
        context={"course_name": "Teams", "case_title": "A measure", "url": "/courses/x"},
    )  # fmt: skip


def _leave_errand(scene: Scene) -> None:
    course_id = str(scene.course_key)
    people.add_errand(
        kind=points.BOARD_ROW, key=f"{scene.author.pk} {course_id}",
        facts={"user": scene.author.pk, "course": course_id}, run_after_commit=True,
    )  # fmt: skip


def _enrollment(signal: str) -> str:
    return f"gamification.on_enrollment_changed on {signal}"


_CREATED, _CHANGED, _COMPLETED = map(
    _enrollment, ("COURSE_ENROLLMENT_CREATED", "COURSE_ENROLLMENT_CHANGED", "COURSE_UNENROLLMENT_COMPLETED")
)
_PUBLISHED_IN_LMS = "discussion_ext.on_course_published_in_lms on COURSE_PUBLISHED"

STORIES: dict[str, Story] = {
    "discussion_ext.on_post_saved on post_save of CommentThread": Story(
        arrange=_open_case,
        act=_post_thread,
        stands=_is_in(CommentThread, "thread"),
        breaks="discussion_ext.api.record_post",
    ),
    "discussion_ext.on_post_saved on post_save of Comment": Story(
        arrange=_thread,
        act=_post_response,
        stands=_is_in(Comment, "response"),
        breaks="discussion_ext.api.record_post",
    ),
    "discussion_ext.on_post_deleted on post_delete of CommentThread": Story(
        arrange=_response,
        act=_delete_thread,
        stands=_is_out(CommentThread, "thread"),
        breaks="discussion_ext.api.record_deletion",
    ),
    "discussion_ext.on_post_deleted on post_delete of Comment": Story(
        arrange=_response,
        act=_delete_response,
        stands=_is_out(Comment, "response"),
        breaks="discussion_ext.api.record_deletion",
    ),
    "discussion_ext.on_vote_saved on post_save of UserVote": Story(
        arrange=_response,
        act=_vote,
        stands=_has_reacted(UserVote, is_there=True),
        breaks="discussion_ext.api.record_vote",
    ),
    "discussion_ext.on_vote_deleted on post_delete of UserVote": Story(
        arrange=_voted,
        act=_unvote,
        stands=_has_reacted(UserVote, is_there=False),
        breaks="discussion_ext.api.record_vote",
    ),
    "discussion_ext.on_flag_saved on post_save of AbuseFlagger": Story(
        arrange=_response,
        act=_flag,
        stands=_has_reacted(AbuseFlagger, is_there=True),
        breaks="discussion_ext.api.record_flag",
    ),
    "discussion_ext.on_flag_deleted on post_delete of AbuseFlagger": Story(
        arrange=_flagged,
        act=_unflag,
        stands=_has_reacted(AbuseFlagger, is_there=False),
        breaks="discussion_ext.api.record_unflag",
    ),
    _PUBLISHED_IN_LMS: Story(
        arrange=_draft_case,
        act=_publish,
        stands=_is_published,
        breaks="discussion_ext.handlers._leave",
    ),
    "discussion_ext.on_course_published on COURSE_PUBLISHED": Story(
        arrange=_draft_case,
        act=_publish,
        stands=_is_published,
        breaks="discussion_ext.handlers._leave",
        silenced=(_PUBLISHED_IN_LMS,),
    ),
    "discussion_ext.on_cohort_changed on COHORT_MEMBERSHIP_UPDATED": Story(
        arrange=_session_of_a_cohort,
        act=_join_cohort,
        stands=_is_in_cohort,
        breaks="discussion_ext.handlers._leave",
    ),
    "discussion_ext.on_enrolment_changed on COURSE_ENROLLMENT_CHANGED": Story(
        arrange=_seated,
        act=_leave,
        stands=_is_enrolled(is_active=False),
        breaks="discussion_ext.handlers._leave",
    ),
    "discussion_ext.on_own_due_date_saved on post_save of UserDate": Story(
        arrange=_blended_task,
        act=_extend,
        stands=_is_extended,
        breaks="discussion_ext.api.blended.await_learner",
    ),
    "discussion_ext.on_learner_enrolled on COURSE_ENROLLMENT_CHANGED": Story(
        arrange=_blended_task_to_come_to,
        act=_enrol,
        stands=_is_enrolled(is_active=True),
        breaks="discussion_ext.api.blended.await_learner",
    ),
    "discussion_ext.on_block_completed on post_save of BlockCompletion": Story(
        arrange=_unit_of_a_task,
        act=_complete,
        stands=_is_complete,
        breaks="discussion_ext.api.blended.await_reader",
    ),
    _CREATED: Story(
        arrange=_earn_and_leave,
        act=_enrol,
        stands=_is_enrolled(is_active=True),
        breaks="gamification.api.refresh_board_row",
        silenced=(_CHANGED, _COMPLETED),
    ),
    _CHANGED: Story(
        arrange=_earn,
        act=_leave,
        stands=_is_enrolled(is_active=False),
        breaks="gamification.api.refresh_board_row",
        silenced=(_CREATED, _COMPLETED),
    ),
    _COMPLETED: Story(
        arrange=_earn,
        act=_leave,
        stands=_is_enrolled(is_active=False),
        breaks="gamification.api.refresh_board_row",
        silenced=(_CREATED, _CHANGED),
    ),
    "gamification.on_role_changed on post_save of CourseAccessRole": Story(
        arrange=_earn,
        act=_get_role,
        stands=_has_role(is_there=True),
        breaks="gamification.api.refresh_board_rows",
    ),
    "gamification.on_role_changed on post_delete of CourseAccessRole": Story(
        arrange=_earn_as_team,
        act=_lose_role,
        stands=_has_role(is_there=False),
        breaks="gamification.api.refresh_board_rows",
    ),
    "gamification.on_block_completed on post_save of BlockCompletion": Story(
        arrange=_unit,
        act=_complete,
        stands=_is_complete,
        breaks="gamification.api.record_unit",
    ),
    "people.on_delivery_saved on post_save of Delivery": Story(
        act=_ask_for_mail,
        stands=lambda scene: Delivery.objects.filter(user_id=scene.author.pk).exists(),
        breaks="people.api.send_after_commit",
    ),
    "people.on_errand_due on errand_is_due": Story(
        arrange=_earn,
        act=_leave_errand,
        stands=lambda _scene: True,  # nothing happens on the platform
        breaks="people.api.send_after_commit",
    ),
    **{
        f"{app}.on_user_retired on {signal}": Story(
            arrange=_someone_known,
            act=_retire_by(getattr(retiring, signal)),
            stands=lambda _scene: True,
            breaks=f"{app}.api.retire_person",
            passes_on=True,
        )
        for app, signals in (
            ("people", ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")),
            ("discussion_ext", ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")),
            ("gamification", ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")),
        )
        for signal in signals
    },
    "chapters.on_enrolment_changed on COURSE_ENROLLMENT_CHANGED": Story(
        arrange=_chapter_of_the_course,
        act=_leave,
        stands=_is_enrolled(is_active=False),
        breaks="chapters.api.membership.await_person",
    ),
    "chapters.on_result_changed on COURSE_PASSING_STATUS_UPDATED": Story(
        arrange=_chapter_of_the_course,
        act=_pass,
        stands=_is_passed,
        breaks="chapters.api.membership.await_person",
    ),
    "chapters.on_certificate_changed on CERTIFICATE_CHANGED": Story(
        arrange=_chapter_of_the_course,
        act=_certify,
        stands=_is_certified,
        breaks="chapters.api.membership.await_person",
    ),
    **{
        f"chapters.on_user_retired on {signal}": Story(
            arrange=_chapter_of_the_course,
            act=_retire_by(getattr(retiring, signal)),
            stands=lambda _scene: True,
            breaks="chapters.retirement.retire_person",
            passes_on=True,
        )
        for signal in ("USER_RETIRE_LMS_MISC", "USER_RETIRE_LMS_CRITICAL")
    },
}
