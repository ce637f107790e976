"""A task that does nothing, declared as ours are: what the other tasks are measured against."""

from people import api


@api.background_task("people.rest")
def rest_task(number: int) -> None:
    """Do nothing."""
