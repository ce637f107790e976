"""Addresses of the platform and of its forum at which somebody would look for posts that only we show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hidden:
    """Posts that are stored under a key without a course.

    ``threads`` and ``answers`` are their numbers, ``word`` stands in each of them, ``authors`` are pairs of name and id
    of who wrote them, ``course_id`` and ``topics`` are an ordinary course that the reader may see.
    """

    key: str
    word: str
    threads: Sequence[str]
    answers: Sequence[str]
    authors: Sequence[tuple[str, int]]
    course_id: str
    topics: Sequence[str]

    def in_discussion(self) -> list[str]:
        """Return addresses of the discussion: lists, search, topics, authors, and the pages of before the REST API."""
        rest, pages = "/api/discussion/v1", f"/courses/{self.course_id}/discussion"
        found = [f"{pages}/forum/?ajax=1&text={self.word}", f"{pages}/forum/?ajax=1", f"{rest}/courses/{self.key}/"]
        for key in self._quoted():
            listed = f"{rest}/threads/?course_id={key}&page_size=100"
            found += [listed, f"{listed}&text_search={self.word}"]
            found += [
                f"{listed}&{part}" for part in ("following=true", "view=unread", "view=unanswered", "flagged=true")
            ]
            found += [f"{listed}&author={name}" for name, _id in self.authors]
            found += [f"{listed}&topic_id={topic}" for topic in ("course", *self.topics)]
        for name, number in self.authors:
            found += [f"{rest}/courses/{self.course_id}/learner/?username={name}"]
            found += [f"{rest}/comments/?username={name}&course_id={self._quoted()[0]}"]
            found += [f"{pages}/forum/users/{number}?ajax=1"]
        for number in self.threads:
            found += [f"{pages}/forum/{topic}/threads/{number}?ajax=1" for topic in ("course", *self.topics)]
            found += [f"{pages.replace(self.course_id, self.key)}/forum/course/threads/{number}?ajax=1"]
        return found + [f"{rest}/comments/{number}/" for number in self.answers]

    def by_number(self) -> list[str]:
        """Return what the discussion's REST API would give by a thread's number."""
        rest = "/api/discussion/v1"
        return [
            address
            for number in self.threads
            for address in (
                f"{rest}/threads/{number}/",
                f"{rest}/comments/?thread_id={number}",
                f"{rest}/comments/?thread_id={number}&endorsed=false",
            )
        ]

    def named_in_forum(self) -> list[str]:
        """Return addresses of the forum's own API that name a hidden post, or the key under which they are stored."""
        found = [f"threads/{number}{rest}" for number in spell(self.threads) for rest in ("", "/subscriptions")]
        found += [f"threads/{number}?with_responses=true&recursive=true" for number in self.threads]
        found += [f"comments/{number}" for number in spell(self.answers)]
        for key in (self._quoted()[1], self.key.upper().replace("+", "%2B")):
            found += [f"threads?course_id={key}", f"search/threads?text={self.word}&course_id={key}"]
            found += [f"users/{key}/stats", f"commentables/{key}/counts"]
        return [*found, *(f"search/threads?text={self.word}&context={name}" for name in ("standalone", "Standalone"))]

    def lists_of_forum(self) -> list[str]:
        """Return addresses of the forum's own API that list posts without naming a hidden one."""
        found = []
        for key in self._quoted():
            for _name, author in self.authors:
                found += [f"threads?course_id={key}&author_id={author}"]
                found += [f"users/{author}/{acts}?course_id={key}" for acts in ("active_threads", "subscribed_threads")]
                found += [f"users/{author}?complete=true&course_id={key}"]
        course = self._quoted()[0]
        searched = f"search/threads?text={self.word}"
        return [*found, f"threads?course_id={course}", f"{searched}&course_id={course}", searched]

    def _quoted(self) -> tuple[str, str]:
        return self.course_id.replace("+", "%2B"), self.key.replace("+", "%2B")


def spell(numbers: Sequence[str]) -> list[str]:
    """Return each number in the ways in which a database is asked for the same row."""
    return [number for plain in numbers for number in (plain, f"0{plain}", f"0_{plain}", f"%20{plain}")]
