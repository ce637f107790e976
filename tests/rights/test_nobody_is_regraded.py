"""Whoever leaves, and in whatever order the platform's steps come: no grade, no verdict and no point changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model

from tests.rights.town import COURSE, Town, text

RETIRED_NAME = "retired__user_0f0f"


def misc(town: Town) -> None:
    from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_MISC

    USER_RETIRE_LMS_MISC.send(sender=None, user=town.leaving)


def critical(town: Town) -> None:
    from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL

    USER_RETIRE_LMS_CRITICAL.send(sender=None, user=town.leaving)
    User.objects.filter(pk=town.leaving.pk).update(username=RETIRED_NAME, is_active=False, email="")


def forum(town: Town) -> None:
    """The forum's own retirement, as installed here: it names the retired account at each post."""
    from forum import api as forum_api

    forum_api.retire_user(str(town.leaving.pk), RETIRED_NAME)


def forum_of_teak(town: Town) -> None:
    """The same in openedx-forum 0.3: the account is renamed first, then posts are rewritten and say nothing more."""
    from forum.models import Comment, CommentThread

    User.objects.filter(pk=town.leaving.pk).update(username=RETIRED_NAME, email="")
    _rewrite(Comment, town.leaving.pk)
    _rewrite(CommentThread, town.leaving.pk)


def half_a_forum(town: Town) -> None:
    """A retirement that is interrupted between comments and threads."""
    from forum.models import Comment

    User.objects.filter(pk=town.leaving.pk).update(username=RETIRED_NAME, email="")
    _rewrite(Comment, town.leaving.pk)


def _rewrite(model: type[Model], user_id: int) -> None:
    for post in model._default_manager.filter(author_id=user_id):
        post.body = "[deleted]"  # type: ignore[attr-defined]
        if hasattr(post, "title"):
            post.title = "[deleted]"
        post.save()


def sweep(_town: Town) -> None:
    """Evaluate everybody and repair everything, as days of sweeps would."""
    from discussion_ext import api
    from people import api as people

    api.repair_forum(hours=48)
    people.run_errands()
    list(api.evaluate_course(COURSE))
    api.sweep()


def close(town: Town) -> None:
    """The case closes, which evaluates everybody."""
    from discussion_ext import api

    api.close_case(usage_key=town.case, actor_id=town.staff.pk)
    sweep(town)


def look(town: Town) -> dict[str, Any]:
    """Return everything that must not change."""
    from discussion_ext.models import Contribution, Participation
    from gamification.models import Entry, Total

    standing = Participation.objects.order_by("pk").values_list(
        "user_id",
        "earned",
        "possible",
        "completion",
        "is_finished",
        "finish_revision",
        "answers_done",
        "step",
        "position_words",
        "look_back_words",
        "left_out",
        "published_earned",
        "published_possible",
    )
    return {
        "standing": list(standing),
        "verdicts": [
            _codes(kept) for kept in Participation.objects.order_by("pk").values_list("evaluation", flat=True)
        ],
        "posts": list(
            Contribution.objects.order_by("pk").values_list("state", "words", "length", "body_hash", "revision", "kind")
        ),
        "lines": list(Entry.objects.order_by("pk").values_list("source", "revision", "worth", "is_void")),
        "totals": list(Total.objects.order_by("pk").values_list("user_id", "points", "by_kind")),
    }


def _codes(kept: Any) -> list[Any]:
    items = [*kept["requirements"], *(item for each in kept["requirements"] for item in each["items"])]
    return [(item["state"], item["code"]) for item in [*items, *kept["verdicts"].values()]]


@pytest.fixture
def graded(lived: Town, at_once: Callable[[], Any]) -> Town:
    """Return the town with the evaluator's own grades, everything evaluated."""
    from discussion_ext import api

    with at_once():
        api.clear_override(usage_key=lived.case, user_id=lived.leaving.pk, actor_id=lived.staff.pk)
        list(api.evaluate_course(COURSE))
    return lived


@pytest.fixture
def scores(graded: Town) -> Iterator[list[float]]:
    """Return the list to which every score told to the grade book from now on is added."""
    from lms.djangoapps.grades.signals.signals import SCORE_PUBLISHED

    told: list[float] = []

    def on_score(*, raw_earned: float, **_kwargs: Any) -> None:
        told.append(raw_earned)

    SCORE_PUBLISHED.connect(on_score, weak=False)
    yield told
    SCORE_PUBLISHED.disconnect(on_score)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((misc, critical, forum, sweep), id="ours first"),
        pytest.param((misc, critical, forum_of_teak, sweep), id="ours first, forum of Teak"),
        pytest.param((forum, sweep, misc, critical, sweep), id="forum first"),
        pytest.param((forum_of_teak, sweep, misc, critical, sweep), id="forum of Teak first"),
        pytest.param((half_a_forum, sweep, misc, forum_of_teak, critical, sweep), id="interrupted in the forum"),
        pytest.param((misc, sweep, half_a_forum, critical, sweep, forum_of_teak), id="ours inside theirs"),
        pytest.param((forum_of_teak, forum_of_teak, misc, misc, critical, critical, forum, sweep), id="repeated"),
        pytest.param((critical, sweep), id="a pipeline without a step for the forum"),
    ],
)
def test_no_grade_and_no_point_changes(
    graded: Town, scores: list[float], at_once: Callable[[], Any], steps: tuple[Callable[[Town], None], ...]
) -> None:
    before = look(graded)
    assert before["totals"]
    for step in steps:
        with at_once():
            step(graded)
        assert look(graded) == before, step.__name__
    assert scores == []


@pytest.mark.parametrize("first", [misc, forum, forum_of_teak])
def test_the_close_of_a_case_changes_nothing_either(
    graded: Town, at_once: Callable[[], Any], first: Callable[[Town], None]
) -> None:
    before = next(row for row in look(graded)["standing"] if row[0] == graded.leaving.pk)
    for step in (first, close):
        with at_once():
            step(graded)
    assert next(row for row in look(graded)["standing"] if row[0] == graded.leaving.pk) == before


def test_somebody_who_is_here_and_writes_deleted_has_edited(graded: Town, at_once: Callable[[], Any]) -> None:
    """The twin: the forum's word alone takes nobody's grade out of the evaluator's hands."""
    before = look(graded)
    with at_once():
        _rewrite_one(graded)
        sweep(graded)
    assert look(graded)["standing"] != before["standing"]


def _rewrite_one(town: Town) -> None:
    from forum.models import Comment

    from discussion_ext.models import Contribution

    key = Contribution.objects.get(pk=town.posts["answer"]).forum_key or ""
    answer = Comment.objects.get(pk=int(key.partition(":")[2]))
    answer.body = "[deleted]"
    answer.save()


def test_a_post_missed_before_its_author_left_is_recorded_without_words_or_points(
    graded: Town, at_once: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from forum import api as forum_api

    from discussion_ext import api
    from discussion_ext.models import Contribution
    from gamification.models import Entry

    with monkeypatch.context() as patch, at_once():
        patch.setattr(api, "record_post", _fail)
        forum_api.create_thread(
            title="Missed",
            body=text(seed=77, marked=True),
            course_id=str(COURSE),
            user_id=str(graded.leaving.pk),
            commentable_id="x",
        )
        patch.undo()
        forum_of_teak(graded)
    lines = Entry.objects.count()
    with at_once():
        misc(graded)
        sweep(graded)
    missed = Contribution.objects.order_by("pk").last()
    assert missed is not None
    assert (missed.body, missed.title, missed.words, missed.is_erased) == ("", "", 0, True)
    assert Entry.objects.count() == lines


def _fail(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("down")
