"""The rotating check-in code of a meeting, and the picture of it that a phone's camera reads.

The code is a TOTP (RFC 6238) of six digits that turns every 30 seconds; the one before still lets people in. The
picture holds an address with a mark of its own, which lasts long enough to sign in on a phone after scanning.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Final

import pyotp
import segno
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussion_ext.data import CodeData
from discussion_ext.models import Meeting

from .exceptions import WrongCodeError

DIGITS: Final = 6
EVERY_SECONDS: Final = 30

_OLD_WINDOWS: Final = 20
"""For how many windows, ten minutes, an old code is still called old rather than wrong."""
_SCAN_WINDOWS: Final = 6
_MARK_LENGTH: Final = 16
_SALT: Final = "discussion_ext.attendance.scan"


def make_code(meeting: Meeting, *, at: datetime) -> CodeData:
    """Return the code that is shown at a moment."""
    left = EVERY_SECONDS - int(at.timestamp()) % EVERY_SECONDS
    return CodeData(code=_code_of(meeting, _window(at)), seconds_left=left, every_seconds=EVERY_SECONDS)


def make_scan_mark(meeting: Meeting, *, at: datetime) -> str:
    """Return what the picture of a moment says beside the address; good for three minutes."""
    window = _window(at)
    return f"{window:x}-{_sign(meeting, window)}"


def draw_qr(address: str) -> str:
    """Return an address as a QR code in SVG, without style attributes: dark on white on every page."""
    drawing = io.BytesIO()
    segno.make(address, error="l", micro=False).save(
        drawing, kind="svg", xmldecl=False, omitsize=True, svgclass="cs-qr", lineclass=None, light="#fff", dark="#111"
    )
    return drawing.getvalue().decode().strip()


def check_code(meeting: Meeting, typed: str, *, at: datetime) -> None:
    """Let a code of this or the last window pass; blanks and dashes in it do not matter. Raises WrongCodeError."""
    code = "".join(each for each in typed if not (each.isspace() or each in "-.\u2013\u2014"))
    if not code:
        raise WrongCodeError(_("Type the six digits that your host shows."), field="code")
    if not code.isdecimal():
        raise WrongCodeError(_("The code has digits only."), field="code")
    if len(code) != DIGITS:
        message = ngettext(
            "The code has six digits. You typed %(count)d.", "The code has six digits. You typed %(count)d.", len(code)
        )
        raise WrongCodeError(message % {"count": len(code)}, field="code")
    code, window = "".join(str(int(each)) for each in code), _window(at)
    if _is_any(meeting, code, window, range(2)):
        return
    if _is_any(meeting, code, window, range(2, _OLD_WINDOWS)):
        raise WrongCodeError(_("This code has expired. Type the one that is shown now."), field="code")
    message = _("This is not the code of this meeting. Look at it again: it changes often.")
    raise WrongCodeError(message, field="code", is_guess=True)


def is_code_of(meeting: Meeting, typed: str, *, at: datetime) -> bool:
    """Tell whether a code would let somebody in."""
    try:
        check_code(meeting, typed, at=at)
    except WrongCodeError:
        return False
    return True


def check_scan_mark(meeting: Meeting, mark: str, *, at: datetime) -> None:
    """Let the mark of a picture pass that was shown in the last three minutes. Raises WrongCodeError."""
    text, _dash, signature = mark.partition("-")
    try:
        window = int(text, 16) if len(text) <= 12 else -1
    except ValueError:
        window = -1
    if window < 0 or not constant_time_compare(signature, _sign(meeting, window)):
        raise WrongCodeError(
            _("This is not the picture of this meeting. Scan it again, or type the code."), field="code"
        )
    if not 0 <= _window(at) - window <= _SCAN_WINDOWS:
        raise WrongCodeError(
            _("The picture that you scanned has expired. Scan it again, or type the code."), field="code"
        )


def _window(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp()) // EVERY_SECONDS


def _code_of(meeting: Meeting, window: int) -> str:
    return pyotp.TOTP(meeting.secret, digits=DIGITS, interval=EVERY_SECONDS).generate_otp(window)


def _is_any(meeting: Meeting, code: str, window: int, ages: range) -> bool:
    found = [constant_time_compare(code, _code_of(meeting, window - age)) for age in ages]
    return any(found)


def _sign(meeting: Meeting, window: int) -> str:
    text = f"{meeting.uid}:{window}:{meeting.secret}"
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:_MARK_LENGTH]
