"""The six drawn covers of chapters: flat shapes in brand colours, so that no chapter needs a photo.

The shapes carry classes that ``people/community.css`` colours; nothing is an inline style, and nobody's words get in.
"""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_COVERS: Final = (
    (
        '<rect class="f" width="400" height="120"/><circle class="c" cx="60" cy="100" r="60"/>'
        '<rect class="b" x="180" y="0" width="60" height="120"/><rect class="d" x="260" y="40" width="60" height="80"/>'
        '<rect class="a" x="340" y="70" width="60" height="50"/>'
    ),
    (
        '<rect class="g" width="400" height="120"/><circle class="b" cx="110" cy="60" r="80"/>'
        '<circle class="c" cx="210" cy="60" r="30"/><rect class="a" x="300" y="0" width="100" height="120"/>'
    ),
    (
        '<rect class="d" width="400" height="120"/>'
        '<path class="a" d="M0 90q50-40 100 0t100 0 100 0 100 0v30H0Z"/><circle class="g" cx="300" cy="40" r="26"/>'
    ),
    (
        '<rect class="b" width="400" height="120"/><circle class="a" cx="330" cy="120" r="90"/>'
        '<circle class="f" cx="250" cy="30" r="34"/><rect class="d" x="20" y="64" width="150" height="56"/>'
    ),
    (
        '<rect class="b" width="400" height="120"/><rect class="e" x="0" y="60" width="130" height="60"/>'
        '<rect class="a" x="130" y="20" width="80" height="100"/>'
        '<rect class="f" x="210" y="70" width="120" height="50"/><circle class="c" cx="360" cy="36" r="20"/>'
    ),
    (
        '<rect class="e" width="400" height="120"/><path class="a" d="M0 120 90 40l70 80Z"/>'
        '<path class="b" d="M90 120 190 20l110 100Z"/><circle class="g" cx="340" cy="36" r="24"/>'
    ),
)

#: How many covers there are; a chapter's number is 1 to this.
COVERS: Final = len(_COVERS)


def draw_cover(number: int, *, is_hero: bool = False) -> SafeString:
    """Return a cover as SVG, hidden from assistive technology; a number beyond the last begins anew.

    A hero is wide and low: it shows the upper part of the drawing.
    """
    shapes = mark_safe(_COVERS[(number - 1) % COVERS])  # noqa: S308 - our own shapes
    classes, height = ("cs-cover cs-cover--hero", 70) if is_hero else ("cs-cover", 120)
    return format_html(
        '<svg class="{}" viewBox="0 0 400 {}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" '
        'focusable="false">{}</svg>',
        classes,
        height,
        shapes,
    )
