"""How the forum is installed: its version, where it keeps posts, and whether its search answers."""

from __future__ import annotations

from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection


def find_forum_version() -> str:
    """Return the version of the forum that this service runs, empty where it runs none."""
    return metadata.version("openedx-forum") if apps.is_installed("forum") else ""


def keeps_posts_in_database(course_id: str) -> bool:
    """Tell whether the forum keeps a course's posts in rows, whose signals can be heard, and not in MongoDB."""
    from forum.backend import get_backend
    from forum.backends.mysql.api import MySQLBackend

    return isinstance(get_backend(course_id)(), MySQLBackend)


def list_missing_tables() -> list[str]:
    """Return the tables of the forum that the database does not have; none where the forum is not installed."""
    if not apps.is_installed("forum"):
        return []
    there = set(connection.introspection.table_names())
    wanted = {model._meta.db_table for model in apps.get_app_config("forum").get_models() if model._meta.managed}
    return sorted(wanted - there)


def list_search_servers() -> list[tuple[str, int]]:
    """Return host and port of the servers that the forum's search asks; none where it asks the database."""
    kind = settings.FORUM_SEARCH_BACKEND.lower()
    if "meilisearch" in kind:
        nodes: list[Any] = [getattr(settings, "MEILISEARCH_URL", "")]
    elif "elasticsearch" in kind:
        nodes = settings.FORUM_ELASTIC_SEARCH_CONFIG
    elif "typesense" in kind:
        nodes = getattr(settings, "TYPESENSE_URLS", [])
    else:
        nodes = []
    return [_server(node, default_port=9200 if "elasticsearch" in kind else 0) for node in nodes]


def search_forum(course_id: str, text: str) -> list[str]:
    """Return ids of threads with a text, as the forum's search finds them; raises what its client raises."""
    from forum.search import get_thread_search_backend

    return get_thread_search_backend().get_thread_ids("course", [], text, course_id=course_id)


def _server(node: Any, *, default_port: int) -> tuple[str, int]:
    if not isinstance(node, str):
        return str(node["host"]), int(node.get("port") or default_port)
    address = urlsplit(node if "://" in node else f"//{node}")
    return address.hostname or "localhost", address.port or default_port or (443 if address.scheme == "https" else 80)
