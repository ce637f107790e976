"""A response to a thread, or a comment on a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .models import Model, forum_errors
from .thread import Thread


class Comment(Model):
    """A response (without ``parent_id``) or a comment on one."""

    type: ClassVar[str] = "comment"
    updatable_fields = frozenset(
        [
            "body",
            "anonymous",
            "anonymous_to_peers",
            "closed",
            "endorsed",
            "endorsement_user_id",
            "edit_reason_code",
            "editing_user_id",
        ]
    )
    accessible_fields = frozenset(
        [
            "id",
            "body",
            "anonymous",
            "anonymous_to_peers",
            "course_id",
            "endorsed",
            "parent_id",
            "thread_id",
            "username",
            "votes",
            "user_id",
            "closed",
            "created_at",
            "updated_at",
            "depth",
            "at_position_list",
            "type",
            "commentable_id",
            "abuse_flaggers",
            "endorsement",
            "child_count",
            "edit_history",
            "children",
        ]
    )

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        object.__setattr__(self, "_thread", None)

    @property
    def thread(self) -> Thread:
        """The thread this belongs to."""
        if self._thread is None:
            object.__setattr__(self, "_thread", Thread(id=self.thread_id))
        return self._thread

    def _course_id(self) -> str:
        return str(self.course_id)

    def _fetch(self, **kwargs: Any) -> Mapping[str, Any]:
        from forum import api

        return api.get_parent_comment(self.id, course_id=api.get_course_id_by_comment(self.id))

    def _create(self) -> Mapping[str, Any]:
        from forum import api

        common = {
            "body": self.attributes["body"],
            "user_id": str(self.attributes["user_id"]),
            "course_id": self._course_id(),
            "anonymous": bool(self.attributes.get("anonymous")),
            "anonymous_to_peers": bool(self.attributes.get("anonymous_to_peers")),
        }
        if self.attributes.get("parent_id"):
            return api.create_child_comment(self.attributes["parent_id"], **common)
        return api.create_parent_comment(self.attributes["thread_id"], **common)

    def _update(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        from forum import api

        sent = {name: value for name, value in changes.items() if value is not None}
        return api.update_comment(self.id, course_id=self._course_id(), **sent)

    def _delete(self) -> Mapping[str, Any]:
        from forum import api

        return api.delete_comment(self.id, course_id=self._course_id())

    def flagAbuse(self, user: Any, voteable: Any, course_id: Any = None) -> None:
        """Report the response or comment."""
        self._flag("flag", user)

    def unFlagAbuse(self, user: Any, voteable: Any, removeAll: bool, course_id: Any = None) -> None:
        """Take one's own report back, or everybody's."""
        self._flag("unflag", user, update_all=bool(removeAll))

    def _flag(self, action: str, user: Any, *, update_all: bool = False) -> None:
        from forum import api

        with forum_errors():
            response = api.update_comment_flag(
                self.id, action, user_id=str(user.id), update_all=update_all, course_id=self._course_id()
            )
        self.attributes["abuse_flaggers"] = response["abuse_flaggers"]
