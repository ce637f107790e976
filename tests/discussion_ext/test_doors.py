"""The doors that operators, course teams and the LMS use: commands, the course card, admin, publishing, open topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from crum import set_current_request
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.utils import timezone, translation
from edx_django_utils.cache import RequestCache
from forum.models import CommentThread
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api, edx_platform
from discussion_ext.course_apps import CasesCourseApp
from discussion_ext.data import CaseConfigData, PostedData
from discussion_ext.models import Contribution, CourseSwitch, Participation, PendingEvaluation, Task
from people import api as people
from people.models import Errand, JobRun

pytestmark = pytest.mark.django_db


class TestCommands:
    def test_a_sweep_says_what_it_would_do_and_does_it(
        self, case: UsageKey, learner: int, words: Callable[..., str]
    ) -> None:
        api.post_position(usage_key=case, user_id=learner, body=words(12, 1))  # nothing after the commit in this test
        said = StringIO()
        task_id = Contribution.objects.values_list("task_id", flat=True)[0]
        PendingEvaluation.objects.bulk_create([PendingEvaluation(task_id=task_id, user_id=learner) for _ in range(2)])
        call_command("sweep_discussions", "--dry-run", stdout=said)
        assert "counts: 1" in said.getvalue()
        assert "evaluations: 1" in said.getvalue()
        assert Contribution.objects.filter(fold_due=1).exists()
        call_command("sweep_discussions", stdout=said)
        assert not Contribution.objects.filter(fold_due=1).exists()
        call_command("repair_contributions", stdout=said)
        assert said.getvalue().endswith("Done: nothing.\n")

    def test_a_course_is_evaluated_again(
        self, case: UsageKey, course_key: CourseKey, learner: int, take_position: Callable[..., PostedData]
    ) -> None:
        take_position(learner)
        Participation.objects.update(earned=0, published_earned=0)
        said = StringIO()
        call_command("evaluate_cases", str(course_key), "--dry-run", stdout=said)
        assert Participation.objects.get().earned == 0
        call_command("evaluate_cases", str(course_key), stdout=said)
        assert "cases: 1, people to be evaluated: 1" in said.getvalue()
        assert said.getvalue().endswith("Done: cases: 1, people evaluated: 1.\n")
        assert Participation.objects.get().earned == 4
        assert not PendingEvaluation.objects.exists()

    def test_a_repair_looks_back_to_the_last_that_succeeded(
        self, course_key: CourseKey, learner: int, words: Callable[..., str]
    ) -> None:
        with pytest.MonkeyPatch.context() as unwatched:
            unwatched.setattr("discussion_ext.api.is_watched", lambda _course_id: False)
            edx_platform.create_thread(
                course_id=str(course_key), topic_id="general", author_id=learner, title="A question",
                body=words(20, 1), is_held=False,
            )  # fmt: skip
        now, days = timezone.now(), timedelta(days=1)
        CommentThread.objects.update(created_at=now - 3 * days, updated_at=now - 3 * days)
        CourseSwitch.objects.update(changed_at=now - 5 * days)
        said = StringIO()
        call_command("repair_contributions", stdout=said)
        assert "Done: nothing." in said.getvalue()
        JobRun.objects.update(succeeded_at=now - 4 * days)
        call_command("repair_contributions", "--hours=50", stdout=said)
        assert JobRun.objects.get().succeeded_at == now - 4 * days, "a part of what is due is no success"
        call_command("repair_contributions", "--dry-run", stdout=said)
        assert "posts without a record: 1" in said.getvalue()
        call_command("repair_contributions", stdout=said)
        assert Contribution.objects.get().author_id == learner
        assert JobRun.objects.get().succeeded_at > now

    @pytest.mark.parametrize(
        "call",
        [
            ("sweep_discussions", "--limit=0"),
            ("repair_contributions", "--hours=0"),
            ("repair_contributions", f"--hours={10**12}"),
            ("evaluate_cases", "no course"),
        ],
    )
    def test_bad_options_are_named(self, call: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            call_command(*call)


class TestCourseCard:
    def test_what_was_published_before_is_taken_over(
        self, course_key: CourseKey, staff: int, committed: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        team = User.objects.get(pk=staff)
        CasesCourseApp.set_enabled(course_key, False, team)
        assert not Errand.objects.exists()
        key = course_key.make_usage_key("case_discussion", "early")
        published = [(key, CaseConfigData(title="Early", is_held=False, topic_id="table"))]
        monkeypatch.setattr("discussion_ext.edx_platform.list_task_configurations", lambda _key: iter(published))
        with committed():
            CasesCourseApp.set_enabled(course_key, True, team)
        people.run_errands()
        assert Task.objects.get().title == "Early"

    def test_the_team_turns_cases_on_and_off(self, course_key: CourseKey, staff: int, learner: int) -> None:
        team, somebody = User.objects.get(pk=staff), User.objects.get(pk=learner)
        assert CasesCourseApp.is_available(course_key)
        assert CasesCourseApp.is_enabled(course_key)
        assert not CasesCourseApp.set_enabled(course_key, False, team)
        assert not CasesCourseApp.is_enabled(course_key)
        with pytest.raises(PermissionDenied):
            CasesCourseApp.set_enabled(course_key, True, somebody)
        assert not CasesCourseApp.is_enabled(course_key)
        assert CasesCourseApp.get_allowed_operations(course_key, team)["enable"]
        assert not CasesCourseApp.get_allowed_operations(course_key, somebody)["enable"]
        assert not CasesCourseApp.get_allowed_operations(course_key)["enable"]

    def test_off_until_wanted(self, course_key: CourseKey, settings: Any) -> None:
        other = CourseKey.from_string("course-v1:Meridian+OTHER+2026")
        assert not api.is_on(other)
        settings.DISCUSSION_EXT_ON_BY_DEFAULT = True
        assert api.is_on(other)

    def test_a_cache_that_is_down_hides_no_case(self, monkeypatch: pytest.MonkeyPatch, course_key: CourseKey) -> None:
        class Gone:
            def get(self, *_args: object) -> None:
                raise ConnectionError

            set = get

        monkeypatch.setattr("discussion_ext.availability.cache", Gone())
        assert api.is_on(course_key)
        assert not api.is_on(CourseKey.from_string("course-v1:X+Nobody+decided"))


def test_admin_lists_load_and_show_no_texts(
    case: UsageKey, learner: int, take_position: Callable[..., PostedData], words: Callable[..., str]
) -> None:
    take_position(learner, words(12, 77))
    admin = Client()
    admin.force_login(User.objects.create_superuser("admin"))
    for name in ("courseswitch", "task", "contribution", "participation", "report", "pendingevaluation"):
        assert admin.get(f"/admin/discussion_ext/{name}/").status_code == 200
    chosen = [admin.get("/admin/discussion_ext/participation/", {"step": step}) for step in ("answer", "finished")]
    assert [page.context["cl"].result_count for page in chosen] == [1, 0]
    page = admin.get(f"/admin/discussion_ext/contribution/{Contribution.objects.get().pk}/change/")
    assert page.status_code == 200
    assert words(12, 77) not in page.content.decode()


def test_publishing_evaluates_again_where_the_question_changed(
    case: UsageKey,
    course_key: CourseKey,
    learner: int,
    take_position: Callable[..., PostedData],
    committed: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from xmodule.modulestore.django import COURSE_PUBLISHED

    take_position(learner)
    config = CaseConfigData(title="A name and a measure", position_min=10, position_points=7)
    monkeypatch.setattr("discussion_ext.edx_platform.list_task_configurations", lambda _key: iter([(case, config)]))
    with committed():
        COURSE_PUBLISHED.send(sender=None, course_key=course_key)
    assert api.get_score(usage_key=case, user_id=learner) == (7, 13)


class TestOpenTopicThroughTheLms:
    """Posts in an open case made from the block pass the LMS's own checks, with its signals and notifications."""

    @pytest.fixture
    def course_key(self, db: None) -> Iterator[CourseKey]:
        """Return a course in the host's store, with a topic."""
        from embedded_host.courses.store import CourseStore
        from embedded_host.models import Branch
        from gamification import api as gamification

        RequestCache.clear_all_namespaces()
        key = CourseKey.from_string("course-v1:Meridian+OPEN+2026")
        fields = {"display_name": "Open", "discussion_topics": {"Case table": {"id": "table"}}}
        CourseStore(Branch.DRAFT).create_course(key, fields)
        api.set_on(key, True, actor_id=1)
        gamification.set_on(key, True, actor_id=1)
        yield key
        set_current_request(None)
        RequestCache.clear_all_namespaces()

    @pytest.fixture
    def open_case(self, make_case: Callable[..., UsageKey]) -> UsageKey:
        """Return the key of an open case."""
        return make_case("open", is_held=False, topic_id="table")

    @pytest.fixture
    def acting_as(self) -> Callable[[int], None]:
        """Return a way to be the person who makes the current request."""

        def be(user_id: int) -> None:
            request = RequestFactory().post("/")
            request.user = User.objects.get(pk=user_id)
            set_current_request(request)

        return be

    def test_every_act(
        self,
        open_case: UsageKey,
        course_key: CourseKey,
        learner: int,
        peer: int,
        acting_as: Callable[[int], None],
        words: Callable[..., str],
        committed: Callable[[], Any],
    ) -> None:
        from openedx.core.djangoapps.django_comment_common import signals

        heard: list[str] = []

        def hear(name: str) -> Callable[..., None]:
            return lambda **_kwargs: heard.append(name)

        receivers = [(signal, hear(name)) for name, signal in vars(signals).items() if name.endswith("ed")]
        for signal, receiver in receivers:
            signal.connect(receiver, weak=False)
        try:
            acting_as(peer)
            with committed():
                theirs = api.post_position(usage_key=open_case, user_id=peer, body=words(12, 1)).contribution
            assert theirs is not None
            acting_as(learner)
            with committed():
                posted = api.post_answer(
                    usage_key=open_case, contribution_id=theirs.id, user_id=learner, body=words(6, 2)
                )
            assert posted.contribution is not None
            with committed():
                api.edit_contribution(
                    usage_key=open_case, contribution_id=posted.contribution.id, user_id=learner, body=words(7, 3)
                )
                api.withdraw_contribution(usage_key=open_case, contribution_id=posted.contribution.id, user_id=learner)
        finally:
            for signal, receiver in receivers:
                signal.disconnect(receiver)
        assert heard == ["thread_created", "comment_created", "comment_edited", "comment_deleted"]
        thread = CommentThread.objects.get()
        assert (thread.course_id, thread.commentable_id, thread.context) == (str(course_key), "table", "course")
        assert [row.state for row in Contribution.objects.order_by("pk")] == ["live", "withdrawn"]

    def test_a_refusal_of_the_lms_is_said_in_our_words_and_leaves_nothing(
        self,
        open_case: UsageKey,
        course_key: CourseKey,
        learner: int,
        acting_as: Callable[[int], None],
        words: Callable[..., str],
    ) -> None:
        from common.djangoapps.student.models import CourseEnrollment

        acting_as(learner)
        CourseEnrollment.objects.update(is_active=False)
        with pytest.raises(api.ForumRefusedError) as refusal:
            api.post_position(usage_key=open_case, user_id=learner, body=words(12, 1))
        assert refusal.value.status == 409
        assert not CommentThread.objects.exists()
        CourseEnrollment.objects.update(is_active=True)
        assert api.post_position(usage_key=open_case, user_id=learner, body=words(12, 1)).contribution is not None

    def test_topics_come_from_the_course(self, open_case: UsageKey, course_key: CourseKey) -> None:
        assert [(topic.id, topic.title, topic.taken_by) for topic in api.list_topics(course_key)] == [
            ("table", "Case table", "A name and a measure")
        ]


def test_a_forum_that_is_down_says_so_and_nothing_is_half_written(
    case: UsageKey, learner: int, words: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("forum.api.create_thread", lambda **_kwargs: 1 / 0)
        with pytest.raises(api.ForumRefusedError) as refusal:
            api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
    assert refusal.value.status == 503
    assert not Contribution.objects.exists()
    assert api.view_case(usage_key=case, user_id=learner).step == "read"


def test_a_case_with_dates_keeps_them(make_case: Callable[..., UsageKey]) -> None:
    opens, closes = datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    data = api.find_task(make_case("dated", opens_at=opens, closes_at=closes))
    assert data is not None
    assert (data.config.opens_at, data.config.closes_at) == (opens, closes)


def test_a_case_that_was_never_published_says_so_in_the_readers_language(course_key: CourseKey) -> None:
    unknown = course_key.make_usage_key("case_discussion", "unknown")
    with translation.override("nl"), pytest.raises(api.CaseNotFoundError) as refusal:
        api.view_case(usage_key=unknown, user_id=1)
    assert refusal.value.message == "Deze casus is nog niet gepubliceerd."
