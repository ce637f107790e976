"""The icon shapes of the visual language: outlines on a 20 x 20 grid, stroked in the text's colour."""

from __future__ import annotations

from typing import Final

SHAPES: Final[dict[str, str]] = {
    "access": '<circle cx="10" cy="4" r="1.5"/><path d="M4 7.5 10 8.5l6-1M10 8.5v4l-2.5 5M10 12.5l2.5 5"/>',
    "book": '<path d="M10 5.5C8.5 4.5 6 4 3 4v11.5c3 0 5.5.5 7 1.5 1.5-1 4-1.5 7-1.5V4c-3 0-5.5.5-7 1.5Zm0 0V17"/>',
    "bulb": '<path d="M7.5 14.5c0-2-2.5-3-2.5-6.5a5 5 0 0 1 10 0c0 3.5-2.5 4.5-2.5 6.5ZM8 17.5h4"/>',
    "cal": '<rect x="3" y="4.5" width="14" height="12.5" rx="2"/><path d="M3 8.5h14M7 2.5v3.5M13 2.5v3.5"/>',
    "chat": (
        '<path d="M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 '
        '1.5 0 0 1 3 12.5Z"/>'
    ),
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "copy": '<rect x="6.5" y="6.5" width="10.5" height="10.5" rx="2"/><path d="M13.5 3.5h-8a2 2 0 0 0-2 2v8"/>',
    "done": '<circle cx="10" cy="10" r="7.5"/><path d="m6.5 10.3 2.4 2.4 4.6-5"/>',
    "down": '<path d="m4.5 7.5 5.5 5.5 5.5-5.5"/>',
    "eye": (
        '<path d="M2 10c2-3.7 4.7-5.5 8-5.5s6 1.8 8 5.5c-2 3.7-4.7 5.5-8 5.5S4 13.7 2 10Z"/>'
        '<circle cx="10" cy="10" r="2.5"/>'
    ),
    "fall": '<path d="M10 4v12m-5-5 5 5 5-5"/>',
    "file": '<path d="M5 2.5h6.5L15.5 6.5v11H5Z"/><path d="M11.5 2.5v4h4"/>',
    "flag": '<path d="M5 17.5V3.5h9.5l-2 3.5 2 3.5H5"/>',
    "get": '<path d="M10 3v10m-4.5-4L10 13l4.5-4M3.5 17h13"/>',
    "globe": (
        '<circle cx="10" cy="10" r="7.5"/>'
        '<path d="M2.5 10h15M10 2.5c2.3 2 3.4 4.5 3.4 7.5s-1.1 5.5-3.4 7.5c-2.3-2-3.4-4.5-3.4-7.5S7.7 4.5 10 '
        '2.5Z"/>'
    ),
    "hello": (
        '<path d="M4 10.5V6.8a1.2 1.2 0 0 1 2.4 0V10 4.7a1.2 1.2 0 0 1 2.4 0V9.5 4a1.2 1.2 0 0 1 2.4 0v5.7-4a1.2 '
        '1.2 0 0 1 2.4 0v5.8c0 3.7-2 6-5 6-3.2 0-4.6-2.5-4.6-7Z"/>'
        '<path d="M16 3.5c1 .7 1.6 1.6 1.7 2.8"/>'
    ),
    "hide": (
        '<path d="M4 5.5C3.2 6.7 2.6 8 2 10c2 3.7 4.7 5.5 8 5.5 1.4 0 2.7-.3 3.9-1M8 4.8c4.3-.9 7.7 1 10 5.2-.5 '
        '1-1.1 1.8-1.7 2.5M3 3l14 14"/>'
    ),
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9.2v4.3M10 6.4v.1"/>',
    "link": '<path d="M8.5 11.5 11.5 8.5M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2"/>',
    "list": '<path d="M7.5 5H17M7.5 10H17M7.5 15H17M3.5 5h.1M3.5 10h.1M3.5 15h.1"/>',
    "lock": '<rect x="4.5" y="8.5" width="11" height="8" rx="1.5"/><path d="M7 8.5V6a3 3 0 0 1 6 0v2.5"/>',
    "mail": '<rect x="2.5" y="4.5" width="15" height="11" rx="2"/><path d="m3 6 7 5.5L17 6"/>',
    "more": '<path d="M4.5 10h.1M10 10h.1M15.5 10h.1"/>',
    "not": '<circle cx="10" cy="10" r="7.5"/><path d="m7.3 7.3 5.4 5.4m0-5.4-5.4 5.4"/>',
    "open": '<circle cx="10" cy="10" r="7.5"/>',
    "pen": '<path d="m4 16 .8-3.4 8.7-8.7a1.5 1.5 0 0 1 2.1 0l.5.5a1.5 1.5 0 0 1 0 2.1l-8.7 8.7Z"/>',
    "people": (
        '<circle cx="7.5" cy="7" r="3"/>'
        '<path d="M2 16.5c.5-3.3 2.5-5 5.5-5s5 1.7 5.5 5M13 4.3a3 3 0 0 1 0 5.4M15 12c1.7.6 2.7 2.1 3 4.5"/>'
    ),
    "person": '<circle cx="10" cy="6.8" r="3.2"/><path d="M4 17c.5-3.7 2.7-5.5 6-5.5s5.5 1.8 6 5.5"/>',
    "pin": (
        '<path d="M10 17.5c3.5-3.8 5.5-6.5 5.5-9.2a5.5 5.5 0 0 0-11 0c0 2.7 2 5.4 5.5 9.2Z"/>'
        '<circle cx="10" cy="8.2" r="2"/>'
    ),
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "point": '<path d="M10 2.5 16.5 6.2v7.6L10 17.5l-6.5-3.7V6.2Z"/><path d="m7.3 10.2 1.9 1.9 3.6-4.1"/>',
    "qr": (
        '<rect x="3" y="3" width="5" height="5" rx="1"/>'
        '<rect x="12" y="3" width="5" height="5" rx="1"/>'
        '<rect x="3" y="12" width="5" height="5" rx="1"/>'
        '<path d="M12 12h2v2m3-2v1m-5 4h1m2-1h2v1"/>'
    ),
    "reply": '<path d="M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1"/>',
    "right": '<path d="M4 10h12m-5-5 5 5-5 5"/>',
    "same": '<path d="M5 10h10"/>',
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 3.8 3.8"/>',
    "shield": '<path d="M10 2.5 16 5v5c0 3.8-2.3 6.2-6 7.5-3.7-1.3-6-3.7-6-7.5V5Z"/>',
    "star": '<path d="m10 3 2.1 4.5 4.9.6-3.6 3.4.9 4.9L10 14l-4.3 2.4.9-4.9L3 8.1l4.9-.6Z"/>',
    "up": '<path d="M10 16V4m-5 5 5-5 5 5"/>',
    "video": '<rect x="2.5" y="5.5" width="10" height="9" rx="2"/><path d="m12.5 9 5-2.5v7l-5-2.5"/>',
    "void": '<circle cx="10" cy="10" r="7.5"/><path d="M6.5 10h7"/>',
    "vote": '<path d="M10 4 4 11h3.5v5h5v-5H16Z"/>',
    "warn": '<path d="M10 3 2.5 16.5h15Z"/><path d="M10 8.5v3.5M10 14.3v.1"/>',
}


def find_shape(name: str) -> str | None:
    """Return the SVG elements of an icon, or None for a name nobody drew."""
    return SHAPES.get(name)
