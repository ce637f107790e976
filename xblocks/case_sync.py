"""Check at render that ``discussion_ext`` knows the case as it is configured now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from discussion_ext import api as cases

from .learner import ActingPerson, local_key

if TYPE_CHECKING:
    from .case_discussion import CaseDiscussionXBlock


def sync_from_render(block: CaseDiscussionXBlock, person: ActingPerson) -> None:
    """Hand over the block's configuration if it differs from the stored copy.

    The closing moment is left as the last publish set it: here ``due`` may hold an extension of this one learner.
    """
    usage_key = local_key(block)
    known = cases.find_task(usage_key)
    config = block.task_configuration()
    if known is not None:
        config = replace(config, closes_at=known.config.closes_at)
    if known is None or config != known.config:
        cases.sync_task(usage_key=usage_key, course_key=person.course_key, config=config)
