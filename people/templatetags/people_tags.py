"""Template tags for moments, icons and avatars, for pages and blocks alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from people import api
from people.data import NameData

register = template.Library()

_ZONE_KEY = "_people_reader_zone"


@register.simple_tag(takes_context=True)
def local_time(context: template.Context, instant: datetime, style: str = "moment") -> SafeString:
    """Render an instant in the reader's zone: ``moment`` with the zone's city, ``short`` without, ``recent`` for posts.

    The zone is the context's ``reader_zone``, or that of the person who asks.
    """
    zone = reader_zone(context)
    now = context.get("now")
    if style == "recent":
        text = api.say_recent(instant, zone, now=now)
    elif style == "short":
        text = api.say_moment(instant, zone, now=now)
    else:
        text = api.format_moment(instant, zone=zone, now=now)
    return format_html('<time datetime="{}">{}</time>', api.format_utc(instant), text)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "", *, is_inline: bool = False, flips: bool = False) -> SafeString:
    """Render an icon of the page's sprite, or with its own shape (``is_inline``), which needs no sprite and no id.

    Without a ``label`` it is hidden from assistive technology. ``flips`` mirrors arrows in right-to-left text.
    """
    shape = _shape(name)
    body = mark_safe(shape) if is_inline else format_html('<use href="#cs-{}"/>', name)  # noqa: S308 - our own shapes
    classes = " ".join(["cs-icon", *(["cs-icon--" + size] if size else []), *(["cs-icon--flip"] if flips else [])])
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" viewBox="0 0 20 20" {}>{}</svg>', classes, role, body)


@register.filter
def icon_symbols(names: str) -> list[tuple[str, SafeString]]:
    """Return (name, shape) for each name in a space separated list, for the sprite."""
    return [(name, mark_safe(_shape(name))) for name in dict.fromkeys(names.split())]  # noqa: S308 - our own shapes


@register.simple_tag
def avatar(person: NameData, size: str = "") -> SafeString:
    """Render the round mark in front of a name: letters, or an eye crossed out for somebody hidden."""
    letters: Any = person.initials
    if person.kind == "hidden":
        letters = icon("hide", is_inline=True)
    classes = "cs-avatar cs-avatar--l" if size == "l" else "cs-avatar"
    return format_html('<span class="{}" data-tone="{}" aria-hidden="true">{}</span>', classes, person.tone, letters)


def reader_zone(context: template.Context) -> ZoneInfo:
    """Return the zone of whoever reads the page, looked up once per rendering."""
    if (zone := context.get("reader_zone")) is not None:
        return zone
    if _ZONE_KEY not in context.render_context:
        user = getattr(context.get("request"), "user", None) or context.get("user")
        context.render_context[_ZONE_KEY] = api.person_zone(getattr(user, "pk", None) or 0)
    return context.render_context[_ZONE_KEY]


def _shape(name: str) -> str:
    shape = api.find_shape(name)
    if shape is None:
        message = f"No icon is called {name!r}."
        raise template.TemplateSyntaxError(message)
    return shape
