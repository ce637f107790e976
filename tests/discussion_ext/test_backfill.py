"""What was in the forum before us is taken up once, whole, and without a word to anybody."""

from __future__ import annotations

import logging
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from forum import api as forum
from forum.models import Comment, CommentThread
from opaque_keys.edx.keys import CourseKey

from discussion_ext import api, backfill, words
from discussion_ext.data import CaseConfigData
from discussion_ext.models import Backfill, Contribution, HelpfulMark, Participation, PendingEvaluation, Report
from gamification import api as gamification
from gamification.models import Entry, SchemeVersion
from people.models import Delivery, Errand, NewsItem
from tests.discussion_ext.conftest import text_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Past:
    """Posts of a time when nobody recorded them."""

    def __init__(self, course_key: CourseKey) -> None:
        self.course_id = str(course_key)
        self.minutes = 0

    def thread(self, author: int, *, words: int = 20, **values: Any) -> str:
        made = forum.create_thread(
            title="A question",
            body=text_of(words, 100 + self.minutes),
            course_id=self.course_id,
            user_id=str(author),
            **{"commentable_id": "general", "anonymous": False, "anonymous_to_peers": False, **values},
        )
        self._date(CommentThread, made["id"])
        return f"thread:{made['id']}"

    def response(self, thread: str, author: int, *, words: int = 20) -> str:
        made = forum.create_parent_comment(
            thread_id=thread.partition(":")[2],
            body=text_of(words, 100 + self.minutes),
            user_id=str(author),
            course_id=self.course_id,
            anonymous=False,
            anonymous_to_peers=False,
        )
        self._date(Comment, made["id"])
        return f"comment:{made['id']}"

    def comment(self, response: str, author: int) -> str:
        made = forum.create_child_comment(
            parent_comment_id=response.partition(":")[2],
            body=text_of(20, 100 + self.minutes),
            user_id=str(author),
            course_id=self.course_id,
            anonymous=False,
            anonymous_to_peers=False,
        )
        self._date(Comment, made["id"])
        return f"comment:{made['id']}"

    def vote(self, key: str, user_id: int) -> None:
        forum.update_thread_votes(key.partition(":")[2], str(user_id), value="up", course_id=self.course_id)

    def flag(self, key: str, user_id: int) -> None:
        forum.update_thread_flag(key.partition(":")[2], "flag", user_id=str(user_id), course_id=self.course_id)

    def _date(self, model: Any, pk: str) -> None:
        self.minutes += 1
        model.objects.filter(pk=pk).update(created_at=START + timedelta(minutes=self.minutes))


