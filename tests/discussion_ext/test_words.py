"""Words that count: one table for Python and JavaScript, and what must hold for every text."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discussion_ext import words

ROOT = Path(__file__).parents[2]
EXAMPLES = json.loads((ROOT / "tests/word_examples.json").read_text(encoding="utf-8"))
TWIN = ROOT / "xblocks/public/case_discussion/words.js"

RUN_TABLE = """
const { measure, characterLanguage, effectiveMinimum, normalise } = await import(process.argv[1]);
let input = "";
for await (const part of process.stdin) { input += part; }
const { texts, minimums } = JSON.parse(input);
console.log(JSON.stringify({
    counts: texts.map(([text, exclude]) => [measure(text, exclude), characterLanguage(text), normalise(text)]),
    minimums: minimums.map(([text, minimum, options]) => effectiveMinimum(text, minimum, options)),
}));
"""

writing = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            " \n\t.,:'’-*_`~>#<>/[]()!&;=\"aAbBiIİſßΣ0189"
            "我的はカー나ไปກ\u200b\u0301\u20e3\u0640\ufe0f🙂👍🏽𠀋\u00ad\r\x85"
        ),
        # Unassigned characters are letters in one version of Unicode and nothing in the one before.
        st.characters(codec="utf-8", exclude_categories=["Cn", "Co"]),
    ),
    max_size=80,
)


def by_twin(texts, minimums=()):
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here; tests/e2e runs the same table in Chromium")
    command = [node, "--input-type=module", "-e", RUN_TABLE, TWIN.as_uri()]
    body = json.dumps({"texts": texts, "minimums": list(minimums)})
    done = subprocess.run(command, input=body, capture_output=True, check=True, encoding="utf-8", timeout=60)
    return json.loads(done.stdout)


def as_twin_says(text, exclude=()):
    count = words.measure(text, exclude)
    return [
        {"counted": count.counted, "total": count.total, "borrowed": count.borrowed, "repeated": count.repeated},
        words.character_language(text),
        words.normalise(text),
    ]


@pytest.mark.parametrize("example", EXAMPLES["counts"], ids=lambda example: example["name"])
def test_counts(example):
    count = words.measure(example["text"], example.get("exclude", ()))
    assert (count.counted, count.total) == (example["counted"], example["total"])
    assert words.character_language(example["text"]) == example.get("language", "")


@pytest.mark.parametrize("example", EXAMPLES["minimums"], ids=lambda example: example["name"])
def test_minimums(example):
    options = {name: example[name] for name in ("language", "factors") if name in example}
    assert words.effective_minimum(example["text"], example["minimum"], **options) == example["is"]


def test_the_twin_agrees_on_the_table():
    said = by_twin(
        [(example["text"], example.get("exclude", [])) for example in EXAMPLES["counts"]],
        [
            (
                example["text"],
                example["minimum"],
                {key: example[key] for key in ("language", "factors") if key in example},
            )
            for example in EXAMPLES["minimums"]
        ],
    )
    assert said["counts"] == [
        as_twin_says(example["text"], example.get("exclude", [])) for example in EXAMPLES["counts"]
    ]
    assert said["minimums"] == [example["is"] for example in EXAMPLES["minimums"]]


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.tuples(writing, st.lists(writing, max_size=2)), min_size=40, max_size=80))
def test_the_twin_agrees_on_whatever_people_type(texts):
    assert by_twin(texts)["counts"] == [as_twin_says(text, exclude) for text, exclude in texts]


@given(text=writing, exclude=st.lists(writing, max_size=3))
def test_every_word_is_counted_or_left_out_for_one_reason(text, exclude):
    count = words.measure(text, exclude)
    assert count.total == count.counted + count.borrowed + count.repeated
    assert min(count.counted, count.borrowed, count.repeated) >= 0
    assert words.count_words(text) == words.measure(text).counted >= count.counted


@given(text=writing, exclude=st.permutations(["a b c d e f", "我们今天在这里讨论案例", "x"]))
def test_the_order_of_excluded_texts_does_not_matter(text, exclude):
    assert words.measure(text, exclude) == words.measure(text, sorted(exclude))


@given(
    sentence=st.lists(st.sampled_from(["we", "cap", "hours", "at", "nine", "tonight"]), min_size=5, max_size=9),
    times=st.integers(2, 30),
)
def test_saying_it_again_adds_nothing(sentence, times):
    once = words.count_words(" ".join(sentence))
    assert words.count_words(". ".join([" ".join(sentence)] * times)) <= once


def test_a_copied_prompt_never_counts():
    prompt = "You are Mirjam. What do you do before Tuesday, and whom do you speak to first?"
    assert words.count_words(f"**{prompt.upper()}**", exclude=[f"<p>{prompt}</p>"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "你" * 33_000,
        "<" * 100_000,
        "<!--" * 25_000,
        "<script" * 14_000,
        "<blockquote>" * 8_000,
        "[" * 100_000,
        "![](" * 25_000,
        "](" * 50_000,
        " " * 100_000,
        "\n>" * 50_000,
        "&" * 100_000,
        "https://" * 12_000,
        "e" + "\u0301" * 50_000,
        "\ufdfa" * 33_000,
        "'" * 100_000,
    ],
    ids=lambda text: f"{text[:12]!r} x {len(text)}",
)
def test_a_hundred_kilobytes_of_anything_is_measured_in_a_moment(text):
    clock = time.process_time
    began = clock()
    words.measure(text, exclude=[text[:1000]])
    assert clock() - began < 5
