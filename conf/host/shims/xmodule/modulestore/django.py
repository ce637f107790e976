"""The course store under the platform's name, and the signals it sends."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import Signal

log = logging.getLogger(__name__)


class SwitchedSignal(Signal):
    """A signal with a name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class SignalHandler:
    """Sends the store's signals; receivers get ``sender`` and ``course_key`` and cannot break a publish."""

    pre_publish = SwitchedSignal("pre_publish")
    course_published = SwitchedSignal("course_published")
    course_deleted = SwitchedSignal("course_deleted")
    item_deleted = SwitchedSignal("item_deleted")

    def __init__(self, modulestore_class: type) -> None:
        self.modulestore_class = modulestore_class

    def send(self, signal_name: str, **kwargs: Any) -> None:
        """Send the signal; what a receiver raises is logged."""
        signal: SwitchedSignal = getattr(self, signal_name)
        for receiver, response in signal.send_robust(sender=self.modulestore_class, **kwargs):
            if isinstance(response, Exception):
                log.error("%s failed on %s", receiver, signal_name, exc_info=response)


PRE_PUBLISH = SignalHandler.pre_publish
COURSE_PUBLISHED = SignalHandler.course_published
COURSE_DELETED = SignalHandler.course_deleted
ITEM_DELETED = SignalHandler.item_deleted


def modulestore() -> Any:
    """Return the store of this service: published courses in the LMS, drafts in Studio."""
    from embedded_host.courses.store import current_store

    return current_store()
