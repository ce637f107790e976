"""Bad input on the pages of boards: nothing runs, nothing breaks, and what is wrong is said at its field."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from chapters.data import Audience
from chapters.models import Chapter
from discussion_ext.models import Contribution, Picture, Topic

from .board_town import Town, picture_file

SCRIPT = "<script>alert(1)</script>"
ATTACKS = (SCRIPT, '"><img src=x onerror=alert(1)>', "' autofocus onfocus='alert(1)", "{{ 7|add:7 }}{% csrf_token %}")


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any) -> Town:
    """Return a chapter with people."""
    settings.MEDIA_ROOT = str(tmp_path)

    @contextmanager
    def committed() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return Town(committed)


DANGERS = ("<script>alert", "<img src=x", '<img src="x', "onerror=alert(1)>", "' onfocus='alert", "javascript:")


def _is_safe(html: str) -> bool:
    """Tell whether no attack came through as markup."""
    lowered = html.lower()
    return not any(danger in lowered for danger in DANGERS)


@pytest.mark.parametrize("attack", ATTACKS)
def test_script_in_every_text(town: Town, attack: str) -> None:
    Chapter.objects.filter(pk=town.chapter.id).update(name=attack[:80])
    fields = {"kind": "light", "title": f"Ask {attack}", "body": attack, "file_1": picture_file(), "alt_1": attack}
    started = town.post(town.member, "new_topic", **fields)
    assert started.status_code == 302
    topic_id = Topic.objects.get().pk
    post_id = town.answer(topic_id, town.alumna, attack)
    town.post(town.learner, "post_report", post_id, reason=attack)
    town.post(town.moderator, "post_remove", town.answer(topic_id, town.alumna), reason=attack)
    pages = [
        town.get(town.alumna, "topic", topic_id),
        town.get(town.moderator, "topic", topic_id),
        town.get(town.member, "board", Audience.EVERYONE, view=attack, kind=attack, done=attack),
        town.get(town.member, "board_search", q=attack),
        town.get(town.moderator, "board_reports", done=attack),
        town.get(town.alumna, "post_edit", post_id),
        town.post(town.member, "new_topic", kind=attack, title=attack, body=attack, closes_on=attack, alt_1=attack),
        town.post(town.member, "new_topic", title=attack, body=attack, act="preview"),
        town.post(town.member, "topic_reply", topic_id, body=attack, act="preview"),
        town.post(town.member, "new_topic", picture=attack, picture_alt=attack),
    ]
    for page in pages:
        assert page.status_code in {200, 422}
        assert _is_safe(page.content.decode()), page.request["PATH_INFO"]


def test_picture_names_that_were_typed_do_not_become_addresses(town: Town) -> None:
    page = town.post(town.member, "new_topic", picture=["../../admin", "abc"], picture_alt=["x", "y"])
    shown = page.content.decode()
    assert "../../admin" not in shown
    assert reverse("chapters:picture", args=["abc"]) in shown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<b>x</b>",
        "vbscript:x",
        "file:///etc/passwd",
        "\tjavascript:x",
    ],
)
def test_links_with_odd_schemes_lead_nowhere(town: Town, address: str) -> None:
    topic_id = town.start(town.member, body=f"[press here]({address}) and <{address}> and {address}")
    html = town.get(town.learner, "topic", topic_id).content.decode()
    scheme = address.strip().partition(":")[0].lower()
    assert f'href="{scheme}' not in html.lower()


def test_link_has_a_card_that_fetches_nothing(town: Town) -> None:
    topic_id = town.start(town.member, body="Read https://example.org/feedback?a=1&b=2 before Thursday.")
    html = town.get(town.learner, "topic", topic_id).content.decode()
    assert "cs-linkcard" in html
    assert "nofollow noopener" in html
    assert "<iframe" not in html
    assert 'src="https://' not in html


# -- pictures ----------------------------------------------------------------------------------------------------------


def _png_bomb(width: int, height: int) -> io.BytesIO:
    """Return a small file that says it is a picture of so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n" + body)
    file.name = "bomb.png"
    return file


