"""Schemes: what a file may say, which one is in force, and that the past is never scored again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey

from gamification import api, courses, schemes
from gamification.data import TIER_OF_KIND, Tier
from gamification.models import SchemeVersion
from gamification.schemes import parse_scheme
from gamification.schemes.files import DEFAULT_FILE
from people import api as people

Do = Callable[..., Any]

SMALL = """
title: Small
rules:
  unit_finished: {points: 2, per_day: 3}
  comment: {points: 5, per_day: 1, min_words: 10}
  case_finished: {points: 20}
"""
EXAMPLES = sorted((Path(__file__).parents[2] / "conf" / "schemes").glob("*.yaml"))


def test_the_default_scheme_is_that_of_the_design() -> None:
    rules = parse_scheme(DEFAULT_FILE.read_text(encoding="utf-8")).rules
    assert {kind: (rule.points, rule.per_day, rule.min_words) for kind, rule in rules.items()} == {
        "unit_finished": (1, 10, 0),
        "check_in": (1, None, 0),
        "comment": (3, 2, 15),
        "question": (3, 2, 15),
        "answer": (3, 2, 15),
        "prepare": (3, None, 0),
        "attend": (3, None, 0),
        "host": (5, None, 0),
        "case_finished": (10, None, 0),
        "applied": (10, None, 0),
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert parse_scheme(path.read_text(encoding="utf-8")).title


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 2


def rules(**points: object) -> str:
    lines = "\n".join(f"  {kind}: {{points: {value}}}" for kind, value in points.items())
    return f"title: T\nrules:\n{lines}\n"


BOMB = """
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
title: T
rules: {comment: {points: 3}}
"""


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "file"),
        ("# nothing", "file"),
        ("just words", "file"),
        ("[1, 2]", "file"),
        ("title: [", "file"),
        ("title: \x07", "file"),
        ("\ud800", "file"),
        ("title: T\n---\ntitle: U", "file"),
        ("x" * 20_001, "file"),
        (BOMB, "line 2"),
        ("title: !!python/object/apply:os.system [id]\nrules: {}", "line 1"),
        ("title: T\nrules: " + "[" * 5000, "line 2"),
        ("title: T\nrules: " + "[" * 50 + "]" * 50, "line 2"),
        ("title: T\nrules: " + "{a: " * 40 + "}" * 40, "line 2"),
        ("rules: {comment: {points: 3}}", "title"),
        ("title: ' '\nrules: {comment: {points: 3}}", "title"),
        (f"title: {'x' * 121}\nrules: {{comment: {{points: 3}}}}", "title"),
        ("title: T", "rules"),
        ("title: T\nrules: {}", "rules"),
        ("title: T\nrules: []", "rules"),
        ("title: T\nrulez: {}\nrules: {comment: {points: 3}}", "rulez"),
        (rules(likes=1), "rules.likes"),
        ("title: T\nrules: {1: {points: 3}}", "rules.1"),
        ("title: T\nrules: {? [a] : {points: 3}}", "rules"),
        ("title: T\nrules:\n  <<: {points: 3}", "rules.<<"),
        ("title: T\nrules:\n  comment: {points: 3}\n  comment: {points: 4}", "rules.comment"),
        ("title: T\nrules:\n  comment: {points: 3, points: 4}", "rules.comment.points"),
        ("title: T\nrules: {comment: 3}", "rules.comment"),
        ("title: T\nrules: {comment: {points: 3, colour: red}}", "rules.comment.colour"),
        ("title: T\nrules: {comment: {}}", "rules.comment.points"),
        *[
            (rules(comment=value), "rules.comment.points")
            for value in ("0", "-3", "1001", "1e3", ".nan", ".inf", "3.5", "true", "'3'", "null", "[3]", "2026-01-01",
                          "9" * 30, "0x" + "f" * 5, "9" * 5000)
        ],
        ("title: T\nrules: {comment: {points: 3, per_day: 0}}", "rules.comment.per_day"),
        ("title: T\nrules: {comment: {points: 3, per_day: .nan}}", "rules.comment.per_day"),
        ("title: T\nrules: {comment: {points: 3, min_words: -1}}", "rules.comment.min_words"),
        ("title: T\nrules: {comment: {points: 3, min_words: yes}}", "rules.comment.min_words"),
        (rules(comment=3) + "levels: {growth: .nan}", "levels.growth"),
        (rules(comment=3) + "levels: {growth: .inf}", "levels.growth"),
        (rules(comment=3) + "levels: {growth: 0.5}", "levels.growth"),
        (rules(comment=3) + "levels: {first_step: 0}", "levels.first_step"),
        (rules(comment=3) + "levels: {titles: One}", "levels.titles"),
        (rules(comment=3) + "levels: {titles: [One, 2]}", "levels.titles[1]"),
        (rules(comment=3) + "levels: {shape: round}", "levels.shape"),
        (rules(comment=3, unit_finished=3), "rules.comment.points"),
        (rules(comment=3, host=8, case_finished=8), "rules.case_finished.points"),
        (rules(unit_finished=9, case_finished=5), "rules.case_finished.points"),
    ],
)  # fmt: skip
def test_a_bad_scheme_is_refused_by_the_name_of_its_field(text: str, field: str) -> None:
    with pytest.raises(api.SchemeError) as refusal:
        parse_scheme(text)
    assert refusal.value.field == field


@given(st.dictionaries(st.sampled_from(list(TIER_OF_KIND)), st.integers(1, 12), min_size=1))
def test_a_scheme_is_accepted_exactly_if_the_tiers_hold(points: dict[str, int]) -> None:
    order = list(Tier)
    holds = all(
        points[low] < points[high]
        for low in points
        for high in points
        if order.index(TIER_OF_KIND[low]) < order.index(TIER_OF_KIND[high])
    )
    try:
        parse_scheme(rules(**points))
    except api.SchemeError:
        assert not holds
    else:
        assert holds


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        parse_scheme(text)
    except api.SchemeError as refusal:
        assert refusal.field  # noqa: PT017 - being accepted is fine too


def test_a_course_scheme_counts_from_now_and_leaves_the_past(
    person: int, plain_course: CourseKey, record: Do, fold: Do
) -> None:
    before = timezone.now() - timedelta(minutes=1)
    record(person, occurred_at=before)
    info = api.install_scheme(SMALL, course_key=plain_course, actor_id=7)
    assert (info.version, info.title) == (2, "Small")
    record(person, occurred_at=timezone.now())
    record(person, "question", occurred_at=timezone.now())
    record(person, occurred_at=before)  # late, but it happened under the old scheme
    fold(person)
    lines = api.list_entries(person, plain_course).entries
    assert sorted((entry.kind, entry.points, entry.scheme_version) for entry in lines) == [
        ("case_finished", 10, 1),
        ("case_finished", 10, 1),
        ("case_finished", 20, 2),
        ("question", 0, 2),
    ]
    assert api.points_for(plain_course, "question") == 0
    assert [rule.kind for rule in api.describe_scheme(plain_course)] == ["case_finished", "comment", "unit_finished"]
    assert api.get_scheme_info(plain_course).version == 2
    audited = people.list_audit(context_key=str(plain_course), actor_id=7).entries
    assert [entry.verb for entry in audited] == ["points_scheme_installed"]


def test_the_sites_scheme_holds_where_a_course_has_none_and_versions_are_one_sequence(plain_course: CourseKey) -> None:
    other = CourseKey.from_string("course-v1:Other+C+1")
    assert api.install_scheme(SMALL, course_key=None, actor_id=None).version == 2
    assert api.install_scheme(SMALL, course_key=plain_course, actor_id=None).version == 3
    assert api.install_scheme(SMALL.replace("20", "30"), course_key=None, actor_id=None).version == 3
    assert api.points_for(plain_course, "case_finished") == 20
    assert api.points_for(other, "case_finished") == 30
    assert api.get_scheme_info(plain_course).version == 3


def test_a_scheme_holds_only_when_every_process_knows_it(plain_course: CourseKey, settings: Any) -> None:
    settings.GAMIFICATION_CACHE_SECONDS = 10
    schemes.versions._memory.clear()
    info = api.install_scheme(SMALL, course_key=plain_course, actor_id=None)
    assert info.valid_from is not None
    assert info.valid_from - timezone.now() > timedelta(seconds=9)
    assert api.points_for(plain_course, "case_finished") == 10
    at = info.valid_from
    assert schemes.get_in_force(plain_course, at).version == 2
    assert schemes.get_in_force(plain_course, at - timedelta(seconds=1)).version == 1
    schemes.versions._memory.clear()
    courses._memory.clear()


def test_a_refused_scheme_installs_nothing(plain_course: CourseKey) -> None:
    with pytest.raises(api.SchemeError):
        api.install_scheme(rules(likes=1), course_key=plain_course, actor_id=None)
    assert not SchemeVersion.objects.exists()


def test_the_command_installs_or_says_what_is_wrong(plain_course: CourseKey, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_text(SMALL)
    call_command("set_points_scheme", str(path), "--course", str(plain_course))
    assert "“Small” is version 2" in capsys.readouterr().out
    assert api.points_for(plain_course, "comment") == 5
    path.write_text(rules(likes=1))
    for arguments, message in [
        ([str(path)], "rules.likes"),
        ([str(tmp_path / "none.yaml")], "file"),
        ([str(path), "--course", "nonsense"], "nonsense is no key of a course"),
        ([str(path), "--course", "course-v1:No+Such+Run"], "There is no course"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("set_points_scheme", *arguments)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("set_points_scheme", str(path))


def test_an_unchanged_scheme_is_not_installed_again(plain_course: CourseKey, tmp_path: Path) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_text(SMALL)
    for text, versions in [(SMALL, 1), (SMALL, 1), (SMALL.replace("20", "30"), 2), (SMALL, 3)]:
        path.write_text(text)
        call_command("set_points_scheme", str(path), "--if-changed")
        assert SchemeVersion.objects.count() == versions
    call_command("set_points_scheme", str(path), "--if-changed", "--course", str(plain_course))
    assert SchemeVersion.objects.filter(scope=str(plain_course)).count() == 1, (
        "what the site has is not the course's own"
    )


def test_the_switch_is_remembered_also_when_it_is_off(
    plain_course: CourseKey, settings: Any, django_assert_num_queries: Do
) -> None:
    settings.GAMIFICATION_CACHE_SECONDS = 10
    other = CourseKey.from_string("course-v1:Other+C+1")
    courses._memory.clear()
    with django_assert_num_queries(2):
        assert [api.is_on(plain_course), api.is_on(other)] == [True, False]
    with django_assert_num_queries(0):
        assert [api.is_on(plain_course), api.is_on(other)] == [True, False]
    api.set_on(other, True, actor_id=None)
    assert api.is_on(other) is True
    courses._memory.clear()


def test_a_switch_that_is_rolled_back_is_not_remembered(plain_course: CourseKey, settings: Any) -> None:
    from django.db import transaction

    settings.GAMIFICATION_CACHE_SECONDS = 10
    courses._memory.clear()
    with transaction.atomic():
        api.set_on(plain_course, False, actor_id=None)
        assert api.is_on(plain_course) is False
        transaction.set_rollback(True)
    assert api.is_on(plain_course) is True
    courses._memory.clear()
