"""All posts of one person are deleted at once: records and points follow, whether anybody is told or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

pytestmark = [pytest.mark.contract, pytest.mark.django_db, pytest.mark.only_lms]


@pytest.fixture
def lived(place: Any) -> Any:
    """Return the place after two learners took a position in a case and answered each other."""
    from discussion_ext import api
    from discussion_ext.data import CaseConfigData
    from gamification import api as gamification

    api.set_on(place.course_key, True, actor_id=place.teacher.id)
    gamification.set_on(place.course_key, True, actor_id=place.teacher.id)
    config = CaseConfigData(title="Who goes first", position_min=10, answer_min=5, look_back_min=0)
    api.sync_task(usage_key=place.case_key, course_key=place.course_key, config=config)
    people = {"learner": place.learner.id, "classmate": place.classmate.id}
    mine, theirs = (
        api.post_position(usage_key=place.case_key, user_id=user_id, body=_text(f"{name}-position")).contribution.id
        for name, user_id in people.items()
    )
    for name, post in (("learner", theirs), ("classmate", mine)):
        body = _text(f"{name}-answer")
        api.post_answer(usage_key=place.case_key, contribution_id=post, user_id=people[name], body=body)
    _catch_up()
    return place


def _one_by_one(user_id: int) -> None:
    """Delete as the platform's own job does (``Comment.delete_user_comments`` and ``Thread.delete_user_threads``)."""
    from forum import api as forum
    from forum.models import Comment, CommentThread

    for comment in Comment.objects.filter(author_id=user_id):
        forum.delete_comment(str(comment.pk), course_id=comment.course_id)
    for thread in CommentThread.objects.filter(author_id=user_id):
        forum.delete_thread(str(thread.pk), course_id=thread.course_id)


def _by_statement(user_id: int) -> None:
    """Delete what stands alone in SQL, of which nobody hears: the answers."""
    from forum.models import Comment

    Comment.objects.filter(author_id=user_id)._raw_delete(connection.alias)


@pytest.mark.parametrize(("delete", "left"), [(_one_by_one, set()), (_by_statement, {"position"})])
def test_all_of_one_person_goes_at_once(lived: Any, delete: Callable[[int], None], left: set[str]) -> None:
    before = {user.id: _points(user.id) for user in (lived.learner, lived.classmate)}
    assert min(before.values()) > 0
    assert _present(lived.learner.id) == {"position", "answer"}
    delete(lived.learner.id)
    _catch_up()
    assert _present(lived.learner.id) == left
    assert _points(lived.learner.id) < before[lived.learner.id]
    assert bool(left) is (_points(lived.learner.id) > 0)
    assert _points(lived.classmate.id) == before[lived.classmate.id]


def _text(seed: str) -> str:
    return " ".join(f"{seed}{number}" for number in range(15))


def _catch_up() -> None:
    """Do what the workers' jobs do: errands, the comparison with the forum, and what both leave to be done."""
    from discussion_ext import api
    from people import api as people

    people.run_errands()
    api.repair_forum(hours=1)
    api.sweep()


def _present(user_id: int) -> set[str]:
    from discussion_ext.models import Contribution

    return set(Contribution.objects.filter(author_id=user_id, state="live").values_list("kind", flat=True))


def _points(user_id: int) -> int:
    """Return what the ledger counts: of each source the last line."""
    from gamification.models import Entry

    lines = Entry.objects.filter(user_id=user_id).order_by("revision").values_list("source", "worth")
    return sum(dict(lines).values())
