"""Forgetting a person on boards. Words and pictures of their posts go with the posts, see ``forget_words``."""

from __future__ import annotations

from discussion_ext.models import BoardReader, Picture, TopicReader

from .pictures import delete_pictures


def forget_person(user_id: int) -> None:
    """Delete what a person read and followed, and every picture they uploaded; safe to repeat."""
    TopicReader.objects.filter(user_id=user_id).delete()
    BoardReader.objects.filter(user_id=user_id).delete()
    delete_pictures(Picture.objects.filter(user_id=user_id))
