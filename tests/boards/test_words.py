"""What is written and what is asked become the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext.api.boards import search_words
from discussion_ext.boards.words import LONGEST, SHORTEST


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", set()),
        ("a I 7", set()),
        ("The rota, the ROTA!", {"the", "rota"}),
        ("don't", {"don"}),
        ("snake_case e-mail 19:30", {"snake", "case", "mail", "19", "30"}),
        ("Straße STRASSE", {"strasse"}),
        ("ﬁrst ＡＢＣ", {"first", "abc"}),
        ("cafe\u0301 café", {"café"}),
        ("हिन्दी", {"हिन्दी"}),
        ("שלום عليكم", {"שלום", "عليكم"}),
        ("学习社区", {"学习", "习社", "社区"}),
        ("学", set()),
        ("用Python学习", {"python", "学习"}),
        ("ひらがな", {"ひら", "らが", "がな"}),
        ("한국어 모임", {"한국어", "모임"}),
        ("a" * 40, {"a" * 32}),
        ("<b>bold</b> &amp;", {"bold", "amp"}),
        ("\x00null\x00byte", {"null", "byte"}),
    ],
)
def test_the_words_of_a_text(text: str, words: set[str]) -> None:
    assert search_words(text) == words


def test_a_thai_word_is_found_within_a_sentence() -> None:
    assert search_words("ห้องสมุด") <= search_words("ไปห้องสมุดวันนี้")


@given(st.text(max_size=300))
def test_words_fit_their_column_and_are_found_by_themselves(text: str) -> None:
    for word in search_words(text):
        assert SHORTEST <= len(word) <= LONGEST
        assert word in search_words(word)


@given(st.text(max_size=100), st.text(max_size=100))
def test_adding_text_takes_no_word_away(first: str, second: str) -> None:
    assert search_words(first) <= search_words(f"{first} {second}")
