"""What the test settings of both services change: everything in memory, quick hashing, quiet logs."""

from __future__ import annotations

import os
from typing import Any


def apply(settings: dict[str, Any]) -> None:
    """Change the settings module's names in place; ``DATABASE_URL`` still picks another database server."""
    if not os.environ.get("DATABASE_URL"):
        settings["DATABASES"]["default"]["NAME"] = ":memory:"
        # Said outright, so that parallel test processes keep theirs in memory too.
        settings["DATABASES"]["default"]["TEST"] = {"NAME": ":memory:"}
    settings["CACHES"] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings["EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
    settings["CELERY_ALWAYS_EAGER"] = True
    settings["CELERY_EAGER_PROPAGATES_EXCEPTIONS"] = True
    settings["BROKER_URL"] = "memory://"
    settings["CELERY_RESULT_BACKEND"] = None
    settings["DEBUG"] = False
    settings["LOGGING"] = {"version": 1, "disable_existing_loggers": False}
