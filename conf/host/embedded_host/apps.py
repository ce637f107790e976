"""App configuration: block types of the host and the switches the platform has on."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from xblock.core import XBlock

# The platform's own block types, thin here. Everything else comes from the entry points of installed packages.
BLOCK_TYPES = {
    "course": "CourseBlock",
    "chapter": "ChapterBlock",
    "sequential": "SequentialBlock",
    "vertical": "VerticalBlock",
    "html": "HtmlBlock",
    "problem": "ProblemBlock",
    "video": "VideoBlock",
}


class EmbeddedHostConfig(AppConfig):
    """The host's own app."""

    name = "embedded_host"
    verbose_name = "Embedded host"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register block types and keep the platform's switches on in every database."""
        register_block_types()
        post_migrate.connect(turn_switches_on, sender=self)


def register_block_types() -> None:
    """Make the host's block types known to ``XBlock.load_class``, before those of a package with the same name."""
    known = {entry_point.name for entry_point in entry_points(group="xblock.v1")}
    for block_type, class_name in BLOCK_TYPES.items():
        group = "xblock.v1.overrides" if block_type in known else "xblock.v1"
        entry_point = EntryPoint(block_type, f"embedded_host.blocks:{class_name}", group)
        XBlock.extra_entry_points.append((block_type, entry_point))


def turn_switches_on(**kwargs: Any) -> None:
    """Turn completion tracking on, as every platform installation does."""
    from waffle import get_waffle_switch_model

    get_waffle_switch_model().objects.get_or_create(
        name="completion.enable_completion_tracking", defaults={"active": True}
    )
