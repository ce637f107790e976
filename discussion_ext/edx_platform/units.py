"""The units of a course, and who has finished them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from math import ceil
from typing import Any, Final

from opaque_keys.edx.keys import CourseKey, UsageKey

#: Looked past when a unit is finished: a task that asks for its own unit could never be.
_OWN_TYPES: Final = ("blended_task",)


@dataclass(frozen=True)
class UnitData:
    """A unit: its block id, its title and the titles above it, outermost first."""

    block_id: str
    title: str
    path: Sequence[str] = ()


def list_units(course_key: CourseKey) -> list[UnitData]:
    """Return the units in the order of the course: the draft in Studio, what is published in the LMS.

    A course that is gone has none.
    """
    from xmodule.modulestore.django import modulestore

    store = modulestore()
    with store.bulk_operations(course_key):
        course = store.get_course(course_key, depth=3)
        return list(_units(course, ())) if course is not None else []


def unit_of_block(usage_key: UsageKey) -> str | None:
    """Return the block id of the unit that a block stands in; None outside a unit or where the block is gone."""
    from xmodule.modulestore.django import modulestore
    from xmodule.modulestore.exceptions import ItemNotFoundError

    store, key = modulestore(), usage_key
    with store.bulk_operations(usage_key.course_key):
        while key is not None and key.block_type != "vertical":
            try:
                key = store.get_parent_location(key)
            except ItemNotFoundError:
                return None
    return None if key is None else str(key.block_id)


def units_done(
    *,
    course_key: CourseKey,
    unit_ids: Collection[str],
    user_ids: Collection[int],
    without_types: Collection[str] = _OWN_TYPES,
    percent: int = 100,
) -> dict[tuple[str, int], datetime]:
    """Return when people finished units: the moment of the last completion by (block id, user id).

    A unit is finished when all of it that learners can complete is complete, or ``percent`` (1 to 100) of its parts;
    what is not finished, has nothing to complete or is not in the published course is left out. Blocks of the types in
    ``without_types`` are looked past.
    What shows each learner only some of its children is complete with the first of them. One query of completions,
    however many units and people.
    """
    from completion.models import BlockCompletion

    units = _parts_of_units(course_key, unit_ids, frozenset(without_types))
    wanted = {key for parts in units.values() for part in parts for key in part}
    rows = BlockCompletion.objects.filter(
        user_id__in=user_ids, context_key=course_key, block_key__in=wanted, completion=1.0
    )
    done: dict[int, dict[UsageKey, datetime]] = {}
    for user_id, key, moment in rows.values_list("user_id", "block_key", "modified"):
        done.setdefault(user_id, {})[key.map_into_course(course_key)] = moment
    found = {
        (unit_id, user_id): _finished_at(parts, done[user_id], percent)
        for (unit_id, parts), user_id in product(units.items(), done)
    }
    return {key: moment for key, moment in found.items() if moment is not None}


def _units(block: Any, path: tuple[str, ...]) -> Iterator[UnitData]:
    for child in block.get_children():
        title = child.display_name or child.location.block_id
        if child.scope_ids.block_type == "vertical":
            yield UnitData(child.location.block_id, title, path)
        elif child.scope_ids.block_type in ("chapter", "sequential"):
            yield from _units(child, (*path, title))


def _finished_at(parts: Sequence[set[UsageKey]], done: Mapping[UsageKey, datetime], percent: int) -> datetime | None:
    """Return when enough parts were complete, None while too few are; a part is complete with its first block."""
    moments = [min((done[key] for key in part if key in done), default=None) for part in parts]
    known = sorted(moment for moment in moments if moment is not None)
    wanted = max(1, ceil(len(parts) * percent / 100))
    return known[wanted - 1] if len(known) >= wanted else None


def _parts_of_units(
    course_key: CourseKey, unit_ids: Collection[str], without_types: frozenset[str]
) -> dict[str, list[set[UsageKey]]]:
    """Return what has to be completed by unit, without units that the course does not have."""
    from xmodule.modulestore.django import modulestore
    from xmodule.modulestore.exceptions import ItemNotFoundError

    store, found = modulestore(), {}
    with store.bulk_operations(course_key):
        for unit_id in unit_ids:
            with suppress(ItemNotFoundError):
                unit = store.get_item(course_key.make_usage_key("vertical", unit_id), depth=None)
                parts = _list_parts(unit, without_types)
                found[unit_id] = [{key.map_into_course(course_key) for key in part} for part in parts]
    return found


def _list_parts(block: Any, without_types: frozenset[str]) -> Iterator[set[UsageKey]]:
    """Yield what has to be completed: per part the blocks of which one is enough (usually there is just one)."""
    from xblock.completable import XBlockCompletionMode

    mode = XBlockCompletionMode.get_mode(block)
    is_shown = not getattr(block, "visible_to_staff_only", False)
    if block.scope_ids.block_type in without_types or mode == XBlockCompletionMode.EXCLUDED or not is_shown:
        return
    if mode != XBlockCompletionMode.AGGREGATOR:
        yield {block.location}
        return
    parts = [part for child in block.get_children() for part in _list_parts(child, without_types)]
    has_dynamic_children = getattr(block, "has_dynamic_children", None)
    if parts and has_dynamic_children and has_dynamic_children():
        yield set().union(*parts)
    else:
        yield from parts
