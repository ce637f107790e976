"""What this package needs to run well: its share of errands, jobs and checks."""

from __future__ import annotations


def register() -> None:
    """Make it known; called once, when the app is ready."""
    from people import api as people

    from . import boards, units

    people.register_errand(boards.BOARD_ROW, boards.run_board_row)
    people.register_errand(boards.BOARD_ROWS, boards.run_board_rows)
    people.register_errand(units.UNIT, units.run_unit)
