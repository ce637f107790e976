"""Markdown that is made to keep the reader busy, or to stop it, costs neither the page nor what is read after it."""

from __future__ import annotations

import time

import pytest

from discussion_ext.rendering import render_markdown

LONGEST = 10_000
#: Seconds; unbounded, these take up to forty.
PATIENCE = 2.0

HOSTILE = ["[", "![", "[a](", "[a](<b", "<![CDATA[", "[a][", "``a`", "a\n=\n", "# a\n", "1. ", "- > ", "> ", "*_"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_is_drawn_at_once_and_the_next_one_as_ever(piece: str) -> None:
    began = time.process_time()
    render_markdown((piece * LONGEST)[:LONGEST])
    assert time.process_time() - began < PATIENCE
    assert render_markdown("- **kept**\n- [x](https://example.org)").count("<li>") == 2
    assert "<strong>kept</strong>" in render_markdown("**kept**")


def test_what_is_not_read_is_text() -> None:
    drawn = render_markdown("<script>alert(1)</script>" + "[" * 60 + "\n\nTwo.")
    assert drawn.startswith("<p>&lt;script&gt;alert(1)")
    assert drawn.endswith("<p>Two.</p>")


def test_links_and_code_of_a_long_post_are_read() -> None:
    line = "- [a page](https://example.org/a_(b)) and `code` (see below)\n"
    assert render_markdown(line * 150).count('<a href="https://example.org/a_(b)"') == 150
