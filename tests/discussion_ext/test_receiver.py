"""The one door: posts of the forum become evidence, whoever made them, and a failure never costs a post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from crum import set_current_request
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone
from forum import api as forum_api
from forum.models import Comment, CommentThread, LastReadTime
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api, counts
from discussion_ext.data import PostedData
from discussion_ext.models import Contribution, HelpfulMark, Report, SketchHash
from discussion_ext.upkeep import REPAIR
from gamification import api as gamification
from people import api as people
from people.api import run_job
from people.models import Errand, JobRun, NewsItem

pytestmark = pytest.mark.django_db

TOPIC = "case_table"


@pytest.fixture
def open_case(make_case: Callable[..., UsageKey]) -> UsageKey:
    """Return the key of an open case on a topic of the course."""
    return make_case("open", is_held=False, topic_id=TOPIC)


@pytest.fixture
def post(course_key: CourseKey) -> Callable[..., str]:
    """Return a short way to start a discussion elsewhere; it gives the id."""

    def do(
        user_id: int, body: str, *, topic: str = TOPIC, course: str = str(course_key), kind: str = "discussion"
    ) -> str:
        thread = forum_api.create_thread(
            title="From elsewhere", body=body, course_id=course, user_id=str(user_id), commentable_id=topic,
            thread_type=kind,
        )  # fmt: skip
        return str(thread["id"])

    return do


@pytest.fixture
def reply(course_key: CourseKey) -> Callable[..., str]:
    """Return a short way to respond to a thread, or to comment on a response, elsewhere."""

    def do(user_id: int, body: str, *, thread: str = "", response: str = "") -> str:
        common: dict[str, Any] = {
            "body": body, "user_id": str(user_id), "course_id": str(course_key), "anonymous": False,
            "anonymous_to_peers": False,
        }  # fmt: skip
        if response:
            return str(forum_api.create_child_comment(parent_comment_id=response, **common)["id"])
        return str(forum_api.create_parent_comment(thread_id=thread, **common)["id"])

    return do


@pytest.fixture
def acting_as() -> Any:
    """Return a way to be the person who makes the current request."""

    def be(user_id: int | None) -> None:
        if user_id is None:
            set_current_request(None)
            return
        request = RequestFactory().post("/")
        request.user = User.objects.get(pk=user_id)
        set_current_request(request)

    yield be
    set_current_request(None)


def facts() -> list[tuple[str, str, int, int | None]]:
    """Return kind, state, author and parent's author of every contribution in order."""
    return list(Contribution.objects.order_by("pk").values_list("kind", "state", "author_id", "parent_author_id"))


