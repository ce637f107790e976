"""Somebody leaves through the platform's own steps: posts are rewritten, and no grade, verdict or point changes."""

from __future__ import annotations

import os
from typing import Any
from uuid import uuid4

import pytest

pytestmark = [pytest.mark.contract, pytest.mark.django_db, pytest.mark.only_lms]

IS_HOST = os.environ.get("DJANGO_SETTINGS_MODULE", "").startswith("embedded_host.")
WORDS = "quixotzephyr"
FORUM, MISC, CRITICAL = "the forum's step", "the misc step", "the last step"


@pytest.fixture
def lived(place: Any) -> Any:
    """Return the place after its learner took a position in a case and was answered."""
    from discussion_ext import api
    from discussion_ext.data import CaseConfigData
    from gamification import api as gamification

    api.set_on(place.course_key, True, actor_id=place.teacher.id)
    gamification.set_on(place.course_key, True, actor_id=place.teacher.id)
    config = CaseConfigData(title="A name and a measure", position_min=10, answer_min=5, look_back_min=0)
    api.sync_task(usage_key=place.case_key, course_key=place.course_key, config=config)
    common = {"usage_key": place.case_key}
    mine = api.post_position(**common, user_id=place.learner.id, body=_text("mine")).contribution
    api.post_position(**common, user_id=place.classmate.id, body=_text("theirs"))
    api.post_answer(**common, contribution_id=mine.id, user_id=place.classmate.id, body=_text("answer"))
    return place


def _text(seed: str) -> str:
    return " ".join([*(f"{seed}{number}" for number in range(15)), WORDS])


@pytest.mark.parametrize(
    "steps", [(FORUM, MISC, CRITICAL), (MISC, FORUM, CRITICAL), (MISC, CRITICAL), (MISC, MISC, FORUM, FORUM, CRITICAL)]
)
def test_nothing_changes_but_words(lived: Any, steps: tuple[str, ...]) -> None:
    from forum.models import Comment, CommentThread

    from discussion_ext import api
    from discussion_ext.models import Contribution

    before = _standing(lived)
    assert before["lines"]
    assert before["verdicts"]
    pipeline = _pipeline(lived.learner)
    for step in steps:
        pipeline[step]()
        api.evaluate_pending()
        api.rescore(usage_key=lived.case_key, user_id=lived.classmate.id)
        assert _standing(lived) == before, step
    mine = Contribution.objects.get(author_id=lived.learner.id)
    assert (mine.body, mine.title, mine.is_erased) == ("", "", True)
    posts = [
        *CommentThread.objects.filter(author_id=lived.learner.id),
        *Comment.objects.filter(author=lived.learner.id),
    ]
    assert posts
    assert not [post for post in posts if WORDS in post.body]
    assert WORDS in Contribution.objects.get(author_id=lived.classmate.id, kind="answer").body


def _standing(lived: Any) -> dict[str, Any]:
    from discussion_ext.models import Contribution, Participation
    from gamification.models import Entry

    ids = [lived.learner.id, lived.classmate.id]
    participations = Participation.objects.filter(user_id__in=ids).order_by("pk")
    fields = ("user_id", "earned", "completion", "step", "position_words", "published_earned", "finish_revision")
    return {
        "standing": list(participations.values_list(*fields)),
        "verdicts": [[(v["state"], v["code"]) for v in row.evaluation["requirements"]] for row in participations],
        "posts": list(Contribution.objects.filter(author_id__in=ids).order_by("pk").values_list("words", "revision")),
        "lines": list(Entry.objects.filter(user_id__in=ids).order_by("pk").values_list("source", "revision", "worth")),
    }


def _pipeline(user: Any) -> dict[str, Any]:
    """Return the steps: on a real platform its own REST endpoints, on the host what they do to us."""
    from django.contrib.auth.models import User
    from forum import api as forum_api
    from forum.models import ForumUser

    ForumUser.objects.get_or_create(user=user)  # as registration does
    if not IS_HOST:
        return _pipeline_of_platform(user)
    from openedx.core.djangoapps.user_api.accounts import signals

    def leave() -> None:
        signals.USER_RETIRE_LMS_CRITICAL.send(sender=None, user=user)
        User.objects.filter(pk=user.pk).update(username="retired__user_c", is_active=False)

    return {
        FORUM: lambda: forum_api.retire_user(str(user.pk), "retired__user_c"),
        MISC: lambda: signals.USER_RETIRE_LMS_MISC.send(sender=None, user=user),
        CRITICAL: leave,
    }


def _pipeline_of_platform(user: Any) -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from rest_framework.test import APIClient

    from openedx.core.djangoapps.user_api.models import RetirementState, UserRetirementStatus

    states = RetirementState.objects.order_by("state_execution_order")
    if not states:
        RetirementState.objects.create(state_name="PENDING", state_execution_order=1, required=True)
    working = states.filter(required=False).exclude(state_name__endswith="_COMPLETE").first()
    if working is None:
        working = RetirementState.objects.create(state_name="RETIRING_HERE", state_execution_order=100_000)
    # openedx-forum empties the address of whoever it retires, and the platform's addresses are unique: without this its
    # step fails for the second person of a site (seen with 0.3.4; docs/personal-data.md).
    get_user_model().objects.filter(email="").update(email=f"{uuid4().hex}@retired.invalid")
    username = user.username
    status = UserRetirementStatus.create_retirement(user)
    status.current_state = working
    status.save()
    client = APIClient()
    client.force_authenticate(
        get_user_model().objects.create_superuser(f"driver_{username}", f"{username}@driver.example.com")
    )

    def call(path: str) -> Any:
        def step() -> None:
            answer = client.post(path, {"username": username}, format="json")
            assert answer.status_code == 204, (path, answer.status_code, answer.content[:300])

        return step

    return {
        FORUM: call("/api/discussion/v1/accounts/retire_forum"),
        MISC: call("/api/user/v1/accounts/retire_misc/"),
        CRITICAL: call("/api/user/v1/accounts/retire/"),
    }
