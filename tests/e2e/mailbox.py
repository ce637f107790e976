"""The mail that the house has sent, as the people in it would read it."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy

from tests.e2e.house import House

_RULE = b"-" * 79


@dataclass(frozen=True)
class Letter:
    """One mail: to whom, what it is about, and its text."""

    to: str
    subject: str
    text: str


def letters_to(house: House, username: str) -> list[Letter]:
    """Return what somebody got, in the order in which it was sent."""
    return [letter for letter in _all_letters(house) if letter.to == f"{username}@example.org"]


def _all_letters(house: House) -> list[Letter]:
    files = sorted((house.home / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime)
    parts = [part.strip() for path in files for part in path.read_bytes().split(_RULE)]
    return [_read(part) for part in parts if part]


def _read(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("plain",))
    return Letter(to=str(message["To"]), subject=str(message["Subject"]), text=body.get_content() if body else "")
