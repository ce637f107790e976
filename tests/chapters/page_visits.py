"""How tests of pages come to a page as somebody, and read what it says."""

from __future__ import annotations

import html
import re
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

#: What people write to break a page; whatever of it is shown stands there as text.
SCRIPT = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def visit(user_id: int | None, page: str, /, *args: Any, **query: Any) -> Any:
    """Return a page of chapters as somebody gets it, None for nobody."""
    return browser(user_id).get(reverse(f"chapters:{page}", args=args), query)


def send(user_id: int | None, page: str, /, *args: Any, **fields: Any) -> Any:
    """Send a form as somebody."""
    return browser(user_id).post(reverse(f"chapters:{page}", args=args), fields)


def browser(user_id: int | None) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    if user_id is not None:
        client.force_login(User.objects.get(pk=user_id))
    return client


def words_of(response: Any) -> str:
    """Return the words of a page's main part, as people read them."""
    found = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
    assert found, response.content[:200]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found.group()).split()))


def markup_of(response: Any) -> str:
    """Return a page as it was sent."""
    return str(response.content.decode())
