"""The kind of signal by which the suite tells the outside world. This package itself has nothing to tell.

Modules called ``signals`` import neither models nor platform: a service without the suite's apps (credentials) can load
them to read facts from the event bus.
"""

from typing import Any

from django.dispatch import Signal
from openedx_events.tooling import OpenEdxPublicSignal


class _RobustSignal(Signal):
    """A signal of which one receiver's failure stops neither the others nor the sender, with DEBUG as without."""

    def send(self, sender: Any, **named: Any) -> list[tuple[Any, Any]]:
        return super().send_robust(sender, **named)


class PublicFact(OpenEdxPublicSignal, _RobustSignal):
    """A public signal of the suite, with one attrs object that has ``occurred_at``, an instant in UTC.

    ``OpenEdxPublicSignal`` sends plainly where DEBUG is on; what it calls then is ``_RobustSignal.send``.
    """

    def __init__(self, event_type: str, data: dict[str, type]) -> None:
        OpenEdxPublicSignal.__init__(self, event_type, data)

    @property
    def argument(self) -> str:
        """Return the name under which receivers get the object."""
        (name,) = self.init_data
        return str(name)
