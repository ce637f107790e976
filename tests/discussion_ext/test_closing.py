"""Closing, the synthesis, opening again, and what is impossible only then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey, UsageKey

from discussion_ext import api, checks, configurations
from discussion_ext.data import CaseConfigData, PostedData, RequirementState
from discussion_ext.models import Participation, Task

pytestmark = pytest.mark.django_db


def test_closing_by_hand_shows_the_synthesis_and_ends_posting(
    case: UsageKey, learner: int, staff: int, take_position: Callable[..., PostedData]
) -> None:
    api.save_synthesis(usage_key=case, actor_id=staff, body="First **draft**")
    assert api.view_case(usage_key=case, user_id=learner).synthesis is None
    api.close_case(usage_key=case, actor_id=staff, synthesis="What *came* out")
    view = api.view_case(usage_key=case, user_id=learner)
    assert view.phase == "closed"
    assert view.synthesis is not None
    assert "<em>came</em>" in view.synthesis.body_html
    with pytest.raises(api.CaseNotOpenError):
        take_position(learner)
    with pytest.raises(api.CaseNotOpenError):
        api.close_case(usage_key=case, actor_id=staff)

    api.reopen_case(usage_key=case, actor_id=staff)
    take_position(learner)
    with pytest.raises(api.CaseNotOpenError):
        api.reopen_case(usage_key=case, actor_id=staff)


def test_what_nobody_could_do_is_left_out_only_at_closing(
    case: UsageKey, learner: int, staff: int, take_position: Callable[..., PostedData], words: Callable[..., str]
) -> None:
    take_position(learner)
    api.post_look_back(usage_key=case, user_id=learner, body=words(6, 5))
    assert api.get_score(usage_key=case, user_id=learner) == (6, 10)
    states = [each.state for each in api.view_case(usage_key=case, user_id=learner).evaluation.requirements]
    assert states == [RequirementState.MET, RequirementState.WAITING, RequirementState.MET]

    task_id = api.close_case(usage_key=case, actor_id=staff)
    api.evaluate_task(task_id)
    assert api.get_score(usage_key=case, user_id=learner) == (10, 10)
    view = api.view_case(usage_key=case, user_id=learner)
    assert view.evaluation.requirements[1].state == RequirementState.IMPOSSIBLE
    assert view.evaluation.is_finished

    api.reopen_case(usage_key=case, actor_id=staff)
    api.evaluate_task(task_id)
    assert api.get_score(usage_key=case, user_id=learner) == (6, 10)


def test_the_sweep_settles_a_case_whose_time_has_come(
    make_case: Callable[..., UsageKey],
    learner: int,
    take_position: Callable[..., PostedData],
    words: Callable[..., str],
) -> None:
    now = timezone.now()
    usage_key = make_case("timed", closes_at=now + timedelta(hours=1))
    take_position(learner, usage_key=usage_key)
    api.post_look_back(usage_key=usage_key, user_id=learner, body=words(6, 5))
    assert api.sweep()["closings"] == 0
    # The hour passes.
    Task.objects.filter(usage_key=str(usage_key)).update(
        closes_at=now + timedelta(microseconds=1), settle_at=now + timedelta(microseconds=1)
    )
    from discussion_ext.models import Contribution

    Contribution.objects.update(created_at=now - timedelta(hours=1), worded_at=now - timedelta(hours=1))
    done = api.sweep()
    assert (done["closings"], done["evaluations"]) == (1, 1)
    assert api.get_score(usage_key=usage_key, user_id=learner) == (10, 10)
    assert api.sweep()["closings"] == 0


def test_a_case_that_cannot_be_settled_keeps_no_others_waiting(
    make_case: Callable[..., UsageKey], learner: int, take_position: Callable[..., PostedData], monkeypatch: Any
) -> None:
    now = timezone.now()
    cases = [make_case(name, closes_at=now + timedelta(hours=1)) for name in ("first", "second", "third")]
    for usage_key in cases:
        take_position(learner, usage_key=usage_key)
    past = now - timedelta(hours=2)
    Task.objects.filter(usage_key__in=map(str, cases)).update(closes_at=past, settle_at=past)
    broken = Task.objects.get(usage_key=str(cases[0]))
    real = configurations.await_everybody

    def fail_one(task: Task) -> int:
        if task == broken:
            raise ValueError
        return real(task)

    with monkeypatch.context() as patched:
        patched.setattr(configurations, "await_everybody", fail_one)
        done = api.sweep(limit=1)
        assert (done["closings"], done["evaluations"]) == (1, 1)
        assert Task.objects.filter(settle_at__isnull=False).count() == 2
        assert api.sweep(limit=1)["closings"] == 1
        assert [seen.state for seen in checks.check_backlog()] == ["warning"]
    assert list(Task.objects.filter(settle_at__isnull=False)) == [broken]
    assert api.sweep()["closings"] == 1


def test_opening_again_until_a_moment(case: UsageKey, staff: int) -> None:
    api.close_case(usage_key=case, actor_id=staff)
    with pytest.raises(api.InvalidValueError):
        api.reopen_case(usage_key=case, actor_id=staff, until=timezone.now() - timedelta(minutes=1))
    until = timezone.now() + timedelta(days=1)
    api.reopen_case(usage_key=case, actor_id=staff, until=until)
    view = api.view_case(usage_key=case, user_id=staff, is_team=True)
    assert (view.phase, view.closes_at) == ("open", until)
    later = api.view_case(usage_key=case, user_id=staff, is_team=True, now=until + timedelta(seconds=1))
    assert later.phase == "closed"


def test_an_edit_through_another_door_after_closing_does_not_touch_the_evidence(
    case: UsageKey,
    learner: int,
    staff: int,
    take_position: Callable[..., PostedData],
) -> None:
    from forum import api as forum_api
    from forum.models import CommentThread

    take_position(learner)
    task_id = api.close_case(usage_key=case, actor_id=staff)
    forum_api.update_thread(str(CommentThread.objects.get().pk), body="Nothing left.")
    api.evaluate_task(task_id)
    api.evaluate_pending()
    assert Participation.objects.get().step != "position"
    view = api.view_case(usage_key=case, user_id=learner)
    assert view.position is not None
    assert view.position.body == "Nothing left."
    assert view.evaluation.requirements[0].state == RequirementState.MET


class TestConfigurations:
    def test_an_unchanged_configuration_costs_one_query(
        self, case: UsageKey, course_key: CourseKey, django_assert_num_queries: Any
    ) -> None:
        task = Task.objects.get()
        config = CaseConfigData.from_json(task.config)
        with django_assert_num_queries(1):
            data = api.sync_task(usage_key=case, course_key=course_key, config=config)
        assert data.version == 1
        assert data.config == config

    def test_a_change_is_a_new_version_and_everybody_is_evaluated_again(
        self,
        case: UsageKey,
        make_case: Callable[..., UsageKey],
        learner: int,
        take_position: Callable[..., PostedData],
    ) -> None:
        take_position(learner)
        make_case("bakery", position_min=11, position_points=6)
        task = Task.objects.get()
        assert task.version == 2
        assert list(task.versions.order_by("number").values_list("number", flat=True)) == [1, 2]
        assert api.view_case(usage_key=case, user_id=learner).earned == 6  # at once for who looks
        assert api.sweep()["evaluations"] == 1
        assert api.get_score(usage_key=case, user_id=learner) == (6, 12)

    def test_a_topic_belongs_to_one_case(
        self, make_case: Callable[..., UsageKey], course_key: CourseKey, learner: int, words: Callable[..., str]
    ) -> None:
        first = make_case("first", title="First case", is_held=False, topic_id="table")
        second = make_case("second", title="Second case", is_held=False, topic_id="table")
        data = api.find_task(second)
        assert data is not None
        assert (data.fault, data.taken_by) == ("topic_taken", "First case")
        with pytest.raises(api.TopicTakenError):
            api.post_position(usage_key=second, user_id=learner, body=words(12))
        make_case("first", title="First case", is_held=True)
        make_case("second", title="Second case", is_held=False, topic_id="table")
        data = api.find_task(second)
        assert data is not None
        assert data.fault == ""
        api.post_position(usage_key=second, user_id=learner, body=words(12))
        assert api.find_task(first) is not None

    def test_topics_say_who_has_them(
        self, make_case: Callable[..., UsageKey], course_key: CourseKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from discussion_ext.data import TopicData

        own = make_case("first", title="First case", is_held=False, topic_id="table")
        topics = [TopicData(id="table", title="Case table"), TopicData(id="general", title="General")]
        monkeypatch.setattr("discussion_ext.edx_platform.list_topics", lambda _key: topics)
        assert [topic.taken_by for topic in api.list_topics(course_key)] == ["First case", ""]
        assert [topic.taken_by for topic in api.list_topics(course_key, usage_key=own)] == ["", ""]

    def test_publishing_takes_over_and_lets_go(
        self, make_case: Callable[..., UsageKey], course_key: CourseKey, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = make_case("gone", is_held=False, topic_id="table")
        kept = course_key.make_usage_key("case_discussion", "kept")
        published = [(kept, CaseConfigData(title="Kept", is_held=False, topic_id="table"))]
        monkeypatch.setattr("discussion_ext.edx_platform.list_task_configurations", lambda _key: iter(published))
        api.sync_course(course_key)
        assert not Task.objects.get(usage_key=str(gone)).is_active
        data = api.sync_task(usage_key=kept, course_key=course_key, config=published[0][1])
        assert data.fault == ""

    def test_every_field_survives_json(self) -> None:
        config = CaseConfigData(
            title="T", case_html="<p>x</p>", prompt="p", position_min=1, position_max=2, answers_wanted=3, answer_min=4,
            look_back_min=5, position_points=1.5, answers_points=2.5, look_back_points=3.5, is_held=False,
            by_cohort=True, topic_id="t", opens_at=timezone.now(), closes_at=timezone.now(),
        )  # fmt: skip
        assert CaseConfigData.from_json(config.to_json()) == config