@pytest.fixture
def past(course_key: CourseKey, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the past: while it is written, nobody watches."""

    class Unwatched:
        def __getattr__(self, name: str) -> Any:
            def act(*args: Any, **values: Any) -> Any:
                with pytest.MonkeyPatch.context() as before:
                    before.setattr("discussion_ext.api.is_watched", lambda _course_id: False)
                    return getattr(past, name)(*args, **values)

            return act

    past = Past(course_key)
    return Unwatched()


@pytest.fixture
def run(committed: Callable[[], Any]) -> Callable[..., dict[str, int]]:
    """Return a way to take the past up; it gives the counts."""

    def take(**options: Any) -> dict[str, int]:
        counts: dict[str, int] = {}
        with committed():
            for batch in api.backfill_contributions(**options):
                for name, number in batch.items():
                    counts[name] = counts.get(name, 0) + number
        return counts

    return take


def points(user_id: int, course_key: CourseKey) -> int:
    return gamification.get_standing(user_id, course_key).points


def of(key: str) -> Contribution:
    return Contribution.objects.get(forum_key=key)


@pytest.fixture
def talk(past: Any, learner: int, peer: int) -> dict[str, str]:
    """Return an old discussion: a thread, a response, a comment on it."""
    thread = past.thread(learner, thread_type="question")
    response = past.response(thread, peer)
    return {"thread": thread, "response": response, "comment": past.comment(response, learner)}


def test_an_old_discussion_is_recorded_as_if_we_had_been_there(run, talk, learner, peer):
    assert not Contribution.objects.exists()
    assert run() == {
        "posts taken up": 3,
        "posts known already": 0,
        "posts left to errands": 0,
        "courses": 1,
    }
    thread, response, comment = (of(talk[name]) for name in ("thread", "response", "comment"))
    assert [row.kind for row in (thread, response, comment)] == ["thread", "response", "comment"]
    assert thread.created_at == START + timedelta(minutes=1)
    assert (response.parent_id, response.root_id, response.parent_author_id) == (thread.pk, thread.pk, learner)
    assert (comment.parent_id, comment.root_id, comment.parent_author_id) == (response.pk, thread.pk, peer)
    assert (thread.answers, response.answers) == (1, 1)
    assert [row.is_first for row in (thread, response, comment)] == [True, True, False]
    assert not Contribution.objects.filter(fold_due=1).exists()


def test_nobody_gets_a_mail_and_nobody_gets_points(run, talk, learner, course_key):
    run()
    assert not Delivery.objects.exists()
    assert not NewsItem.objects.exists()
    assert not Entry.objects.exists()
    assert points(learner, course_key) == 0


def test_an_unpaid_post_stays_unpaid_when_it_is_edited(run, talk, learner, course_key, committed):
    run()
    with committed():
        forum.update_thread(talk["thread"].partition(":")[2], body=text_of(30, 5), course_id=str(course_key))
    assert of(talk["thread"]).revision == 2
    assert not Entry.objects.exists()


class TestPoints:
    def test_points_are_of_the_day_and_under_its_limit(self, run, past, learner, course_key):
        thread = past.thread(learner)
        for _ in range(4):
            past.response(thread, learner)
        run(has_points=True)
        days = set(Entry.objects.values_list("local_date", flat=True))
        assert days == {START.date()}
        assert Entry.objects.count() == 5
        assert points(learner, course_key) == 6, "two comments a day pay"

    @pytest.mark.parametrize(("installed", "version"), [(START - timedelta(days=9), 2), (START + timedelta(days=9), 1)])
    def test_they_come_under_the_scheme_of_their_day(self, run, talk, course_key, installed, version):
        text = Path("gamification/schemes/default.yaml").read_text(encoding="utf-8")
        assert gamification.install_scheme(text, course_key=course_key, actor_id=None).version == 2
        SchemeVersion.objects.update(valid_from=installed)
        run(has_points=True)
        assert set(Entry.objects.values_list("scheme_version", flat=True)) == {version}

    def test_a_later_run_with_points_pays_what_was_taken_up_without(self, run, talk, learner, peer, course_key):
        run()
        assert run(has_points=True)["posts known already"] == 3
        assert (points(learner, course_key), points(peer, course_key)) == (6, 3)
        run(has_points=True, is_again=True)
        assert (points(learner, course_key), points(peer, course_key)) == (6, 3)
        assert not Contribution.objects.filter(is_unpaid=True).exists()

    def test_they_are_the_same_as_if_we_had_been_there(self, run, past, learner, peer, course_key, committed):
        with committed():
            watched = Past(course_key)
            thread = watched.thread(peer)
            watched.response(thread, peer)
        thread = past.thread(learner)
        past.response(thread, learner)
        run(has_points=True)
        assert points(learner, course_key) == points(peer, course_key) > 0


class TestOnceOnly:
    def test_a_second_run_finds_nothing(self, run, talk):
        run()
        before = list(Contribution.objects.order_by("pk").values())
        assert run() == {"courses": 1}
        assert run(is_again=True) == {
            "posts taken up": 0,
            "posts known already": 3,
            "posts left to errands": 0,
            "courses": 1,
        }
        assert list(Contribution.objects.order_by("pk").values()) == before

    def test_it_goes_on_where_it_stopped(self, run, past, learner, monkeypatch):
        monkeypatch.setattr(backfill, "BATCH", 2)
        threads = [past.thread(learner) for _ in range(5)]
        batches = api.backfill_contributions()
        next(batches)
        batches.close()
        assert Contribution.objects.count() == 2
        assert Backfill.objects.get().thread_id == int(threads[1].partition(":")[2])
        assert run()["posts taken up"] == 3
        assert Contribution.objects.count() == 5

    def test_a_batch_that_breaks_leaves_nothing_half_done(self, run, past, learner, monkeypatch):
        past.thread(learner)
        with monkeypatch.context() as broken:
            broken.setattr(backfill, "_settle_first", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                run()
        assert not Contribution.objects.exists()
        assert Backfill.objects.get().thread_id == 0
        assert run()["posts taken up"] == 1

    def test_what_we_recorded_ourselves_is_left_as_it_is(self, run, talk, learner, course_key, committed):
        with committed():
            new = Past(course_key).thread(learner)
        before = Contribution.objects.values().get(forum_key=new)
        counts = run()
        assert (counts["posts taken up"], counts["posts known already"]) == (3, 1)
        after = Contribution.objects.values().get(forum_key=new)
        assert after == before | {"is_first": False}, "older ones have come to light"
        assert of(talk["thread"]).is_first


def test_a_new_reply_to_an_old_thread_finds_its_place(run, past, learner, peer, course_key, committed):
    thread = past.thread(learner)
    with committed():
        reply = Past(course_key).response(thread, peer)
    assert of(reply).parent is None
    run()
    adopted = of(reply)
    assert (adopted.parent_id, adopted.parent_author_id) == (of(thread).pk, learner)
    assert of(thread).answers == 1
    run(is_again=True)
    assert of(thread).answers == 1


def test_a_newer_reply_brings_the_older_thread_along(run, talk, past, learner, peer):
    lone = past.thread(learner)
    since = START + timedelta(minutes=2)
    CommentThread.objects.filter(pk=lone.partition(":")[2]).update(created_at=START)
    counts = run(since=since)
    assert counts["posts taken up"] == 2
    assert of(talk["response"]).parent_id == of(talk["thread"]).pk
    assert not Contribution.objects.filter(forum_key=lone).exists()
    assert run()["posts taken up"] == 1, "wished differently, it starts from the beginning"


def test_votes_and_reports_of_the_past_count(run, past, talk, learner, peer, staff):
    past.vote(talk["thread"], peer)
    past.flag(talk["thread"], staff)
    run()
    assert of(talk["thread"]).helpful == 1
    assert Report.objects.get().reporter_id == staff
    run(is_again=True)
    assert (of(talk["thread"]).helpful, HelpfulMark.objects.count(), Report.objects.count()) == (1, 1, 1)


def test_anonymous_posts_stay_anonymous(run, past, learner):
    key = past.thread(learner, anonymous_to_peers=True)
    run()
    assert of(key).is_anonymous
    assert of(key).author_id == learner


def test_what_retired_people_wrote_is_not_kept(run, past, talk, learner, peer, course_key):
    User.objects.filter(pk=learner).update(username="retired__user_12ab")
    run(has_points=True)
    mine = Contribution.objects.filter(author_id=learner)
    assert mine.count() == 2
    assert {(row.body, row.title, row.is_erased) for row in mine} == {("", "", True)}
    assert of(talk["response"]).body, "what others answered stays"
    assert of(talk["response"]).parent_id == of(talk["thread"]).pk
    assert not Entry.objects.filter(user_id=learner).exists()


def test_posts_in_the_topic_of_a_case_belong_to_it(run, past, learner, peer, course_key):
    usage_key = course_key.make_usage_key("case_discussion", "open")
    config = CaseConfigData(title="Open", is_held=False, topic_id="bakery", position_min=10, answers_wanted=0)
    api.sync_task(usage_key=usage_key, course_key=course_key, config=config)
    thread = past.thread(learner, commentable_id="bakery")
    past.response(thread, peer)
    assert run()["people evaluated"] == 2
    assert of(thread).kind == "position"
    assert Participation.objects.get(user_id=learner).has_position
    assert not PendingEvaluation.objects.exists()
    assert not Delivery.objects.exists()
    assert not NewsItem.objects.exists()


def test_one_post_that_cannot_be_recorded_is_left_to_an_errand(run, past, talk, learner, monkeypatch):
    others = past.thread(learner)
    with monkeypatch.context() as broken:
        record = backfill.record_post
        broken.setattr(backfill, "record_post", lambda post: 1 / 0 if post.key == others else record(post))
        counts = run()
    assert (counts["posts taken up"], counts["posts left to errands"]) == (3, 1)
    assert Errand.objects.get().key == others
    from people import api as people

    people.run_errands()
    assert of(others).is_unpaid
    assert not Entry.objects.exists()


def test_courses_that_do_not_use_us_are_left_alone(run, past, talk, learner, course_key):
    other = CourseKey.from_string("course-v1:Meridian+OTHER+2026")
    Past(other).thread(learner)
    assert run()["courses"] == 1
    assert run(course_key=other) == {}
    api.set_on(other, True, actor_id=1)
    assert run(course_key=other)["posts taken up"] == 1
    assert set(Backfill.objects.values_list("course_id", flat=True)) == {str(course_key), str(other)}


class TestCommand:
    def test_a_dry_run_counts_and_changes_nothing(self, talk, course_key):
        out = StringIO()
        call_command("backfill_contributions", str(course_key), "--dry-run", stdout=out)
        assert out.getvalue() == "There is to do: courses: 1, posts: 3. Nothing was changed.\n"
        assert not Contribution.objects.exists()
        assert not Backfill.objects.exists()

    def test_it_says_how_far_it_is(self, talk):
        out = StringIO()
        call_command("backfill_contributions", "--points", stdout=out)
        assert out.getvalue().splitlines()[0] == "... posts taken up: 1"
        assert out.getvalue().endswith("Done: posts taken up: 3, courses: 1.\n")
        assert Entry.objects.count() == 3

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["no course"], "no course is no key of a course"),
            (["course-v1:No+Such+Run"], "There is no course course-v1:No\\+Such\\+Run"),
            (["library-v1:No+Such"], "There is no course library-v1:No\\+Such"),
            (["--since", "yesterday"], "--since"),
        ],
    )
    def test_bad_options_are_named(self, arguments, said):
        with pytest.raises(CommandError, match=said):
            call_command("backfill_contributions", *arguments)


def test_the_number_of_queries_does_not_grow_with_what_is_there(
    run, past, learner, monkeypatch, django_assert_max_num_queries
):
    """Forty posts of forty threads cost what forty posts cost, however long the forum is."""

    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        for _ in range(10):
            past.thread(learner)
        with CaptureQueriesContext(connection) as seen:
            assert run()["posts taken up"] == 10
        return len(seen)

    first = cost()
    for _ in range(2):
        last = cost()
    assert last <= first + 5
    assert timezone.now() > START


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_forum(learner, course_key, monkeypatch):
    """The peak of a run over two hundred and forty posts is that of a run over sixty: one batch."""
    monkeypatch.setattr(backfill, "BATCH", 10)
    # The last 64 texts are remembered as tokens, which says nothing about the run; nor do the lines that libraries log
    # with each post, all of which pytest keeps, and what waits for a commit that a test never makes.
    monkeypatch.setattr(words, "_tokens", words._tokens.__wrapped__)
    monkeypatch.setattr(logging.getLogger().manager, "disable", logging.CRITICAL)
    monkeypatch.setattr(connection, "on_commit", lambda *_args, **_options: None)

    def peak(number: int) -> int:
        CommentThread.objects.bulk_create(
            CommentThread(
                author_id=learner,
                title="Old",
                body=text_of(400, index),
                course_id=str(course_key),
                thread_type="discussion",
                context="course",
                commentable_id="general",
            )
            for index in range(number)
        )
        tracemalloc.start()
        try:
            taken = sum(batch.get("posts taken up", 0) for batch in api.backfill_contributions(has_points=True))
            assert taken == number
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(60)  # what a process loads once and small memories that fill
    few = peak(60)
    assert peak(240) < 1.3 * few