class TestElsewhere:
    def test_posts_in_the_topic_of_an_open_case_count_like_those_from_the_block(
        self,
        open_case: UsageKey,
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
        committed: Callable[[], Any],
    ) -> None:
        with committed():
            thread = post(peer, words(12, 1))
            post(learner, words(12, 2))
        with committed():
            response = reply(learner, words(6, 3), thread=thread)
            reply(peer, words(6, 4), response=response)
            reply(peer, words(6, 5), thread=thread)
        assert facts() == [
            ("position", "live", peer, None),
            ("position", "live", learner, None),
            ("answer", "live", learner, peer),
            ("follow_up", "live", peer, learner),
            ("follow_up", "live", peer, peer),
        ]
        view = api.view_case(usage_key=open_case, user_id=learner)
        assert view.earned == 6
        assert view.peers.contributions[0].answers == 1
        assert [each.author_id for each in view.peers.contributions[0].replies] == [learner, peer, peer]

    def test_a_second_thread_is_no_second_position(
        self, open_case: UsageKey, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        post(learner, words(12, 1))
        post(learner, words(12, 2))
        assert [row[0] for row in facts()] == ["position", "thread"]

    def test_plain_discussion_earns_points_by_kind(
        self,
        course_key: CourseKey,
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
    ) -> None:
        question = post(learner, words(20, 1), topic="general", kind="question")
        reply(peer, words(20, 2), thread=question)
        post(peer, words(3, 3), topic="general")
        kinds = {entry.kind: entry.points for entry in gamification.list_entries(learner, course_key).entries}
        assert kinds == {"question": 3}
        kinds = {entry.kind: entry.points for entry in gamification.list_entries(peer, course_key).entries}
        assert kinds == {"answer": 3, "comment": 0}

    def test_saves_that_change_no_text_do_nothing(
        self, learner: int, peer: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        thread = post(learner, words(20, 1), topic="general")
        before = Contribution.objects.values().get()
        forum_api.update_thread(thread, title="Another title")
        forum_api.pin_thread(str(peer), thread)
        CommentThread.objects.get().save()
        assert Contribution.objects.values().get() == before

    def test_an_edit_elsewhere_is_a_new_revision(
        self, course_key: CourseKey, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        thread = post(learner, words(5, 1), topic="general")
        assert gamification.get_standing(learner, course_key).points == 0
        forum_api.update_thread(thread, body=words(20, 1))
        contribution = Contribution.objects.get()
        assert (contribution.revision, contribution.words) == (2, 20)
        assert gamification.get_standing(learner, course_key).points == 3

    def test_a_thread_moved_into_a_case_and_out_again(
        self,
        open_case: UsageKey,
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
        committed: Callable[[], Any],
    ) -> None:
        with committed():
            thread = post(peer, words(12, 1), topic="general")
            reply(learner, words(6, 2), thread=thread)
        assert [row[0] for row in facts()] == ["thread", "response"]
        with committed():
            forum_api.update_thread(thread, commentable_id=TOPIC)
        assert [row[0] for row in facts()] == ["position", "answer"]
        view = api.view_case(usage_key=open_case, user_id=learner)
        assert view.peers_count == 1
        assert view.evaluation.requirements[1].earned == 2
        with committed():
            forum_api.update_thread(thread, commentable_id="general")
        assert [row[0] for row in facts()] == ["thread", "response"]
        view = api.view_case(usage_key=open_case, user_id=learner)
        assert (view.peers_count, view.earned) == (0, 0)
        assert not SketchHash.objects.exists()

    def test_a_thread_moved_into_a_case_by_cohort_is_seen_by_its_cohort(
        self,
        make_case: Callable[..., UsageKey],
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
        committed: Callable[[], Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cohorts = {learner: 7, peer: 7}
        monkeypatch.setattr("discussion_ext.edx_platform.cohort_id", lambda user_id, _key: cohorts[user_id])
        usage_key = make_case("open", is_held=False, by_cohort=True, topic_id=TOPIC)
        with committed():
            thread = post(peer, words(12, 1), topic="general")
            reply(learner, words(6, 2), thread=thread)
            forum_api.update_thread(thread, commentable_id=TOPIC)
        assert set(Contribution.objects.values_list("group_id", flat=True)) == {7}
        assert len(api.view_case(usage_key=usage_key, user_id=learner).peers.contributions) == 1
        with committed():
            forum_api.update_thread(thread, commentable_id="general")
        assert set(Contribution.objects.values_list("group_id", flat=True)) == {0}

    def test_where_everything_is_off_one_cached_look_up_is_all(
        self,
        course_key: CourseKey,
        learner: int,
        post: Callable[..., str],
        words: Callable[..., str],
        django_assert_num_queries: Any,
        settings: Any,
        committed: Callable[[], Any],
    ) -> None:
        settings.GAMIFICATION_CACHE_SECONDS = 60
        with committed():
            api.set_on(course_key, False, actor_id=1)
            gamification.set_on(course_key, False, actor_id=1)
        post(learner, words(20, 1))
        thread = CommentThread.objects.get()
        from discussion_ext import handlers

        with django_assert_num_queries(0):
            handlers.on_post_saved(CommentThread, thread, created=False)
        assert not Contribution.objects.exists()


class TestDeletion:
    @pytest.fixture
    def thread(
        self, learner: int, peer: int, post: Callable[..., str], reply: Callable[..., str], words: Callable[..., str]
    ) -> str:
        """Return a learner's thread with a peer's response and the learner's own comment on it."""
        thread = post(learner, words(20, 1), topic="general")
        response = reply(peer, words(20, 2), thread=thread)
        reply(learner, words(20, 3), response=response)
        return thread

    def test_the_author_deletes_a_thread_and_peers_keep_their_credit(
        self, thread: str, course_key: CourseKey, learner: int, peer: int, acting_as: Any
    ) -> None:
        acting_as(learner)
        forum_api.delete_thread(thread)
        assert [row[:3] for row in facts()] == [
            ("thread", "withdrawn", learner),
            ("response", "gone", peer),
            ("comment", "withdrawn", learner),
        ]
        assert gamification.get_standing(peer, course_key).points == 3
        assert gamification.get_standing(learner, course_key).points == 0

    def test_a_moderator_removes_a_thread(
        self, thread: str, course_key: CourseKey, learner: int, peer: int, staff: int, acting_as: Any
    ) -> None:
        acting_as(staff)
        forum_api.delete_thread(thread)
        assert [row[:2] for row in facts()] == [("thread", "removed"), ("response", "gone"), ("comment", "gone")]
        assert Contribution.objects.order_by("pk")[0].state_actor_id == staff
        assert gamification.get_standing(learner, course_key).points == 3  # the comment is not lost with the thread

    def test_a_bulk_job_leaves_the_actor_unknown(self, thread: str, learner: int) -> None:
        forum_api.delete_thread(thread)
        removed = Contribution.objects.order_by("pk")[0]
        assert (removed.state, removed.state_actor_id, removed.state_reason) == ("removed", None, "")

    def test_a_moderator_removes_one_response(
        self, thread: str, course_key: CourseKey, peer: int, staff: int, acting_as: Any
    ) -> None:
        acting_as(staff)
        forum_api.delete_comment(str(Comment.objects.get(author_id=peer).pk))
        assert [row[1] for row in facts()] == ["live", "removed", "gone"]
        assert gamification.get_standing(peer, course_key).points == 0

    def test_deleting_twice_changes_nothing_more(self, thread: str, learner: int, acting_as: Any) -> None:
        from discussion_ext import handlers

        row = CommentThread.objects.get()
        acting_as(learner)
        row_copy = CommentThread.objects.get()
        row.delete()
        before = list(Contribution.objects.values())
        handlers.on_post_deleted(CommentThread, row_copy, origin=row_copy)
        assert list(Contribution.objects.values()) == before


class TestRetirement:
    def test_words_are_forgotten_and_nobody_is_graded_again(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        from discussion_ext.models import Participation

        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        with committed():
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(6, 40))
        before = Participation.objects.order_by("pk").values_list("earned", "completion", "published_earned")
        kept = list(before)
        length, digest = Contribution.objects.filter(author_id=peer).values_list("length", "body_hash").get()

        with committed():
            api.retire_person(peer)
            forum_api.retire_user(str(peer), "retired__user_1")

        contribution = Contribution.objects.get(author_id=peer)
        assert (contribution.body, contribution.title, contribution.is_erased) == ("", "", True)
        assert (contribution.length, contribution.body_hash) == (length, digest)
        api.evaluate_pending()
        assert list(before.all()) == kept

    def test_the_forum_may_come_first(
        self, case: UsageKey, learner: int, take_position: Callable[..., PostedData], committed: Callable[[], Any]
    ) -> None:
        take_position(learner)
        with committed():
            forum_api.retire_user(str(learner), "retired__user_1")
            api.retire_person(learner)
        contribution = Contribution.objects.get()
        assert contribution.is_erased
        assert contribution.revision == 1
        assert contribution.state == "live"

    def test_a_copy_of_their_words_stays_a_copy(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
    ) -> None:
        take_position(peer, words(14, 1))
        take_position(learner, words(14, 1))
        assert api.get_score(usage_key=case, user_id=learner) in {None, (0, 10)}
        api.retire_person(peer)
        api.rescore(usage_key=case, user_id=learner)
        view = api.view_case(usage_key=case, user_id=learner)
        assert view.evaluation.requirements[0].code == "copy_of_peer"
        assert api.get_score(usage_key=case, user_id=learner) in {None, (0, 10)}

    def test_what_an_answer_borrowed_from_them_stays_borrowed(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer, words(14, 1)).contribution
        take_position(learner)
        assert theirs is not None
        posted = api.post_answer(
            usage_key=case, contribution_id=theirs.id, user_id=learner, body=f"{words(12, 1)} and so say I"
        )
        assert posted.evaluation is not None
        before = posted.evaluation.requirements[1].items[0].code
        assert before == "copy_of_parent"
        api.retire_person(peer)
        api.rescore(usage_key=case, user_id=learner)
        view = api.view_case(usage_key=case, user_id=learner)
        assert view.evaluation.requirements[1].items[0].code == before

    def test_the_reason_of_a_removal_is_forgotten_too(
        self, case: UsageKey, learner: int, staff: int, take_position: Callable[..., PostedData]
    ) -> None:
        from discussion_ext.models import Participation

        mine = take_position(learner).contribution
        assert mine is not None
        api.remove_contribution(usage_key=case, contribution_id=mine.id, actor_id=staff, reason="Names Amara")
        api.retire_person(learner)
        assert "Names Amara" not in str(Participation.objects.get().evaluation)


class TestFailure:
    """Whatever goes wrong in the receiver, the post stands and the sweep completes what is missing."""

    @pytest.mark.parametrize("error", [RuntimeError, DatabaseError])
    def test_a_post_survives_a_receiver_that_fails(
        self,
        case: UsageKey,
        learner: int,
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        error: type[Exception],
    ) -> None:
        def fail(*args: Any) -> None:
            raise error(words(12, 1))

        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.contributions._index", fail)
            posted = api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
        assert posted.contribution is None
        assert CommentThread.objects.count() == 1
        assert not Contribution.objects.exists()
        assert Errand.objects.get().key == f"thread:{CommentThread.objects.get().pk}"
        assert "discussion.post" in caplog.text
        assert words(12, 1)[:20] not in caplog.text

        assert people.run_errands().done == 1
        assert Contribution.objects.get().kind == "position"
        assert not Errand.objects.exists()
        assert api.view_case(usage_key=case, user_id=learner).earned == 4

    def test_a_real_database_error_in_the_receiver_leaves_the_request_usable(
        self, case: UsageKey, learner: int, words: Callable[..., str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_the_statement(*args: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO no_such_table VALUES (1)")

        with monkeypatch.context() as broken, transaction.atomic():
            broken.setattr("discussion_ext.contributions._index", break_the_statement)
            api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
        assert CommentThread.objects.count() == 1
        people.run_errands()
        assert Contribution.objects.count() == 1

    def test_a_look_back_is_repaired_as_what_it_was_meant_to_be(
        self,
        make_case: Callable[..., UsageKey],
        learner: int,
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        take_position: Callable[..., PostedData],
    ) -> None:
        usage_key = make_case("open", is_held=False, topic_id=TOPIC)
        take_position(learner, usage_key=usage_key)
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.contributions._index", lambda _row: 1 / 0)
            api.post_look_back(usage_key=usage_key, user_id=learner, body=words(6, 9))
        people.run_errands()
        assert sorted(Contribution.objects.values_list("kind", flat=True)) == ["look_back", "position"]

    def test_a_removal_is_repaired_with_actor_and_reason(
        self,
        case: UsageKey,
        learner: int,
        staff: int,
        take_position: Callable[..., PostedData],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        mine = take_position(learner).contribution
        assert mine is not None
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.contributions.take_away", lambda *args, **kwargs: 1 / 0)
            api.remove_contribution(usage_key=case, contribution_id=mine.id, actor_id=staff, reason="Off topic")
        assert Contribution.objects.get().state == "live"
        people.run_errands()
        contribution = Contribution.objects.get()
        assert (contribution.state, contribution.state_actor_id, contribution.state_reason) == (
            "removed",
            staff,
            "Off topic",
        )

    def test_points_that_could_not_be_told_are_told_by_the_sweep(
        self,
        course_key: CourseKey,
        learner: int,
        post: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("gamification.api.record_activity", lambda **kwargs: 1 / 0)
            post(learner, words(20, 1), topic="general")
        assert Contribution.objects.get().points_due == 1
        api.sweep()
        assert Contribution.objects.get().points_due is None
        assert gamification.get_standing(learner, course_key).points == 3

    def test_points_that_are_always_refused_keep_no_others_waiting(
        self,
        course_key: CourseKey,
        learner: int,
        peer: int,
        post: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for author in (learner, peer):
            post(author, words(20, author), topic="general")
        Contribution.objects.update(points_due=1)
        real = gamification.record_activity

        def refuse_one(**values: Any) -> None:
            if values["user_id"] == learner:
                raise ValueError
            real(**values)

        with monkeypatch.context() as broken:
            broken.setattr("gamification.api.record_activity", refuse_one)
            for _ in range(2):
                api.sweep(limit=1)
        assert list(Contribution.objects.order_by("pk").values_list("points_due", flat=True)) == [2, None]
        api.sweep(limit=1)
        assert not Contribution.objects.filter(points_due__isnull=False).exists()

    @pytest.mark.parametrize("rows", [Contribution, HelpfulMark])
    def test_counts_that_always_fail_keep_no_others_waiting(
        self,
        enrol: Callable[..., int],
        post: Callable[..., str],
        words: Callable[..., str],
        course_key: CourseKey,
        committed: Callable[[], Any],
        monkeypatch: pytest.MonkeyPatch,
        rows: Any,
    ) -> None:
        author, *voters = (enrol() for _ in range(3))
        with committed():
            thread = post(author, words(20, 1), topic="general")
            post(voters[0], words(20, 2), topic="general")
            for voter in voters:
                forum_api.update_thread_votes(thread, str(voter), value="up", course_id=str(course_key))
        assert not rows.objects.filter(fold_due__isnull=False).exists()
        rows.objects.update(fold_due=1)
        broken = rows.objects.order_by("pk").values_list("pk", flat=True)[0]
        name = "fold_mark" if rows is HelpfulMark else "fold_contribution"
        real = getattr(counts, name)

        def fail_one(pk: int) -> None:
            if pk == broken:
                raise ValueError
            real(pk)

        with monkeypatch.context() as patched:
            patched.setattr(counts, name, fail_one)
            for _ in range(2):
                api.sweep(limit=1)
        assert list(rows.objects.order_by("pk").values_list("fold_due", flat=True)) == [2, None]
        assert api.sweep(is_dry_run=True)["counts"] == 1
        assert api.sweep(limit=1)["counts"] == 1
        assert not rows.objects.filter(fold_due__isnull=False).exists()

    def test_what_failed_for_ever_stays_last(self, learner: int, post: Callable[..., str]) -> None:
        post(learner, "Short", topic="general")
        row = Contribution.objects.all()
        row.update(fold_due=30_000)
        counts.put_behind(row, "fold_due")
        assert row.get().fold_due == 30_000
        row.update(fold_due=None)
        counts.put_behind(row, "fold_due")
        assert row.get().fold_due is None

    def test_a_post_that_is_put_back_stays_put_back_when_an_edit_of_it_fails_too(
        self,
        make_case: Callable[..., UsageKey],
        learner: int,
        staff: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        usage_key = make_case("open", is_held=False, topic_id=TOPIC)
        mine = take_position(learner, usage_key=usage_key).contribution
        assert mine is not None
        api.remove_contribution(usage_key=usage_key, contribution_id=mine.id, actor_id=staff, reason="Off topic")
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.api.record_post", lambda *_args, **_kwargs: 1 / 0)
            api.restore_contribution(usage_key=usage_key, contribution_id=mine.id, actor_id=staff, reason="On topic")
            forum_api.update_thread(str(CommentThread.objects.get().pk), body=words(12, 7))
        assert Contribution.objects.get().state == "removed"
        for _ in range(2):
            people.run_errands()
        contribution = Contribution.objects.get()
        assert (contribution.pk, contribution.state, contribution.state_reason) == (mine.id, "live", "On topic")

    def test_words_of_a_retired_person_are_not_kept_where_the_forum_still_has_them(
        self,
        learner: int,
        post: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.api.record_post", lambda *_args, **_kwargs: 1 / 0)
            post(learner, words(12, 1), topic="general")
        User.objects.filter(pk=learner).update(username="retired__user_12ab")
        assert people.run_errands().done == 1
        contribution = Contribution.objects.get()
        assert (contribution.body, contribution.title, contribution.is_erased) == ("", "", True)
        assert not SketchHash.objects.exists()

    def test_a_broker_that_is_down_costs_nothing(
        self,
        case: UsageKey,
        learner: int,
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        committed: Callable[[], Any],
    ) -> None:
        def refuse(*args: Any) -> None:
            raise ConnectionError

        with monkeypatch.context() as broken, committed():
            broken.setattr("discussion_ext.tasks.complete_contribution_task.delay", refuse)
            assert api.post_position(usage_key=case, user_id=learner, body=words(12, 1)).contribution is not None
        assert Contribution.objects.get().fold_due == 1
        api.sweep()
        assert Contribution.objects.get().fold_due is None

    def test_a_post_without_any_trace_is_found_in_the_forum(
        self,
        open_case: UsageKey,
        learner: int,
        post: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.api.record_post", lambda _post: 1 / 0)
            broken.setattr("people.upkeep.receivers.add_errand", lambda **kwargs: 1 / 0)
            post(learner, words(12, 1))
        assert not Errand.objects.exists()
        assert api.repair_forum(hours=1, is_dry_run=True) == {"missing": 1, "changed": 0, "vanished": 0}
        assert not Contribution.objects.exists()
        assert api.repair_forum(hours=1) == {"missing": 1, "changed": 0, "vanished": 0}
        assert Contribution.objects.get().kind == "position"
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 0, "vanished": 0}

    def test_votes_and_reports_that_came_before_the_record_are_taken_over(
        self,
        learner: int,
        peer: int,
        post: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        course_key: CourseKey,
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.api.record_post", lambda *_args, **_kwargs: 1 / 0)
            thread = post(learner, words(20, 1), topic="general")
        forum_api.update_thread_votes(thread, str(peer), value="up", course_id=str(course_key))
        forum_api.update_thread_flag(thread, "flag", user_id=str(peer), course_id=str(course_key))
        people.run_errands()
        assert Contribution.objects.get().helpful == 1
        assert Report.objects.get().reporter_id == peer

    @pytest.mark.parametrize(("hours", "mails"), [(23, 1), (25, 0)])
    def test_an_answer_that_is_completed_late_is_news_for_a_day(
        self,
        open_case: UsageKey,
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
        hours: int,
        mails: int,
    ) -> None:
        reply(peer, words(20, 2), thread=post(learner, words(20, 1)))
        answer = Contribution.objects.get(kind="answer")
        Contribution.objects.filter(pk=answer.pk).update(created_at=timezone.now() - timedelta(hours=hours))
        for _ in range(2):
            api.complete_contribution(answer.pk)
        assert NewsItem.objects.filter(kind="case_answered", user_id=learner).count() == mails

    def test_an_edit_without_any_trace_is_found(
        self, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        post(learner, words(20, 1), topic="general")
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 0, "vanished": 0}
        CommentThread.objects.update(body=words(20, 2))  # sends no signal
        assert api.repair_forum(hours=1, is_dry_run=True) == {"missing": 0, "changed": 1, "vanished": 0}
        assert Contribution.objects.get().body == words(20, 1)
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 1, "vanished": 0}
        assert Contribution.objects.get().body == words(20, 2)
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 0, "vanished": 0}

    def test_a_repair_that_is_ended_is_followed_after_the_last_batch(
        self,
        learner: int,
        peer: int,
        post: Callable[..., str],
        reply: Callable[..., str],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        threads = [post(learner, words(20, number), topic="general") for number in range(3)]
        reply(peer, words(20, 5), thread=threads[0])
        reply(peer, words(20, 6), thread=threads[0])
        CommentThread.objects.update(body=words(20, 3))  # sends no signal
        Comment.objects.update(body=words(20, 4))
        monkeypatch.setattr("discussion_ext.repairs._BATCH", 1)
        runs = [run_job(REPAIR, seconds=0, is_continued=True) for _ in range(11)]
        # Three threads, two comments, five records, and the end.
        assert [sum(run.counts.values()) for run in runs] == [1] * 5 + [0] * 6
        assert [run.is_unfinished for run in runs] == [True] * 10 + [False]
        assert set(Contribution.objects.values_list("body", flat=True)) == {words(20, 3), words(20, 4)}
        assert JobRun.objects.get(pk=REPAIR).succeeded_at is not None

    def test_what_was_posted_during_a_long_repair_is_compared_too(
        self, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        now = timezone.now()
        post(learner, words(20, 1), topic="general")
        CommentThread.objects.update(body=words(20, 2))  # sends no signal
        # It had all threads behind it when the workers stood still for three days.
        cursor = {"part": "comment", "after": 0, "since": (now - timedelta(days=5)).isoformat()}
        for began, found in ((now - timedelta(hours=1), 0), (now - timedelta(days=3), 1)):
            row = {"cursor": {**cursor, "began": began.isoformat()}, "succeeded_at": None}
            JobRun.objects.update_or_create(name=REPAIR, defaults=row)
            assert sum(run_job(REPAIR, is_continued=True).counts.values()) == found
            assert JobRun.objects.get(pk=REPAIR).cursor is None

    def test_a_post_that_vanished_without_a_signal_is_found(
        self, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        post(learner, words(20, 1), topic="general")
        CommentThread.objects.all()._raw_delete("default")
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 0, "vanished": 1}
        assert Contribution.objects.get().state == "removed"

    def test_what_vanished_with_its_thread_keeps_its_credit(
        self, learner: int, peer: int, post: Callable[..., str], reply: Callable[..., str], words: Callable[..., str]
    ) -> None:
        response = reply(peer, words(20, 2), thread=post(learner, words(20, 1), topic="general"))
        reply(peer, words(20, 3), response=response)
        LastReadTime.objects.all().delete()
        Comment.objects.all()._raw_delete("default")
        CommentThread.objects.all()._raw_delete("default")
        assert api.repair_forum(hours=1) == {"missing": 0, "changed": 0, "vanished": 3}
        states = Contribution.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["removed", "gone", "gone"]

    def test_a_withdrawal_is_repaired_without_harm_to_those_who_answered(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        mine = take_position(learner).contribution
        take_position(peer)
        assert mine is not None
        api.post_answer(usage_key=case, contribution_id=mine.id, user_id=peer, body=words(8, 1))
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.contributions.take_away", lambda *args, **kwargs: 1 / 0)
            api.withdraw_contribution(usage_key=case, contribution_id=mine.id, user_id=learner)
        people.run_errands()
        assert Contribution.objects.get(pk=mine.id).state == "withdrawn"
        assert Contribution.objects.get(kind="answer").state == "gone"

    def test_a_position_that_lost_its_place_meanwhile_is_kept_as_evidence(
        self,
        case: UsageKey,
        learner: int,
        take_position: Callable[..., PostedData],
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("discussion_ext.contributions._index", lambda _row: 1 / 0)
            take_position(learner, words(12, 1))
        take_position(learner, words(12, 2))
        people.run_errands(now=timezone.now() + timedelta(hours=1))
        assert not Errand.objects.exists()
        assert sorted(Contribution.objects.values_list("kind", flat=True)) == ["position", "thread"]

    def test_a_repair_records_nothing_where_everything_is_off(
        self, learner: int, post: Callable[..., str], words: Callable[..., str]
    ) -> None:
        thread = post(learner, words(12, 1), course="course-v1:Other+Course+1")
        people.add_errand(kind="discussion.post", key=f"thread:{thread}", facts={"post": f"thread:{thread}"})
        assert people.run_errands().done == 1
        assert not Contribution.objects.exists()


POINTS = (
    "discussion_ext.contributions._insert",
    "discussion_ext.contributions._index",
    "discussion_ext.announcements.send_points",
    "discussion_ext.announcements.await_evaluation",
    "discussion_ext.case_results._keep",
    "discussion_ext.results.publish",
    "discussion_ext.counts.fold_contribution",
)


@pytest.mark.django_db(transaction=True)
class TestKilled:
    """A process that dies at any point of a post leaves nothing, or a post that the sweep completes."""

    @pytest.mark.parametrize("point", POINTS)
    @pytest.mark.parametrize("is_one_transaction", [True, False])
    def test_nothing_or_everything(
        self,
        case: UsageKey,
        learner: int,
        words: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
        point: str,
        is_one_transaction: bool,
    ) -> None:
        class KilledError(BaseException):
            """The process is no more: nothing may catch this."""

        def die(*args: Any, **kwargs: Any) -> None:
            raise KilledError

        with monkeypatch.context() as dying, pytest.raises(KilledError):  # noqa: PT012
            dying.setattr(point, die)
            if is_one_transaction:
                with transaction.atomic():
                    api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
            else:
                api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
        survivors = CommentThread.objects.count()
        api.repair_forum(hours=1)
        api.sweep()
        assert Contribution.objects.count() == survivors
        view = api.view_case(usage_key=case, user_id=learner)
        assert view.earned == (4 if survivors else 0)
        if survivors:
            assert Contribution.objects.filter(fold_due=1).count() == 0
            assert api.get_score(usage_key=case, user_id=learner) == (4, 10)
        else:
            posted = api.post_position(usage_key=case, user_id=learner, body=words(12, 1))
            assert posted.contribution is not None
