"""Pictures are decoded with care, encoded anew, and gone with their file."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from discussion_ext.api import boards
from discussion_ext.data import BoardData
from discussion_ext.exceptions import ContributionNotFoundError, InvalidTextError, InvalidValueError, TooManyPostsError
from discussion_ext.models import Picture
from people import api as people

from .conftest import picture_file

pytestmark = pytest.mark.django_db


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _bomb() -> io.BytesIO:
    """Return a PNG of a few bytes that says it has 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_every_kind_becomes_the_same(author: int, upload: Callable[..., str], kind: str, tmp_path: Path) -> None:
    uid = upload(author, picture_file(kind=kind), alt="  A door ")
    data, file, content_type = boards.open_picture(uid)
    with file, Image.open(file) as opened:
        assert (opened.format, opened.size) == ("WEBP", (40, 30))
    assert (data.alt, data.width, data.height, content_type) == ("A door", 40, 30, "image/webp")
    (stored,) = _files(tmp_path)
    assert uid not in str(stored)  # whoever reads the address does not know the file


def test_what_the_camera_wrote_is_gone_and_the_picture_upright(author: int, upload: Callable[..., str]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Maker of my camera"
    exif.get_ifd(0x8825)[1] = "N"
    file = picture_file(kind="JPEG", exif=exif, comment=b"my street")
    assert b"Maker of my camera" in file.getvalue()
    _data, stored, _type = boards.open_picture(upload(author, file))
    with stored:
        content = stored.read()
    assert b"camera" not in content
    assert b"street" not in content
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.size == (30, 40)
        assert not opened.getexif()
        assert "icc_profile" not in opened.info


def test_large_pictures_are_made_smaller_and_transparent_ones_stay_so(
    author: int, upload: Callable[..., str], settings: Any
) -> None:
    settings.DISCUSSION_EXT_PICTURE_SIDE = 200
    file = io.BytesIO()
    Image.new("RGBA", (1000, 500), (1, 2, 3, 0)).save(file, format="PNG")
    file.seek(0)
    data, stored, _type = boards.open_picture(upload(author, file))
    assert (data.width, data.height) == (200, 100)
    with stored, Image.open(stored) as opened:
        assert opened.convert("RGBA").getpixel((5, 5))[3] == 0


def test_what_hides_behind_a_picture_is_not_kept(author: int, upload: Callable[..., str]) -> None:
    file = picture_file()
    file.seek(0, io.SEEK_END)
    file.write(b"<script>alert(1)</script>")
    file.seek(0)
    _data, stored, _type = boards.open_picture(upload(author, file))
    with stored:
        assert b"script" not in stored.read()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\xff" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 20,
        b"%PDF-1.4",
        b"\xff\xd8\xff\xe0" + b"\x00" * 9,
    ],
)
def test_what_is_no_picture_is_refused(
    board: BoardData, author: int, upload: Callable[..., str], tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        upload(author, io.BytesIO(content))
    assert refusal.value.field == "picture"
    assert not Picture.objects.exists()
    assert not _files(tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(author: int, upload: Callable[..., str]) -> None:
    bomb = _bomb()
    assert len(bomb.getvalue()) < 1000
    with pytest.raises(InvalidValueError):
        upload(author, bomb)


def test_a_truncated_picture_is_refused(author: int, upload: Callable[..., str]) -> None:
    whole = picture_file((200, 200), kind="JPEG").getvalue()
    with pytest.raises(InvalidValueError):
        upload(author, io.BytesIO(whole[: len(whole) // 2]))


def test_a_large_file_is_not_read_to_its_end(author: int, upload: Callable[..., str], settings: Any) -> None:
    settings.DISCUSSION_EXT_PICTURE_LIMIT_KB = 1
    file = io.BytesIO(b"\xff" * 1_000_000)
    with pytest.raises(InvalidValueError) as refusal:
        upload(author, file)
    assert refusal.value.field == "picture"
    assert file.tell() == 1025


def test_a_description_has_a_limit(author: int, upload: Callable[..., str]) -> None:
    assert upload(author, alt="a" * 300)
    with pytest.raises(InvalidTextError) as refusal:
        upload(author, alt="a" * 301)
    assert refusal.value.field == "alt"


def test_nobody_fills_the_storage(author: int, reader: int, upload: Callable[..., str]) -> None:
    for _ in range(20):
        upload(author)
    with pytest.raises(TooManyPostsError):
        upload(author)
    assert upload(reader)


def test_a_picture_is_shown_only_while_its_post_is(
    author: int, moderator: int, upload: Callable[..., str], start: Callable[..., int]
) -> None:
    uid = upload(author)
    assert boards.locate_picture(uid).author_id == author
    assert boards.locate_picture(uid).post_id is None
    topic_id = start(author, picture_uids=[uid])
    place = boards.locate_picture(uid)
    assert (place.topic_id, place.author_id) == (topic_id, author)
    boards.open_picture(uid)[1].close()
    boards.remove_post(post_id=place.post_id, actor_id=moderator)
    with pytest.raises(ContributionNotFoundError):
        boards.open_picture(uid)
    boards.restore_post(post_id=place.post_id, actor_id=moderator)
    boards.open_picture(uid)[1].close()
    assert [each.uid for each in boards.read_topic(topic_id=topic_id, user_id=author).first.pictures] == [uid]


def test_a_picture_whose_file_is_lost_is_not_found(author: int, upload: Callable[..., str], tmp_path: Path) -> None:
    uid = upload(author)
    for path in _files(tmp_path):
        path.unlink()
    with pytest.raises(ContributionNotFoundError):
        boards.open_picture(uid)


def test_pictures_whose_post_never_came_are_purged_with_their_file(
    author: int, upload: Callable[..., str], start: Callable[..., int], tmp_path: Path
) -> None:
    used, orphan, fresh = upload(author), upload(author), upload(author)
    start(author, picture_uids=[used])
    Picture.objects.exclude(uid=fresh).update(created_at=timezone.now() - timedelta(days=2))
    people.run_job("discussion_ext.tend_boards")
    assert set(Picture.objects.values_list("uid", flat=True)) == {used, fresh}
    assert len(_files(tmp_path)) == 2
    with pytest.raises(ContributionNotFoundError):
        boards.open_picture(orphan)
