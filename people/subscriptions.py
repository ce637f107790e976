"""Which mail people want: refusals by kind, and the signed links that let them refuse without logging in.

A kind may be narrowed to a topic, "event_news:chapter:12" for one chapter: who stops that still gets the mail of the
kind that other chapters send. Whoever adds such mail registers what topics are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from .exceptions import InvalidTokenError
from .models import Unsubscription

_SALT: Final = "people.subscriptions"
_topics: dict[str, Callable[[int], str]] = {}


def narrow(kind: str, topic: str) -> str:
    """Return a kind of mail narrowed to a topic ("chapter:12"); the kind itself without one."""
    return f"{kind}:{topic}" if topic else kind


def widen(kind: str) -> str:
    """Return the kind of mail that was narrowed to a topic."""
    return kind.partition(":")[0]


def register_topic(name: str, say: Callable[[int], str]) -> None:
    """Let ``say(id)`` name the topics "<name>:<id>" for people, in their language; called in ``AppConfig.ready()``."""
    _topics[name] = say


def say_topic(kind: str) -> str:
    """Return what the topic is called that a kind of mail was narrowed to; empty where there is none."""
    _kind, _colon, topic = kind.partition(":")
    name, _colon, number = topic.partition(":")
    return _topics[name](int(number)) if name in _topics and number.isdecimal() else ""


def is_subscribed(user_id: int, kind: str) -> bool:
    """Say whether a person still wants this kind of mail: neither it, nor all of which it is a part, was stopped."""
    return user_id in list_subscribed([user_id], kind)


def list_subscribed(user_ids: Iterable[int], kind: str) -> set[int]:
    """Return those of these people who still want this kind of mail, in one query."""
    asked = set(user_ids)
    refused = Unsubscription.objects.filter(user_id__in=asked, kind__in={kind, widen(kind)})
    return asked - set(refused.values_list("user_id", flat=True))


@transaction.atomic
def unsubscribe(user_id: int, kind: str) -> None:
    """Stop a kind of mail for a person; doing so twice changes nothing."""
    Unsubscription.objects.bulk_create([Unsubscription(user_id=user_id, kind=kind)], ignore_conflicts=True)


@transaction.atomic
def subscribe(user_id: int, kind: str) -> None:
    """Let a kind of mail reach a person again."""
    Unsubscription.objects.filter(user_id=user_id, kind=kind).delete()


def make_token(user_id: int, kind: str) -> str:
    """Return what stands in a person's unsubscribe link. It never expires: an old mail's link must still work."""
    return signing.dumps([user_id, kind], salt=_SALT, compress=False)


def read_token(token: str) -> tuple[int, str]:
    """Return whom and which kind of mail a token is about, or raise InvalidTokenError."""
    try:
        user_id, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidTokenError("The link is not one of ours.", field="token") from error
    return int(user_id), str(kind)


def unsubscribe_url(user_id: int, kind: str) -> str:
    """Return the absolute address of a person's unsubscribe page for one kind of mail."""
    path = reverse("people:unsubscribe", kwargs={"token": make_token(user_id, kind)})
    return absolute_url(path)


def absolute_url(path: str) -> str:
    """Return a path of the LMS as an address that works in a mail; an address stays as it is."""
    return path if "://" in path else f"{settings.LMS_ROOT_URL.rstrip('/')}/{path.lstrip('/')}"
