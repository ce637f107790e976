"""The table of examples in the browser that people use: the twin must not depend on Node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = json.loads((ROOT / "tests/word_examples.json").read_text(encoding="utf-8"))
COUNT = """async ({ counts, minimums }) => {
    const { measure, counter, characterLanguage, effectiveMinimum } = await import("/words.js");
    return {
        counts: counts.map(({ text, exclude = [] }) => {
            const { counted, total } = measure(text, exclude);
            const again = counter(exclude)(text);
            return [counted, total, characterLanguage(text), again.counted];
        }),
        minimums: minimums.map(({ text, minimum, ...options }) => effectiveMinimum(text, minimum, options)),
    };
}"""

pytestmark = pytest.mark.e2e


def test_the_browser_counts_as_the_table_says(browser):
    twin = (ROOT / "xblocks/public/case_discussion/words.js").read_text(encoding="utf-8")
    page = browser.new_page()
    page.route("http://words.test/words.js", lambda route: route.fulfill(content_type="text/javascript", body=twin))
    page.route("http://words.test/", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.goto("http://words.test/")
    counted = page.evaluate(COUNT, EXAMPLES)
    page.close()
    assert counted["counts"] == [
        [example["counted"], example["total"], example.get("language", ""), example["counted"]]
        for example in EXAMPLES["counts"]
    ]
    assert counted["minimums"] == [example["is"] for example in EXAMPLES["minimums"]]
