"""What threads and comments have in common: attributes fetched from the forum when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from .utils import CommentClientRequestError


@contextmanager
def forum_errors() -> Iterator[None]:
    """Turn the forum's own errors into the client's."""
    from forum.utils import ForumV2RequestError

    try:
        yield
    except (ForumV2RequestError, ValueError) as error:
        raise CommentClientRequestError(str(error)) from error


class Model:
    """A post of the forum. Setting an attribute changes only this object until ``save``."""

    type: ClassVar[str]
    accessible_fields: ClassVar[frozenset[str]]
    updatable_fields: ClassVar[frozenset[str]]

    attributes: dict[str, Any]
    retrieved: bool
    changed: set[str]

    def __init__(self, **attributes: Any) -> None:
        known = self.accessible_fields | self.updatable_fields
        object.__setattr__(self, "attributes", {name: value for name, value in attributes.items() if name in known})
        object.__setattr__(self, "retrieved", False)
        object.__setattr__(self, "changed", set())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "id":
            return self.attributes.get("id")
        if name not in self.attributes and not self.retrieved and self.attributes.get("id"):
            self.retrieve()
        try:
            return self.attributes[name]
        except KeyError:
            raise AttributeError(f"Field {name} does not exist") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.accessible_fields or name in self.updatable_fields:
            self.attributes[name] = value
            self.changed.add(name)
        else:
            object.__setattr__(self, name, value)

    def __getitem__(self, name: str) -> Any:
        if name not in self.accessible_fields:
            raise KeyError(f"Field {name} does not exist")
        return self.attributes.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self.accessible_fields | self.updatable_fields:
            raise KeyError(f"Field {name} does not exist")
        self.attributes[name] = value
        self.changed.add(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute that is already here, like a dictionary."""
        return self.attributes.get(name, default)

    def items(self) -> Any:
        """Return the attributes that are already here."""
        return self.attributes.items()

    @classmethod
    def find(cls, id: str) -> Self:  # noqa: A002 - the platform's name
        """Return the post with this id without looking whether it exists."""
        return cls(id=id)

    def to_dict(self, **kwargs: Any) -> dict[str, Any]:
        """Return all attributes, fetched when needed."""
        self.retrieve(**kwargs)
        return self.attributes

    def retrieve(self, *args: Any, **kwargs: Any) -> Self:
        """Fetch the attributes once; raises CommentClientRequestError when there is no such post."""
        if not self.retrieved:
            with forum_errors():
                self._update_from_response(self._fetch(**kwargs))
            self.retrieved = True
        return self

    def save(self, params: Mapping[str, Any] | None = None) -> None:
        """Create the post, or send what was changed since it was fetched."""
        with forum_errors():
            if self.attributes.get("id"):
                changes = {name: self.attributes[name] for name in self.changed & self.updatable_fields}
                response = self._update({**changes, **(params or {})})
            else:
                response = self._create()
        self.retrieved = True
        self._update_from_response(response)

    def delete(self, course_id: Any = None) -> None:
        """Delete the post; its last attributes stay readable."""
        with forum_errors():
            self._update_from_response(self._delete())
        self.retrieved = True

    def _update_from_response(self, response: Mapping[str, Any]) -> None:
        for name, value in response.items():
            if name in self.accessible_fields:
                self.attributes[name] = value
        self.changed.clear()

    def _fetch(self, **kwargs: Any) -> Mapping[str, Any]:
        raise NotImplementedError

    def _create(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def _update(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        raise NotImplementedError

    def _delete(self) -> Mapping[str, Any]:
        raise NotImplementedError
