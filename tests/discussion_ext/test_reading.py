"""What pages cost and show: the same queries and the same time for ten posts and for ten thousand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api
from discussion_ext.data import PostedData
from discussion_ext.models import Contribution, Participation, Task, TaskGroup

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(case: UsageKey, course_key: CourseKey, enrol: Callable[..., int]) -> Callable[[int], None]:
    """Return a way to fill the case with positions, half of them answered."""

    numbers = itertools.count(1_000_000)

    def fill(number: int) -> None:
        task = Task.objects.get()
        authors = [enrol() for _ in range(min(number, 20))]
        moment = timezone.now() - timedelta(days=1)

        def row(index: int, **values: Any) -> Contribution:
            return Contribution(
                course_id=str(course_key), task=task, forum_key=f"thread:{next(numbers)}",
                author_id=authors[index % len(authors)], body=f"Position {index}", body_hash="x", created_at=moment,
                worded_at=moment, fold_due=None, is_counted=True, **values,
            )  # fmt: skip

        positions = Contribution.objects.bulk_create(
            row(index, kind="position", answers=index % 2, answers_ever=index % 2) for index in range(number // 2)
        )
        Contribution.objects.bulk_create(
            row(number + index, kind="answer", parent=parent, root=parent, parent_author_id=parent.author_id, ordinal=1)
            for index, parent in enumerate(positions)
        )
        TaskGroup.objects.update_or_create(task=task, group_id=0, defaults={"positions": len(positions) + 1})

    return fill


def count_queries(read: Callable[[], Any]) -> int:
    """Return how many queries a page takes once the caches are warm."""
    read()
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_a_page_takes_as_many_queries_for_ten_as_for_two_thousand(
    case: UsageKey, learner: int, take_position: Callable[..., PostedData], crowd: Callable[[int], None]
) -> None:
    take_position(learner)
    counts = []
    for number in (10, 2000):
        crowd(number)
        counts.append(count_queries(lambda: api.view_case(usage_key=case, user_id=learner)))
    assert counts[0] == counts[1]
    assert counts[0] <= 15
    assert len(api.view_case(usage_key=case, user_id=learner).peers.contributions) == 10


@pytest.mark.parametrize("order", ["unanswered", "newest", "helpful"])
def test_pages_come_from_an_index(
    case: UsageKey, learner: int, take_position: Callable[..., PostedData], crowd: Callable[[int], None], order: Any
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's")
    take_position(learner)
    crowd(200)
    with CaptureQueriesContext(connection) as queries:
        api.view_case(usage_key=case, user_id=learner, order=order, page=2)
    pages = [query["sql"] for query in queries if "LIMIT 10 OFFSET 10" in query["sql"]]
    assert len(pages) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {pages[0]}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "USING INDEX discussion_ext_by_" in plan
    assert "TEMP B-TREE" not in plan  # nothing is sorted


def ids(view: Any) -> Sequence[int]:
    """Return the ids of the positions on a page."""
    return [each.id for each in view.peers.contributions]


def test_orders_and_pages(
    case: UsageKey,
    learner: int,
    enrol: Callable[..., int],
    take_position: Callable[..., PostedData],
    committed: Callable[[], Any],
    words: Callable[..., str],
    settings: Any,
) -> None:
    settings.DISCUSSION_EXT_PAGE_SIZE = 2
    take_position(learner)
    authors = [enrol() for _ in range(3)]
    posts = []
    for author in authors:
        contribution = take_position(author).contribution
        assert contribution is not None
        posts.append(contribution.id)
    with committed():
        api.post_answer(usage_key=case, contribution_id=posts[0], user_id=learner, body=words(6, 50))
        api.set_helpful(usage_key=case, contribution_id=posts[1], user_id=learner, is_helpful=True)

    def view(**values: Any) -> Sequence[int]:
        return ids(api.view_case(usage_key=case, user_id=learner, **values))

    assert [*view(), *view(page=2)] == [posts[1], posts[2], posts[0]]
    assert [*view(order="newest"), *view(order="newest", page=2)] == posts[::-1]
    assert view(order="helpful")[0] == posts[1]
    assert view(page=99) == view(page=2)
    for values in ({"order": "loudest"}, {"page": 0}, {"page": "1"}):
        with pytest.raises(api.InvalidValueError):
            view(**values)


def test_withdrawn_and_removed_posts_are_shown_to_their_author_only(
    case: UsageKey,
    learner: int,
    peer: int,
    staff: int,
    enrol: Callable[..., int],
    take_position: Callable[..., PostedData],
    committed: Callable[[], Any],
) -> None:
    take_position(learner)
    for author, act in ((peer, "withdraw"), (enrol(), "remove")):
        contribution = take_position(author).contribution
        assert contribution is not None
        assert ids(api.view_case(usage_key=case, user_id=learner)) == [contribution.id]
        with committed():
            if act == "withdraw":
                api.withdraw_contribution(usage_key=case, contribution_id=contribution.id, user_id=author)
            else:
                api.remove_contribution(usage_key=case, contribution_id=contribution.id, actor_id=staff, reason="x")
        view = api.view_case(usage_key=case, user_id=learner)
        assert (ids(view), view.peers_count) == ([], 0)
        with pytest.raises(api.ContributionNotFoundError):
            api.list_answers(usage_key=case, contribution_id=contribution.id, user_id=learner)
        assert [post.id for post in api.view_case(usage_key=case, user_id=author).withdrawn] == [contribution.id]


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script> I say", "<script"),
        ('<img src=x onerror="alert(1)"> I say', "onerror"),
        ("[click](javascript:alert(1))", "javascript:"),
        ('<a href="https://x.example" onclick="x()">x</a>', "onclick"),
        ("<style>body{display:none}</style> I say", "<style"),
    ],
)
def test_html_of_posts_is_safe(text: str, never: str) -> None:
    assert never not in api.render_markdown(text)
    assert "<strong>kept</strong>" in api.render_markdown(f"{text}\n\n**kept**")


def test_opening_is_noted_once_and_time_goes_on(case: UsageKey, learner: int) -> None:
    assert api.view_case(usage_key=case, user_id=learner).step == "read"
    api.open_case(usage_key=case, user_id=learner)
    first = Participation.objects.get()
    api.open_case(usage_key=case, user_id=learner)
    second = Participation.objects.get()
    assert second.opened_at == first.opened_at
    assert second.seen_at == first.last_seen_at
    assert api.view_case(usage_key=case, user_id=learner).step == "position"


class TestTeam:
    def test_who_is_where(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        staff: int,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        silent, reader = enrol("silent"), enrol("reader")
        api.open_case(usage_key=case, user_id=reader)
        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        with committed():
            copied = api.post_answer(
                usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(12, 1000 + learner)
            )
        assert copied.contribution is not None
        assert copied.contribution.verdict is not None
        assert copied.contribution.verdict.code == "copy_of_own"

        summary = api.get_team_summary(usage_key=case)
        assert (summary.learners, summary.opened, summary.position, summary.silent) == (4, 1, 2, 2)
        assert (summary.left_out, summary.unanswered, summary.reports) == (1, 1, 0)
        rows = {row.user_id: row for row in api.list_team_rows(usage_key=case).rows}
        assert {user_id: row.where for user_id, row in rows.items()} == {
            silent: "not_opened",
            reader: "read",
            peer: "answer",
            learner: "answer",
        }
        assert (rows[learner].score, rows[learner].left_out, rows[silent].score) == (4, 1, 0)
        shown = {
            show: [row.user_id for row in api.list_team_rows(usage_key=case, show=show).rows]  # type: ignore[arg-type]
            for show in ("silent", "left_out", "waiting", "reported")
        }
        assert shown == {"silent": [silent, reader], "left_out": [learner], "waiting": [], "reported": []}
        with pytest.raises(api.InvalidValueError):
            api.list_team_rows(usage_key=case, show="loud")  # type: ignore[arg-type]

    @pytest.mark.parametrize("role", ["staff", "limited_staff", "instructor", "of the organisation", "of the site"])
    def test_who_teaches_is_not_among_the_learners(
        self,
        role: str,
        case: UsageKey,
        course_key: CourseKey,
        learner: int,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
    ) -> None:
        from django.contrib.auth.models import User

        from common.djangoapps.student.models import CourseAccessRole

        take_position(learner)
        silent, writer, reader = enrol("silent"), enrol("writer"), enrol("reader")
        take_position(writer)
        api.open_case(usage_key=case, user_id=reader)

        def figures() -> tuple[object, ...]:
            summary = api.get_team_summary(usage_key=case)
            pages = [api.list_team_rows(usage_key=case, show=show) for show in ("all", "silent")]  # type: ignore[arg-type]
            lists = [sorted(row.user_id for row in page.rows) for page in pages]
            assert [page.total for page in pages] == [len(found) for found in lists]
            lines = list(api.iter_team_csv(usage_key=case))[1:]
            counts = (summary.learners, summary.opened, summary.position, summary.silent)
            return counts, lists, sorted(int(line.split(",")[0]) for line in lines)

        everybody = sorted([learner, silent, writer, reader])
        assert figures() == ((4, 1, 2, 2), [everybody, [silent, reader]], everybody)

        for user_id in (writer, reader):
            if role == "of the site":
                User.objects.filter(pk=user_id).update(is_staff=True)
            else:
                place = {"org": course_key.org} if role == "of the organisation" else {"course_id": course_key}
                name = "staff" if role == "of the organisation" else role
                CourseAccessRole.objects.create(user_id=user_id, role=name, **place)
        assert figures() == ((2, 0, 1, 1), [[learner, silent], [silent]], [learner, silent])

        CourseAccessRole.objects.update(course_id=course_key.replace(run="another"))
        User.objects.update(is_staff=False)
        assert figures() == ((4, 1, 2, 2), [everybody, [silent, reader]], everybody)

    def test_who_waits_for_somebody_to_answer_waits_no_longer_than_needed(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        enrol: Callable[..., int],
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        def waiting() -> list[int]:
            return [row.user_id for row in api.list_team_rows(usage_key=case, show="waiting").rows]

        theirs = take_position(peer).contribution
        take_position(learner)
        assert theirs is not None
        assert waiting() == []  # each has the other to answer
        with committed():
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=learner, body=words(6, 60))
        assert waiting() == [learner]
        take_position(enrol())
        assert waiting() == []

    def test_posts_worth_the_teams_time(
        self,
        case: UsageKey,
        learner: int,
        peer: int,
        staff: int,
        take_position: Callable[..., PostedData],
        committed: Callable[[], Any],
        words: Callable[..., str],
    ) -> None:
        theirs = take_position(peer).contribution
        mine = take_position(learner).contribution
        assert theirs is not None
        assert mine is not None

        def lists() -> dict[str, list[int]]:
            return {
                show: [
                    post.id
                    for post in api.list_team_posts(usage_key=case, actor_id=staff, show=show).contributions  # type: ignore[arg-type]
                ]
                for show in ("unanswered", "left_out", "first", "reported", "all")
            }

        both = [theirs.id, mine.id]
        assert lists() == {"unanswered": both, "left_out": [], "first": both, "reported": [], "all": both}
        with committed():
            api.report_contribution(usage_key=case, contribution_id=theirs.id, user_id=learner)
            api.post_answer(usage_key=case, contribution_id=theirs.id, user_id=staff, body=words(6, 77), is_team=True)
        changed = lists()
        assert (changed["unanswered"], changed["reported"]) == ([mine.id], [theirs.id])

    def test_one_learners_evidence(
        self, case: UsageKey, learner: int, staff: int, take_position: Callable[..., PostedData]
    ) -> None:
        take_position(learner)
        api.override_grade(usage_key=case, user_id=learner, actor_id=staff, score=7, reason="Spoke in class")
        report = api.get_learner_report(usage_key=case, user_id=learner)
        assert (report.name, report.score, report.max_score) == ("Learner amara", 7, 10)
        assert [post.kind for post in report.posts] == ["position"]
        assert report.posts[0].verdict is not None
        assert report.override is not None
        assert report.override.actor_name == "Learner ruben"
        with pytest.raises(api.LearnerNotFoundError):
            api.get_learner_report(usage_key=case, user_id=staff)

    def test_a_table_for_spreadsheets_runs_nothing(
        self, case: UsageKey, enrol: Callable[..., int], take_position: Callable[..., PostedData]
    ) -> None:
        from common.djangoapps.student.models import UserProfile

        take_position(enrol("amara"))
        UserProfile.objects.update(name='=cmd|" /C calc"!A0')
        lines = list(api.iter_team_csv(usage_key=case))
        assert len(lines) == 2
        assert "'=cmd" in lines[1]
        assert lines[1].rstrip().split(",")[-4:-2] == ["4.0", "10.0"]


def test_who_answers_an_anonymous_post_does_not_learn_its_author(
    make_case: Callable[..., UsageKey],
    course_key: CourseKey,
    learner: int,
    peer: int,
    words: Callable[..., str],
) -> None:
    from forum import api as forum_api

    from discussion_ext.models import Contribution
    from people import api as people

    usage_key = make_case("open", is_held=False, topic_id="table")
    values: dict[str, Any] = {"course_id": str(course_key), "anonymous": False}
    forum_api.create_thread(
        title="T", body=words(12, 1), user_id=str(peer), commentable_id="table", anonymous_to_peers=True, **values
    )
    thread = Contribution.objects.get()
    api.post_answer(usage_key=usage_key, contribution_id=thread.pk, user_id=learner, body=words(8, 2))
    view = api.view_case(usage_key=usage_key, user_id=learner)
    assert view.peers.contributions[0].author is None
    assert view.answers[0].parent_author is None
    assert view.answers[0].parent_author_id is None
    name = people.display_names([peer], surface="post", context_key=str(course_key))[peer].text
    assert view.evaluation.requirements[1].items[0].state == "met"
    assert name not in str(view)
    assert name in str(api.get_learner_report(usage_key=usage_key, user_id=learner))
