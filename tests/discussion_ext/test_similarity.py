"""How much one text repeats another, and whether the index would find it."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext import similarity

POSITION = (
    "I would speak to Dov first, before the plant manager and before the two colleagues. Not to ask who did it, but to "
    "ask what the last three Thursdays were like for him. He has said yes to every extra hour, and I am the one who "
    "kept asking. If I come on Tuesday with his name, I hide my own part in it."
)
CHINESE = "我会先和多夫谈，但不谈标签。先问他这三周怎么过的，再说我自己的责任：是我每次都先找他。"
vocabulary = [f"word{number}" for number in range(300)]
texts = st.lists(st.sampled_from(vocabulary), min_size=25, max_size=120).map(" ".join)


@pytest.mark.parametrize(
    ("text", "other", "same", "total"),
    [
        ("one two three four", "zero one two three", 3, 4),
        ("one two three four", "four three two one", 0, 4),
        ("ONE, **two** three!", "<p>one two</p> three", 3, 3),
        ("yes indeed", "Yes, indeed.", 2, 2),
        ("yes indeed", "indeed yes", 0, 2),
        ("", "", 0, 0),
        ("", "one two three", 0, 0),
        (f"Dear Lotte, {POSITION}", POSITION, 64, 66),
        ("他说得对。" + CHINESE, CHINESE, 38, 42),
        ("ฉันจะคุยกับเขาก่อน", "แล้วฉันจะคุยกับเขาก่อน", 5, 5),
        ("나는 먼저 도브와 이야기하겠다", "나는 먼저 도브와 걷겠다", 3, 4),
    ],
)
def test_overlap_counts_words_in_shared_runs(text, other, same, total):
    found = similarity.overlap(text, other)
    assert (found.same, found.total) == (same, total)
    assert found.share == (same / total if total else 0)


def test_overlap_asks_how_much_of_the_first_stands_in_the_second():
    part = POSITION[:150]
    assert similarity.overlap(part, POSITION).share > 0.95
    assert similarity.overlap(POSITION, part).share < 0.6


@given(text=texts, other=texts)
def test_overlap_is_between_nothing_and_everything(text, other):
    found = similarity.overlap(text, other)
    assert 0 <= found.same <= found.total
    assert similarity.overlap(text, text).share == 1


def test_shingles_are_the_same_in_every_process():
    program = (
        "from discussion_ext.similarity import sketch; print(sketch('speak to Dov first'), sketch('我会先和多夫谈'))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {f"{similarity.sketch('speak to Dov first')} {similarity.sketch('我会先和多夫谈')}\n"}
    assert similarity.sketch("speak to Dov first") == (-5262685295190734090, -2636704397929733557)


@given(text=texts)
def test_a_sketch_is_small_sorted_and_fits_a_big_integer(text):
    sketch = similarity.sketch(text, size=8)
    assert list(sketch) == sorted(set(sketch))
    assert len(sketch) <= 8
    assert all(-(2**63) <= shingle < 2**63 for shingle in sketch)


def test_a_short_text_has_a_fingerprint_and_an_empty_one_has_none():
    assert len(similarity.sketch("Yes")) == 1
    assert similarity.sketch("🙂 https://example.org") == ()


@given(
    text=st.lists(st.sampled_from(vocabulary), min_size=40, max_size=120, unique=True).map(" ".join),
    changed=st.sets(st.integers(0, 39), max_size=2),
)
def test_the_index_finds_a_copy_with_a_few_words_changed(text, changed):
    copied = " ".join("other" if index in changed else word for index, word in enumerate(text.split()))
    assert {*similarity.sketch(text)} & {*similarity.sketch(copied)}
    # Two words touch six shingles of each text, so that at least 20 of the 32 smallest are shared.
    assert similarity.resemblance(similarity.sketch(text), similarity.sketch(copied)) >= 20 / 32


@given(text=texts)
def test_texts_that_share_nothing_resemble_each_other_in_nothing(text):
    other = text.replace("word", "term")
    assert similarity.resemblance(similarity.sketch(text), similarity.sketch(other)) == 0
    assert similarity.resemblance(similarity.sketch(text), similarity.sketch(text)) == 1
    assert similarity.resemblance((), ()) == 0