def _named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize(
    "make",
    [
        lambda: _png_bomb(60_000, 60_000),
        lambda: _named(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "x.svg"),
        lambda: _named(b"GIF89a<script>alert(1)</script>", "x.gif"),
        lambda: _named(b"<html><script>alert(1)</script></html>", "x.png"),
        lambda: _named(b"\xff\xd8\xff" + b"\0" * 1000, "cut.jpg"),
        lambda: _named(b"x" * 20_000_000, "huge.jpg"),
    ],
    ids=["bomb", "svg", "gif with script", "page", "cut off", "huge"],
)
def test_files_that_are_no_pictures_are_refused_at_their_field(town: Town, make: Any) -> None:
    words = {"kind": "light", "title": "Look", "body": "At this"}
    page = town.post(town.member, "new_topic", **words, file_1=make(), alt_1="A chart")
    shown = page.content.decode()
    assert page.status_code == 422
    assert 'id="file-1"' in shown
    assert 'aria-invalid="true"' in shown
    assert "A chart" in shown
    assert not Topic.objects.exists()
    assert not Picture.objects.exists()
    answer = town.post(town.member, "board_upload", Audience.EVERYONE, file=make(), alt="A chart")
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_picture_without_words_is_refused(town: Town) -> None:
    answer = town.post(town.member, "board_upload", Audience.EVERYONE, file=picture_file(), alt="  ")
    assert (answer.status_code, answer.json()["field"]) == (400, "alt")
    assert town.post(town.member, "board_upload", Audience.EVERYONE, alt="A chart").status_code == 400


def test_five_pictures_are_one_too_many(town: Town) -> None:
    kept = [town.upload(town.member) for _ in range(4)]
    words = {"kind": "light", "title": "Look", "body": "At these"}
    page = town.post(
        town.member, "new_topic", **words, picture=kept, picture_alt=["x"] * 4, file_1=picture_file(), alt_1="Fifth"
    )
    assert page.status_code == 422
    assert "4 pictures at most" in page.content.decode()


def test_pictures_of_somebody_else_do_not_come_along(town: Town) -> None:
    theirs = town.upload(town.learner)
    words = {"kind": "light", "title": "Look", "body": "At this"}
    page = town.post(town.member, "new_topic", **words, picture=theirs, picture_alt="x")
    assert page.status_code == 400
    assert not Topic.objects.exists()


# -- addresses and numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "2147483648", "-1", "1e3", "٣"])
def test_numbers_that_no_row_has(town: Town, number: str) -> None:
    client = town.client(town.member)
    for path in ("topics", "posts"):
        assert client.get(f"/chapters/{town.chapter.slug}/{path}/{number}/").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "1-2-3-4", "9" * 500, "-1", "'", "\x00"])
def test_forged_cursors_are_pages_that_do_not_exist(town: Town, cursor: str) -> None:
    topic_id = town.start(town.member)
    assert town.get(town.learner, "board", Audience.EVERYONE, cursor=cursor).status_code == 404
    assert town.get(town.learner, "topic", topic_id, cursor=cursor).status_code == 404
    assert town.get(town.moderator, "board_reports", cursor=cursor).status_code == 404
    assert town.get(town.learner, "board_search", q="talk", cursor=cursor).status_code in {400, 404}


@pytest.mark.parametrize("value", ["9" * 30, "x", "-1", "1.5", "\x00"])
def test_forged_numbers_in_forms(town: Town, value: str) -> None:
    topic_id = town.start(town.member)
    assert town.get(town.learner, "topic", topic_id, post=value).status_code == 200
    answer = town.post(town.learner, "topic_reply", topic_id, body="Mine", parent=value)
    assert answer.status_code == 302, "a parent that is none is the topic"
    assert Contribution.objects.get(body="Mine").parent_id == town.first_post(topic_id)


def test_unknown_state_is_refused(town: Town) -> None:
    topic_id = town.start(town.member)
    assert town.post(town.moderator, "topic_state", topic_id, state="deleted").status_code == 400
    assert Topic.objects.get().state == "open"


def test_who_is_too_fast_waits(town: Town, settings: Any) -> None:
    settings.CHAPTERS_ACT_LIMITS = {"post": "1/h"}
    topic_id = town.start(town.member)
    assert town.post(town.learner, "topic_reply", topic_id, body="First").status_code == 302
    page = town.post(town.learner, "topic_reply", topic_id, body="Second, too soon")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "Second, too soon" in page.content.decode()


@pytest.mark.parametrize(("days", "status"), [(365, 302), (366, 422)])
def test_the_last_day_that_can_be_chosen_is_taken_and_the_next_is_wrong_at_its_field(
    town: Town, days: int, status: int
) -> None:
    day = timezone.now().astimezone(town.chapter.zone).date() + timedelta(days=days)
    sent = town.post(town.member, "new_topic", kind="light", title="Keys", body="Who?", closes_on=day.isoformat())
    assert sent.status_code == status
    if status != 302:
        assert "closes_on" in sent.context["form"].errors
