"""Does every receiver hear its signal?

One path that does not resolve stops the receivers of *all* plugins of a service, ours or not.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

from django.dispatch import Signal

from people.data import SeenData
from people.upkeep import suite
from people.upkeep.checkups import current_service

_UPDATE = "Install a version of the suite that is made for this release of the platform."


def check_receivers() -> Iterator[SeenData]:
    """See that the paths of every receiver resolve in this service and that it is connected."""
    group = f"{current_service()}.djangoapp"
    connected, problems = 0, 0
    for app in suite.list_apps():
        config = app.plugin_app.get("signals_config", {}).get(group, {})  # type: ignore[attr-defined]
        module = f"{app.name}.{config.get('relative_path', 'signals')}"
        for receiver in config.get("receivers", []):
            found = _look(module, receiver)
            problems, connected = problems + (found is not None), connected + (found is None)
            if found is not None:
                yield found
    if not problems:
        yield SeenData.ok(f"{connected} receivers are connected.")


def _look(module: str, receiver: Mapping[str, str]) -> SeenData | None:
    name = f"{module}.{receiver['receiver_func_name']}"
    paths = {"receiver": name, "signal": receiver["signal_path"], "sender": receiver.get("sender_path", "")}
    resolved: dict[str, Any] = {"sender": None}
    for role, path in paths.items():
        try:
            resolved |= {role: pkgutil.resolve_name(path)} if path else {}
        except Exception as error:  # noqa: BLE001 - an import may raise anything
            return SeenData.failure(f"The {role} {path} of {name} does not resolve: {type(error).__name__}.", _UPDATE)
    if not _is_connected(resolved["signal"], resolved["sender"], receiver.get("dispatch_uid") or name):
        return SeenData.failure(
            f"{name} is not connected to {receiver['signal_path']}.",
            "Look in the log of the service's start for the plugin whose signal path does not resolve: it stops the "
            "receivers of every plugin; mend or uninstall it and restart.",
        )
    return None


def _is_connected(signal: Signal, sender: Any, dispatch_uid: str) -> bool:
    """Tell whether a receiver is connected; Django keeps it under its name and its sender."""
    return any(entry[0] == (dispatch_uid, id(sender)) for entry in signal.receivers)
