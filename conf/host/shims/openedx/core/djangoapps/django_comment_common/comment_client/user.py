"""A person as the forum knows them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from .models import Model, forum_errors


class User(Model):
    """A forum person: votes, subscriptions and reading marks are theirs. ``id`` is a string."""

    type: ClassVar[str] = "user"
    updatable_fields = frozenset({"username", "external_id", "default_sort_key"})
    accessible_fields = frozenset(
        [
            "username",
            "upvoted_ids",
            "downvoted_ids",
            "id",
            "external_id",
            "course_id",
            "group_id",
            "subscribed_thread_ids",
            "threads_count",
            "comments_count",
            "default_sort_key",
        ]
    )

    @classmethod
    def from_django_user(cls, user: Any) -> Self:
        """Return the forum person of a Django user."""
        return cls(id=str(user.id), external_id=str(user.id), username=user.username)

    def _fetch(self, **kwargs: Any) -> dict[str, Any]:
        """Fetch the person, whose forum row is made when it is missing, as the platform's client does."""
        from forum import api
        from forum.models import ForumUser

        ForumUser.objects.get_or_create(user_id=int(self.id))
        course_id = kwargs.get("course_id")
        found = api.get_user(self.id, course_id=str(course_id) if course_id else None, complete=True)
        return {**found, "id": self.id}

    def follow(self, source: Any, course_id: Any = None) -> None:
        """Follow a thread."""
        from forum import api

        with forum_errors():
            api.create_subscription(user_id=self.id, source_id=source.id, course_id=str(source.course_id))

    def unfollow(self, source: Any, course_id: Any = None) -> None:
        """Stop following a thread."""
        from forum import api

        with forum_errors():
            api.delete_subscription(user_id=self.id, source_id=source.id, course_id=str(source.course_id))

    def read(self, source: Any) -> None:
        """Mark a thread as read."""
        from forum import api

        with forum_errors():
            api.mark_thread_as_read(self.id, source.id, course_id=str(source.course_id))

    def vote(self, voteable: Any, value: str, course_id: Any = None) -> None:
        """Vote for a post ("up")."""
        from forum import api

        call = api.update_thread_votes if voteable.type == "thread" else api.update_comment_votes
        with forum_errors():
            call(voteable.id, self.id, value, course_id=str(voteable.course_id))

    def unvote(self, voteable: Any, course_id: Any = None) -> None:
        """Take a vote back."""
        from forum import api

        call = api.delete_thread_vote if voteable.type == "thread" else api.delete_comment_vote
        with forum_errors():
            call(voteable.id, self.id, course_id=str(voteable.course_id))
