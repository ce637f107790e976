"""A thread of the forum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .models import Model, forum_errors


class Thread(Model):
    """A thread; ids of threads and of comments are two separate sequences of strings."""

    type: ClassVar[str] = "thread"
    updatable_fields = frozenset(
        [
            "title",
            "body",
            "anonymous",
            "anonymous_to_peers",
            "closed",
            "commentable_id",
            "group_id",
            "pinned",
            "thread_type",
            "close_reason_code",
            "edit_reason_code",
            "closing_user_id",
            "editing_user_id",
        ]
    )
    accessible_fields = frozenset(
        [
            "id",
            "title",
            "body",
            "anonymous",
            "anonymous_to_peers",
            "course_id",
            "closed",
            "tags",
            "votes",
            "commentable_id",
            "username",
            "user_id",
            "created_at",
            "updated_at",
            "comments_count",
            "unread_comments_count",
            "at_position_list",
            "children",
            "type",
            "endorsed",
            "read",
            "group_id",
            "group_name",
            "pinned",
            "abuse_flaggers",
            "abuse_flagged_count",
            "resp_skip",
            "resp_limit",
            "resp_total",
            "thread_type",
            "endorsed_responses",
            "non_endorsed_responses",
            "non_endorsed_resp_total",
            "context",
            "last_activity_at",
            "closed_by",
            "close_reason_code",
            "edit_history",
        ]
    )

    def _course_id(self) -> str:
        return str(self.course_id)

    def _fetch(self, **kwargs: Any) -> Mapping[str, Any]:
        from forum import api

        names = {"response_skip": "resp_skip", "response_limit": "resp_limit"}
        wanted = [
            "user_id",
            "with_responses",
            "recursive",
            "mark_as_read",
            "reverse_order",
            "response_skip",
            "response_limit",
            "merge_question_type_responses",
        ]
        params = {names.get(name, name): kwargs[name] for name in wanted if kwargs.get(name) is not None}
        if "user_id" in params:
            params["user_id"] = str(params["user_id"])
        course_id = api.get_course_id_by_thread(self.id)
        return api.get_thread(self.id, params or None, course_id=course_id)

    def _create(self) -> Mapping[str, Any]:
        from forum import api

        optional = {
            name: self.attributes[name]
            for name in ("anonymous", "anonymous_to_peers", "commentable_id", "thread_type", "group_id", "context")
            if self.attributes.get(name) is not None
        }
        return api.create_thread(
            title=self.attributes["title"],
            body=self.attributes["body"],
            course_id=self._course_id(),
            user_id=str(self.attributes["user_id"]),
            **optional,
        )

    def _update(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        from forum import api

        sent = {name: value for name, value in changes.items() if name != "group_id" and value is not None}
        return api.update_thread(self.id, course_id=self._course_id(), **sent)

    def _delete(self) -> Mapping[str, Any]:
        from forum import api

        return api.delete_thread(self.id, course_id=self._course_id())

    def flagAbuse(self, user: Any, voteable: Any, course_id: Any = None) -> None:
        """Report the thread."""
        self._flag("flag", user)

    def unFlagAbuse(self, user: Any, voteable: Any, removeAll: bool, course_id: Any = None) -> None:
        """Take one's own report back, or everybody's."""
        self._flag("unflag", user, update_all=bool(removeAll))

    def _flag(self, action: str, user: Any, *, update_all: bool = False) -> None:
        from forum import api

        with forum_errors():
            response = api.update_thread_flag(
                self.id, action, user_id=str(user.id), update_all=update_all, course_id=self._course_id()
            )
        self.attributes["abuse_flaggers"] = response["abuse_flaggers"]

    def pin(self, user: Any, thread_id: str, course_id: Any = None) -> None:
        """Keep the thread on top of the list."""
        from forum import api

        with forum_errors():
            api.pin_thread(user_id=str(user.id), thread_id=thread_id, course_id=self._course_id())
        self.attributes["pinned"] = True

    def un_pin(self, user: Any, thread_id: str, course_id: Any = None) -> None:
        """Let the thread go with the others again."""
        from forum import api

        with forum_errors():
            api.unpin_thread(user_id=str(user.id), thread_id=thread_id, course_id=self._course_id())
        self.attributes["pinned"] = False
