"""Template tags for pages and blocks."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError

from people import icons
from people.data import NameData

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def render(text: str, **values: object) -> str:
    return Template("{% load people_tags %}" + text).render(Context(values))


def test_local_time_in_the_readers_zone(person, rf, django_assert_num_queries):
    from people import api

    api.set_preferences(user_id=person.pk, zone="Africa/Nairobi")
    request = rf.get("/")
    request.user = person
    moment = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)
    with django_assert_num_queries(1):
        text = render("{% local_time m %}|{% local_time m 'short' %}", m=moment, request=request, now=NOW)
    assert text == (
        '<time datetime="2026-12-03T16:00Z">Thu 3 Dec, 19:00, Nairobi time</time>|'
        '<time datetime="2026-12-03T16:00Z">Thu 3 Dec, 19:00</time>'
    )


def test_local_time_of_a_post_in_a_given_zone():
    zone = ZoneInfo("Asia/Shanghai")
    text = render("{% local_time m style='recent' %}", m=NOW, reader_zone=zone, now=NOW)
    assert text == '<time datetime="2026-11-21T12:00Z">today, 20:00</time>'


def test_icons_by_sprite_inline_and_with_a_label():
    assert render("{% icon 'check' %}") == (
        '<svg class="cs-icon" viewBox="0 0 20 20" aria-hidden="true"><use href="#cs-check"/></svg>'
    )
    inline = render("{% icon 'right' size='s' is_inline=True flips=True %}")
    assert 'class="cs-icon cs-icon--s cs-icon--flip"' in inline
    assert icons.SHAPES["right"] in inline
    labelled = render("{% icon 'not' label=words %}", words='<"not">')
    assert 'role="img" aria-label="&lt;&quot;not&quot;&gt;"' in labelled


def test_sprite_holds_what_was_asked_for_once():
    text = render("{% include 'people/sprite.html' with icons='check clock check' %}")
    assert re.findall(r'<symbol id="([^"]+)"', text) == ["cs-check", "cs-clock"]


def test_unknown_icons_are_a_mistake_of_the_template():
    with pytest.raises(TemplateSyntaxError, match="banana"):
        render("{% icon 'banana' %}")


def test_avatars():
    known = NameData(1, "name", "<b>Bo", "<B", 3)
    hidden = NameData(2, "hidden", "Hidden learner", "", 5)
    assert render("{% avatar p %}", p=known) == (
        '<span class="cs-avatar" data-tone="3" aria-hidden="true">&lt;B</span>'
    )
    assert icons.SHAPES["hide"] in render("{% avatar p 'l' %}", p=hidden)
