"""Which mail people want: refusals by kind, and the signed links that let them refuse without logging in."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from .exceptions import InvalidTokenError
from .models import Unsubscription

_SALT: Final = "people.subscriptions"


def is_subscribed(user_id: int, kind: str) -> bool:
    """Say whether a person still wants this kind of mail."""
    return not Unsubscription.objects.filter(user_id=user_id, kind=kind).exists()


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
