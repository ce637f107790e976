"""What learners leave in blocks, in the tables of the LMS: StudentModule for state, one row per field for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from opaque_keys.edx.keys import UsageKey
from xblock.exceptions import InvalidScopeError
from xblock.fields import Scope
from xblock.runtime import DictKeyValueStore, KeyValueStore

from lms.djangoapps.courseware.models import (
    StudentModule,
    XModuleStudentInfoField,
    XModuleStudentPrefsField,
    XModuleUserStateSummaryField,
)

SESSION_KEY = "masquerade_data"


class LearnerStateStore(KeyValueStore):
    """Reads and writes a learner's fields; states of many blocks are read in one query by `prefetch`."""

    def __init__(self) -> None:
        self._states: dict[tuple[int, UsageKey], dict[str, Any]] = {}
        self._rows: dict[Any, dict[str, Any]] = {}

    def prefetch(self, user_id: int, usage_keys: Iterable[UsageKey]) -> None:
        """Read the learner's state of these blocks at once."""
        keys = list(usage_keys)
        rows = StudentModule.objects.filter(student_id=user_id, module_state_key__in=keys)
        found = {
            key.map_into_course(key.course_key): state for key, state in rows.values_list("module_state_key", "state")
        }
        for key in keys:
            self._states[user_id, key] = _parse(found.get(key))

    def get(self, key: KeyValueStore.Key) -> Any:
        """Return the stored value; ``KeyError`` where there is none."""
        return self._values(key)[key.field_name]

    def has(self, key: KeyValueStore.Key) -> bool:
        """Tell whether a value is stored."""
        return key.field_name in self._values(key)

    def set(self, key: KeyValueStore.Key, value: Any) -> None:
        """Store one value."""
        self.set_many({key: value})

    @transaction.atomic
    def set_many(self, update_dict: dict[KeyValueStore.Key, Any]) -> None:
        """Store values; those of one block's state are merged into what others stored meanwhile."""
        states: dict[KeyValueStore.Key, dict[str, Any]] = {}
        for key, value in update_dict.items():
            if key.scope == Scope.user_state:
                states.setdefault(key._replace(field_name=""), {})[key.field_name] = value
            else:
                self._write_row(key, value)
        for key, values in states.items():
            self._write_state(key, lambda state, values=values: state | values)

    @transaction.atomic
    def delete(self, key: KeyValueStore.Key) -> None:
        """Delete a value; ``KeyError`` where there is none."""
        if not self.has(key):
            raise KeyError(key.field_name)
        if key.scope == Scope.user_state:
            self._write_state(key, lambda state: {name: v for name, v in state.items() if name != key.field_name})
        else:
            model, where = _row(key)
            model.objects.filter(**where, field_name=key.field_name).delete()
            self._values(key).pop(key.field_name)

    def _values(self, key: KeyValueStore.Key) -> dict[str, Any]:
        if key.scope == Scope.user_state:
            place = (key.user_id, key.block_scope_id)
            if place not in self._states:
                self.prefetch(key.user_id, [key.block_scope_id])
            return self._states[place]
        cached = key._replace(field_name="")
        if cached not in self._rows:
            model, where = _row(key)
            stored = model.objects.filter(**where).values_list("field_name", "value")
            self._rows[cached] = {name: json.loads(value) for name, value in stored}
        return self._rows[cached]

    def _write_state(self, key: KeyValueStore.Key, change: Any) -> None:
        usage_key = key.block_scope_id
        where = {"student_id": key.user_id, "module_state_key": usage_key, "course_id": usage_key.context_key}
        StudentModule.objects.get_or_create(**where, defaults={"module_type": usage_key.block_type, "state": "{}"})
        row = StudentModule.objects.select_for_update().get(**where)
        state = change(_parse(row.state))
        row.state = json.dumps(state)
        row.save(update_fields=["state", "modified"])
        self._states[key.user_id, usage_key] = state

    def _write_row(self, key: KeyValueStore.Key, value: Any) -> None:
        model, where = _row(key)
        model.objects.update_or_create(**where, field_name=key.field_name, defaults={"value": json.dumps(value)})
        self._values(key)[key.field_name] = value


class MasqueradingStore(KeyValueStore):
    """Shows a learner's fields to staff; changes are kept in the staff member's session and never reach the learner."""

    def __init__(self, store: LearnerStateStore, session: Any) -> None:
        self._store = store
        self._session = session

    def prefetch(self, user_id: int, usage_keys: Iterable[UsageKey]) -> None:
        """Read the learner's state of these blocks at once."""
        self._store.prefetch(user_id, usage_keys)

    def get(self, key: KeyValueStore.Key) -> Any:
        """Return the value of the session, else the learner's."""
        changes = self._changes()
        return changes[_name(key)] if _name(key) in changes else self._store.get(key)

    def has(self, key: KeyValueStore.Key) -> bool:
        """Tell whether there is a value."""
        return _name(key) in self._changes() or self._store.has(key)

    def set(self, key: KeyValueStore.Key, value: Any) -> None:
        """Keep the value in the session."""
        self._session[SESSION_KEY] = self._changes() | {_name(key): value}

    def delete(self, key: KeyValueStore.Key) -> None:
        """Forget the value kept in the session."""
        self._session[SESSION_KEY] = {name: v for name, v in self._changes().items() if name != _name(key)}

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = self._session.get(SESSION_KEY, {})
        return changes


class NobodyStore(DictKeyValueStore):
    """Fields of nobody: kept for one request and gone, as for an author in Studio."""

    def prefetch(self, user_id: int | None, usage_keys: Iterable[UsageKey]) -> None:
        """There is nothing to read."""


def _row(key: KeyValueStore.Key) -> tuple[Any, dict[str, Any]]:
    if key.scope == Scope.user_state_summary:
        return XModuleUserStateSummaryField, {"usage_id": key.block_scope_id}
    if key.scope == Scope.preferences:
        return XModuleStudentPrefsField, {"student_id": key.user_id, "module_type": key.block_scope_id}
    if key.scope == Scope.user_info:
        return XModuleStudentInfoField, {"student_id": key.user_id}
    raise InvalidScopeError(key)


def _parse(state: str | None) -> dict[str, Any]:
    return json.loads(state) if state else {}


def _name(key: KeyValueStore.Key) -> str:
    return f"{key.user_id}|{key.scope.name}|{key.block_scope_id}|{key.field_name}"
