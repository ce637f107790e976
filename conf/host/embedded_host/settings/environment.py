"""Read what the environment chooses: data folder, database, Redis."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REPOSITORY = Path(__file__).resolve().parents[4]


def data_folder() -> Path:
    """Return the folder for database, uploads, cache and mail, made when missing (``COMMUNITY_HOME``)."""
    folder = Path(os.environ.get("COMMUNITY_HOME", REPOSITORY / ".demo")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database(folder: Path) -> dict[str, Any]:
    """Return Django's settings for ``DATABASE_URL`` (mysql://user:password@host:port/name), else SQLite in ``folder``.

    SQLite runs in WAL so that LMS and Studio can work side by side, and takes its write lock when a transaction
    starts: a transaction that reads first and writes later would otherwise fail at once instead of waiting.
    """
    shared: dict[str, Any] = {"ATOMIC_REQUESTS": True}
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return shared | {
            "ENGINE": "embedded_host.sqlite",
            "NAME": str(folder / "community.sqlite3"),
            "OPTIONS": {"timeout": 30},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"mysql", "mariadb"}:
        raise ImproperlyConfigured(f"DATABASE_URL: only mysql:// is supported, not {parts.scheme}://")
    return shared | {
        "ENGINE": "django.db.backends.mysql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": str(parts.port or 3306),
        "OPTIONS": {
            "charset": "utf8mb4",
            "isolation_level": os.environ.get("DATABASE_ISOLATION", "read committed"),
        },
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"},
    }


def cache(folder: Path) -> dict[str, Any]:
    """Return the default cache: Redis when ``REDIS_URL`` is set, else files that both services see."""
    url = os.environ.get("REDIS_URL", "")
    if url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(folder / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
