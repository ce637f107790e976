"""The ledger as a person reads it: effect, reason and shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from opaque_keys.edx.keys import CourseKey

from gamification import api
from gamification.data import VOID_REASONS
from gamification.models import Entry

from .conftest import NOON

Do = Callable[..., Any]


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def reason_of(source: str) -> str:
    entry = api.find_source_points(source)
    assert entry is not None
    return entry.reason


def test_a_paid_comment_says_rule_and_words(person: int, record: Do) -> None:
    record(person, "comment", source="c:1", facts={"words": 34})
    assert reason_of("c:1") == "Rule “comment”: 3 points. 34 words; from 15 words a comment earns points."


@pytest.mark.parametrize(("words", "said"), [(0, "0 words"), (1, "1 word"), (14, "14 words")])
def test_a_short_post_says_how_many_words_are_needed(person: int, record: Do, words: int, said: str) -> None:
    record(person, "answer", source="c:1", facts={"words": words})
    entry = api.find_source_points("c:1")
    assert entry is not None
    assert (entry.points, entry.is_capped) == (0, False)
    assert entry.reason == f"{said}; from 15 words an answer earns points."


def test_a_copy_says_that_its_words_were_there_before(person: int, record: Do) -> None:
    record(person, "answer", source="c:1", facts={"words": 0, "is_copy": 1})
    assert reason_of("c:1") == (
        "Most of its words had been written before, by you or by a classmate; only words of your own earn points."
    )


def test_the_third_comment_of_a_day_says_so(person: int, record: Do, fold: Do) -> None:
    for number in range(3):
        record(
            person, "comment", source=f"c:{number}", occurred_at=NOON + timedelta(minutes=number),
            facts={"words": 40, "in_case": 1},
        )  # fmt: skip
    for _ in range(2):
        entry = api.find_source_points("c:2")
        assert entry is not None
        assert (entry.points, entry.is_capped) == (0, True)
        assert entry.reason == ("Two comments a day earn points and this was the third. It still counts for the case.")
        fold(person)


def test_a_post_outside_a_case_is_simply_welcome(person: int, record: Do) -> None:
    for number in range(3):
        record(person, "question", source=f"q:{number}", occurred_at=NOON + timedelta(minutes=number))
    assert reason_of("q:2") == "Two questions a day earn points and this was the third. The rest is simply welcome."


def test_far_beyond_the_limit_no_ordinal_is_needed(person: int, record: Do) -> None:
    for number in range(14):
        record(person, "unit_finished", source=f"u:{number:02}", occurred_at=NOON + timedelta(minutes=number))
    assert reason_of("u:02") == "Rule “page finished”: 1 point, up to 10 a day. This was the third that day."
    assert reason_of("u:11") == "Ten pages a day earn points and this was the twelfth. The rest is simply welcome."
    assert reason_of("u:13") == "The rule “page finished” gives points up to 10 times a day, and that was reached."


def test_a_case_says_rule_and_scheme(person: int, record: Do) -> None:
    record(person, source="case:1")
    assert reason_of("case:1") == (
        "All that was asked counted on Thu 19 Nov. Rule “case finished”: 10 points, scheme version 1."
    )


def test_what_was_taken_back_says_why_and_of_which_day(
    person: int, plain_course: CourseKey, record: Do, void: Do, fold: Do
) -> None:
    record(person, "comment", source="c:1")
    void(person, "c:1", "comment", occurred_at=NOON + timedelta(days=1))
    taken, given = api.list_entries(person, plain_course).entries
    assert (taken.points, given.points) == (-3, 3)
    assert taken.reason == "You took it back, so its 3 points of Thu 19 Nov went back. Restoring it gives them again."
    fold(person)
    assert api.list_entries(person, plain_course).entries == [taken, given]


def test_what_was_taken_back_is_called_what_it_was_when_given(
    person: int, plain_course: CourseKey, record: Do, void: Do
) -> None:
    record(person, source="case:1", title="A name", url="/courses/a")
    void(person, "case:1")
    record(person, source="case:1", revision=3, title="A new name", url="/courses/b")
    void(person, "case:1", revision=4)
    void(person, "case:2", revision=1)
    taken = {
        (line.source, line.title, line.url) for line in api.list_entries(person, plain_course, show="taken").entries
    }
    assert taken == {("case:1", "A name", "/courses/a"), ("case:1", "A new name", "/courses/b"), ("case:2", "", "")}
    entry = api.find_source_points("case:1")
    assert entry is not None
    assert (entry.is_void, entry.title) == (True, "A new name")


@pytest.mark.parametrize("code", sorted(VOID_REASONS))
def test_every_reason_has_sentences_with_and_without_points(person: int, record: Do, void: Do, code: str) -> None:
    record(person, "comment", source="c:1")
    void(person, "c:1", "comment", reason=code)
    record(person, "comment", source="c:2", facts={"words": 2})
    void(person, "c:2", "comment", reason=code)
    assert "3 points of Thu 19 Nov went back." in reason_of("c:1")
    assert "nothing changes" in reason_of("c:2")
    assert "%" not in reason_of("c:1") + reason_of("c:2")


def test_a_void_without_an_award_takes_nothing(person: int, plain_course: CourseKey, void: Do) -> None:
    void(person, "c:1", "comment")
    (line,) = api.list_entries(person, plain_course).entries
    assert (line.points, line.is_void) == (0, True)
    assert line.reason == "You took it back. It had earned no points, so nothing changes."


def test_a_later_version_counts_instead_of_an_earlier_one(
    person: int, plain_course: CourseKey, record: Do, void: Do
) -> None:
    record(person, "comment", source="c:1", facts={"words": 40})
    record(person, "comment", source="c:1", revision=2, facts={"words": 3})
    page = api.list_entries(person, plain_course)
    (line,) = page.entries
    assert (page.total, line.points) == (1, 0)
    assert "3 words" in line.reason
    void(person, "c:1", "comment", revision=4)
    record(person, "comment", source="c:1", revision=5)
    shown = api.list_entries(person, plain_course)
    assert (shown.total, sum(entry.points for entry in shown.entries)) == (3, 3)
    assert Entry.objects.count() == 4, "the ledger keeps them all"


def test_points_by_hand_show_what_was_written(person: int, plain_course: CourseKey) -> None:
    api.adjust_points(
        actor_id=1, user_id=person, course_key=plain_course, points=-4, reason="100 % copied", request_key="k"
    )
    (line,) = api.list_entries(person, plain_course).entries
    assert (line.points, line.reason, line.rule) == (-4, "The course team wrote: 100 % copied", "given by hand")


def test_filters_and_pages(person: int, plain_course: CourseKey, record: Do, void: Do) -> None:
    for number in range(5):
        record(person, source=f"case:{number}", occurred_at=NOON + timedelta(hours=number))
    void(person, "case:0", occurred_at=NOON + timedelta(days=2))
    assert [entry.is_void for entry in api.list_entries(person, plain_course).entries] == [True] + [False] * 5
    given = api.list_entries(person, plain_course, show="given", page=2, page_size=2)
    assert ([entry.source for entry in given.entries], given.page, given.pages, given.total) == (
        ["case:2", "case:1"], 2, 3, 5,
    )  # fmt: skip
    taken = api.list_entries(person, plain_course, show="taken")
    assert [entry.source for entry in taken.entries] == ["case:0"]
    assert api.list_entries(person, plain_course, page=99, page_size=2).page == 3
    assert api.list_entries(person, plain_course, page=-1).page == 1
    assert api.list_entries(person + 1, plain_course).total == 0
    assert api.list_entries(person, CourseKey.from_string("course-v1:None+C+1")).entries == []


def test_shares_group_what_belongs_together(person: int, plain_course: CourseKey, record: Do, fold: Do) -> None:
    record(person)
    record(person, "comment")
    fold(person)
    record(person, "answer")
    record(person, "unit_finished")
    shares = [(share.label, share.points) for share in api.breakdown(person, plain_course)]
    assert shares == [("Cases", 10), ("Questions, answers, comments", 6), ("Pages finished", 1)]
    assert api.breakdown(person + 1, plain_course) == []


def test_somebody_elses_source_of_the_same_name_is_kept_apart(
    enrol: Do, plain_course: CourseKey, record: Do, fold: Do
) -> None:
    a, b = enrol(), enrol()
    record(a, source="case:1", revision=1)
    record(b, source="case:1", revision=2)
    fold(a)
    fold(b)
    assert [api.get_standing(user_id, plain_course).points for user_id in (a, b)] == [10, 10]
    assert not api.compare_course(plain_course, is_repair=False)


def test_an_unknown_source_has_no_points() -> None:
    with pytest.raises(Exception, match="Database access not allowed"):
        api.find_source_points("none")
