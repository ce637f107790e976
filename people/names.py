"""Names as shown: what a person chose for a surface, the text that follows from it, and the avatar's letters."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import edx_platform
from .data import ContactData, NameChoice, NameData
from .exceptions import UnknownChoiceError, UnknownSurfaceError
from .models import ShownName
from .pseudonyms import pseudonyms

# Scripts in which one character stands for a syllable or word, so that a second one would be an invented initial.
_ONE_CHARACTER_SCRIPTS: Final = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "BOPOMOFO ", "YI ")
_HIDDEN_TONE: Final = 5


def initials(text: str) -> str:
    """Return the letters for an avatar: of the first and last word, or one character where a script has no initials."""
    words = [word for word in text.split() if word[0].isalpha()]
    if not words:
        return ""
    if unicodedata.name(words[0][0], "").startswith(_ONE_CHARACTER_SCRIPTS):
        return words[0][0]
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(_first_letter(word) for word in chosen)


def tone(text: str) -> int:
    """Return the avatar's colour, 1 to 6, from the shown text alone: a colour must not give a pseudonym away."""
    return zlib.crc32(text.encode()) % 6 + 1


def full_name(contact: ContactData) -> str:
    """Return the name somebody gave, or the username."""
    return contact.full_name.strip() or contact.username


def real_names(user_ids: Iterable[int]) -> dict[int, str]:
    """Return full names for people entitled to see them (course teams, moderators); former learners have none."""
    ids = list(user_ids)
    contacts = edx_platform.list_contacts(ids)
    return {user_id: _real_name(contacts.get(user_id)) for user_id in ids}


def get_name_choice(user_id: int, *, surface: str, context_key: str) -> NameChoice:
    """Return how a person appears on a surface: their choice, or the surface's default."""
    return name_choices([user_id], surface=surface, context_key=context_key)[user_id]


def name_choices(user_ids: Iterable[int], *, surface: str, context_key: str) -> dict[int, NameChoice]:
    """Return how people appear on a surface, in one query."""
    default, ids = _default_choice(surface), list(user_ids)
    rows = ShownName.objects.filter(user_id__in=ids, surface=surface, context_key=context_key)
    chosen = dict(rows.values_list("user_id", "choice"))
    return {user_id: NameChoice(chosen.get(user_id, default)) for user_id in ids}


def list_hidden(user_ids: Iterable[int], *, surface: str, context_key: str) -> set[int]:
    """Return who of these people stays hidden on a surface, by choice or by its default, in one query."""
    choices = name_choices(user_ids, surface=surface, context_key=context_key)
    return {user_id for user_id, choice in choices.items() if choice is NameChoice.HIDDEN}


def choose_name(*, user_id: int, surface: str, context_key: str, choice: str) -> NameChoice:
    """Store how a person wants to appear on a surface."""
    _default_choice(surface)
    try:
        chosen = NameChoice(choice)
    except ValueError as error:
        message = _("Choose your name, a pseudonym, or to stay hidden.")
        raise UnknownChoiceError(message, field="choice") from error
    mine = {"user_id": user_id, "surface": surface, "context_key": context_key}
    try:
        # Insert first: looking with a lock for what is not there yet locks a gap, and two such deadlock.
        with transaction.atomic():
            ShownName.objects.create(**mine, choice=chosen.value)
    except IntegrityError:
        ShownName.objects.filter(**mine).update(choice=chosen.value, changed_at=timezone.now())
    return chosen


def display_names(user_ids: Iterable[int], *, surface: str, context_key: str) -> dict[int, NameData]:
    """Return everybody as shown on a surface of a context; the number of queries does not grow with the people.

    Whoever is gone from the platform is shown as a former learner.
    """
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        return {}
    choices = name_choices(ids, surface=surface, context_key=context_key)
    contacts = edx_platform.list_contacts(ids)
    wanted = [
        user_id for user_id in ids if choices[user_id] is NameChoice.PSEUDONYM and not _is_gone(contacts.get(user_id))
    ]
    given = pseudonyms(wanted, context_key=context_key) if wanted else {}
    return {user_id: _name_data(user_id, choices[user_id], contacts, given) for user_id in ids}


def _name_data(
    user_id: int, choice: NameChoice, contacts: Mapping[int, ContactData], given: Mapping[int, str]
) -> NameData:
    contact = contacts.get(user_id)
    if contact is None or contact.is_retired:
        return NameData(user_id, "hidden", _("Former learner"), "", _HIDDEN_TONE)
    if choice is NameChoice.HIDDEN:
        return NameData(user_id, "hidden", _("Hidden learner"), "", _HIDDEN_TONE)
    if choice is NameChoice.PSEUDONYM:
        text = given[user_id]
        return NameData(user_id, "pseudonym", text, initials(text), tone(text))
    text = full_name(contact)
    return NameData(user_id, "name", text, initials(text), tone(text))


def _real_name(contact: ContactData | None) -> str:
    return _("Former learner") if _is_gone(contact) or contact is None else full_name(contact)


def _is_gone(contact: ContactData | None) -> bool:
    return contact is None or contact.is_retired


def _default_choice(surface: str) -> str:
    try:
        return settings.PEOPLE_SURFACE_DEFAULTS[surface]
    except KeyError as error:
        message = f"Unknown surface {surface!r}: not in PEOPLE_SURFACE_DEFAULTS."
        raise UnknownSurfaceError(message, field="surface") from error


def _first_letter(word: str) -> str:
    """Return a word's first letter in upper case, with the marks that belong to it."""
    composed = unicodedata.normalize("NFC", word)
    end = 1
    while end < len(composed) and unicodedata.combining(composed[end]):
        end += 1
    return composed[:end].upper()
