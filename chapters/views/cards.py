"""A chapter as the directory shows it: in its own language, wherever the site speaks that language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from chapters.covers import draw_cover
from chapters.data import CardData, ChapterData
from chapters.words import say_entry, say_place
from people import api as people

from .words import say_languages, say_members, say_state


def draw_card(card: CardData) -> dict[str, Any]:
    """Return what ``parts/card.html`` shows of a chapter; ``words_lang`` is the language of what we say ourselves."""
    chapter = card.chapter
    own = own_language(chapter)
    spoken = own if own in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(spoken):
        meta = [say_members(chapter.members)]
        if card.next_at is not None:
            day = people.say_day(card.next_at.astimezone(chapter.zone).date())
            meta.append(_("next on %(day)s") % {"day": day})
        words = {
            "place": say_place(chapter),
            "meta": " · ".join(meta),
            "state": say_state(chapter),
            "entry": say_entry(chapter),
            "mine": _("You are a member") if card.is_mine else "",
            "languages": say_languages(chapter.languages),
        }
    return {
        "chapter": chapter,
        "url": reverse("chapters:chapter", args=[chapter.slug]),
        "cover": draw_cover(chapter.cover),
        "lang": own,
        "words_lang": spoken,
        "is_open": card.is_open_to_me,
        **words,
    }


def own_language(chapter: ChapterData) -> str:
    """Return the language in which a chapter writes of itself."""
    return chapter.languages[0] if chapter.languages else settings.LANGUAGE_CODE
