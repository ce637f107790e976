"""Pictures of posts."""

from __future__ import annotations

from typing import IO

from discussion_ext.data import (
    PictureData,
)


def add_picture(*, board_key: str, user_id: int, file: IO[bytes], alt: str = "") -> PictureData:
    """Keep a picture for a post that is being written, re-encoded and without what the camera wrote into it."""
    raise NotImplementedError


def open_picture(uid: str) -> tuple[PictureData, IO[bytes], str]:
    """Return a picture of a live post (or of none yet), its open file and its content type."""
    raise NotImplementedError
