"""Every address of the boards, tried by everybody: what is on a board is for those to whom it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.urls import reverse

from chapters import board_urls
from chapters.data import Audience
from discussion_ext.models import Contribution, Picture, Topic, TopicReader

from .board_town import Town, picture_file

SECRET = "The umbrella is under the stairs"


class SecretTown(Town):
    """A chapter with a topic on its alumni board that has a picture and an answer."""

    def __init__(self, committed: Callable[[], AbstractContextManager[Any]]) -> None:
        super().__init__(committed)
        self.uid = self.upload(self.alumna, Audience.ALUMNI, alt=SECRET)
        self.topic_id = self.start(self.alumna, Audience.ALUMNI, title=SECRET, body=SECRET, picture_uids=(self.uid,))
        self.post_id = self.answer(self.topic_id, self.alumna, SECRET)


@pytest.fixture
def town(db: None, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any) -> SecretTown:
    """Return the chapter."""
    settings.MEDIA_ROOT = str(tmp_path)

    @contextmanager
    def committed() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return SecretTown(committed)


#: Each address with its arguments and what is sent to it; "get" alone is read.
DOORS: dict[str, tuple[str, dict[str, str] | None]] = {
    "picture": ("uid", None),
    "boards": ("", None),
    "board_search": ("", None),
    "board_reports": ("", None),
    "board": ("audience", None),
    "board_read": ("audience", {}),
    "board_preview": ("audience", {"body": "x"}),
    "board_upload": ("audience", {"alt": "x"}),
    "new_topic": ("", {"board": "alumni", "kind": "light", "title": "x", "body": "x"}),
    "topic": ("topic", None),
    "topic_reply": ("topic", {"body": "x"}),
    "topic_seen": ("topic", {}),
    "topic_follow": ("topic", {"follow": "on"}),
    "topic_pin": ("topic", {"pin": "on"}),
    "topic_state": ("topic", {"state": "closed"}),
    "post": ("post", None),
    "post_edit": ("post", {"body": "x", "title": "x"}),
    "post_withdraw": ("post", {}),
    "post_helpful": ("post", {"helpful": "on"}),
    "post_report": ("post", {"reason": "x"}),
    "post_remove": ("post", {"reason": "x"}),
    "post_restore": ("post", {}),
    "post_settle": ("post", {"decision": "remove", "reason": "x"}),
}

#: Addresses that show what somebody may see, however little that is.
SHARED = {"boards", "board_search"}


def _knock(town: SecretTown, user_id: int | None, name: str) -> Any:
    kind, sent = DOORS[name]
    args: dict[str, list[Any]] = {
        "": [],
        "audience": [Audience.ALUMNI],
        "topic": [town.topic_id],
        "post": [town.post_id],
        "uid": [town.uid],
    }
    slug = [] if kind == "uid" else [town.chapter.slug]
    url = reverse(f"chapters:{name}", args=[*slug, *args[kind]])
    client = town.client(user_id)
    if sent is None:
        return client.get(url, {"q": "umbrella", "view": "new"}, follow=True)
    fields = {**sent, "file": picture_file()} if name == "board_upload" else sent
    with town.committed():
        return client.post(url, fields)


def test_every_address_is_tried() -> None:
    assert {pattern.name for pattern in board_urls.urlpatterns} == set(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
@pytest.mark.parametrize("who", ["member", "learner", "outsider", "banned", "nobody"])
def test_alumni_board_is_closed_to_others(town: SecretTown, who: str, name: str) -> None:
    user_id = None if who == "nobody" else getattr(town, who)
    answer = _knock(town, user_id, name)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # The words that somebody searches for stand in the field of the search, and nothing else of the topic anywhere.
    assert b"under the stairs" not in body
    if user_id is None:
        assert "login" in (answer.redirect_chain[-1][0] if getattr(answer, "redirect_chain", None) else answer.url)
    elif name not in SHARED or who in {"outsider", "banned"}:
        assert answer.status_code in {403, 404}, name
    assert Contribution.objects.count() == 2
    assert set(Contribution.objects.values_list("state", flat=True)) == {"live"}
    assert Picture.objects.count() == 1
    assert not TopicReader.objects.filter(user_id=user_id or 0).exists()
    assert Topic.objects.get().pinned_at is None
    assert Topic.objects.get().state == "open"


@pytest.mark.parametrize("name", sorted(DOORS))
def test_doors_are_open_to_whom_the_board_is_for(town: SecretTown, name: str) -> None:
    """The twin of the refusals: the same requests, by people to whom the board is open, are not refused."""
    is_moderators = name in {"board_reports", "topic_pin", "topic_state", "post_remove", "post_settle"}
    other = town.join("Ada Alumna", Audience.ALUMNI)
    who = town.moderator if is_moderators else town.alumna
    if name in {"post_helpful", "post_report"}:
        who = other
    if name == "post_settle":
        town.post(other, "post_report", town.post_id, reason="x")
    if name == "post_restore":
        town.post(town.moderator, "post_remove", town.post_id, reason="x")
        who = town.moderator
    answer = _knock(town, who, name)
    assert answer.status_code in {200, 201, 302}
    assert not answer.streaming or b"".join(answer.streaming_content)


def test_other_chapters_address_opens_nothing(town: SecretTown) -> None:
    """Somebody who may read everything in one chapter does not reach another's posts through its addresses."""
    other = town.make_chapter("Online chapter")
    insider = town.join("Ines Insider", Audience.ALUMNI, Audience.LEARNERS, chapter=other)
    client = town.client(insider)
    for name, (kind, sent) in DOORS.items():
        if kind not in {"topic", "post"}:
            continue
        url = reverse(f"chapters:{name}", args=[other.slug, town.topic_id if kind == "topic" else town.post_id])
        answer = client.get(url) if sent is None else client.post(url, sent)
        assert answer.status_code == 404, name


