"""A board with an owner of its own, some people, and short ways to write on it."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from PIL import Image

from discussion_ext.api import boards
from discussion_ext.boards import owners
from discussion_ext.data import BoardData, BoardPostFactData, TopicDraftData, TopicKind
from people.data import NameData

COURSE_ID = "course-v1:community+testboards+held"


class Club(boards.BoardOwner):
    """An owner whose answers a test sets; it remembers what it was told."""

    def __init__(self) -> None:
        self.readers: set[int] | None = None
        self.moderators: list[int] = []
        self.facts: list[BoardPostFactData] = []

    def on_post(self, fact: BoardPostFactData) -> None:
        self.facts.append(fact)

    def list_readers(self, board_key: str, user_ids: Collection[int]) -> set[int]:
        return set(user_ids) if self.readers is None else self.readers & set(user_ids)

    def list_moderators(self, board_key: str, *, but: Collection[int] = ()) -> Collection[int]:
        return [user_id for user_id in self.moderators if user_id not in but]

    def name_people(self, board_key: str, user_ids: Iterable[int]) -> Mapping[int, NameData]:
        return {
            each: NameData(user_id=each, kind="name", text=f"Member {each}", initials="M", tone=1) for each in user_ids
        }

    def context_key(self, board_key: str) -> str:
        return board_key.rpartition(":")[0]

    def say_place(self, board_key: str) -> str:
        return "The club"

    def topic_url(self, board_key: str, topic_id: int, post_id: int | None = None) -> str:
        return f"/club/topics/{topic_id}" + (f"#post-{post_id}" if post_id else "")

    def reports_url(self, board_key: str) -> str:
        return "/club/reports"


@pytest.fixture
def club(monkeypatch: pytest.MonkeyPatch) -> Club:
    """Return the owner of boards whose key begins with "club", registered for one test."""
    owner = Club()
    monkeypatch.setattr(owners, "_owners", dict(owners._owners))
    boards.register_board_owner("club", owner, course_id=lambda: COURSE_ID)
    return owner


@pytest.fixture
def board(db: None, club: Club) -> BoardData:
    """Return a board of the club."""
    return boards.ensure_board(key="club:1:all", topic_id="club-1-all")


@pytest.fixture
def make_board(db: None, club: Club) -> Callable[[int], BoardData]:
    """Return a maker of more boards."""
    return lambda number: boards.ensure_board(key=f"club:{number}:all", topic_id=f"club-{number}-all")


@pytest.fixture
def make_member(db: None) -> Callable[[], int]:
    """Return a maker of accounts; it gives their ids."""
    from django.contrib.auth.models import User

    from common.djangoapps.student.models import UserProfile

    numbers = itertools.count(1)

    def make() -> int:
        number = next(numbers)
        user = User.objects.create(username=f"member{number}", email=f"member{number}@example.org")
        UserProfile.objects.get_or_create(user=user, defaults={"name": f"Member {number}"})
        return user.pk

    return make


@pytest.fixture
def author(make_member: Callable[[], int]) -> int:
    """Return somebody who writes."""
    return make_member()


@pytest.fixture
def reader(make_member: Callable[[], int]) -> int:
    """Return somebody else."""
    return make_member()


@pytest.fixture
def moderator(make_member: Callable[[], int], club: Club) -> int:
    """Return somebody who moderates the club's boards."""
    user_id = make_member()
    club.moderators.append(user_id)
    return user_id


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context in which what waits for the commit is done at its end."""

    @contextmanager
    def run() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return run


@pytest.fixture
def start(board: BoardData, committed: Callable[[], Any]) -> Callable[..., int]:
    """Return a short way to begin a topic, with all that follows after the commit."""
    numbers = itertools.count(1)

    def make(author_id: int, title: str = "", body: str = "", *, key: str = board.key, **more: Any) -> int:
        number = next(numbers)
        draft = TopicDraftData(
            kind=more.pop("kind", TopicKind.PROBLEM),
            title=title or f"Who keeps the keys {number}",
            body=body or f"The hall is locked on day {number} of the month.",
            **more,
        )
        with committed():
            return boards.start_topic(board_key=key, author_id=author_id, draft=draft)

    return make


@pytest.fixture
def answer(committed: Callable[[], Any]) -> Callable[..., int]:
    """Return a short way to reply, with all that follows after the commit."""
    numbers = itertools.count(1)

    def make(topic_id: int, author_id: int, body: str = "", **more: Any) -> int:
        with committed():
            return boards.reply(
                topic_id=topic_id, author_id=author_id, body=body or f"Ask the caretaker, door {next(numbers)}.", **more
            )

    return make


def picture_file(size: tuple[int, int] = (40, 30), kind: str = "PNG", **more: Any) -> io.BytesIO:
    """Return a picture as somebody uploads it."""
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(file, format=kind, **more)
    file.seek(0)
    return file


@pytest.fixture
def upload(board: BoardData, settings: Any, tmp_path: Any) -> Callable[..., str]:
    """Return a short way to upload a picture into a storage of the test's own; it gives the uid."""
    settings.MEDIA_ROOT = str(tmp_path)

    def make(user_id: int, file: io.BytesIO | None = None, *, key: str = board.key, alt: str = "") -> str:
        return boards.add_picture(board_key=key, user_id=user_id, file=file or picture_file(), alt=alt).uid

    return make
