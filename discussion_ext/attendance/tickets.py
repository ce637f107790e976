"""Personal tickets: a picture that a host scans, which tells nobody but this site whose it is.

A token is a person's number, encrypted and signed in one step (a synthetic initialisation vector, RFC 5297 in its
idea): a keyed hash of the number is the signature and, hashed again, the mask that hides the number. Its key comes from
the meeting's secret and the site's, so that a token says nothing at another meeting and none can be made or read from
the database alone. It stays the same as long as the meeting is there: who gave the seat back shows a ticket of somebody
without one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Final

from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from discussion_ext.data import MeetingData
from discussion_ext.models import Meeting
from people import api as people

from . import codes
from .exceptions import WrongTicketError
from .meetings import get_row

LONGEST_TOKEN: Final = 22

_SIGNATURE_BYTES: Final = 12
_NUMBER_BYTES: Final = 4
_SALT: Final = "discussion_ext.attendance.ticket"


def make_ticket(meeting_id: int, user_id: int) -> str:
    """Return somebody's token for a meeting: 22 characters of A-Z, a-z, 0-9, - and _, always the same.

    Raises MeetingNotFoundError.
    """
    return _write(get_row(meeting_id), user_id)


def draw_ticket_qr(meeting_id: int, user_id: int) -> str:
    """Return, as SVG, the address that a host's phone opens to check this person in. Raises MeetingNotFoundError."""
    row = get_row(meeting_id)
    path = reverse("discussion_ext:ticket_check_in", args=[row.uid, _write(row, user_id)])
    return codes.draw_qr(people.absolute_url(path))


def read_ticket(meeting: MeetingData, token: str) -> int:
    """Return whose ticket it is, whether they have a place or not.

    ``token`` may also be the whole address of the picture. Raises WrongTicketError for one that was changed, made up or
    made for another meeting.
    """
    row, mark = get_row(meeting.id), _cut(token)
    try:
        raw = base64.urlsafe_b64decode(mark + "==") if len(mark) == LONGEST_TOKEN else b""
    except (binascii.Error, ValueError):
        raw = b""
    signature, hidden = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if len(hidden) != _NUMBER_BYTES:
        raise WrongTicketError(_("This is no ticket. Scan it again, or look for the name."))
    user_id = int.from_bytes(_mask(row, signature, hidden))
    if not constant_time_compare(mark, _write(row, user_id)):
        raise WrongTicketError(_("This is no ticket of this meeting. Is it for another date?"))
    return user_id


def _write(row: Meeting, user_id: int) -> str:
    number = user_id.to_bytes(_NUMBER_BYTES)
    signature = _hash(row, b"sign", number)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(signature + _mask(row, signature, number)).decode().rstrip("=")


def _mask(row: Meeting, signature: bytes, number: bytes) -> bytes:
    """Hide a number, or show it again: done twice it is undone."""
    return bytes(one ^ other for one, other in zip(number, _hash(row, b"hide", signature), strict=False))


def _hash(row: Meeting, purpose: bytes, text: bytes) -> bytes:
    key = salted_hmac(_SALT, f"{row.uid}:{row.secret}", algorithm="sha256").digest()
    return hmac.new(key, purpose + text, sha256).digest()


def _cut(token: str) -> str:
    """Return the last part of an address, or what is none as it is."""
    return token.strip().rstrip("/").rpartition("/")[2]