def _get_picture(town: SecretTown, user_id: int, uid: str, **headers: str) -> Any:
    """Return a picture as somebody gets it, read to its end, with its content in ``content_read``."""
    answer = town.client(user_id).get(reverse("chapters:picture", args=[uid]), headers=headers)
    answer.content_read = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_picture_is_for_readers_of_its_post(town: SecretTown) -> None:
    answer = _get_picture(town, town.alumna, town.uid)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content_read[:4] == b"RIFF"
    again = _get_picture(town, town.alumna, town.uid, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content_read) == (304, b"")


def test_what_a_browser_kept_is_not_shown_once_the_board_is_closed(town: SecretTown) -> None:
    tag = _get_picture(town, town.alumna, town.uid).headers["ETag"]
    assert _get_picture(town, town.learner, town.uid, **{"If-None-Match": tag}).status_code == 404


def test_picture_without_a_post_is_its_uploaders(town: SecretTown) -> None:
    uid = town.upload(town.alumna, Audience.ALUMNI)
    assert _get_picture(town, town.alumna, uid).status_code == 200
    assert _get_picture(town, town.moderator, uid).status_code == 404


def test_picture_goes_with_its_post(town: SecretTown) -> None:
    town.post(town.moderator, "post_remove", town.first_post(town.topic_id), reason="Not ours to show")
    reader = town.join("Ada Alumna", Audience.ALUMNI)
    for user_id in (reader, town.alumna, town.moderator, town.manager):
        assert _get_picture(town, user_id, town.uid).status_code == 404


def test_picture_whose_file_is_lost_is_not_found(town: SecretTown, tmp_path: Any) -> None:
    for path in tmp_path.rglob("*.webp"):
        path.unlink()
    assert _get_picture(town, town.alumna, town.uid).status_code == 404


def test_unknown_pictures_are_not_found(town: SecretTown) -> None:
    for uid in ("0" * 32, "..", "%2e%2e%2fetc", "x" * 3000):
        assert town.client(town.alumna).get(f"/chapters/pictures/{uid}").status_code == 404
