"""Application of the host's discussion (LMS only, like ``forum`` itself)."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

# Flags the platform's operators switch on for the whole site.
SITE_FLAGS = ("forum_v2.enable_mysql_backend", "discussions.enable_discussions_mfe")


class ForumHostConfig(AppConfig):
    """Keeps the site's forum flags on. The forum meets people when they act in it, as in the LMS."""

    name = "embedded_host.forum"
    label = "host_forum"

    def ready(self) -> None:
        """Connect the receiver."""
        from django.apps import apps
        from django.db.models.signals import post_migrate

        # The signal is sent for apps with models only, and this one has none.
        waffle = apps.get_app_config("waffle")
        post_migrate.connect(_on_migrated, sender=waffle, dispatch_uid="host_forum.migrated")


def _on_migrated(**_: Any) -> None:
    """Switch the forum's flags on; also runs after a test flushed the database."""
    from waffle import get_waffle_flag_model

    for name in SITE_FLAGS:
        get_waffle_flag_model().objects.get_or_create(name=name, defaults={"everyone": True})
