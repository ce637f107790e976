"""Pictures of posts: decoded with care, turned upright, made smaller, and encoded anew without what the camera wrote.

What somebody uploads is never served as it came: a file that is a picture to one program can be a page to another.
Files lie in the site's default storage, which may be open to the world: under random names that nobody is told, unlike
the ``uid`` in a picture's address. Only the owner's page hands them out.
"""

from __future__ import annotations

import io
import secrets
import uuid
import warnings
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from discussion_ext.data import ContributionState, PictureData
from discussion_ext.exceptions import ContributionNotFoundError, InvalidTextError, InvalidValueError, TooManyPostsError
from discussion_ext.models import Picture

from .places import get_board
from .texts import read_line

CONTENT_TYPE: Final = "image/webp"
LONGEST_ALT: Final = 300

#: What is decoded; everything else is refused before anything of it is read.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_FOLDER: Final = "community/boards"
_QUALITY: Final = 82
#: So long a picture waits for its post. Then the purge takes it.
_WAITS: Final = timedelta(days=1)
#: So many may wait at a time for one person.
_MOST_WAITING: Final = 20


def add_picture(*, board_key: str, user_id: int, file: IO[bytes], alt: str = "") -> PictureData:
    """Keep a picture for a post that is being written, and return it.

    Raises InvalidValueError (``field`` "picture") for what is too large, has too many pixels or is no picture,
    InvalidTextError (``field`` "alt") for a description of more than 300 characters, and TooManyPostsError where too
    many wait for a post.
    """
    board = get_board(board_key)
    alt = read_line(alt)
    if len(alt) > LONGEST_ALT:
        message = _("The description is too long: at most %(limit)d characters.") % {"limit": LONGEST_ALT}
        raise InvalidTextError(message, field="alt")
    waiting = Picture.objects.filter(user_id=user_id, contribution__isnull=True)
    if waiting.count() >= _MOST_WAITING:
        raise TooManyPostsError(wait_seconds=int(_WAITS.total_seconds()))
    image = _decode(_read(file))
    uid = uuid.uuid4().hex
    encoded = io.BytesIO()
    image.save(encoded, format="WEBP", quality=_QUALITY)
    content = encoded.getvalue()
    # The file before its row: a row without a file would be a broken picture, a file without a row is never shown.
    name = secrets.token_hex(20)
    path = default_storage.save(f"{_FOLDER}/{name[:2]}/{name}.webp", ContentFile(content))
    picture = Picture.objects.create(
        uid=uid, board=board, user_id=user_id, path=path, alt=alt, width=image.width, height=image.height,
        size=len(content),
    )  # fmt: skip
    return to_data(picture, board_key)


def open_picture(uid: str) -> tuple[PictureData, IO[bytes], str]:
    """Return a picture of a live post, or of none yet, with its open file and content type.

    Raises ContributionNotFoundError where it is gone, or its post is.
    """
    picture = Picture.objects.select_related("board", "contribution").filter(uid=uid).first()
    is_shown = picture is not None and (
        picture.contribution is None or picture.contribution.state == ContributionState.LIVE
    )
    if picture is None or not is_shown:
        raise ContributionNotFoundError(_("There is no such picture."))
    try:
        file = default_storage.open(picture.path)
    except FileNotFoundError:
        raise ContributionNotFoundError(_("There is no such picture.")) from None
    return to_data(picture, picture.board.key), file, CONTENT_TYPE


def delete_pictures(pictures: QuerySet[Picture]) -> int:
    """Delete pictures with their files; return how many.

    Files first: what is interrupted is done again, while a file whose row is gone would stay for ever.
    """
    rows = list(pictures.only("path"))
    for row in rows:
        default_storage.delete(row.path)
    Picture.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def let_go(pictures: QuerySet[Picture]) -> None:
    """Take pictures from their post, and delete them after the commit: a change that is refused costs none.

    What is interrupted then is left to the purge.
    """
    ids = list(pictures.values_list("pk", flat=True))
    Picture.objects.filter(pk__in=ids).update(contribution=None)
    waiting = Picture.objects.filter(pk__in=ids, contribution__isnull=True)
    transaction.on_commit(lambda: delete_pictures(waiting), robust=True)


def find_orphans() -> QuerySet[Picture]:
    """Return pictures whose post never came."""
    return Picture.objects.filter(contribution__isnull=True, created_at__lt=timezone.now() - _WAITS)


def list_pictures(contribution_ids: Iterable[int]) -> dict[int, list[PictureData]]:
    """Return the pictures of posts, by post, in the order in which they were uploaded; one query."""
    found: dict[int, list[PictureData]] = {}
    pictures = Picture.objects.filter(contribution__in=list(contribution_ids)).select_related("board")
    for picture in pictures.order_by("pk"):
        found.setdefault(picture.contribution_id or 0, []).append(to_data(picture, picture.board.key))
    return found


def to_data(picture: Picture, board_key: str) -> PictureData:
    """Return a picture as others receive it."""
    return PictureData(
        uid=picture.uid, board_key=board_key, alt=picture.alt, width=picture.width, height=picture.height
    )


def _read(file: IO[bytes]) -> bytes:
    limit = int(settings.DISCUSSION_EXT_PICTURE_LIMIT_KB) * 1024
    content = file.read(limit + 1)
    if len(content) > limit:
        size = limit / 1024 / 1024
        message = _("The picture is too large: at most %(size).1f MB.") % {"size": size}
        raise InvalidValueError(message, field="picture")
    if not content:
        raise InvalidValueError(_("Choose a picture first."), field="picture")
    return content


def _decode(content: bytes) -> Image.Image:
    """Return the first frame upright, at most so large as the setting says; a file that lies about itself is refused.

    The header is read before the pixels are: a small file can hold more of them than there is memory.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _check_pixels(opened)
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            plain = upright.convert("RGBA" if _is_transparent(upright) else "RGB")
    except InvalidValueError:
        raise
    except Exception as error:  # decoders raise whatever they like, SyntaxError and struct.error among them
        message = _("This file is not a picture that can be shown. Use JPEG, PNG, WebP or GIF.")
        raise InvalidValueError(message, field="picture") from error
    longest = int(settings.DISCUSSION_EXT_PICTURE_SIDE)
    plain.thumbnail((longest, longest))
    # A fresh one holds pixels alone: no EXIF, no text, no colour profile, nothing behind the end of the picture.
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean


def _check_pixels(image: Image.Image) -> None:
    most = int(settings.DISCUSSION_EXT_PICTURE_MEGAPIXELS)
    if image.width * image.height > most * 1_000_000:
        message = _("The picture has too many pixels: at most %(most)d million.") % {"most": most}
        raise InvalidValueError(message, field="picture")


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
