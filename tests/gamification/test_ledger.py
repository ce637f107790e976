"""Recording: what is accepted, what is refused, what a repetition does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from gamification import api
from gamification.data import TIER_OF_KIND
from gamification.models import Entry, Total
from people import api as people

from .conftest import NOON

Do = Callable[..., Any]


def points(user_id: int, course_key: CourseKey) -> int:
    return api.get_standing(user_id, course_key).points


def test_an_activity_counts_before_and_after_it_is_folded(
    person: int, plain_course: CourseKey, record: Do, fold: Do
) -> None:
    assert record(person, "comment") is True
    assert points(person, plain_course) == 3
    assert not Total.objects.exists()
    assert fold(person) == 1
    assert points(person, plain_course) == 3
    assert Total.objects.get().by_kind == {"comment": 3}
    assert not Entry.objects.filter(is_folded=False).exists()


def test_the_fold_follows_the_commit(
    person: int, plain_course: CourseKey, record: Do, django_capture_on_commit_callbacks: Do
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        record(person)
    assert Total.objects.get().points == 10
    assert api.list_board(plain_course).total == 1


def test_a_known_revision_changes_nothing(person: int, plain_course: CourseKey, record: Do, fold: Do) -> None:
    assert record(person, source="case:1") is True
    assert record(person, source="case:1") is False
    fold(person)
    assert record(person, source="case:1") is False
    assert fold(person) == 0
    assert points(person, plain_course) == 10
    assert Entry.objects.count() == 1


def test_nothing_is_recorded_where_points_are_off(person: int, plain_course: CourseKey, record: Do, void: Do) -> None:
    other = CourseKey.from_string("course-v1:Other+C+1")
    assert record(person, course_key=other) is False
    assert void(person, "auto:1", course_key=other) is False
    api.set_on(plain_course, False, actor_id=None)
    assert record(person) is False
    api.set_on(plain_course, True, actor_id=None)
    assert record(person) is True
    assert Entry.objects.count() == 1


def test_the_site_may_switch_points_on_by_default(person: int, record: Do, settings: Any) -> None:
    settings.GAMIFICATION_ON_BY_DEFAULT = True
    other = CourseKey.from_string("course-v1:Other+C+1")
    assert record(person, course_key=other) is True
    assert points(person, other) == 10
    api.set_on(other, False, actor_id=None)
    assert record(person, course_key=other) is False


def test_an_outer_rollback_takes_the_line_with_it_and_a_refused_line_leaves_the_outer_alone(
    person: int, plain_course: CourseKey, record: Do
) -> None:
    with transaction.atomic():
        record(person, source="case:1")
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    with transaction.atomic():
        record(person, source="case:1")
        record(person, source="case:1")
        assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", ""),
        ("source", "Case:1"),
        ("source", "bücher"),
        ("source", "a b"),
        ("source", "x" * 121),
        ("source", 12),
        ("revision", -1),
        ("revision", True),
        ("revision", 1.0),
        ("revision", 2**31),
        ("user_id", 0),
        ("user_id", None),
        ("user_id", "7"),
        ("course_key", "course-v1:Meridian+PTS+2026"),
        ("course_key", None),
        ("kind", "likes"),
        ("kind", "manual"),
        ("kind", None),
        ("kind", ["comment"]),
        ("occurred_at", datetime(2026, 1, 1)),  # noqa: DTZ001 - that is the point
        ("occurred_at", "2026-01-01"),
        ("title", None),
        ("url", "javascript:alert(1)"),
        ("url", "//evil.example"),
        ("url", "ftp://example.com"),
        ("url", "/" + "x" * 500),
        ("facts", [1]),
        ("facts", {"words": 1.5}),
        ("facts", {"words": float("nan")}),
        ("facts", {"words": True}),
        ("facts", {"words": -1}),
        ("facts", {"Wörter": 1}),
        ("facts", {f"f{number}": 1 for number in range(13)}),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(person: int, record: Do, field: str, value: object) -> None:
    with pytest.raises(api.ActivityError) as refusal:
        record(person, **{field: value}) if field != "user_id" else record(value)
    assert refusal.value.field.split(".")[0] == field
    assert not Entry.objects.exists()
    assert record(person) is True


def test_an_unknown_kind_has_an_error_of_its_own(person: int, record: Do, void: Do) -> None:
    with pytest.raises(api.UnknownActivityKind):
        record(person, "likes")
    with pytest.raises(api.UnknownActivityKind):
        void(person, "auto:1", "likes")
    with pytest.raises(api.ActivityError, match="reason"):
        void(person, "auto:1", reason="because")


def test_titles_are_one_line_of_limited_length(person: int, plain_course: CourseKey, record: Do) -> None:
    record(person, title="  A\n<b>case</b>\x00 ", url="/courses/x")
    record(person, title="é" * 300)
    short, long = sorted((entry.title for entry in api.list_entries(person, plain_course).entries), key=len)
    assert short == "A <b>case</b>"
    assert long == "é" * 254 + "…"


@pytest.mark.parametrize("kind", TIER_OF_KIND)
def test_every_kind_earns_what_the_scheme_says(person: int, plain_course: CourseKey, record: Do, kind: str) -> None:
    record(person, kind)
    assert points(person, plain_course) == api.points_for(plain_course, kind) > 0


def test_a_void_takes_back_and_a_later_award_gives_again(
    person: int, plain_course: CourseKey, record: Do, void: Do, fold: Do
) -> None:
    record(person, source="case:1")
    fold(person)
    void(person, "case:1")
    assert points(person, plain_course) == 0
    fold(person)
    assert points(person, plain_course) == 0
    record(person, source="case:1", revision=3)
    fold(person)
    assert points(person, plain_course) == 10


def test_a_void_may_come_before_its_award(person: int, plain_course: CourseKey, record: Do, void: Do, fold: Do) -> None:
    void(person, "case:1")
    fold(person)
    record(person, source="case:1", revision=1)
    fold(person)
    assert points(person, plain_course) == 0


def test_taking_one_back_makes_room_under_the_days_limit(
    person: int, plain_course: CourseKey, record: Do, void: Do, fold: Do
) -> None:
    for number in range(3):
        record(person, "comment", source=f"c:{number}", occurred_at=NOON + timedelta(minutes=number))
        fold(person)
    assert points(person, plain_course) == 6
    void(person, "c:0", "comment")
    assert points(person, plain_course) == 6
    fold(person)
    assert points(person, plain_course) == 6
    assert {entry.source: entry.points for entry in api.list_entries(person, plain_course, show="given").entries} == {
        "c:0": 3,
        "c:1": 3,
        "c:2": 3,
    }


def test_days_are_those_of_the_persons_zone_and_stay(
    person: int, plain_course: CourseKey, record: Do, void: Do, fold: Do
) -> None:
    people.set_preferences(user_id=person, zone="Asia/Shanghai")
    evening = datetime(2026, 11, 19, 15, 50, tzinfo=UTC)  # ten to midnight in Shanghai
    for number in range(3):
        record(person, "comment", source=f"c:{number}", occurred_at=evening + timedelta(minutes=6 * number))
    fold(person)
    assert points(person, plain_course) == 9, "two on Thursday, one on Friday"
    people.set_preferences(user_id=person, zone="Europe/Amsterdam")
    void(person, "c:2", "comment", revision=2)
    record(person, "comment", source="c:2", revision=3, occurred_at=evening + timedelta(minutes=12))
    fold(person)
    assert points(person, plain_course) == 9, "restored from another zone it stays on its day"


def test_offsets_are_instants_not_labels(person: int, plain_course: CourseKey, record: Do) -> None:
    nairobi = timezone(timedelta(hours=3))
    record(person, occurred_at=datetime(2026, 11, 19, 15, 0, tzinfo=nairobi))
    assert api.list_entries(person, plain_course).entries[0].occurred_at == NOON


def test_the_ledger_cannot_be_changed(person: int, record: Do) -> None:
    record(person)
    line = Entry.objects.get()
    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(TypeError):
        line.delete()


def test_points_by_hand_are_given_with_a_reason_once_and_audited(
    person: int, plain_course: CourseKey, fold: Do
) -> None:
    teacher = person + 1000
    details = {"actor_id": teacher, "user_id": person, "course_key": plain_course}
    assert api.adjust_points(**details, points=25, reason="Best poster of the week", request_key="a1") is True
    assert api.adjust_points(**details, points=25, reason="Best poster of the week", request_key="a1") is False
    assert api.adjust_points(**details, points=-5, reason="Half of it was quoted", request_key="a2") is True
    fold(person)
    assert points(person, plain_course) == 20
    assert [entry.points for entry in api.list_entries(person, plain_course, show="taken").entries] == [-5]
    audited = people.list_audit(context_key=str(plain_course), actor_id=teacher).entries
    assert [(entry.verb, entry.reason, entry.data["points"]) for entry in audited] == [
        ("points_taken", "Half of it was quoted", -5),
        ("points_given", "Best poster of the week", 25),
    ]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("points", {"points": 0}),
        ("points", {"points": 1001}),
        ("points", {"points": True}),
        ("points", {"points": 2.5}),
        ("reason", {"reason": "  "}),
        ("request_key", {"request_key": "A B"}),
    ],
)
def test_points_by_hand_refuse_bad_input(
    person: int, plain_course: CourseKey, field: str, values: dict[str, Any]
) -> None:
    details = {"points": 5, "reason": "Because", "request_key": "a1"} | values
    with pytest.raises(api.ActivityError) as refusal:
        api.adjust_points(actor_id=1, user_id=person, course_key=plain_course, **details)
    assert refusal.value.field == field
    assert not Entry.objects.exists()


def test_recording_and_folding_is_a_handful_of_statements(person: int, record: Do, fold: Do) -> None:
    record(person, "comment")
    fold(person)
    with CaptureQueriesContext(connection) as recording:
        record(person, "comment")
    with CaptureQueriesContext(connection) as folding:
        fold(person)

    def own(queries: CaptureQueriesContext) -> list[str]:
        return [
            query["sql"] for query in queries if "gamification_" in query["sql"] and "pointscourse" not in query["sql"]
        ]

    # Beside these: the switch and the scheme (remembered in production) and the person's zone.
    assert len([sql for sql in own(recording) if "schemeversion" not in sql]) == 1
    assert len(own(folding)) == 5
