"""The REST API of events, asked by people of a chapter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from chapters.data import ChapterData

#: Sends a request as somebody (None: nobody) to an address below the chapter and returns the answer.
Api = Callable[..., Any]


@pytest.fixture
def api(chapter: ChapterData) -> Api:
    """Return a way to ask: ``api(user_id, "PUT", "events/7/answer/", {...})``."""
    cache.clear()

    def ask(user_id: int | None, method: str, path: str, body: Any = None, **query: str) -> Any:
        client = Client()
        if user_id is not None:
            client.force_login(User.objects.get(pk=user_id))
        url = f"/chapters/api/v1/chapters/{chapter.slug}/{path}" if not path.startswith("/") else path
        if method == "GET":
            return client.get(url, query)
        data = body if isinstance(body, bytes) else json.dumps(body)
        return client.generic(method, url, data if body is not None else "", content_type="application/json")

    return ask
