"""Tags and filters that every block template has without loading them: icons, moments, numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from discussion_ext.data import CaseConfigData, ContributionData, ContributionKind
from people import api as people

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw a shape, hidden from assistive technology: the word stands beside it.

    It is drawn with its own lines and not from a sprite, because several blocks share one document and its ids.
    """
    flip = " cs-icon--flip" if name in {"right", "reply"} else ""
    variant = {"s": " cs-icon--s", "turn": " cs-icon--turn"}.get(size, "")
    shape = mark_safe(people.find_shape(name) or "")  # noqa: S308  our own shapes
    return format_html('<svg class="cs-icon{}{}" viewBox="0 0 20 20" aria-hidden="true">{}</svg>', variant, flip, shape)


@register.filter
def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Say "Sun 29 Nov, 23:59"."""
    return people.say_moment(instant, zone)


@register.filter
def recent(instant: datetime, zone: ZoneInfo) -> str:
    """Say "today, 14:20", "yesterday, 21:40" or "Thu 19 Nov"."""
    return people.say_recent(instant, zone)


@register.filter
def utc(instant: datetime) -> str:
    """Return the value of a ``datetime`` attribute."""
    return instant.isoformat()


@register.filter
def number(value: float) -> str:
    """Say 4.0 as "4" and 2.5 as "2.5" or "2,5", as the language does."""
    return number_format(value) if value % 1 else f"{value:.0f}"


@register.filter
def plain(value: float) -> str:
    """Write 4.0 as "4" and 2.5 as "2.5", for number inputs."""
    return f"{value:g}"


@register.filter
def clock(instant: str | datetime, zone: ZoneInfo) -> str:
    """Say "14:02" of an instant or its ISO form."""
    return people.say_time(datetime.fromisoformat(instant) if isinstance(instant, str) else instant, zone)


@register.filter
def city(zone: ZoneInfo) -> str:
    """Say "Amsterdam time"."""
    return people.say_zone(zone)


@register.filter
def draft(drafts: dict[str, Any], name: str) -> dict[str, str]:
    """Return the draft kept under ``name``, or an empty one."""
    return drafts.get(name) or {}


@register.filter
def answer_draft(drafts: dict[str, Any], post_id: int) -> str:
    """Return the text of the draft of an answer to a post."""
    return draft(drafts, f"answer:{post_id}").get("text", "")


@register.filter
def edit_name(post_id: int) -> str:
    """Return the name under which the changed text of a post is kept."""
    return f"edit:{post_id}"


@register.filter
def review_name(report_id: int) -> str:
    """Return the name under which the draft of a report's review is kept."""
    return f"review:{report_id}"


@register.filter
def percent(share: float | None) -> int:
    """Return a share of 0 to 1 in percent."""
    return round((share or 0) * 100)


@register.filter
def signed(points: int) -> str:
    """Say 10 as "+10", nothing as "0" and -3 as "−3"."""
    return f"+{points}" if points > 0 else str(points).replace("-", "−")


@register.filter
def least_of(kind: str, config: CaseConfigData) -> int:
    """Return the words asked of a post of this kind."""
    return {"position": config.position_min, "look_back": config.look_back_min}.get(kind, config.answer_min)


@register.filter
def most_of(kind: str, config: CaseConfigData) -> int:
    """Return the words allowed in a post of this kind, 0 for no limit."""
    return config.position_max if kind == "position" else 0


@register.filter
def check_class(state: str) -> str:
    """Return how a requirement's state looks: waiting looks open, impossible void."""
    return {"waiting": "open", "impossible": "void"}.get(state, state)


@register.filter
def check_icon(state: str) -> str:
    """Return the shape of a requirement's state; waiting has one of its own."""
    return {"met": "done", "not": "not", "impossible": "void", "waiting": "clock"}.get(state, "open")


@register.filter
def tone(name: str) -> int:
    """Return the tone of somebody's avatar."""
    return people.tone(name)


@register.filter
def initials(name: str) -> str:
    """Return what stands in somebody's avatar."""
    return people.initials(name)


@register.filter
def answer_count(post: ContributionData) -> int:
    """Return how many answers a position has, those of this very moment included."""
    return max(post.answers, _answers_shown(post))


@register.filter
def has_more_answers(post: ContributionData) -> bool:
    """Return whether a position has more answers than stand beneath it."""
    return post.answers > _answers_shown(post)


def _answers_shown(post: ContributionData) -> int:
    return sum(reply.kind == ContributionKind.ANSWER for reply in post.replies)
