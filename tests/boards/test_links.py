"""Cards of links are made from the address alone, and only of such that lead somewhere safe."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discussion_ext.boards.links import MOST_LINKS, list_links


@pytest.mark.parametrize(
    ("text", "url", "host", "title"),
    [
        (
            "See https://www.example.org/how-to-run-a-table.html.",
            "https://www.example.org/how-to-run-a-table.html",
            "example.org",
            "how to run a table",
        ),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)", "example.org", "a (b)"),
        ("<https://example.org>", "https://example.org", "example.org", "example.org"),
        ("[words](http://example.org/x?y=1)", "http://example.org/x?y=1", "example.org", "x"),
        ("HTTPS://EXAMPLE.org/", "HTTPS://EXAMPLE.org/", "example.org", "example.org"),
        # Cyrillic letters that look like "apple".
        ("https://аррӏе.com/", "https://аррӏе.com/", "xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("https://example.org/%E2%80%AEgnp.exe", "https://example.org/%E2%80%AEgnp.exe", "example.org", "gnp"),
    ],
)
def test_a_card(text: str, url: str, host: str, title: str) -> None:
    (card,) = list_links(text)
    assert (card.url, card.host, card.title) == (url, host, title)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<script>",
        "ftp://example.org/x",
        "//example.org/x",
        "https://bank.example@evil.example/",
        "https://localhost/admin",
        "https://[::1",
        "https://example.org:99999/",
        "http://",
        "`https://example.org/code`",
        "```\nhttps://example.org/code\n```",
        "https://example.org/" + "a" * 500,
    ],
)
def test_no_card(text: str) -> None:
    assert list_links(text) == ()


def test_cards_are_few_and_none_twice() -> None:
    text = " ".join(f"https://example.org/{number} https://example.org/0" for number in range(9))
    assert [card.url[-1] for card in list_links(text)] == [str(number) for number in range(MOST_LINKS)]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert list_links("https://example.org/how")[0].host == "example.org"


@given(st.text(alphabet="ht ps:/.@[]%()<>`\u202eabc\n", max_size=80))
def test_whatever_is_written_gives_cards_of_web_pages_or_none(text: str) -> None:
    for card in list_links(text):
        assert card.url.lower().startswith(("http://", "https://"))
        assert card.host.isascii()
        assert card.title
