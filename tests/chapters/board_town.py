"""A chapter with three boards, one person for each way to stand before them, and short ways to talk."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image

from chapters.boards import board_key, ensure_boards
from chapters.data import Audience, ChapterData, ChapterRole, ChapterState
from chapters.models import Chapter
from discussion_ext.api import boards
from discussion_ext.data import TopicDraftData, TopicKind

from . import factories

COURSE = "course-v1:Meridian+LT1+2026"


class Town:
    """People of one chapter by what they are to it, and what they do on its boards."""

    def __init__(self, committed: Callable[[], AbstractContextManager[Any]]) -> None:
        self.committed = committed
        self.numbers = itertools.count(1)
        self.chapter = self.make_chapter("Nairobi evening chapter")
        self.member = self.join("Daniel Oduor")
        self.learner = self.join("Lena Learner", Audience.LEARNERS)
        self.alumna = self.join("Amina Yusuf", Audience.LEARNERS, Audience.ALUMNI)
        self.lead = factories.make_organizer(self.chapter, self.join("Wanjiru Kamau", Audience.ALUMNI))
        self.moderator = factories.make_organizer(self.chapter, self.join("Moses Mutua"), role=ChapterRole.MODERATOR)
        self.manager = factories.make_manager()
        self.outsider = factories.make_account("Oscar Outside")
        self.banned = self.join("Barbara Banned")
        factories.make_ban(self.chapter, self.banned)

    def make_chapter(self, name: str) -> ChapterData:
        """Return a chapter with a board for everyone, one for learners and one for alumni."""
        chapter = factories.make_chapter(name)
        factories.make_rule(chapter, Audience.LEARNERS, COURSE)
        chapter = factories.make_rule(chapter, Audience.ALUMNI, COURSE)
        ensure_boards(chapter)
        return chapter

    def join(self, name: str, *audiences: Audience, chapter: ChapterData | None = None) -> int:
        """Return a new member with these boards open to them beside everyone's."""
        user_id = factories.make_account(name)
        factories.make_member(chapter or self.chapter, user_id, audiences=audiences)
        return user_id

    def move(self, state: ChapterState) -> None:
        """Put the chapter into a state."""
        Chapter.objects.filter(pk=self.chapter.id).update(state=state)

    def client(self, user_id: int | None) -> Client:
        """Return a browser of somebody, None for nobody."""
        client = Client()
        if user_id is not None:
            client.force_login(User.objects.get(pk=user_id))
        return client

    def get(self, user_id: int | None, name: str, *args: Any, **query: Any) -> Any:
        """Return a page of the chapter as somebody gets it."""
        return self.client(user_id).get(self.url(name, *args), query)

    def post(self, user_id: int | None, name: str, *args: Any, **fields: Any) -> Any:
        """Send a form of the chapter as somebody, with everything that follows after the commit."""
        with self.committed():
            return self.client(user_id).post(self.url(name, *args), fields)

    def url(self, name: str, *args: Any) -> str:
        """Return an address of the chapter."""
        return reverse(f"chapters:{name}", args=[self.chapter.slug, *args])

    def start(
        self, user_id: int, audience: Audience = Audience.EVERYONE, *, chapter: ChapterData | None = None, **words: Any
    ) -> int:
        """Begin a topic and return its id."""
        number = next(self.numbers)
        draft = TopicDraftData(
            kind=words.pop("kind", TopicKind.PROBLEM),
            title=words.pop("title", f"My manager cancels talk number {number}"),
            body=words.pop("body", f"It happened {number} times. What did you try?"),
            **words,
        )
        with self.committed():
            return boards.start_topic(
                board_key=board_key((chapter or self.chapter).id, audience), author_id=user_id, draft=draft
            )

    def answer(self, topic_id: int, user_id: int, body: str = "", **more: Any) -> int:
        """Answer and return the post's id."""
        text = body or f"Write it down before you go, point {next(self.numbers)}."
        with self.committed():
            return boards.reply(topic_id=topic_id, author_id=user_id, body=text, **more)

    def first_post(self, topic_id: int) -> int:
        """Return the id of a topic's own post."""
        post_id = boards.locate_topic(topic_id).post_id
        assert post_id is not None
        return post_id

    def upload(self, user_id: int, audience: Audience = Audience.EVERYONE, *, alt: str = "A flip chart") -> str:
        """Upload a picture for a board and return its uid."""
        key = board_key(self.chapter.id, audience)
        return boards.add_picture(board_key=key, user_id=user_id, file=picture_file(), alt=alt).uid


def picture_file(
    size: tuple[int, int] = (40, 30), kind: str = "PNG", name: str = "chart.png", **more: Any
) -> io.BytesIO:
    """Return a picture as somebody chooses it."""
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, format=kind, **more)
    file.seek(0)
    file.name = name
    return file
