"""What every setting of the suite may be: declared by its package, looked at by the doctor.

A value out of its range is used as it is: refusing to start would take the whole platform down for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from people.data import RangeData

_ranges: dict[str, RangeData] = {}


def register_ranges(ranges: Iterable[RangeData]) -> None:
    """Declare settings; called in ``AppConfig.ready()``."""
    _ranges.update({declared.name: declared for declared in ranges})


def list_ranges() -> list[RangeData]:
    """Return every declared setting, by name."""
    return sorted(_ranges.values(), key=lambda declared: declared.name)


def is_in_range(declared: RangeData) -> bool:
    """Tell whether the setting's value is one it may have."""
    try:
        return bool(declared.allows(getattr(settings, declared.name)))
    except Exception:  # noqa: BLE001 - a value of any kind may stand there
        return False
