"""The units of courses that events prepare with, and when somebody finished them."""

from __future__ import annotations

from opaque_keys.edx.keys import UsageKey


def find_unit_title(usage_key: UsageKey) -> str | None:
    """Return the title of a unit of a published course, None where there is no such unit."""
    from xmodule.modulestore.django import modulestore
    from xmodule.modulestore.exceptions import ItemNotFoundError

    if usage_key.block_type != "vertical":
        return None
    try:
        unit = modulestore().get_item(usage_key, depth=0)
    except ItemNotFoundError:
        return None
    return str(unit.display_name or usage_key.block_id)


def unit_url(usage_key: UsageKey) -> str:
    """Return the path at which a learner opens a unit."""
    from django.urls import reverse

    return reverse("jump_to", kwargs={"course_id": str(usage_key.course_key), "location": str(usage_key)})
