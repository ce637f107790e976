"""Check at render that ``discussion_ext`` knows the task as it is configured now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discussion_ext.api import blended

from .learner import ActingPerson, local_key

if TYPE_CHECKING:
    from .blended_task import BlendedTaskXBlock


def sync_from_render(block: BlendedTaskXBlock, person: ActingPerson) -> None:
    """Hand over the block's configuration if it differs from the stored copy."""
    usage_key = local_key(block)
    config = block.blended_configuration()
    if config != blended.find_blended_config(usage_key):
        blended.sync_blended(usage_key=usage_key, course_key=person.course_key, config=config)
